//! How far back the list reaches, in plain words, and searching the network again.

use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::answer::Told;
use crate::parts::attempt::Attempt;
use crate::parts::failure::FailureBanner;
use crate::say;
use crate::session::use_session;
use bridge::activity::{ActivityRequest, ActivityView, Past};
use bridge::activity_kept::{KEPT_HEARSAY, KEPT_SIGNED, KEPT_TOLD};
use leptos::prelude::*;

/// What is known of the past, and how.
fn past_words(past: Past) -> String {
    match past {
        Past::NotSearched => {
            t!("What happened before is searched for as soon as the network answers.").to_owned()
        }
        Past::Searching { looked_at } => t!("Searching the network for what happened before: {looked_at} transactions looked at.", looked_at = say::count(looked_at)),
        Past::Told => t!("What happened before was told by the network\u{2019}s indexer, from the beginning of the chain.")
            .to_owned(),
        Past::Traced => t!("What led to the coins and stakes of this account was found, back to its beginning. A \
                         payment that left nothing behind in this account cannot be found like this; an indexer \
                         would know it (Settings).")
            .to_owned(),
        Past::Forgotten => t!("The node does not remember everything: what led to the coins and stakes of this account \
                            was found as far as it does. An indexer would know the rest (Settings).")
            .to_owned(),
        Past::TooMuch => t!("This account did more than this wallet looks through; the newest was found.").to_owned(),
        Past::Interrupted => t!("The network stopped answering during the search; what was found by then is shown.")
            .to_owned(),
    }
}

/// What is left out of a list that is full.
fn full_words() -> String {
    t!(
        "This list is full, and older transactions may have been left out: of an account, the newest {signed} that \
         this wallet signed are kept, the newest {told} that the node told of, and the newest {hearsay} that only the \
         indexer told of.",
        signed = say::count(KEPT_SIGNED as u64),
        told = say::count(KEPT_TOLD as u64),
        hearsay = say::count(KEPT_HEARSAY as u64)
    )
}

/// How far back the list reaches.
#[component]
pub(super) fn PastKnown(told: Told<ActivityView>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let known = Memo::new(move |_| told.value().map(|view| (view.followed_from, view.past)));
    let search = move || {
        let request = ActivityRequest::SearchPast;
        attempt.run(
            async move { session.bridge().activity(request).await },
            move |_: ActivityView| {
                told.renew();
            },
        );
    };
    let key = move || match known.get().map(|(_, past)| past) {
        None | Some(Past::NotSearched) => "not-searched",
        Some(Past::Searching { .. }) => "searching",
        Some(Past::Told) => "told",
        Some(Past::Traced) => "traced",
        Some(Past::Forgotten) => "forgotten",
        Some(Past::TooMuch) => "too-much",
        Some(Past::Interrupted) => "interrupted",
    };
    let searching =
        move || matches!(known.get(), Some((_, Past::Searching { .. } | Past::NotSearched)));
    let full = Memo::new(move |_| told.value().is_some_and(|view| view.full));
    view! {
        <div class="activity-past" data-testid="activity-past" data-past=key>
            {move || full.get().then(|| view! { <p data-testid="activity-full">{full_words()}</p> })}
            <p>
                {move || {
                    known
                        .get()
                        .and_then(|(from, _)| from)
                        .map(|from| format!("{} ", t!("Followed without a gap since checkpoint {checkpoint}.", checkpoint = say::count(from))))
                }}
                {move || known.get().map(|(_, past)| past_words(past))}
            </p>
            {move || attempt.failure().get().map(|failure| view! { <FailureBanner failure /> })}
            <Button
                rank=Rank::Quiet
                icon=Icon::Refresh
                busy=attempt.busy()
                disabled=Signal::derive(searching)
                on_press=search
                testid="activity-search-past"
            >
                {t!("Search the network again")}
            </Button>
        </div>
    }
}
