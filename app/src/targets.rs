//! Targets beyond one page: what is asked of the board, and submissions that were begun in this
//! browser, kept up to date by the worker's events.

use crate::session::{Phase, Session};
use bridge::protocol::{Event, Failure};
use bridge::targets::{ClaimResult, PlanId, SubmissionId, SubmissionView, TargetEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::address::TargetId;
use wasm_core::targets::Query;

/// Targets, as every page sees them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Targets {
    session: Session,
    submissions: RwSignal<Option<Result<Vec<SubmissionView>, Failure>>>,
    /// What the board shows. It outlives the page, as the way back from a target leads here.
    pub(crate) query: RwSignal<Query>,
    /// Only what this account has a part in.
    pub(crate) mine: RwSignal<bool>,
    /// How far the board was scrolled.
    pub(crate) scrolled: StoredValue<i32>,
    /// Grows when the board moved.
    pub(crate) board_moves: RwSignal<u64>,
    /// Grows when something of this account was settled or can be.
    pub(crate) tray_moves: RwSignal<u64>,
    /// The target that moved last, and how often one did.
    pub(crate) moved: RwSignal<Option<(TargetId, u64)>>,
    /// The claim that came to an end last.
    pub(crate) claimed: RwSignal<Option<(PlanId, ClaimResult)>>,
}

impl Targets {
    /// Provides them to everything below.
    pub(crate) fn provide(session: Session) {
        let targets = Self {
            session,
            submissions: RwSignal::new(None),
            query: RwSignal::new(Query::default()),
            mine: RwSignal::new(false),
            scrolled: StoredValue::new(0),
            board_moves: RwSignal::new(0),
            tray_moves: RwSignal::new(0),
            moved: RwSignal::new(None),
            claimed: RwSignal::new(None),
        };
        session.bridge().listen(move |event| {
            if let Event::Targets(event) = event
                && let Ok(event) = event.read()
            {
                targets.hear(event);
            }
        });
        let phase = session.phase();
        Effect::new(move |_| match phase.get() {
            Phase::Open => targets.reload(),
            _ => targets.submissions.set(None),
        });
        provide_context(targets);
    }

    fn hear(self, event: TargetEvent) {
        match event {
            TargetEvent::BoardMoved => self.board_moves.update(|moves| *moves += 1),
            TargetEvent::TrayMoved => self.tray_moves.update(|moves| *moves += 1),
            TargetEvent::Moved(id) => self.moved.update(|moved| {
                let count = moved.map_or(0, |(_, count)| count);
                *moved = Some((id, count + 1));
            }),
            TargetEvent::Submission(view) => self.put(*view),
            TargetEvent::SubmissionRemoved(id) => self.submissions.update(|list| {
                if let Some(Ok(list)) = list {
                    list.retain(|one| one.id != id);
                }
            }),
            TargetEvent::Claimed(plan, result) => {
                self.claimed.set(Some((plan, result)));
            }
        }
    }

    /// Asks for all submissions again.
    pub(crate) fn reload(self) {
        spawn_local(async move {
            let answer = self.session.bridge().submissions().await;
            // The page may be gone by then.
            let _ = self.submissions.try_set(Some(answer));
        });
    }

    /// Takes over what an answer says of one submission.
    pub(crate) fn put(self, view: SubmissionView) {
        self.submissions.update(|list| match list {
            Some(Ok(list)) => match list.iter_mut().find(|one| one.id == view.id) {
                Some(one) => *one = view,
                None => list.insert(0, view),
            },
            Some(Err(_)) => *list = Some(Ok(vec![view])),
            // Nobody asked yet, or the answer is on its way and has it.
            None => {}
        });
    }

    /// All submissions, newest first: nothing until asked, or why they cannot be told. Tracked.
    #[must_use]
    pub(crate) fn submissions(self) -> Option<Result<Vec<SubmissionView>, Failure>> {
        self.submissions.get()
    }

    /// One of them. Tracked.
    #[must_use]
    pub(crate) fn submission(self, id: &SubmissionId) -> Option<SubmissionView> {
        match &*self.submissions.read() {
            Some(Ok(list)) => list.iter().find(|one| one.id == *id).cloned(),
            _ => None,
        }
    }
}

/// Targets, as every page sees them.
#[must_use]
pub(crate) fn use_targets() -> Targets {
    use_context().expect("the app provides targets before any page")
}
