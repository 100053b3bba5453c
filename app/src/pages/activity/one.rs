//! One entry whole: when, with whom, what it cost, and what its owner wrote to it.

use super::words::kind_words;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::dialog::Dialog;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::textarea::Textarea;
use crate::languages::t;
use crate::parts::activity_list::state_words;
use crate::parts::address::AddressChip;
use crate::parts::amount::{Amount, Change};
use crate::parts::answer::Told;
use crate::parts::attempt::Attempt;
use crate::parts::failure::{FailureBanner, sentence};
use crate::parts::places::PlaceLink;
use crate::session::use_session;
use crate::time::{day_and_time, utc_text};
use bridge::activity::{ActivityEntry, ActivityRequest, ActivityState, ActivityView, LONGEST_NOTE};
use bridge::explore::Place;
use leptos::prelude::*;
use wasm_core::digest::TransactionDigest;

/// The entry that was opened, in a window over the page.
#[component]
pub(super) fn OneEntry(
    entries: Memo<Vec<ActivityEntry>>,
    opened: RwSignal<Option<TransactionDigest>>,
    told: Told<ActivityView>,
) -> impl IntoView {
    let entry = Memo::new(move |_| {
        let digest = opened.get()?;
        entries.read().iter().find(|entry| entry.digest == digest).cloned()
    });
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(entry.read().is_some()));
    Effect::new(move |_| {
        if !open.get() {
            opened.set(None);
        }
    });
    let title = move || {
        let headline = entry.read().as_ref().map(|entry| sentence(&entry.headline));
        headline.unwrap_or_default().trim_end_matches('.').to_owned()
    };
    view! {
        <Dialog open title=Signal::derive(title) testid="activity-one">
            {move || entry.get().map(|entry| view! { <Whole entry told /> })}
        </Dialog>
    }
}

#[component]
fn Whole(entry: ActivityEntry, told: Told<ActivityView>) -> impl IntoView {
    let (word, class, icon) = state_words(&entry.state);
    let failure = match &entry.state {
        ActivityState::Failed(why) => Some(why.clone()),
        _ => None,
    };
    let final_words = match (&entry.state, entry.checkpoint) {
        (_, Some(number)) => view! { <PlaceLink place=Place::Checkpoint(number) /> }.into_any(),
        (ActivityState::Pending | ActivityState::Dropped, None) => {
            view! { <span>{t!("None")}</span> }.into_any()
        }
        (_, None) => view! { <span>{t!("Not known yet")}</span> }.into_any(),
    };
    let kind = entry.kind.as_deref().map(kind_words);
    let single = entry.counterparty.filter(|one| entry.parties.iter().all(|(it, _)| it != one));
    let parties: Vec<_> = entry.parties.iter().copied().chain(single.map(|one| (one, 0))).collect();
    view! {
        {failure
            .map(|why| view! { <Banner tone=Tone::Danger what=sentence(&why.what) next=sentence(&why.next) testid="activity-failure" /> })}
        {entry
            .hearsay
            .then(|| {
                view! {
                    <Banner
                        tone=Tone::Info
                        what=t!("The indexer says so; the node does not remember it. Amounts and parties are not known.").to_owned()
                        testid="activity-hearsay"
                    />
                }
            })}
        <KeyValueList>
            <KeyValue label=t!("State")><span class=class><Pictogram icon />{word}</span></KeyValue>
            <KeyValue label=t!("When")>{day_and_time(entry.at_ms)}</KeyValue>
            <KeyValue label=t!("In UTC")>{utc_text(entry.at_ms)}</KeyValue>
            {kind.map(|kind| view! { <KeyValue label=t!("Kind")>{kind}</KeyValue> })}
            {entry.change.map(|change| view! { <KeyValue label=t!("Change of your balance")><Change change testid="activity-one-change" /></KeyValue> })}
            {entry.fee.map(|amount| view! { <KeyValue label=t!("Fee")><Amount amount testid="activity-one-fee" /></KeyValue> })}
            {parties
                .into_iter()
                .map(|(address, change)| {
                    view! {
                        <KeyValue label=t!("With") testid="activity-party">
                            <span class="review-account">
                                <AddressChip address />
                                {(change != 0).then(|| view! { <Change change /> })}
                            </span>
                        </KeyValue>
                    }
                })
                .collect_view()}
            <KeyValue label=t!("Checkpoint")>{final_words}</KeyValue>
            <KeyValue label=t!("Digest")><PlaceLink place=Place::Transaction(entry.digest) /></KeyValue>
        </KeyValueList>
        <Note digest=entry.digest note=entry.note told />
    }
}

#[component]
fn Note(digest: TransactionDigest, note: String, told: Told<ActivityView>) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let text = RwSignal::new(note.clone());
    let saved = RwSignal::new(note);
    let save = move || {
        let text = text.get_untracked();
        let request = ActivityRequest::Note { digest, text: text.clone() };
        attempt.run(
            async move { session.bridge().activity(request).await },
            move |_: ActivityView| {
                saved.set(text);
                told.renew();
            },
        );
    };
    let too_long = move || {
        (text.read().trim().chars().count() > LONGEST_NOTE)
            .then(|| t!("A note has at most {most} characters.", most = LONGEST_NOTE))
    };
    let unchanged = move || text.read().trim() == saved.read().trim() || too_long().is_some();
    view! {
        <div class="activity-note-form">
            <Textarea
                label=t!("Private note").to_owned()
                value=text
                hint=t!("Kept in this browser only; neither the network nor a backup has it.").to_owned()
                error=Signal::derive(too_long)
                rows=2
                testid="activity-note-text"
            />
            {move || attempt.failure().get().map(|failure| view! { <FailureBanner failure /> })}
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::Check
                    busy=attempt.busy()
                    disabled=Signal::derive(unchanged)
                    on_press=save
                    testid="activity-note-save"
                >
                    {t!("Keep the note")}
                </Button>
            </div>
        </div>
    }
}
