//! Matching: many files, each scored once by each model, held against all open targets.

mod files;
mod left_out;
mod losses;
mod models;
mod queue;
mod table;

use super::targets::TargetsNav;
use crate::components::card::Card;
use crate::engine::use_engine;
use crate::languages::t;
use crate::matching::{Matching, use_matching};
use crate::parts::engine_fields::EngineFields;
use crate::parts::page::Page;
use crate::session::use_session;
use crate::targets::use_targets;
use crate::time::use_now;
use files::FilesCard;
use leptos::prelude::*;
use models::ModelsCard;
use queue::{QueueAct, QueueProgress};
use table::TableCard;

/// How old what was told of targets may be before it is asked for again because some moved; milliseconds.
const STALE_MS: u64 = 20_000;

/// Matching files with targets.
#[component]
pub(crate) fn MatchPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Match files").to_owned()
            lede=t!("Each file is scored once by each model, and then held against all open targets of these models at once.")
                .to_owned()
        >
            <TargetsNav />
            <Matches />
        </Page>
    }
}

#[component]
fn Matches() -> impl IntoView {
    let (matching, engine) = (use_matching(), use_engine());
    matching.scoring().ask_engines();
    follow_queue(matching);
    follow_targets(matching);
    let tried = RwSignal::new(false);
    view! {
        <FilesCard matching />
        <ModelsCard matching />
        <Card title=t!("3. Engine")>
            <EngineFields
                engine
                summary=t!("Change the engine or its memory")
                service_hint=t!("One that browsers reach (gRPC-web). It is asked for one file and one model at a time.")
                tried
            />
        </Card>
        <Card title=t!("4. Score") testid="match-queue">
            <QueueAct matching engine tried />
            <QueueProgress matching />
        </Card>
        <TableCard matching />
    }
}

/// Asks for the queue, and again where the worker that has it was ended.
fn follow_queue(matching: Matching) {
    let is_unknown = Memo::new(move |_| matching.queue.read().is_none());
    Effect::new(move |_| {
        if is_unknown.get() {
            matching.ask();
        }
    });
}

/// Asks for targets at first, with each epoch, and now and then where some moved.
fn follow_targets(matching: Matching) {
    let (targets, session) = (use_targets(), use_session());
    let place = matching.place();
    Effect::new(move |_| {
        if place.get().is_some() {
            matching.compare();
        }
    });
    let moved = StoredValue::new(false);
    Effect::new(move |before: Option<_>| {
        let now = targets.moved.get();
        if before.is_some_and(|before| before != now) {
            moved.set_value(true);
        }
        now
    });
    let clock = use_now(2_000);
    Effect::new(move |_| {
        let now = clock.get();
        let at = matching.ground.read_untracked().as_ref().map(|ground| ground.at_ms);
        let is_stale = at.is_some_and(|at| now.saturating_sub(at) > STALE_MS);
        if is_stale && moved.get_value() && untrack(|| session.is_online()) {
            moved.set_value(false);
            matching.compare();
        }
    });
}
