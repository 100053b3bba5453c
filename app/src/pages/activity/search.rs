//! What somebody looks for among entries, and the form for it.

use super::export::save;
use super::words::kind_words;
use crate::components::button::Button;
use crate::components::field::{Field, FieldFrame};
use crate::components::icon::Icon;
use crate::components::select::Select;
use crate::components::unique_id;
use crate::languages::t;
use crate::say;
use crate::time::start_of_day;
use bridge::activity::{ActivityEntry, ActivitySearch};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::Address;

/// Milliseconds of a day; one with a change of the clock is an hour longer or shorter, so the next day's
/// beginning is looked up from its noon.
const HALF_DAY_MS: u64 = 12 * 60 * 60 * 1_000;

/// What was typed and chosen.
#[derive(Clone, Copy)]
pub(super) struct Search {
    text: RwSignal<String>,
    kind: RwSignal<String>,
    with: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
}

impl Search {
    pub(super) fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self { text: empty(), kind: empty(), with: empty(), from: empty(), until: empty() }
    }

    /// What is looked for. Tracked.
    pub(super) fn wanted(self) -> ActivitySearch {
        let kind = Some(self.kind.get()).filter(|kind| !kind.is_empty());
        ActivitySearch {
            text: self.text.get(),
            kind,
            with: self.with.read().parse::<Address>().ok(),
            from_ms: start_of_day(&self.from.read()),
            before_ms: start_of_day(&self.until.read())
                .map(|start| next_day(start.saturating_add(2 * HALF_DAY_MS + HALF_DAY_MS))),
        }
    }

    fn is_empty(self) -> bool {
        self.wanted() == ActivitySearch::default()
    }

    fn clear(self) {
        for field in [self.text, self.kind, self.with, self.from, self.until] {
            field.set(String::new());
        }
    }
}

/// The beginning of the day that a moment is in.
fn next_day(noon_ms: u64) -> u64 {
    crate::time::day_of(noon_ms).and_then(|day| start_of_day(&day)).unwrap_or(noon_ms)
}

/// The form, how much was found, and saving it.
#[component]
pub(super) fn SearchForm(
    search: Search,
    entries: Memo<Vec<ActivityEntry>>,
    found: Memo<Vec<ActivityEntry>>,
) -> impl IntoView {
    let kinds = Memo::new(move |_| {
        let kinds: BTreeSet<String> =
            entries.read().iter().filter_map(|entry| entry.kind.clone()).collect();
        let kinds = kinds.into_iter().map(|kind| {
            let words = kind_words(&kind);
            (kind, words)
        });
        [(String::new(), t!("All kinds").to_owned())].into_iter().chain(kinds).collect::<Vec<_>>()
    });
    let people = Memo::new(move |_| {
        let people: BTreeSet<Address> =
            entries.read().iter().flat_map(|entry| entry.others().collect::<Vec<_>>()).collect();
        let people = people.into_iter().map(|one| (one.to_string(), one.to_short()));
        [(String::new(), t!("Everybody").to_owned())].into_iter().chain(people).collect::<Vec<_>>()
    });
    let count = move || {
        let (found, all) = (found.read().len() as u64, entries.read().len() as u64);
        t!("{found} of {all} shown", found = say::count(found), all = say::count(all))
    };
    view! {
        <div class="activity-search">
            <Field label=t!("Search").to_owned() value=search.text hint=t!("Words, an address, a digest, an amount or a note").to_owned() testid="activity-text" />
            <Select
                label=t!("Kind")
                value=search.kind
                options=kinds
                on_choose=move |kind: String| search.kind.set(kind)
                testid="activity-kind"
            />
            <Select
                label=t!("With")
                value=search.with
                options=people
                on_choose=move |with: String| search.with.set(with)
                testid="activity-with"
            />
            <Day label=t!("From") value=search.from testid="activity-from" />
            <Day label=t!("Until") value=search.until testid="activity-until" />
        </div>
        <div class="activity-found">
            <span role="status" data-testid="activity-count">{count}</span>
            <span class="buttons">
                {move || {
                    (!search.is_empty())
                        .then(|| view! { <Button icon=Icon::Cross on_press=move || search.clear() testid="activity-clear">{t!("Show all")}</Button> })
                }}
                <Button icon=Icon::Download on_press=move || save(&found.read_untracked()) testid="activity-export">{t!("Save as CSV")}</Button>
            </span>
        </div>
    }
}

/// A day to choose.
#[component]
fn Day(label: &'static str, value: RwSignal<String>, testid: &'static str) -> impl IntoView {
    let id = unique_id("day");
    view! {
        <FieldFrame id=id.clone() label=label.to_owned() error=Signal::stored(None::<String>)>
            <input id=id class="input" type="date" bind:value=value data-testid=testid />
        </FieldFrame>
    }
}
