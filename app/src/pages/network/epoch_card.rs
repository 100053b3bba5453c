//! The epoch: how far it has come, and what happens at its end.

use crate::components::banner::{Banner, Tone};
use crate::components::skeleton::Skeleton;
use crate::languages::t;
use crate::network_life::use_network_life;
use crate::parts::places::path_of;
use crate::say;
use crate::session::use_session;
use crate::time::{day_and_time, use_now};
use bridge::explore::Place;
use leptos::prelude::*;
use leptos_router::components::A;

/// The present epoch with its progress and the time left.
#[component]
pub(super) fn EpochCard() -> impl IntoView {
    let session = use_session();
    let facts = Memo::new(move |_| session.facts());
    let epoch = Memo::new(move |_| {
        facts.get().map(|facts| (facts.epoch, facts.epoch_start_ms, facts.epoch_end_ms()))
    });
    view! {
        <section class="card epoch-card" aria-labelledby="epoch-title">
            {move || match epoch.get() {
                None => view! { <h2 class="visually-hidden" id="epoch-title">{t!("Epoch")}</h2><Skeleton lines=2 /> }.into_any(),
                Some((epoch, start_ms, end_ms)) => view! { <Running epoch start_ms end_ms /> }.into_any(),
            }}
            <SafeMode />
        </section>
    }
}

#[component]
fn Running(epoch: u64, start_ms: u64, end_ms: u64) -> impl IntoView {
    let now = use_now(1_000);
    let length = end_ms.saturating_sub(start_ms);
    let passed = move || say::percent(now.get().saturating_sub(start_ms), length);
    let left = move || match end_ms.saturating_sub(now.get()).div_ceil(1_000) {
        0 => t!("ends as soon as validators agree").to_owned(),
        seconds => t!("ends in {left}", left = say::span(seconds)),
    };
    view! {
        <div class="epoch-card-head">
            <h2 class="epoch-card-number" id="epoch-title" data-testid="network-epoch" data-epoch=epoch.to_string()>
                {t!("Epoch {epoch}", epoch = say::count(epoch))}
            </h2>
            <p class="epoch-card-left" data-testid="network-epoch-left">{left}</p>
        </div>
        <div
            class="scale scale-large"
            role="progressbar"
            aria-label=t!("Progress of the epoch")
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || passed().to_string()
        >
            <span class="scale-passed" style:width=move || format!("{}%", passed())></span>
        </div>
        <div class="epoch-card-foot">
            <span>{t!("Began {when}", when = day_and_time(start_ms))}</span>
            <span>{move || t!("{passed} % passed", passed = passed())}</span>
            <span>{t!("Due {when}", when = day_and_time(end_ms))}</span>
        </div>
        <p class="epoch-card-links">
            <A href=path_of(Place::Epoch(epoch))>{t!("This epoch in full")}</A>
            {epoch
                .checked_sub(1)
                .map(|before| view! { <A href=path_of(Place::Epoch(before))>{t!("The one before")}</A> })}
        </p>
    }
}

/// Says when the last change of epoch failed.
#[component]
fn SafeMode() -> impl IntoView {
    let life = use_network_life();
    let safe = Memo::new(move |_| life.economy_now().is_some_and(|economy| economy.safe_mode));
    move || {
        safe.get().then(|| {
            view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("The network is in safe mode: its last change of epoch failed, and only the least was done.").to_owned()
                    next=t!("Rewards and new targets wait until an epoch ends well.").to_owned()
                />
            }
        })
    }
}
