//! The table: each file and each target whose models all scored it, of which only those in sight are in the page.

mod export;
mod filters;
mod row;
mod window;

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::long_list::LongList;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_n, told};
use crate::matching::Matching;
use crate::parts::failure::FailureBanner;
use crate::say;
use crate::time::{day_and_time, use_now};
use bridge::matching::{MatchRow, QueueState};
use export::ExportButtons;
use filters::Filters;
use leptos::prelude::*;
use row::{Row, Submitting};
use window::{Seen, Table, use_table};

/// The table.
#[component]
pub(super) fn TableCard(matching: Matching) -> impl IntoView {
    let table = use_table(matching);
    let submitting = Submitting::new(matching);
    let seen = Memo::new(move |_| table.seen());
    view! {
        <Card title=t!("5. Matches") testid="match-table">
            <Freshness matching />
            {move || matching.ground_failure.get().filter(|_| matching.ground.read().is_some()).map(|failure| view! {
                <Banner
                    tone=Tone::Caution
                    what=t!("The targets could not be asked for again. {what}", what = told(&failure.what))
                    next=told(&failure.next)
                    on_retry=move || matching.compare()
                    testid="match-compare-failed"
                />
            })}
            <Filters matching table />
            {submitting.failure()}
            {move || match seen.get() {
                Seen::Nothing => view! { <Skeleton lines=4 /> }.into_any(),
                Seen::Failed(failure) => {
                    view! { <FailureBanner failure on_retry=move || table.ask() /> }.into_any()
                }
                Seen::Empty => view! { <NoMatches matching table /> }.into_any(),
                Seen::Rows => view! { <List matching table submitting /> }.into_any(),
            }}
        </Card>
    }
}

/// When the network was asked, and a button that asks again.
#[component]
fn Freshness(matching: Matching) -> impl IntoView {
    let now = use_now(5_000);
    let known = Memo::new(move |_| {
        matching
            .ground
            .read()
            .as_ref()
            .map(|ground| (ground.at_ms, ground.epoch, ground.targets, ground.more_targets))
    });
    view! {
        <div class="match-fresh">
            <span class="field-hint" data-testid="match-age" data-at=move || known.get().map(|(at, ..)| at.to_string()) data-epoch=move || known.get().map(|(_, epoch, ..)| epoch.to_string())>
                {move || known.get().map(|(at, epoch, targets, more)| {
                    let ago = say::ago(now.get().saturating_sub(at) / 1_000);
                    let (targets, epoch) = (targets as u64, say::count(epoch));
                    let words = if more {
                        t_n!(
                            targets,
                            "{n} open target of epoch {epoch}, and more than can be held, asked for {ago}",
                            "{n} open targets of epoch {epoch}, and more than can be held, asked for {ago}",
                            epoch,
                            ago
                        )
                    } else {
                        t_n!(
                            targets,
                            "{n} open target of epoch {epoch}, asked for {ago}",
                            "{n} open targets of epoch {epoch}, asked for {ago}",
                            epoch,
                            ago
                        )
                    };
                    let title = day_and_time(at);
                    view! { <span title=title>{words}</span> }
                })}
            </span>
            <Button
                rank=Rank::Quiet
                icon=Icon::Refresh
                busy=Signal::derive(move || matching.comparing.get())
                on_press=move || matching.compare()
                testid="match-compare"
            >
                {t!("Compare again")}
            </Button>
        </div>
    }
}

#[component]
fn List(matching: Matching, table: Table, submitting: Submitting) -> impl IntoView {
    let total = Memo::new(move |_| table.total());
    let rows = Memo::new(move |_| table.rows());
    let choices = RwSignal::new(0_u64);
    Effect::new(move |before: Option<_>| {
        let now = matching.query.get();
        if before.is_some_and(|before| before != now) {
            choices.update(|choices| *choices += 1);
        }
        now
    });
    view! {
        <div class="match-list" class:match-list-short=move || total.get() <= 3>
            <LongList
                label=t!("Files and targets")
                total
                rows
                key=key_of
                row=move |row| view! { <Row row submitting /> }
                row_class="match-row"
                on_look=move |first, count| table.look_at(first, count)
                scrolled=matching.scrolled
                choices
                testid="match-rows"
            />
        </div>
        <ExportButtons matching table />
    }
}

/// What tells a row from every other, and from itself once its numbers are others.
fn key_of(row: &MatchRow) -> (wasm_core::digest::Checksum, wasm_core::address::TargetId, [u64; 5]) {
    let bits = |number: Option<f32>| number.map_or(u64::MAX, |number| u64::from(number.to_bits()));
    let numbers =
        [bits(row.loss), bits(row.distance), row.reward.0, row.paid.0, bits(Some(row.threshold))];
    (row.data, row.target, numbers)
}

/// Nothing to show, and why.
#[component]
fn NoMatches(matching: Matching, table: Table) -> impl IntoView {
    let why = Memo::new(move |_| {
        let (files, scored) = match &*matching.queue.read() {
            Some(Ok(queue)) => (queue.files.len(), matching.done().0),
            _ => (0, 0),
        };
        let is_filtered = {
            let query = matching.query.read();
            query.passing || query.data.is_some() || query.target.is_some()
        };
        let runs = matching.state() == QueueState::Running;
        if files == 0 {
            (t!("No file is queued"), t!("Add files above. What they match is shown here."))
        } else if table.covered() == 0 && runs {
            (
                t!("No target is covered yet"),
                t!("Rows appear as soon as all models of a target have scored a file."),
            )
        } else if scored == 0 {
            (t!("Nothing is scored yet"), t!("Choose models above and press Start."))
        } else if table.covered() == 0 {
            (
                t!("No open target is covered"),
                t!(
                    "None has all of its models among those that scored. Choose more models above and start."
                ),
            )
        } else if is_filtered {
            (t!("No match is like that"), t!("Choose fewer conditions above."))
        } else {
            (t!("No match"), t!("Targets that these models covered may be filled by now."))
        }
    });
    move || {
        let (title, hint) = why.get();
        view! {
            <div data-testid="match-empty">
                <Empty icon=Icon::Target title hint />
            </div>
        }
    }
}
