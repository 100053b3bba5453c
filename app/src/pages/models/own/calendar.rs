//! The calendar: deadlines with their countdowns, and what happens by itself.

use super::super::live::Live;
use super::super::one::coming_words;
use super::super::words::ModelName;
use super::reminders::Reminders;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::parts::answer::use_told;
use crate::say;
use crate::session::use_session;
use crate::time::{day_and_time, use_now};
use bridge::models::{CalendarEntry, CalendarItem, Deadline, Duty};
use bridge::network::NetworkFacts;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::amount::Shannons;

/// What must happen, the nearest first.
#[component]
pub(super) fn CalendarCard() -> impl IntoView {
    let told = use_told(|bridge| async move { bridge.calendar().await });
    view! {
        <Card title=t!("Calendar") testid="calendar">
            <Live told lines=3 let:entries><Entries entries /></Live>
            <Reminders />
        </Card>
    }
}

#[component]
fn Entries(entries: Memo<Vec<CalendarEntry>>) -> impl IntoView {
    move || {
        let entries = entries.get();
        if entries.is_empty() {
            return view! {
                <Empty
                    icon=Icon::Clock
                    title=t!("Nothing waits for you")
                    hint=t!("Commits, reveals and changes of your models stand here with their epochs.")
                />
            }
            .into_any();
        }
        view! {
            <ol class="calendar" data-testid="calendar-entries">
                {entries.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
            </ol>
        }
        .into_any()
    }
}

/// What a duty is, and what follows if it is not done.
#[must_use]
pub(in crate::pages::models) fn deadline_words(
    deadline: &Deadline,
    epoch: u64,
) -> (String, String) {
    let last = say::count(deadline.last);
    let amount = say::amount(deadline.at_stake);
    match deadline.duty {
        Duty::Commit if deadline.overdue => (
            t!("Nothing was committed in time: commit before this epoch ends.").to_owned(),
            t!("Each further epoch costs {amount} SOMA of its stake.", amount),
        ),
        Duty::Commit => (
            t!("Commit before epoch {epoch} ends.", epoch = last),
            t!("Without it, {amount} SOMA of its stake are lost when it ends.", amount),
        ),
        Duty::Reveal | Duty::RevealUpdate => {
            let what = if deadline.last < epoch {
                t!("The reveal was due in epoch {epoch}.", epoch = last)
            } else if deadline.is_due(epoch) {
                t!("Reveal now: only this epoch counts.").to_owned()
            } else {
                t!("Reveal in epoch {epoch}, and only then.", epoch = last)
            };
            let next = if deadline.at_stake == Shannons::ZERO {
                t!("Without it the new weights lapse; the present ones go on.").to_owned()
            } else {
                t!(
                    "Without it the model goes out of service and {amount} SOMA of its stake are lost.",
                    amount
                )
            };
            (what, next)
        }
    }
}

/// When an epoch is expected to end; milliseconds since 1970.
const fn end_of(epoch: u64, facts: &NetworkFacts) -> u64 {
    let ahead = epoch.saturating_sub(facts.epoch);
    facts.epoch_end_ms().saturating_add(ahead.saturating_mul(facts.epoch_duration_ms))
}

#[component]
fn Entry(entry: CalendarEntry) -> impl IntoView {
    let session = use_session();
    let facts = Memo::new(move |_| session.facts());
    let (model, called) = (entry.model, entry.name.clone());
    let name =
        view! { <A href=format!("/models/{model}")><ModelName id=model name=called.clone() /></A> };
    match entry.what {
        CalendarItem::Coming(coming) => view! {
            <li class="duty" data-testid="calendar-coming">
                <span class="duty-when">{t!("When this epoch ends")}</span>
                <div class="duty-what">{name}<p>{coming_words(&coming)}</p></div>
            </li>
        }
        .into_any(),
        CalendarItem::Deadline(deadline) => {
            let words = move || {
                facts.get().map(|facts| deadline_words(&deadline, facts.epoch)).unwrap_or_default()
            };
            let due = move || facts.get().is_some_and(|facts| deadline.is_due(facts.epoch));
            let act = StoredValue::new(entry);
            view! {
                <li
                    class="duty"
                    class:duty-due=due
                    data-testid="calendar-deadline"
                    data-duty=format!("{:?}", deadline.duty)
                    data-due=move || due().to_string()
                    data-last=deadline.last.to_string()
                >
                    <span class="duty-when">
                        {t!("Epoch {epoch}", epoch = say::count(deadline.last))}
                        <Countdown deadline facts />
                    </span>
                    <div class="duty-what">
                        {name}
                        <p class="duty-words">{move || words().0}</p>
                        <p class="field-hint">{move || words().1}</p>
                        {move || due().then(|| act.with_value(|entry| view! { <Act entry=entry.clone() duty=deadline.duty /> }))}
                    </div>
                </li>
            }
            .into_any()
        }
    }
}

/// How long there is until it can be done, or until it is too late.
#[component]
fn Countdown(deadline: Deadline, facts: Memo<Option<NetworkFacts>>) -> impl IntoView {
    let now = use_now(1_000);
    move || {
        facts.get().map(|facts| {
            let opens = deadline.first > facts.epoch;
            let at = if opens {
                end_of(deadline.first.saturating_sub(1), &facts)
            } else {
                end_of(deadline.last, &facts)
            };
            let left = at.saturating_sub(now.get()).div_ceil(1_000);
            let words = match (opens, left) {
                (true, 0) => t!("begins any moment").to_owned(),
                (true, left) => t!("begins in {left}", left = say::span(left)),
                (false, 0) => t!("ends any moment").to_owned(),
                (false, left) => t!("ends in {left}", left = say::span(left)),
            };
            view! { <span class="duty-left" title=day_and_time(at)>{words}</span> }
        })
    }
}

/// One click to the review of what is due.
#[component]
fn Act(entry: CalendarEntry, duty: Duty) -> impl IntoView {
    match (entry.job, duty) {
        (Some(job), Duty::Reveal | Duty::RevealUpdate) => view! {
            <div class="buttons">
                <A href=format!("/models/publish/{}?step=now", job.0) attr:class="button button-primary" attr:data-testid="calendar-reveal">
                    <Pictogram icon=Icon::ArrowRight />
                    {t!("Reveal now")}
                </A>
            </div>
        }
        .into_any(),
        (Some(job), Duty::Commit) => view! {
            <div class="buttons">
                <A href=format!("/models/publish/{}", job.0) attr:class="button button-primary" attr:data-testid="calendar-commit">{t!("Go on with it")}</A>
            </div>
        }
        .into_any(),
        (None, Duty::Commit) => view! {
            <div class="buttons">
                <A href=format!("/models/publish?model={}", entry.model) attr:class="button button-primary" attr:data-testid="calendar-publish">{t!("Publish weights for it")}</A>
            </div>
        }
        .into_any(),
        (None, Duty::Reveal | Duty::RevealUpdate) => view! {
            <p class="duty-missing" role="alert" data-testid="calendar-no-secrets">
                {t!("This browser has no key for it. Restore the backup file of its commit below.")}
            </p>
        }
        .into_any(),
    }
}
