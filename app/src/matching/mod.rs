//! Matching under way: which files and models were chosen, how far the queue is, what the network had to
//! offer, and which match a submission is made of. The queue belongs to the scoring worker and goes on while
//! other pages are open, while the wallet is locked, and after a reload once the wallet is open again.

mod adding;

pub(crate) use adding::{Adding, AddingProgress, use_adding};

use crate::preferences;
use crate::scoring::{Scoring, use_scoring};
use crate::session::{Phase, Session};
use crate::time::now_ms;
use bridge::matching::{
    ChosenMatch, FileScore, GroundView, MatchOrder, MatchQuery, QueueState, QueueView, QueuedFile,
};
use bridge::protocol::Failure;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ModelId};
use wasm_core::digest::CheckpointDigest;
use web_sys::File;

/// Where it is kept that the queue was running, so that it goes on in the next visit.
const RUNS_KEY: &str = "matching-runs";
/// Between two questions because the queue moved; milliseconds.
const CALM_MS: u32 = 300;
/// Bytes of weights that are chosen where nobody says otherwise: what is kept of them without any being
/// fetched twice.
pub(crate) const USUAL_WEIGHTS: u64 = 15 << 30;

/// Whose targets were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    account: Address,
    network: String,
    chain: Option<CheckpointDigest>,
}

/// Whose targets are compared with, of which chain of which network, and in which epoch.
type Place = (Address, String, Option<CheckpointDigest>, u64);

/// A match that a submission is made of, and its data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picked {
    /// The numbers.
    pub(crate) chosen: ChosenMatch,
    /// The data.
    pub(crate) file: File,
}

/// Matching, as every page sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matching {
    session: Session,
    scoring: Scoring,
    /// What is queued: nothing until asked, or why it cannot be told.
    pub(crate) queue: RwSignal<Option<Result<QueueView, Failure>>>,
    /// What the network had to offer when it was asked last.
    pub(crate) ground: RwSignal<Option<GroundView>>,
    ground_of: StoredValue<Option<Asked>>,
    /// Why it could not be asked again.
    pub(crate) ground_failure: RwSignal<Option<Failure>>,
    /// The network is being asked.
    pub(crate) comparing: RwSignal<bool>,
    /// Models that are chosen.
    pub(crate) chosen: RwSignal<BTreeSet<ModelId>>,
    /// They were chosen by a person.
    by_hand: RwSignal<bool>,
    /// What the table shows. It outlives the page, as the way back from a target leads there.
    pub(crate) query: RwSignal<MatchQuery>,
    /// How far the table was scrolled.
    pub(crate) scrolled: StoredValue<i32>,
    /// Grows when the table is to be asked for again.
    pub(crate) table_moves: RwSignal<u64>,
    /// What is being submitted.
    picked: RwSignal<Option<Picked>, LocalStorage>,
    asking: StoredValue<bool>,
    again: StoredValue<bool>,
    compare_again: StoredValue<bool>,
    /// When the first word of the work under way was heard, and how much was done then.
    pace: StoredValue<Option<(u64, u64)>>,
}

