//! The position: numbers, that of a model, what a search proposes, or what a model makes of sample data.

use super::draft::Draft;
use super::sample::FromSample;
use crate::components::button::Button;
use crate::components::disclosure::Disclosure;
use crate::components::icon::Icon;
use crate::components::select::Select;
use crate::components::textarea::Textarea;
use crate::languages::t;
use crate::parts::answer::Told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::scoring::use_scoring;
use crate::session::use_session;
use bridge::models::{ModelDetail, ModelList, ProposedPlace};
use leptos::prelude::*;
use wasm_core::address::ModelId;

/// Four ways to a position; all of them end in the same numbers.
#[component]
pub(super) fn PositionFields(draft: Draft, models: Told<ModelList>) -> impl IntoView {
    let count = move || draft.position().ok().map(|position| position.len() as u64);
    view! {
        <div class="form">
            <Textarea
                label=t!("Numbers").to_owned()
                value=draft.numbers
                hint=Signal::derive(move || Some(count().map_or_else(
                    || t!("As many as a target has, with commas or white space between; or take them from below.").to_owned(),
                    |count| t!("{count} numbers, as on this network", count = say::count(count)),
                )))
                error=Signal::derive(move || draft.position().err())
                tried=draft.tried
                rows=3
                testid="plan-numbers"
            />
            <OfModel draft models />
            <Disclosure summary=t!("Search a place") testid="plan-search"><Search draft /></Disclosure>
            <Disclosure summary=t!("Compute it from sample data") testid="plan-sample"><FromSample draft models /></Disclosure>
        </div>
    }
}

/// Takes over where a model stands.
#[component]
fn OfModel(draft: Draft, models: Told<ModelList>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let options = move || {
        let active = models.value().map(|list| list.models).unwrap_or_default();
        let active = active.into_iter().filter(|row| row.weight.is_some()).map(|row| {
            let name = row.name.unwrap_or_else(|| row.id.to_short());
            let words = if row.own { t!("{name} (yours)", name) } else { name };
            (row.id.to_string(), words)
        });
        [(String::new(), t!("None").to_owned())].into_iter().chain(active).collect::<Vec<_>>()
    };
    let chosen = RwSignal::new(String::new());
    let broken = RwSignal::new(false);
    let take = move |id: String| {
        broken.set(false);
        let parsed = id.parse::<ModelId>();
        chosen.set(id);
        if let Ok(id) = parsed {
            attempt.run(
                async move { session.bridge().model(id).await },
                move |detail: ModelDetail| {
                    let numbers: Option<Vec<f32>> = detail.embedding.into_iter().collect();
                    broken.set(numbers.is_none());
                    if let Some(numbers) = numbers {
                        draft.take(&numbers);
                    }
                },
            );
        }
    };
    view! {
        <Select
            label=t!("Where a model stands").to_owned()
            value=Signal::derive(move || chosen.get())
            options=Signal::derive(options)
            on_choose=take
            testid="plan-of-model"
        />
        <AttemptFailure attempt />
        {move || {
            broken
                .get()
                .then(|| view! { <p class="field-hint" role="status">{t!("Where this model stands is no place: some of it is no number.")}</p> })
        }}
    }
}

/// Searches places that many open targets would draw.
#[component]
fn Search(draft: Draft) -> impl IntoView {
    let (session, scoring) = (use_session(), use_scoring());
    let attempt = Attempt::new();
    let found = RwSignal::new(None::<Vec<ProposedPlace>>);
    let search = move || {
        draft.tried.set(true);
        let (Ok(stake), Some(status)) =
            (untrack(|| draft.stake_read()), session.network.get_untracked())
        else {
            return;
        };
        let replaces = untrack(|| draft.replaces_read());
        attempt.run(
            async move { scoring.bridge().propose_places(status.network, stake, replaces).await },
            move |places| found.set(Some(places)),
        );
    };
    view! {
        <p class="field-hint">
            {t!("Begins in the middle of targets that are the easiest to be drawn by, and moves to the middle of what is drawn. \
            Targets of the next epoch lie elsewhere: they are drawn at random. A position must also be what the weights \
            really make of data.")}
        </p>
        <div class="buttons">
            <Button icon=Icon::Refresh busy=attempt.busy() on_press=search testid="plan-propose">{t!("Search at this stake")}</Button>
        </div>
        <AttemptFailure attempt on_retry=search />
        {move || {
            found.get().map(|places| {
                if places.is_empty() {
                    return view! { <p class="field-hint">{t!("No open target could be won at this stake.")}</p> }.into_any();
                }
                view! {
                    <ul class="stakes">
                        {places.into_iter().map(|place| view! { <Proposed place draft /> }).collect_view()}
                    </ul>
                }
                .into_any()
            })
        }}
    }
}

#[component]
fn Proposed(place: ProposedPlace, draft: Draft) -> impl IntoView {
    let outlook = place.outlook;
    let embedding = place.embedding;
    view! {
        <li class="stake" data-testid="plan-proposal" data-drawn=outlook.open.drawn.to_string()>
            <span class="cell-lines">
                <span>{t!("{drawn} of {all} open targets", drawn = say::count(outlook.open.drawn as u64), all = say::count(outlook.open.targets as u64))}</span>
                <span class="cell-more">{t!("{drawn} of {all} drawn at random", drawn = say::count(outlook.chance.drawn as u64), all = say::count(outlook.chance.targets as u64))}</span>
            </span>
            <Button icon=Icon::Check on_press=move || draft.take(&embedding) testid="plan-take">{t!("Take it")}</Button>
        </li>
    }
}
