//! The network in numbers.

use crate::components::skeleton::Skeleton;
use crate::languages::{local_number, t, t_n, t_view};
use crate::measures::decimal;
use crate::network_life::use_network_life;
use crate::parts::amount::Amount;
use crate::parts::failure::FailureBanner;
use crate::parts::places::path_of;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::network::Economy;

/// What a rate is taken over; milliseconds.
const WINDOW_MS: u64 = 60_000;

/// All tiles.
#[component]
pub(super) fn Tiles() -> impl IntoView {
    let life = use_network_life();
    let failure = Memo::new(move |_| life.economy.get().and_then(Result::err));
    view! {
        {move || failure.get().map(|failure| view! { <FailureBanner failure on_retry=move || life.ask_economy() /> })}
        <dl class="tiles" data-testid="network-tiles">
            <CheckpointTile />
            <RateTile />
            <EconomyTiles />
        </dl>
    }
}

/// A number with its name above and what belongs to it below.
#[component]
fn Tile(
    label: &'static str,
    testid: &'static str,
    /// The number.
    children: Children,
    /// What belongs to it.
    #[prop(optional, into)]
    below: Option<ViewFn>,
) -> impl IntoView {
    view! {
        <div class="tile">
            <dt class="tile-label">{label}</dt>
            <dd class="tile-value" data-testid=testid>{children()}</dd>
            {below.map(|below| view! { <dd class="tile-below">{below.run()}</dd> })}
        </div>
    }
}

#[component]
fn CheckpointTile() -> impl IntoView {
    let (session, life) = (use_session(), use_network_life());
    let clock = life.chain_clock(1_000);
    let height = Memo::new(move |_| {
        let heard =
            life.pulse.read().as_ref().and_then(|pulse| pulse.newest).map(|newest| newest.number);
        let told = session.facts().map(|facts| facts.checkpoint);
        heard.max(told)
    });
    let age = move || {
        let newest = life.pulse.read().as_ref().and_then(|pulse| pulse.newest);
        match (newest, clock.get()) {
            (Some(newest), Some(now)) => match now.saturating_sub(newest.timestamp_ms) / 1_000 {
                0..2 => t!("just now").to_owned(),
                seconds => t!("{span} ago", span = say::span(seconds)),
            },
            _ => t!("none since this wallet was opened").to_owned(),
        }
    };
    view! {
        <Tile label=t!("Checkpoint") testid="tile-checkpoint" below=move || view! { <span>{age}</span> }>
            {move || match height.get() {
                Some(height) => {
                    view! { <A href=path_of(Place::Checkpoint(height)) attr:class="tile-link">{say::count(height)}</A> }.into_any()
                }
                None => view! { "–" }.into_any(),
            }}
        </Tile>
    }
}

#[component]
fn RateTile() -> impl IntoView {
    let life = use_network_life();
    let clock = life.chain_clock(1_000);
    let rate = Memo::new(move |_| {
        let pulse = life.pulse.read();
        // Before the first checkpoint there was nothing to count.
        let pulse = pulse.as_ref()?;
        Some(clock.get().and_then(|now| pulse.sent_per_second_milli(now, WINDOW_MS)).unwrap_or(0))
    });
    let sent = move || {
        let pulse = life.pulse.read();
        let sent =
            pulse.as_ref().map_or(0, |pulse| pulse.spans.iter().map(|span| span.sent).sum::<u64>());
        t!("last minute; {sent} sent since you opened this", sent = say::count(sent))
    };
    view! {
        <Tile label=t!("Transactions per second") testid="tile-rate" below=move || view! { <span>{sent}</span> }>
            {move || rate.get().map_or_else(|| "–".to_owned(), |rate| decimal(rate, 3))}
        </Tile>
    }
}

/// Those that the system state tells.
#[component]
fn EconomyTiles() -> impl IntoView {
    let life = use_network_life();
    let economy = Memo::new(move |_| life.economy_now());
    move || match economy.get() {
        None => view! { <div class="tile"><Skeleton lines=2 /></div> }.into_any(),
        Some(economy) => view! { <Known economy /> }.into_any(),
    }
}

#[component]
fn Known(economy: Economy) -> impl IntoView {
    let Economy { model_stake, emission_per_epoch, targets, models, pending_validators, .. } =
        economy;
    let fees = economy.clone();
    let hits = economy.clone();
    view! {
        <Tile
            label=t!("Staked with validators")
            testid="tile-stake"
            below=move || t_view!("{amount} with active models", amount = view! { <Amount amount=model_stake /> })
        >
            <Amount amount=economy.total_stake />
        </Tile>
        <Tile
            label=t!("Emission pool")
            testid="tile-pool"
            below=move || t_view!("{amount} leave it each epoch", amount = view! { <Amount amount=emission_per_epoch testid="tile-emission" /> })
        >
            <Amount amount=economy.emission_pool />
        </Tile>
        <Tile
            label=t!("Reward per target")
            testid="tile-reward"
            below=move || t_n!(targets, "{n} target made in this epoch", "{n} targets made in this epoch")
        >
            <Amount amount=economy.reward_per_target />
        </Tile>
        <Tile label=t!("Distance threshold") testid="tile-threshold" below=move || view! { <Hits economy=hits.clone() /> }>
            {economy.distance_threshold.map_or_else(|| "–".to_owned(), |threshold| local_number(&threshold.to_string()))}
        </Tile>
        <Tile
            label=t!("Active models")
            testid="tile-models"
            below=move || view! { <A href="/models">{t!("of {count} ever made", count = say::count(models))}</A> }
        >
            {say::count(economy.active_models)}
        </Tile>
        <Tile
            label=t!("Validators")
            testid="tile-validators"
            below=move || {
                let words = match pending_validators {
                    0 => t!("All validators").to_owned(),
                    joining => t!("All validators, {count} to join", count = say::count(joining)),
                };
                view! { <A href="/validators" attr:data-testid="to-validators">{words}</A> }
            }
        >
            {say::count(economy.validators)}
        </Tile>
        <Tile label=t!("Fee of a transaction") testid="tile-fees" below=move || view! { <Fees economy=fees.clone() /> }>
            <Amount amount=economy.base_fee />
        </Tile>
    }
}

#[component]
fn Hits(economy: Economy) -> impl IntoView {
    let reached = say::percent(economy.hits, economy.hits_goal);
    view! {
        <span data-testid="tile-hits">
            {t!("{hits} of {goal} hits in this epoch", hits = say::count(economy.hits), goal = say::count(economy.hits_goal))}
        </span>
        <span class="meter" aria-hidden="true"><span style:width=format!("{reached}%")></span></span>
        <span>{t!("{hits} on average", hits = say::count(economy.hits_average))}</span>
    }
}

#[component]
fn Fees(economy: Economy) -> impl IntoView {
    let (least, most) = economy.value_fee_range_bps;
    view! {
        <span>{t_view!("+ {amount} for each object written", amount = view! { <Amount amount=economy.write_object_fee /> })}</span>
        <span>
            {t!("+ {rate} of value moved, between {least} and {most}", rate = say::rate(economy.value_fee_bps), least = say::rate(least), most = say::rate(most))}
        </span>
    }
}
