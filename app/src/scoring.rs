//! Scoring under way: the worker that scores, started when it is first needed, how far it is, and
//! what came of it. It goes on while other pages are open.

use crate::session::{Phase, Session};
use bridge::matching::{MatchEvent, MatchProgress};
use bridge::page::Bridge;
use bridge::protocol::{Event, Failure, RequestId};
use bridge::score::{
    KeptWeights, KeyText, ScoreEngines, ScoreFile, ScoreOptions, ScoreProgress, ScoreResult,
    ScoreStep,
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// How long a worker may prepare without a word, and how long it may take to hear that it is to end; milliseconds.
const FROZEN_MS: u32 = 70_000;
const DEAF_MS: u32 = 10_000;

/// The one scoring of this page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scoring {
    session: Session,
    line: StoredValue<Option<Bridge>, LocalStorage>,
    /// What computes on this machine; nothing until asked.
    pub(crate) engines: RwSignal<Option<Result<ScoreEngines, Failure>>>,
    /// Model files that were handed over.
    pub(crate) files: RwSignal<Vec<ScoreFile>>,
    /// What was scored last.
    data: RwSignal<Option<File>, LocalStorage>,
    running: RwSignal<Option<RequestId>>,
    /// How far it is; nothing while nothing runs.
    pub(crate) progress: RwSignal<Option<ScoreProgress>>,
    /// What else the worker does, as fetching weights for a page, and how far it is.
    pub(crate) aside: RwSignal<Option<(RequestId, Option<ScoreProgress>)>>,
    /// What came of the last one.
    pub(crate) outcome: RwSignal<Option<Result<ScoreResult, Failure>>>,
    /// Files are being matched, which may go on while the wallet is locked.
    pub(crate) matches: RwSignal<bool>,
    /// Grows when what is said of matching is to be asked for again.
    pub(crate) match_moves: RwSignal<u64>,
    /// How far matching is; nothing while nothing of it is under way.
    pub(crate) match_progress: RwSignal<Option<MatchProgress>>,
    /// Why the worker stopped last, and how often it did.
    pub(crate) stops: RwSignal<Option<(u64, Failure)>>,
}

