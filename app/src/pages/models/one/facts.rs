//! What the chain says of a model.

use super::super::own::deadline_words;
use super::super::words::{commission, part, standing};
use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::embedding::Bars;
use crate::parts::places::PlaceLink;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::models::{Coming, ModelDetail};
use leptos::prelude::*;
use wasm_core::address::ModelId;

/// Owner, state, stake, commission, position.
#[component]
pub(super) fn FactsCard(id: ModelId, detail: Memo<ModelDetail>) -> impl IntoView {
    view! {
        <Card title=t!("On chain") testid="model-facts">
            <Due detail />
            {move || view! { <Lines id detail=detail.get() /> }}
            <Position detail />
        </Card>
    }
}

#[component]
fn Lines(id: ModelId, detail: ModelDetail) -> impl IntoView {
    let ModelDetail { row, reporters, coming, architecture_version, .. } = detail;
    let (class, words) = standing(&row.standing);
    let commission = commission(&row);
    let (owner, own, stake) = (row.owner, row.own, row.stake);
    let stake = view! { <Amount amount=stake /> };
    let stake = match row.weight {
        Some(weight) => t_view!(
            "{stake}, weighs {weight} of all when models are drawn",
            stake = stake,
            weight = part(f64::from(weight))
        ),
        None => vec![stake.into_any()],
    };
    let reporters = if reporters.is_empty() {
        t!("None").into_any()
    } else {
        reporters
            .into_iter()
            .map(|it| view! { <PlaceLink place=Place::Validator(it) bare=true />" " })
            .collect_view()
            .into_any()
    };
    let coming =
        coming.iter().map(|coming| view! { <li>{coming_words(coming)}</li> }).collect_view();
    let id = id.to_string();
    view! {
        <KeyValueList>
            <KeyValue label=t!("Id")><span class="digest"><code>{id.clone()}</code><CopyButton text=id what=t!("id") /></span></KeyValue>
            <KeyValue label=t!("Owner")>
                <PlaceLink place=Place::Address(owner) />
                {own.then(|| view! { <span class="mine">" "{t!("yours")}</span> })}
            </KeyValue>
            <KeyValue label=t!("State") testid="model-standing"><span class=class>{words}</span></KeyValue>
            <KeyValue label=t!("Stake") testid="model-stake">{stake}</KeyValue>
            <KeyValue label=t!("Commission") testid="model-commission">{commission}</KeyValue>
            <KeyValue label=t!("Architecture")>{say::count(architecture_version)}</KeyValue>
            <KeyValue label=t!("Reports")>{reporters}</KeyValue>
        </KeyValueList>
        <ul class="coming">{coming}</ul>
    }
}

/// What the end of this epoch changes, in words.
#[must_use]
pub(in crate::pages::models) fn coming_words(coming: &Coming) -> String {
    match coming {
        Coming::Commission { from, to } => {
            t!(
                "Commission changes from {from} to {to}",
                from = say::rate(*from),
                to = say::rate(*to)
            )
        }
        Coming::Stake(stake) => {
            t!("{amount} SOMA of stake begin to count", amount = say::amount(*stake))
        }
        Coming::Withdrawal(stake) => {
            t!("{amount} SOMA leave the pool", amount = say::amount(*stake))
        }
    }
}

/// What its owner must do.
#[component]
fn Due(detail: Memo<ModelDetail>) -> impl IntoView {
    let session = use_session();
    let due = Memo::new(move |_| {
        let detail = detail.read();
        let epoch = session.facts()?.epoch;
        detail.deadline.filter(|_| detail.row.own).map(|deadline| deadline_words(&deadline, epoch))
    });
    move || {
        due.get().map(|(what, next)| {
            view! { <Banner tone=Tone::Caution what next testid="model-due" /> }
        })
    }
}

fn in_words(number: &Option<f32>) -> String {
    number.map_or_else(|| t!("no number").to_owned(), |number| number.to_string())
}

/// Where it stands, as bars and as numbers.
#[component]
fn Position(detail: Memo<ModelDetail>) -> impl IntoView {
    let embedding = Memo::new(move |_| detail.read().embedding.clone());
    move || {
        let numbers = embedding.get();
        if numbers.is_empty() {
            return view! { <p class="field-hint">{t!("Its position in embedding space is not public before the reveal.")}</p> }
                .into_any();
        }
        let text = numbers.iter().map(in_words).collect::<Vec<_>>().join(", ");
        let whole = numbers.iter().all(Option::is_some);
        view! {
            <Bars caption=t!("Position in embedding space") numbers own=true />
            {(!whole)
                .then(|| {
                    view! {
                        <p class="field-hint" data-testid="model-embedding-broken">
                            {t!("Some of these are no numbers, so that data cannot be measured against this position.")}
                        </p>
                    }
                })}
            <Disclosure summary=t!("The numbers of the position")>
                <p class="score-numbers" data-testid="model-embedding">{text.clone()}</p>
                <div class="buttons"><CopyButton text what=t!("numbers") /></div>
            </Disclosure>
        }
        .into_any()
    }
}
