//! Everything the account did and received on this network: searched, noted, saved as a file.

mod export;
mod list;
mod one;
mod past;
mod search;
mod words;

use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, told as in_words};
use crate::parts::answer::use_told;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use bridge::activity::{ActivityEntry, ActivityRequest};
use bridge::protocol::Failure;
use leptos::prelude::*;
use list::Entries;
use one::OneEntry;
use past::PastKnown;
use search::{Search, SearchForm};
use wasm_core::digest::TransactionDigest;

/// What there is to show.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Nothing,
    Failed(Failure),
    Empty,
    Entries,
}

/// Everything the account did and received.
#[component]
pub(crate) fn ActivityPage() -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.activity(ActivityRequest::View).await });
    let search = Search::new();
    let opened = RwSignal::new(None::<TransactionDigest>);
    let entries = Memo::new(move |_| told.value().map(|view| view.entries).unwrap_or_default());
    // Words are looked for as they are shown.
    let shown = Memo::new(move |_| {
        let mut shown = entries.get();
        for entry in &mut shown {
            entry.headline = in_words(&entry.headline);
        }
        shown
    });
    let found = Memo::new(move |_| {
        let (wanted, entries) = (search.wanted(), entries.get());
        if wanted.text.trim().is_empty() {
            return entries.into_iter().filter(|entry| wanted.finds(entry)).collect();
        }
        let shown = shown.read();
        let found = entries.into_iter().zip(&*shown).filter(|(_, shown)| wanted.finds(shown));
        found.map(|(entry, _)| entry).collect::<Vec<ActivityEntry>>()
    });
    // What is there already stays while it is told anew, with the field that somebody types in.
    let seen = Memo::new(move |_| match told.get() {
        None => Seen::Nothing,
        Some(Err(failure)) => Seen::Failed(failure),
        Some(Ok(view)) if view.entries.is_empty() => Seen::Empty,
        Some(Ok(_)) => Seen::Entries,
    });
    view! {
        <Page title=t!("Activity").to_owned() lede=t!("What this account did and received on this network, newest first.").to_owned()>
            <Card>
                {move || match seen.get() {
                    Seen::Nothing => view! { <Skeleton lines=6 /> }.into_any(),
                    Seen::Failed(failure) => {
                        view! { <FailureBanner failure on_retry=move || told.renew() /> }.into_any()
                    }
                    Seen::Empty => view! {
                        <Empty
                            icon=Icon::Activity
                            title=t!("Nothing happened yet")
                            hint=t!("What you send, receive and publish is listed here.")
                        />
                    }
                    .into_any(),
                    Seen::Entries => view! {
                        <SearchForm search entries found />
                        <Entries found opened />
                    }
                    .into_any(),
                }}
                <PastKnown told />
            </Card>
            <OneEntry entries opened told />
        </Page>
    }
}
