//! Progress for the page, at most ten times a second, and turns for whatever else waits.

use crate::post::post;
use bridge::late::Late;
use bridge::matching::{MatchEvent, MatchProgress};
use bridge::protocol::{Event, RequestId};
use bridge::score::{ScoreProgress, ScoreStep};
use browser::clock::{now_ms, sleep_ms};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::digest::Checksum;
use wasm_core::score::{Progress, Watch};

/// Milliseconds between two reports.
const INTERVAL_MS: u64 = 100;
/// Milliseconds of work after which messages have their turn.
const TURN_MS: u64 = 40;

/// Tells the page how far one scoring is.
#[derive(Clone, Debug)]
pub(super) enum Teller {
    /// Of a request, which evaluates so many models.
    Request { request: RequestId, models: usize },
    /// Of the queue of files.
    Queue(QueueTeller),
}

/// One evaluation of the queue.
#[derive(Clone, Debug, Default)]
pub(super) struct QueueTeller {
    pub(super) data: Option<Checksum>,
    pub(super) model: Option<ModelId>,
    pub(super) done: u64,
    pub(super) total: u64,
    /// When anything was told last: small models take less than the time between two reports.
    pub(super) told: Rc<Cell<u64>>,
}

impl Teller {
    /// Of a request.
    pub(super) const fn of(request: RequestId, models: usize) -> Self {
        Self::Request { request, models }
    }

    pub(super) fn tell(&self, model: Option<usize>, step: ScoreStep) {
        match self {
            Self::Request { request, models } => {
                let progress = ScoreProgress { model, models: *models, step };
                post(&Event::Score { request: *request, progress: Late::new(&progress) });
            }
            Self::Queue(of) => {
                let now = now_ms();
                if now < of.told.get() + INTERVAL_MS {
                    return;
                }
                of.told.set(now);
                let (data, model, done, total) = (of.data, of.model, of.done, of.total);
                let progress = MatchProgress { data, model, step, done, total };
                post(&Event::Matching(Late::new(&MatchEvent::Progress(progress))));
            }
        }
    }
}

/// When to tell, and when to let others have their turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    started: u64,
    told: Option<u64>,
    turned: u64,
}

impl Rhythm {
    pub(super) fn new() -> Self {
        let now = now_ms();
        Self { started: now, told: None, turned: now }
    }

    fn is_due(&mut self, now: u64) -> bool {
        let due = self.told.is_none_or(|told| now >= told + INTERVAL_MS);
        if due {
            self.told = Some(now);
        }
        due
    }

    /// A request to cancel is heard in here: what awaits this is dropped then.
    pub(super) async fn turn(&mut self, now: u64) {
        if now >= self.turned + TURN_MS {
            sleep_ms(0).await;
            self.turned = now_ms();
        }
    }

    fn seconds(&self, now: u64) -> f64 {
        seconds(now.saturating_sub(self.started))
    }
}

/// Watches weights arrive.
pub(super) struct Fetching {
    teller: Teller,
    model: usize,
    total: u64,
    /// Where the first report stood: what was there before is not speed.
    began: Option<u64>,
    rhythm: Rhythm,
}

impl Fetching {
    pub(super) fn new(teller: &Teller, model: usize, total: u64) -> Self {
        Self { teller: teller.clone(), model, total, began: None, rhythm: Rhythm::new() }
    }

    pub(super) async fn step(&mut self, done: u64) {
        let now = now_ms();
        let began = *self.began.get_or_insert(done);
        if self.rhythm.is_due(now) || done == self.total {
            let seconds = self.rhythm.seconds(now);
            let speed = if seconds > 0.0 { number(done - began.min(done)) / seconds } else { 0.0 };
            let step = ScoreStep::Fetching { done, total: self.total, speed };
            self.teller.tell(Some(self.model), step);
        }
        self.rhythm.turn(now).await;
    }
}

/// Watches a model being evaluated.
pub(super) struct Computing {
    teller: Teller,
    model: usize,
    /// Positions of all sequences.
    tokens: u64,
    rhythm: Rhythm,
}

impl Computing {
    pub(super) fn new(teller: &Teller, model: usize, tokens: u64) -> Self {
        Self { teller: teller.clone(), model, tokens, rhythm: Rhythm::new() }
    }
}

impl Watch for Computing {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let now = now_ms();
        let share = progress.share();
        if self.rhythm.is_due(now) {
            let seconds = self.rhythm.seconds(now);
            let known = share > 0.0 && seconds > 0.5;
            let step = ScoreStep::Computing {
                layer: progress.layers_passed,
                layers: progress.layers,
                bytes_read: progress.bytes_read,
                bytes: progress.bytes,
                share,
                tokens_per_second: known.then(|| share * number(self.tokens) / seconds),
                seconds_left: known.then(|| (1.0 - share) * seconds / share),
            };
            self.teller.tell(Some(self.model), step);
        }
        self.rhythm.turn(now).await;
        ControlFlow::Continue(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
pub(super) const fn number(whole: u64) -> f64 {
    whole as f64
}

/// Milliseconds in seconds.
pub(super) const fn seconds(milliseconds: u64) -> f64 {
    number(milliseconds) / 1000.0
}