impl Scoring {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let scoring = Self {
            session,
            line: StoredValue::new_local(None),
            engines: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            data: RwSignal::new_local(None),
            running: RwSignal::new(None),
            progress: RwSignal::new(None),
            aside: RwSignal::new(None),
            outcome: RwSignal::new(None),
            matches: RwSignal::new(false),
            match_moves: RwSignal::new(0),
            match_progress: RwSignal::new(None),
            stops: RwSignal::new(None),
        };
        let phase = session.phase();
        // Keys of files were given to an open wallet. A scoring under way may end by itself: a model
        // takes longer than most wallets stay open.
        Effect::new(move |_| match phase.get() {
            Phase::Open | Phase::Opening => {}
            Phase::Locked => scoring.close(),
            Phase::Absent => scoring.end(),
        });
        provide_context(scoring);
    }

    /// The wallet is locked: what it was trusted with goes as soon as nothing under way needs it.
    pub(crate) fn close(self) {
        if self.is_running() {
            return;
        }
        if *self.matches.read_untracked() {
            // Matching needs no file of anybody's own, and no key: it goes on without.
            for file in self.files.get_untracked() {
                self.forget(&file);
            }
            self.outcome.set(None);
        } else {
            self.end();
        }
    }

    /// The line to the worker that scores.
    pub(crate) fn bridge(self) -> Bridge {
        if let Some(bridge) = self.line.get_value() {
            return bridge;
        }
        let bridge = Bridge::start_scoring();
        bridge.listen(move |event| {
            if let Event::Matching(event) = event {
                match event.read() {
                    Ok(MatchEvent::Moved) => self.match_moves.update(|moves| *moves += 1),
                    Ok(MatchEvent::Progress(progress)) => self.match_progress.set(Some(progress)),
                    Err(_) => {}
                }
            }
            let Event::Score { request, progress } = event else { return };
            let Ok(progress) = progress.read() else { return };
            if *self.running.read_untracked() == Some(*request) {
                self.progress.set(Some(progress));
            } else if self.aside.read_untracked().as_ref().is_some_and(|(id, _)| id == request) {
                self.aside.set(Some((*request, Some(progress))));
            }
        });
        // A worker that stopped is started anew by the next question; its files are gone with it.
        bridge.on_stop(move |failure| {
            self.line.set_value(None);
            self.files.set(Vec::new());
            self.engines.set(None);
            self.matches.set(false);
            self.match_progress.set(None);
            self.stops.update(|stops| {
                let count = stops.as_ref().map_or(0, |(count, _)| *count);
                *stops = Some((count + 1, failure.clone()));
            });
        });
        self.line.set_value(Some(bridge.clone()));
        bridge
    }

    /// Ends the worker, and with it everything that it knows.
    pub(crate) fn end(self) {
        self.running.set(None);
        self.progress.set(None);
        if let Some(bridge) = self.line.get_value() {
            bridge.end();
        }
        self.outcome.set(None);
    }

    /// Asks what computes here, unless that is known.
    pub(crate) fn ask_engines(self) {
        if self.engines.read_untracked().is_some() {
            return;
        }
        spawn_local(self.ask_engines_anew());
    }

    async fn ask_engines_anew(self) {
        let answer = self.bridge().score_engines().await;
        self.engines.set(Some(answer));
    }

    /// Hands a model file over, with the key of an encrypted one.
    pub(crate) async fn take(self, file: File, key: Option<KeyText>) -> Result<ScoreFile, Failure> {
        let taken = self.bridge().take_score_file(&file, key).await?;
        self.files.update(|files| files.push(taken.clone()));
        Ok(taken)
    }

    /// Forgets a model file.
    pub(crate) fn forget(self, file: &ScoreFile) {
        let id = file.id;
        self.files.update(|files| files.retain(|file| file.id != id));
        spawn_local(async move {
            // A worker that is gone has forgotten it too.
            let _ = self.bridge().drop_score_file(id).await;
        });
    }

    /// What is kept of weights that were fetched.
    pub(crate) async fn kept(self) -> Result<KeptWeights, Failure> {
        self.bridge().kept_weights().await
    }

    /// Deletes what is kept of weights that were fetched.
    pub(crate) async fn forget_kept(self) -> Result<KeptWeights, Failure> {
        self.bridge().drop_kept_weights().await
    }

    /// Scores, unless something is being scored.
    pub(crate) fn start(self, options: &ScoreOptions, data: &File) {
        if self.is_running() {
            return;
        }
        self.outcome.set(None);
        self.progress.set(None);
        self.data.set(Some(data.clone()));
        let call = self.bridge().begin_score(options, data);
        let id = call.id();
        self.running.set(Some(id));
        spawn_local(self.watch_beginning(id));
        spawn_local(async move {
            let outcome = call.score().await;
            // It was ended, and nobody waits for it any more.
            if *self.running.read_untracked() != Some(id) {
                return;
            }
            self.running.set(None);
            self.progress.set(None);
            self.outcome.set(Some(outcome));
            if self.session.phase().get_untracked() != Phase::Open {
                // The wallet was locked meanwhile: files and keys go, what came of it stays.
                let outcome = self.outcome.get_untracked();
                self.close();
                self.outcome.set(outcome);
                return;
            }
            // The first scoring on the processor finds out which instructions suit it.
            let engines = self.engines.get_untracked().and_then(Result::ok);
            if engines.is_some_and(|engines| engines.processor.instructions.is_none()) {
                self.ask_engines_anew().await;
            }
        });
    }

    /// What was scored last. Not tracked.
    #[must_use]
    pub(crate) fn data(self) -> Option<File> {
        self.data.get_untracked()
    }

    /// Gives up on what is being scored. A worker that does not hear it is ended.
    pub(crate) fn cancel(self) {
        if let (Some(id), Some(bridge)) = (*self.running.read_untracked(), self.line.get_value()) {
            bridge.cancel(id);
            spawn_local(async move {
                TimeoutFuture::new(DEAF_MS).await;
                if *self.running.read_untracked() == Some(id) {
                    bridge.end();
                }
            });
        }
    }

    /// Ends a worker that stands still before it began: Firefox (153) now and then freezes one that starts others.
    async fn watch_beginning(self, id: RequestId) {
        let prepares = || {
            let step = self.progress.read_untracked().as_ref().map(|it| it.step.clone());
            matches!(step, Some(ScoreStep::Preparing))
        };
        let mut stands = false;
        while *self.running.read_untracked() == Some(id) {
            if stands && prepares() {
                if let Some(bridge) = self.line.get_value() {
                    bridge.end();
                }
                return;
            }
            stands = prepares();
            TimeoutFuture::new(FROZEN_MS).await;
        }
    }

    /// Whether something is being scored. Not tracked.
    fn is_running(self) -> bool {
        self.running.read_untracked().is_some()
    }

    /// Whether something is being scored. Tracked.
    #[must_use]
    pub(crate) fn runs(self) -> bool {
        self.running.read().is_some()
    }
}

/// The one scoring of this page.
#[must_use]
pub(crate) fn use_scoring() -> Scoring {
    use_context().expect("the app provides scoring before any page")
}
