//! Encrypting, uploading, comparing: how far it has come, with pause and continue.

use crate::components::button::Button;
use crate::components::icon::Icon;
use crate::components::progress::Progress;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::publish::{PublishView, Work};
use leptos::prelude::*;

/// The bar with its numbers, and the buttons to stop and to go on.
#[component]
pub(super) fn Working(
    job: Memo<PublishView>,
    /// What is being done.
    label: &'static str,
    /// What is stopped now cannot go on, only begin again.
    #[prop(optional)]
    stopping_starts_over: bool,
) -> impl IntoView {
    let (session, jobs) = (use_session(), use_jobs());
    let attempt = Attempt::new();
    let id = job.read_untracked().id.clone();
    let work = Memo::new(move |_| job.read().work);
    let runs = Memo::new(move |_| work.read().is_some());
    let failed = Memo::new(move |_| job.read().work.is_none() && job.read().problem.is_some());
    let pause = {
        let id = id.clone();
        move || {
            let id = id.clone();
            attempt.run(async move { session.bridge().pause_publish(id).await }, move |it| {
                jobs.put(it);
            });
        }
    };
    let go_on = move || {
        let id = id.clone();
        attempt.run(
            async move { session.bridge().continue_publish(id, None, None, None).await },
            move |it| jobs.put(it),
        );
    };
    let (pause, go_on) = (Callback::new(move |()| pause()), Callback::new(move |()| go_on()));
    let stop_words = if stopping_starts_over { t!("Stop") } else { t!("Pause") };
    view! {
        <div hidden=move || failed.get()>
            <Progress
                label=label.to_owned()
                done=Signal::derive(move || work.get().map_or(0, |work| work.done))
                total=Signal::derive(move || work.get().map_or(0, |work| work.total))
                detail=Signal::derive(move || work.get().map(numbers))
                testid="job-progress"
            />
        </div>
        <AttemptFailure attempt />
        {move || {
            if runs.get() {
                view! {
                    <div class="buttons">
                        <Button icon=Icon::Pause busy=attempt.busy() on_press=pause testid="job-pause">{stop_words}</Button>
                        {stopping_starts_over
                            .then(|| view! { <span class="field-hint">{t!("What is stopped here begins again, under a new key.")}</span> })}
                    </div>
                }
                    .into_any()
            } else if stopping_starts_over {
                view! { <p class="field-hint" role="status">{t!("Starting…")}</p> }.into_any()
            } else if !failed.get() {
                // Work that is just beginning shows its numbers before this appears.
                view! {
                    <div class="buttons appears-late">
                        <Button icon=Icon::ArrowRight busy=attempt.busy() on_press=go_on testid="job-continue">{t!("Continue")}</Button>
                        <span class="field-hint">{t!("Paused. Nothing is lost.")}</span>
                    </div>
                }
                    .into_any()
            } else {
                view! {
                    <div class="buttons">
                        <Button icon=Icon::Refresh busy=attempt.busy() on_press=go_on testid="job-continue">{t!("Try again")}</Button>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

/// Bytes, speed and time left in words.
fn numbers(work: Work) -> String {
    let mut parts =
        vec![t!("{done} of {total}", done = say::bytes(work.done), total = say::bytes(work.total))];
    if work.speed > 0.0 {
        parts.push(format!("{}/s", say::bytes(say::whole(work.speed))));
    }
    if let Some(left) = work.seconds_left().filter(|_| work.done < work.total) {
        parts.push(t!("{time} left", time = say::span(say::whole(left.ceil()))));
    }
    if let Some(uploaded) = work.uploaded {
        parts.push(t!("{uploaded} uploaded", uploaded = say::bytes(uploaded)));
    }
    if work.one_core {
        parts.push(t!("slowly, as this browser works on one processor core only").into());
    }
    parts.join(" · ")
}
