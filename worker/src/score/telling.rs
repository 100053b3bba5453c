//! Progress for the page, at most ten times a second, and turns for whatever else waits.

use crate::post::post;
use bridge::protocol::{Event, RequestId};
use bridge::score::{ScoreProgress, ScoreStep};
use browser::clock::{now_ms, sleep_ms};
use std::ops::ControlFlow;
use wasm_core::score::{Progress, Watch};

/// Milliseconds between two reports.
const INTERVAL_MS: u64 = 100;
/// Milliseconds of work after which messages have their turn.
const TURN_MS: u64 = 40;

/// Tells the page how far one scoring is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Teller {
    pub(super) request: RequestId,
    pub(super) models: usize,
}

impl Teller {
    pub(super) fn tell(self, model: Option<usize>, step: ScoreStep) {
        let progress = ScoreProgress { model, models: self.models, step };
        post(&Event::Score { request: self.request, progress });
    }
}

/// When to tell, and when to let others have their turn.
#[derive(Clone, Copy, Debug)]
struct Rhythm {
    started: u64,
    told: Option<u64>,
    turned: u64,
}

impl Rhythm {
    fn new() -> Self {
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
    async fn turn(&mut self, now: u64) {
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
    pub(super) fn new(teller: Teller, model: usize, total: u64) -> Self {
        Self { teller, model, total, began: None, rhythm: Rhythm::new() }
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
    pub(super) fn new(teller: Teller, model: usize, tokens: u64) -> Self {
        Self { teller, model, tokens, rhythm: Rhythm::new() }
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
