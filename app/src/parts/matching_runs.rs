//! Says on every page but its own that files are being matched, and once when that ends.

use super::failure::sentence;
use crate::components::icon::{Icon, Pictogram};
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::matching::use_matching;
use crate::say;
use bridge::matching::QueueState;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

/// The sign, with how far it is; nothing while nothing runs.
#[component]
pub(crate) fn MatchingRuns() -> impl IntoView {
    let (matching, notices) = (use_matching(), use_notices());
    let path = use_location().pathname;
    let is_elsewhere = Memo::new(move |_| !path.read().ends_with("/match"));
    let state = Memo::new(move |_| matching.state());
    let counts = Memo::new(move |_| matching.done());
    Effect::new(move |before: Option<QueueState>| {
        let now = state.get();
        if before == Some(QueueState::Running) && is_elsewhere.get_untracked() {
            match &now {
                QueueState::Idle => notices.toast(t!("Matching is done: all is scored.")),
                QueueState::Failed(failure) => {
                    notices.toast(t!("Matching stopped. {what}", what = sentence(&failure.what)));
                }
                QueueState::Running | QueueState::Paused => {}
            }
        }
        now
    });
    let percent = Memo::new(move |_| {
        let (done, total) = counts.get();
        say::percent(done, total)
    });
    move || {
        (is_elsewhere.get() && state.get() == QueueState::Running).then(|| {
            view! {
                <A href="/match" attr:class="match-runs" attr:data-testid="match-runs">
                    <Pictogram icon=Icon::Match />
                    <span>
                        {move || {
                            let (done, total) = counts.get();
                            t!("Matching files: {done} of {total} evaluations", done = say::count(done), total = say::count(total))
                        }}
                    </span>
                    <span class="match-runs-bar" aria-hidden="true">
                        <span style:width=move || format!("{}%", percent.get())></span>
                    </span>
                </A>
            }
        })
    }
}
