//! The form for staking: with whom, what to know of them, and how much.

use super::words::{HolderLink, StandingMark, commission_words, holder_words};
use crate::chart::{Point, Shape};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::chart::{Chart, Subject};
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{number_to_type, t, t_view, told, typed_number};
use crate::measures::{of_pool, worth};
use crate::parts::act::Act;
use crate::parts::amount::Amount;
use bridge::stakes::{StakeAct, StakePlace, StakeWarning, Stakes};
use bridge::wallet::SendAmount;
use leptos::html;
use leptos::prelude::*;
use wasm_core::address::ObjectId;
use wasm_core::amount::Shannons;
use wasm_core::coins::STAKE_WRITES;
use wasm_core::intent::parse_stake_amount;
use wasm_core::preview::Level;

fn pool() -> Subject {
    Subject {
        title: t!("Worth of a share of its pool"),
        unit: t!("SOMA by share"),
        across: t!("Epoch"),
        shape: Shape::Line,
        file: "stake-rate",
    }
}

/// With whom, and how much; nothing while nobody is chosen.
#[component]
pub(super) fn StakeForm(
    stakes: Memo<Stakes>,
    chosen: RwSignal<Option<ObjectId>>,
    act: Act<StakeAct>,
) -> impl IntoView {
    act.after(|act| matches!(act, StakeAct::Stake { .. }), move || chosen.set(None));
    let here = Memo::new(move |_| {
        let place = stakes.read().place_of(chosen.get()?)?.pool;
        Some(place)
    });
    move || here.get().map(|pool| view! { <Chosen pool stakes chosen act /> })
}

#[component]
fn Chosen(
    pool: ObjectId,
    stakes: Memo<Stakes>,
    chosen: RwSignal<Option<ObjectId>>,
    act: Act<StakeAct>,
) -> impl IntoView {
    let place = Memo::new(move |last: Option<&Option<StakePlace>>| {
        stakes.read().place_of(pool).cloned().or_else(|| last.cloned().flatten())
    });
    let rates = Memo::new(move |_| {
        place.read().as_ref().map(|place| of_pool(&place.rates)).unwrap_or_default()
    });
    let title = move || place.read().as_ref().map(|place| holder_words(place.holder));
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // An element that refuses focus is not worth a word.
            let _ = heading.focus();
        }
    });
    view! {
        <section class="card stake-form" aria-labelledby="stake-form-title" data-testid="stake-form" data-pool=pool.to_string()>
            <div class="card-head">
                <h2 class="card-title" id="stake-form-title" tabindex="-1" node_ref=heading>
                    {move || title().map(|name| t!("Stake with {name}", name))}
                </h2>
                <Button rank=Rank::Quiet icon=Icon::Cross on_press=move || chosen.set(None) testid="stake-form-close">{t!("Close")}</Button>
            </div>
            {move || place.get().map(|place| view! { <Facts place /> })}
            <AmountForm place stakes act />
            {move || (rates.read().len() > 1).then(|| view! { <RateChart rates /> })}
        </section>
    }
}

#[component]
fn Facts(place: StakePlace) -> impl IntoView {
    let commission = commission_words(&place);
    view! {
        <KeyValueList>
            <KeyValue label=t!("With")><HolderLink holder=place.holder /></KeyValue>
            <KeyValue label=t!("State")><StandingMark standing=place.standing /></KeyValue>
            <KeyValue label=t!("In its pool")><Amount amount=place.stake /></KeyValue>
            <KeyValue label=t!("Commission")>{commission}</KeyValue>
        </KeyValueList>
        <div class="stake-warnings">
            {place.warnings.iter().map(|warning| view! { <Warning warning=*warning /> }).collect_view()}
        </div>
    }
}

#[component]
fn Warning(warning: StakeWarning) -> impl IntoView {
    let tone = match warning.level() {
        Level::Information => Tone::Info,
        Level::Caution => Tone::Caution,
        Level::Danger | Level::Forbidden => Tone::Danger,
    };
    view! { <Banner tone what=told(&warning.sentence()) testid="stake-warning" /> }
}

