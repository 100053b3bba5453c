//! How fast work goes: progress for people, at most ten times a second.

use bridge::publish::Work;
use browser::clock::now_ms;

/// Milliseconds between two reports.
const INTERVAL_MS: u64 = 100;
/// How far back the speed is measured.
const WINDOW_MS: u64 = 3_000;

/// Watches one piece of work.
#[derive(Debug)]
pub(crate) struct Pace {
    total: u64,
    last_report: u64,
    /// Time and bytes done at some moments of the last seconds, oldest first.
    samples: Vec<(u64, u64)>,
}

impl Pace {
    pub(crate) fn new(total: u64, done: u64) -> Self {
        Self { total, last_report: 0, samples: vec![(now_ms(), done)] }
    }

    /// The state of work, when it is time to tell it again.
    pub(crate) fn due(&mut self, done: u64, uploaded: Option<u64>) -> Option<Work> {
        let now = now_ms();
        if now < self.last_report + INTERVAL_MS && done < self.total {
            return None;
        }
        self.last_report = now;
        self.samples.push((now, done));
        let keep = self.samples.iter().position(|&(at, _)| at + WINDOW_MS >= now).unwrap_or(0);
        self.samples.drain(..keep.min(self.samples.len() - 1));
        let (since, before) = *self.samples.first()?;
        let seconds = now.saturating_sub(since);
        #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
        let speed = if seconds == 0 {
            0.0
        } else {
            done.saturating_sub(before) as f64 * 1000.0 / seconds as f64
        };
        Some(Work { done, total: self.total, speed, uploaded, one_core: false })
    }
}
