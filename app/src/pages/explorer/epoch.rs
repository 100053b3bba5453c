//! An epoch: its time, its checkpoints, its economy, who signed in it, and the constants in force.

use super::epoch_account::EpochAccountCard;
use super::frame::{LookedUp, page_about};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{local_number, t};
use crate::parts::amount::Amount;
use crate::parts::asked::ask_network;
use crate::parts::places::{PlaceLink, path_of};
use crate::say;
use crate::time::day_and_time;
use bridge::explore::{EpochView, Place};
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use wasm_core::epoch::ProtocolConfig;
use wasm_core::network::EpochPoint;

/// The epoch of the page's path.
#[component]
pub(crate) fn EpochPage() -> impl IntoView {
    let params = use_params_map();
    let number = Memo::new(move |_| params.read().get("number")?.parse::<u64>().ok());
    let title = Signal::derive(move || {
        number.get().map_or_else(
            || t!("Epoch").to_owned(),
            |epoch| t!("Epoch {epoch}", epoch = say::count(epoch)),
        )
    });
    page_about(
        title,
        number,
        t!("An epoch is named by its number."),
        |number| view! { <Asked number /> },
    )
}

#[component]
fn Asked(number: u64) -> impl IntoView {
    let ask = |bridge: Bridge, number| async move { bridge.show_epoch(number).await };
    let question = ask_network(Memo::new(move |_| number), ask);
    view! {
        <LookedUp question what=t!("Epoch {epoch}", epoch = say::count(number)) let:view><Found view /></LookedUp>
    }
}

#[component]
fn Found(view: EpochView) -> impl IntoView {
    let EpochView { point, committee, config, current } = view;
    let number = point.epoch;
    let times = point.clone();
    view! {
        <Card testid="epoch">
            <div class="neighbours">
                {number
                    .checked_sub(1)
                    .map(|before| {
                        view! {
                            <A href=path_of(Place::Epoch(before)) attr:class="button button-secondary" attr:data-testid="before">
                                <Pictogram icon=Icon::ArrowLeft />{t!("The one before")}
                            </A>
                        }
                    })}
                {(number < current)
                    .then(|| {
                        view! {
                            <A href=path_of(Place::Epoch(number + 1)) attr:class="button button-secondary" attr:data-testid="after">
                                {t!("The next")}<Pictogram icon=Icon::ArrowRight />
                            </A>
                        }
                    })}
            </div>
            <Times point=times />
        </Card>
        <Economy point />
        <EpochAccountCard epoch=number />
        <Committee committee />
        {config.map(|config| view! { <Constants config /> })}
    }
}

#[component]
fn Times(point: EpochPoint) -> impl IntoView {
    let checkpoint = |number: Option<u64>| {
        number.map(|number| view! { <PlaceLink place=Place::Checkpoint(number) /> })
    };
    view! {
        <KeyValueList>
            <KeyValue label=t!("Began")>{day_and_time(point.start_ms)}</KeyValue>
            <KeyValue label=t!("Ended") testid="epoch-ended">{point.end_ms.map_or_else(|| t!("It is going on").to_owned(), day_and_time)}</KeyValue>
            {point
                .end_ms
                .map(|end_ms| view! { <KeyValue label=t!("Lasted")>{say::span(end_ms.saturating_sub(point.start_ms) / 1_000)}</KeyValue> })}
            <KeyValue label=t!("First checkpoint")>{checkpoint(point.first_checkpoint)}</KeyValue>
            {point.last_checkpoint.is_some().then(|| view! { <KeyValue label=t!("Last checkpoint")>{checkpoint(point.last_checkpoint)}</KeyValue> })}
            {point.fees.map(|fees| view! { <KeyValue label=t!("Fees collected") testid="epoch-fees"><Amount amount=fees /></KeyValue> })}
            {point
                .transactions_until_end
                .map(|count| view! { <KeyValue label=t!("Transactions of the chain until its end")>{say::count(count)}</KeyValue> })}
        </KeyValueList>
    }
}

