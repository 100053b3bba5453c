//! The epoch as a scale: how much of it has passed, and when it should end.

use crate::languages::{t, t_view};
use crate::say;
use crate::session::use_session;
use crate::time::{day_and_time, use_now};
use leptos::prelude::*;

/// The present epoch with a countdown; nothing while the network does not answer.
#[component]
pub(crate) fn EpochClock() -> impl IntoView {
    let session = use_session();
    let now = use_now(1_000);
    let facts = Memo::new(move |_| session.facts());
    let passed = move || {
        facts.get().map_or(0, |facts| {
            say::percent(now.get().saturating_sub(facts.epoch_start_ms), facts.epoch_duration_ms)
        })
    };
    move || {
        facts.get().map(|facts| {
            let end = facts.epoch_end_ms();
            let left = move || match end.saturating_sub(now.get()).div_ceil(1_000) {
                0 => t!("ending now").to_owned(),
                seconds => t!("ends in {seconds}", seconds = say::span(seconds)),
            };
            view! {
                <div class="epoch" data-testid="epoch-clock" data-epoch=facts.epoch.to_string()>
                    <div class="epoch-head">
                        <span class="epoch-number">{t_view!("Epoch {epoch}", epoch = view! { <b>{say::count(facts.epoch)}</b> })}</span>
                        <span class="epoch-left" title=day_and_time(end)>{left}</span>
                    </div>
                    <div class="scale" aria-hidden="true">
                        <span class="scale-passed" style:width=move || format!("{}%", passed())></span>
                    </div>
                </div>
            }
        })
    }
}