#[component]
fn AmountForm(
    place: Memo<Option<StakePlace>>,
    stakes: Memo<Stakes>,
    act: Act<StakeAct>,
) -> impl IntoView {
    let (text, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let written_by_max = RwSignal::new(None::<String>);
    let stakeable = Memo::new(move |_| stakes.read().stakeable);
    let amount =
        Memo::new(move |_| parse_stake_amount(&typed_number(&text.read()), stakeable.get()));
    // A balance that moved on since is another amount than the one in the field.
    let is_max = move || {
        let text = typed_number(&text.read());
        written_by_max.read().as_ref() == Some(&text) && text == stakeable.get().to_string()
    };
    let take_all = move || {
        let most = stakeable.get_untracked().to_string();
        text.set(number_to_type(&most));
        written_by_max.set(Some(most));
    };
    // Leaves in coins what taking the stake back will cost, which the stake itself does not pay.
    let leaving_fee = Memo::new(move |_| {
        let most = stakeable.get();
        let fee = stakes.read().fees.stake(STAKE_WRITES, most.0).total_fee;
        Shannons(most.0.saturating_sub(fee))
    });
    let take_max = move || text.set(number_to_type(&leaving_fee.get_untracked().to_string()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let holder = place.read_untracked().as_ref().map(|place| place.holder);
        match (amount.get_untracked(), holder) {
            (Ok(exact), Some(holder)) => {
                let amount =
                    if untrack(is_max) { SendAmount::Max } else { SendAmount::Exact(exact) };
                act.prepare(StakeAct::Stake { holder, amount });
            }
            _ => focus_first_wrong(),
        }
    };
    Effect::new(move |_| {
        text.track();
        act.forgive();
    });
    let stakes_now = move |act: &StakeAct| matches!(act, StakeAct::Stake { .. });
    view! {
        <form class="form" on:submit=submit novalidate>
            <Field
                label=t!("Amount").to_owned()
                value=text
                typing=Typing::Decimal
                suffix="SOMA"
                error=Signal::derive(move || amount.get().err().map(|error| error.to_string()))
                tried
                testid="stake-amount"
            >
                <Button on_press=take_max testid="stake-max">{t!("Max")}</Button>
                <Button rank=Rank::Quiet on_press=take_all testid="stake-all">{t!("All of it")}</Button>
            </Field>
            <p class="send-available">
                {t_view!(
                    "Available: {amount}, the fee left aside",
                    amount = move || view! { <Amount amount=stakeable.get() testid="stakeable" /> }
                )}
            </p>
            <p class="send-available">
                {t!("Max leaves what taking the stake back costs; “All of it” leaves nothing for that.")}
            </p>
            {move || amount.get().ok().map(|amount| view! { <Cost amount stakes /> })}
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::ArrowRight
                    submit=true
                    busy=Signal::derive(move || act.prepares(stakes_now))
                    disabled=Signal::derive(move || act.unready())
                    testid="stake-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

/// What staking so much costs, and what stays.
#[component]
fn Cost(amount: Shannons, stakes: Memo<Stakes>) -> impl IntoView {
    let figures = Memo::new(move |_| {
        let stakes = stakes.read();
        let fee = Shannons(stakes.fees.stake(STAKE_WRITES, amount.0).total_fee);
        let spent = amount.0.saturating_add(fee.0);
        (fee, Shannons(stakes.unstaked.0.saturating_sub(spent)), stakes.epoch.saturating_add(1))
    });
    move || {
        let (fee, left, from) = figures.get();
        view! {
            <KeyValueList>
                <KeyValue label=t!("Fee")><Amount amount=fee testid="stake-cost" /></KeyValue>
                <KeyValue label=t!("Stays in coins")><Amount amount=left testid="stake-left" /></KeyValue>
                <KeyValue label=t!("Counts from")>{t!("epoch {from}", from = crate::say::count(from))}</KeyValue>
            </KeyValueList>
        }
    }
}

#[component]
fn RateChart(rates: Memo<Vec<Point>>) -> impl IntoView {
    let tick = |value: u128| worth(value);
    view! { <Chart subject=pool() points=rates tick /> }
}