#[component]
fn Economy(point: EpochPoint) -> impl IntoView {
    let goes_on = point.end_ms.is_none();
    let title = if goes_on {
        t!("Economy, as it is now")
    } else {
        t!("Economy, as it was when the epoch began")
    };
    let economy = point.economy;
    view! {
        <Card title>
            <KeyValueList>
                <KeyValue label=t!("Protocol")>{say::count(economy.protocol_version)}</KeyValue>
                <KeyValue label=t!("Staked with validators")><Amount amount=economy.total_stake /></KeyValue>
                <KeyValue label=t!("Staked with active models")><Amount amount=economy.model_stake /></KeyValue>
                <KeyValue label=t!("Emission pool")><Amount amount=economy.emission_pool /></KeyValue>
                <KeyValue label=t!("Leaves it each epoch")><Amount amount=economy.emission_per_epoch /></KeyValue>
                <KeyValue label=t!("Reward per target")><Amount amount=economy.reward_per_target /></KeyValue>
                <KeyValue label=t!("Distance threshold")>{economy.distance_threshold.map_or_else(|| "–".to_owned(), |it| local_number(&it.to_string()))}</KeyValue>
                <KeyValue label=t!("Hits on average")>{t!("{hits} of {goal} aimed for", hits = say::count(economy.hits_average), goal = say::count(economy.hits_goal))}</KeyValue>
                {goes_on
                    .then(|| {
                        view! {
                            <KeyValue label=t!("Hits so far")>{say::count(economy.hits)}</KeyValue>
                            <KeyValue label=t!("Targets so far")>{say::count(economy.targets)}</KeyValue>
                        }
                    })}
                <KeyValue label=t!("Active models")>{say::count(economy.active_models)}</KeyValue>
                <KeyValue label=t!("Validators")>{say::count(economy.validators)}</KeyValue>
                <KeyValue label=t!("Fee of a transaction")><Amount amount=economy.base_fee /></KeyValue>
                <KeyValue label=t!("Fee of an object written")><Amount amount=economy.write_object_fee /></KeyValue>
                <KeyValue label=t!("Fee of value moved")>{say::rate(economy.value_fee_bps)}</KeyValue>
            </KeyValueList>
        </Card>
    }
}

#[component]
fn Committee(committee: Vec<(String, u64)>) -> impl IntoView {
    if committee.is_empty() {
        return None;
    }
    Some(view! {
        <Card title=t!("Who signed")>
            <div class="figures-room" role="region" aria-label=t!("Who signed") tabindex="0">
                <table class="figures">
                    <thead><tr><th scope="col">{t!("Validator")}</th><th scope="col">{t!("Voting power")}</th></tr></thead>
                    <tbody>
                        {committee
                            .into_iter()
                            .map(|(name, power)| view! { <tr><th scope="row">{name}</th><td>{say::rate(power)}</td></tr> })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </Card>
    })
}

#[component]
fn Constants(config: ProtocolConfig) -> impl IntoView {
    let ProtocolConfig { protocol_version, feature_flags, attributes } = config;
    let summary = t!("Constants of protocol {version}", version = protocol_version);
    let flags = feature_flags
        .into_iter()
        .map(|(name, on)| (name, if on { t!("on") } else { t!("off") }.to_owned()));
    let lines = attributes.into_iter().chain(flags).map(|(name, value)| {
        view! { <tr><th scope="row"><code>{name}</code></th><td>{value}</td></tr> }
    });
    view! {
        <Card>
            <Disclosure summary testid="epoch-constants">
                <div class="figures-room" role="region" aria-label=t!("Constants") tabindex="0">
                    <table class="figures">
                        <thead><tr><th scope="col">{t!("Name")}</th><th scope="col">{t!("Value")}</th></tr></thead>
                        <tbody>{lines.collect_view()}</tbody>
                    </table>
                </div>
            </Disclosure>
        </Card>
    }
}