impl Matching {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let matching = Self {
            session,
            scoring: use_scoring(),
            queue: RwSignal::new(None),
            ground: RwSignal::new(None),
            ground_of: StoredValue::new(None),
            ground_failure: RwSignal::new(None),
            comparing: RwSignal::new(false),
            chosen: RwSignal::new(BTreeSet::new()),
            by_hand: RwSignal::new(false),
            query: RwSignal::new(first_query()),
            scrolled: StoredValue::new(0),
            table_moves: RwSignal::new(0),
            picked: RwSignal::new_local(None),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
            compare_again: StoredValue::new(false),
            pace: StoredValue::new(None),
        };
        matching.follow_phase();
        matching.follow_worker();
        matching.follow_network();
        provide_context(matching);
        Adding::provide(session, matching);
    }

    fn follow_phase(self) {
        let phase = self.session.phase();
        Effect::new(move |_| match phase.get() {
            Phase::Opening => {}
            Phase::Open => {
                // A page that uses the wallet of another one leaves the queue to that one.
                let runs = preferences::kept(RUNS_KEY).is_some_and(|kept| kept == "yes");
                if runs && !self.session.is_guest() {
                    self.ask();
                }
            }
            Phase::Locked => {
                self.forget_network();
                if !self.scoring.matches.get_untracked() {
                    self.queue.set(None);
                }
            }
            Phase::Absent => {
                self.forget_network();
                self.queue.set(None);
            }
        });
    }

    /// Hears of the worker that something moved, or that it is gone.
    fn follow_worker(self) {
        Effect::new(move |before: Option<u64>| {
            let moves = self.scoring.match_moves.get();
            if before.is_some() {
                self.ask();
                self.table_moves.update(|moves| *moves += 1);
            }
            moves
        });
        Effect::new(move |_| {
            let Some((_, failure)) = self.scoring.stops.get() else { return };
            // Whoever locks the wallet knows why; a queue that ran and cannot any more is a failure.
            let ran = matches!(&*self.queue.read_untracked(), Some(Ok(queue)) if queue.state == QueueState::Running);
            let is_open = self.session.phase().get_untracked() == Phase::Open;
            self.queue.set((ran && is_open).then_some(Err(failure)));
            self.ground.set(None);
            self.ground_of.set_value(None);
        });
    }

    /// Forgets what was chosen of a network when another one is chosen.
    fn follow_network(self) {
        let network = Memo::new(move |_| {
            self.session.network.read().as_ref().map(|status| status.network.name.clone())
        });
        Effect::new(move |before: Option<Option<String>>| {
            let now = network.get();
            if before.flatten().is_some_and(|before| now.as_ref() != Some(&before)) {
                self.forget_network();
            }
            now
        });
    }

    fn forget_network(self) {
        self.ground.set(None);
        self.ground_of.set_value(None);
        self.ground_failure.set(None);
        self.chosen.set(BTreeSet::new());
        self.by_hand.set(false);
        self.picked.set(None);
        self.query.set(first_query());
        self.scrolled.set_value(0);
    }

    /// Asks what is queued, unless an answer is on its way; then once that came.
    pub(crate) fn ask(self) {
        if self.asking.get_value() {
            self.again.set_value(true);
            return;
        }
        if !self.may_ask() {
            return;
        }
        self.asking.set_value(true);
        spawn_local(async move {
            loop {
                self.again.set_value(false);
                let answer = self.scoring.bridge().match_queue().await;
                self.take(answer);
                if !self.again.get_value() || !self.may_ask() {
                    break;
                }
                TimeoutFuture::new(CALM_MS).await;
            }
            self.asking.set_value(false);
        });
    }

    /// Whether the worker may be asked: a locked wallet starts none, but hears of one that goes on.
    fn may_ask(self) -> bool {
        self.session.phase().get_untracked() == Phase::Open || self.scoring.matches.get_untracked()
    }

    /// Takes over what an answer says of the queue.
    pub(crate) fn take(self, answer: Result<QueueView, Failure>) {
        let runs = matches!(&answer, Ok(queue) if queue.state == QueueState::Running);
        if answer.is_ok() {
            preferences::keep(RUNS_KEY, if runs { "yes" } else { "no" });
        }
        self.scoring.matches.set(runs);
        if !runs {
            self.scoring.match_progress.set(None);
            self.pace.set_value(None);
        }
        let was_unknown = self.queue.read_untracked().is_none();
        if self.queue.read_untracked().as_ref() != Some(&answer) {
            self.queue.set(Some(answer));
        }
        if was_unknown && let Some(ground) = self.ground.get_untracked() {
            // It says with which models it was started last.
            self.follow_ground(&ground);
        }
        if !runs && self.session.phase().get_untracked() == Phase::Locked {
            // It went on while the wallet was locked, and came to its end.
            self.scoring.close();
        }
    }

    /// Takes over a file that was kept; says whether it was there already.
    pub(crate) fn take_file(self, file: QueuedFile) -> bool {
        let mut was_there = false;
        self.queue.update(|queue| {
            let Some(Ok(queue)) = queue else { return };
            match queue.files.iter_mut().find(|one| one.checksum == file.checksum) {
                Some(_) => was_there = true,
                None => queue.files.push(file),
            }
        });
        was_there
    }

    /// Asks the network for its open targets, once it is not being asked already.
    pub(crate) fn compare(self) {
        let Some((asked, network)) = untrack(|| self.asked()) else { return };
        if self.comparing.get_untracked() {
            self.compare_again.set_value(true);
            return;
        }
        self.comparing.set(true);
        self.compare_again.set_value(false);
        let account = asked.account;
        spawn_local(async move {
            let answer = self.scoring.bridge().compare_matches(network, account).await;
            self.comparing.set(false);
            let now = untrack(|| self.asked()).map(|(asked, _)| asked);
            if now.as_ref() != Some(&asked) {
                // The account or the network is another one by now.
                self.compare();
                return;
            }
            match answer {
                Ok(ground) => {
                    self.follow_ground(&ground);
                    self.ground.set(Some(ground));
                    self.ground_of.set_value(Some(asked));
                    self.ground_failure.set(None);
                }
                Err(failure) => {
                    // What was told before is still the best that is known, if it was of here.
                    if self.ground_of.get_value().as_ref() != Some(&asked) {
                        self.ground.set(None);
                    }
                    self.ground_failure.set(Some(failure));
                }
            }
            self.table_moves.update(|moves| *moves += 1);
            if self.compare_again.get_value() {
                // As where an epoch ended meanwhile.
                self.compare();
            }
        });
    }

    /// Who asks, and which network. Tracked.
    fn asked(self) -> Option<(Asked, bridge::network::Network)> {
        let status = self.session.network.get()?;
        let asked = Asked {
            account: self.session.account()?,
            network: status.network.name.clone(),
            chain: status.facts().map(|facts| facts.chain_id),
        };
        Some((asked, status.network))
    }

    /// Whose targets are to be compared with, and in which epoch: whenever that changes, they are asked for
    /// again.
    #[must_use]
    pub(crate) fn place(self) -> Memo<Option<Place>> {
        Memo::new(move |_| {
            let (asked, _) = self.asked()?;
            let epoch = self.session.facts()?.epoch;
            Some((asked.account, asked.network, asked.chain, epoch))
        })
    }

    /// Leaves out models that no open target draws any more, and chooses where nobody did.
    fn follow_ground(self, ground: &GroundView) {
        let mut chosen = self.chosen.get_untracked();
        chosen.retain(|id| ground.models.iter().any(|model| model.id == *id));
        if !self.by_hand.get_untracked() {
            let queued = self.queue.read_untracked();
            let before: BTreeSet<ModelId> = match &*queued {
                Some(Ok(queue)) => queue.models.iter().copied().collect(),
                _ => BTreeSet::new(),
            };
            let is_offered = |id: &&ModelId| ground.models.iter().any(|model| model.id == **id);
            chosen = before.iter().filter(is_offered).copied().collect();
            if chosen.is_empty() {
                chosen = ground.best_within(USUAL_WEIGHTS);
            }
        }
        if *self.chosen.read_untracked() != chosen {
            self.chosen.set(chosen);
        }
    }

    /// Chooses models, as a person does.
    pub(crate) fn choose(self, models: BTreeSet<ModelId>) {
        self.by_hand.set(true);
        self.chosen.set(models);
    }

    /// The queue's state. Tracked.
    #[must_use]
    pub(crate) fn state(self) -> QueueState {
        match &*self.queue.read() {
            Some(Ok(queue)) => queue.state.clone(),
            _ => QueueState::Idle,
        }
    }

    /// Evaluations done and to do of what was asked for last: of each file by each model. Tracked.
    #[must_use]
    pub(crate) fn done(self) -> (u64, u64) {
        let queue = self.queue.read();
        let Some(Ok(queue)) = &*queue else { return (0, 0) };
        let scores = queue.files.iter().flat_map(|file| &file.scores);
        let total = queue.files.len() as u64 * queue.models.len() as u64;
        (scores.filter(|FileScore { loss, .. }| loss.is_some()).count() as u64, total)
    }

    /// Seconds left until all is scored; none before that can be said. Tracked.
    #[must_use]
    pub(crate) fn seconds_left(self) -> Option<u64> {
        let progress = self.scoring.match_progress.read();
        let progress = progress.as_ref()?;
        let now = now_ms();
        let (since, before) =
            self.pace.get_value().filter(|(_, before)| *before <= progress.done).unwrap_or_else(
                || {
                    self.pace.set_value(Some((now, progress.done)));
                    (now, progress.done)
                },
            );
        let done = progress.done.saturating_sub(before);
        let left = progress.total.saturating_sub(progress.done);
        (done > 0).then(|| now.saturating_sub(since).saturating_mul(left) / done / 1_000)
    }

    /// Picks a match for a submission.
    pub(crate) fn pick(self, chosen: ChosenMatch, file: File) {
        self.picked.set(Some(Picked { chosen, file }));
    }

    /// Forgets the match that was picked: something else is being submitted.
    pub(crate) fn unpick(self) {
        self.picked.set(None);
    }

    /// The match that was picked. Not tracked.
    #[must_use]
    pub(crate) fn picked(self) -> Option<Picked> {
        self.picked.get_untracked()
    }

    /// The scoring whose worker has the queue.
    pub(crate) const fn scoring(self) -> Scoring {
        self.scoring
    }
}

/// The next wallet of this browser begins with no queue.
pub(crate) fn forget_queue() {
    preferences::keep(RUNS_KEY, "no");
}

/// All rows, those first that bring most.
const fn first_query() -> MatchQuery {
    MatchQuery { data: None, target: None, passing: false, order: MatchOrder::BestPaid }
}

/// Matching, as every page sees it.
#[must_use]
pub(crate) fn use_matching() -> Matching {
    use_context().expect("the app provides matching before any page")
}
