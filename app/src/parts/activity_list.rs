//! What an account did and received, line by line.

use super::address::AddressChip;
use super::amount::{Amount, Change};
use super::failure::sentence;
use crate::components::copy::CopyButton;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::say;
use crate::time::{day_and_time, use_now};
use bridge::activity::{ActivityEntry, ActivityState};
use leptos::prelude::*;

/// The entries, newest first.
#[component]
pub(crate) fn ActivityList(
    /// What there is to show.
    entries: Vec<ActivityEntry>,
) -> impl IntoView {
    let now = use_now(20_000);
    view! {
        <ol class="activity" data-testid="activity-list">
            {entries.into_iter().map(|entry| view! { <ActivityLine entry now /> }).collect_view()}
        </ol>
    }
}

/// A state in a word, with the class and picture that go with it.
pub(crate) fn state_words(state: &ActivityState) -> (&'static str, &'static str, Icon) {
    match state {
        ActivityState::Pending => (t!("Pending"), "state state-pending", Icon::Clock),
        ActivityState::Succeeded => (t!("Done"), "state state-done", Icon::Check),
        ActivityState::Unclear => (t!("Outcome not known"), "state state-pending", Icon::Info),
        ActivityState::Failed(_) => (t!("Failed"), "state state-failed", Icon::Danger),
        ActivityState::Dropped => (t!("Never executed"), "state state-dropped", Icon::Cross),
    }
}

/// A state's name for tests.
pub(crate) const fn state_key(state: &ActivityState) -> &'static str {
    match state {
        ActivityState::Pending => "Pending",
        ActivityState::Succeeded => "Done",
        ActivityState::Unclear => "Outcome not known",
        ActivityState::Failed(_) => "Failed",
        ActivityState::Dropped => "Never executed",
    }
}

#[component]
fn ActivityLine(entry: ActivityEntry, now: ReadSignal<u64>) -> impl IntoView {
    let (word, class, icon) = state_words(&entry.state);
    let at = entry.at_ms;
    let digest = entry.digest.to_string();
    let failure = match &entry.state {
        ActivityState::Failed(explanation) => Some(explanation.clone()),
        _ => None,
    };
    view! {
        <li data-testid="activity-entry" data-state=state_key(&entry.state) data-digest=entry.digest.to_string()>
            <details class="activity-entry">
                <summary>
                    <span class="activity-what">{sentence(&entry.headline).trim_end_matches('.').to_owned()}</span>
                    {entry.change.map(|change| view! { <Change change /> })}
                    <span class="activity-sub">
                        <span class=class><Pictogram icon />{word}</span>
                        <time title=day_and_time(at)>
                            {move || say::ago(now.get().saturating_sub(at) / 1_000)}
                        </time>
                    </span>
                </summary>
                <KeyValueList>
                    <KeyValue label=t!("When")>{day_and_time(at)}</KeyValue>
                    {entry.counterparty.map(|address| view! { <KeyValue label=t!("With")><AddressChip address /></KeyValue> })}
                    {entry.fee.map(|amount| view! { <KeyValue label=t!("Fee")><Amount amount /></KeyValue> })}
                    <KeyValue label=t!("Digest")>
                        <span class="digest"><code>{digest.clone()}</code><CopyButton text=digest.clone() what=t!("digest") /></span>
                    </KeyValue>
                </KeyValueList>
            </details>
            {failure.map(|why| view! { <p class="activity-failure">{sentence(&why.what)}" "{sentence(&why.next)}</p> })}
        </li>
    }
}
