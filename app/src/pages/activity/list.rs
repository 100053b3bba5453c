//! Entries in a box that scrolls, however many.

use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::long_list::LongList;
use crate::languages::t;
use crate::parts::activity_list::{state_key, state_words};
use crate::parts::amount::Change;
use crate::parts::failure::sentence;
use crate::say;
use crate::time::{day_and_time, use_now};
use bridge::activity::ActivityEntry;
use leptos::prelude::*;
use wasm_core::digest::TransactionDigest;

/// Rows kept in the page above and below those in sight.
const SPARE: usize = 20;
/// A list of so few rows is as high as its rows.
const FEW: usize = 7;

/// The entries that were found, newest first.
#[component]
pub(super) fn Entries(
    found: Memo<Vec<ActivityEntry>>,
    opened: RwSignal<Option<TransactionDigest>>,
) -> impl IntoView {
    let now = use_now(20_000);
    let total = Memo::new(move |_| found.read().len());
    let sight = RwSignal::new((0_usize, 30_usize));
    let rows = Memo::new(move |_| {
        let (first, count) = sight.get();
        let from = first.saturating_sub(SPARE).min(found.read().len());
        let rows = found.read().iter().skip(from).take(count + 2 * SPARE).cloned().collect();
        (from, rows)
    });
    let key = |entry: &ActivityEntry| {
        let ActivityEntry { digest, state, change, note, headline, .. } = entry;
        format!("{digest} {state:?} {change:?} {note} {headline}")
    };
    let row = move |entry: ActivityEntry| view! { <Row entry now opened /> };
    let looked = move |first: usize, count: usize| sight.set((first, count));
    view! {
        <div class="activity-rows" class:activity-rows-few=move || total.get() <= FEW>
            <LongList
                label=t!("Activity, newest first")
                total
                rows
                key
                row
                row_class="board-row activity-row"
                on_look=looked
                scrolled=StoredValue::new(0)
                testid="activity-list"
            />
        </div>
        {move || {
            (total.get() == 0)
                .then(|| {
                    view! { <Empty icon=Icon::Search title=t!("Nothing like that") hint=t!("Look for something else, or show all.") /> }
                })
        }}
    }
}

#[component]
fn Row(
    entry: ActivityEntry,
    now: ReadSignal<u64>,
    opened: RwSignal<Option<TransactionDigest>>,
) -> impl IntoView {
    let (word, class, icon) = state_words(&entry.state);
    let (at, digest) = (entry.at_ms, entry.digest);
    let note = (!entry.note.is_empty()).then(|| entry.note.clone());
    view! {
        <button
            type="button"
            class="board-row activity-row"
            data-testid="activity-entry"
            data-state=state_key(&entry.state)
            data-digest=digest.to_string()
            on:click=move |_| opened.set(Some(digest))
        >
            <span class="activity-what">{sentence(&entry.headline).trim_end_matches('.').to_owned()}</span>
            {entry.change.map(|change| view! { <Change change testid="activity-change" /> })}
            <span class="activity-sub">
                <span class=class><Pictogram icon />{word}</span>
                <time title=day_and_time(at)>
                    {move || say::ago(now.get().saturating_sub(at) / 1_000)}
                </time>
                {note.map(|note| view! { <span class="activity-note">{note}</span> })}
            </span>
        </button>
    }
}
