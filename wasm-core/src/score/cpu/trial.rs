//! Which of two builds of this engine multiplies faster on a machine. Nothing but trying tells: where a
//! processor adds beside multiplying, instructions that do both at once gain nothing, or lose.
//!
//! Both multiply in turn, again and again, and the best of each counts: whatever else the machine does
//! makes a sample worse, never better.

use super::matrix::{Left, Packed};
use super::{Level, TILE};

/// Depth and columns of a product: those of half a head of the V1 model.
const DEPTH: usize = 2048;
const COLUMNS: usize = 128;
/// Milliseconds of a sample: less than a system gives a program at a time, so that some samples are whole
/// on a busy machine; and more than the tenths that clocks of browsers tell.
const SPAN: f64 = 2.0;
/// Products of a sample at most, for a clock that stands still.
const MOST_PRODUCTS: u32 = 64;
/// Samples of each build, where the machine is fast enough for them.
const SAMPLES: usize = 40;
/// Samples of each build in any case: the first are of code that the browser has not yet optimized.
const FEWEST_SAMPLES: usize = 6;
/// Milliseconds of all samples of a build, after which there are no more than the fewest.
const ENOUGH: f64 = 130.0;
/// How many of the best samples of a build have to agree.
const WITNESSES: usize = 3;
/// How many times as fast more instructions must be to be taken, and how far samples that agree may differ.
const MARGIN: f64 = 1.03;

/// A product of the model's shape, in the instructions that this is compiled for.
#[derive(Debug)]
pub struct Trial {
    level: Level,
    left: Vec<f32>,
    right: Packed,
    out: Vec<f32>,
    scratch: Vec<f32>,
}

impl Default for Trial {
    fn default() -> Self {
        let level = Level::new();
        let left = values(TILE * DEPTH);
        let right = Packed::of_rows(level, COLUMNS, &values(DEPTH * COLUMNS));
        Self { level, left, right, out: vec![0.0; TILE * COLUMNS], scratch: Vec::new() }
    }
}

impl Trial {
    /// Multiplies for some milliseconds, as the clock tells them.
    pub fn sample(&mut self, clock: impl Fn() -> f64) -> Sample {
        let start = clock();
        let mut sample = Sample { operations: 0.0, milliseconds: 0.0 };
        for _ in 0..MOST_PRODUCTS {
            sample.operations += self.multiply();
            sample.milliseconds = clock() - start;
            if sample.milliseconds >= SPAN {
                break;
            }
        }
        sample
    }

    /// Returns how many operations that were.
    #[expect(clippy::cast_precision_loss, reason = "hundreds of millions")]
    fn multiply(&mut self) -> f64 {
        let Self { level, left, right, out, scratch } = self;
        // Sums would grow from product to product.
        out.fill(0.0);
        let left = Left { values: left, stride: DEPTH, rows: TILE, columns: DEPTH };
        right.add_product(*level, left, COLUMNS, out, COLUMNS, scratch);
        std::hint::black_box(out);
        (2 * TILE * DEPTH * COLUMNS) as f64
    }
}

/// Values of about one half, of either sign.
fn values(count: usize) -> Vec<f32> {
    (0_u16..509).cycle().take(count).map(|value| f32::from(value) / 508.0 - 0.5).collect()
}

/// How long some operations took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Additions and multiplications.
    pub operations: f64,
    /// The time they took.
    pub milliseconds: f64,
}

/// Samples of builds, the one with the fewest instructions first.
#[derive(Clone, Debug, PartialEq)]
pub struct Contest {
    samples: Vec<Vec<Sample>>,
}

impl Contest {
    /// Of so many builds.
    #[must_use]
    pub fn of(builds: usize) -> Self {
        Self { samples: vec![Vec::new(); builds] }
    }

    /// Takes a sample of a build.
    ///
    /// # Panics
    /// Where there is no such build.
    pub fn take(&mut self, build: usize, sample: Sample) {
        self.samples[build].push(sample);
    }

    /// Whether more would tell nothing new, or take too long.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.samples.iter().all(|samples| {
            let spent: f64 = samples.iter().map(|sample| sample.milliseconds).sum();
            samples.len() >= if spent < ENOUGH { SAMPLES } else { FEWEST_SAMPLES }
        })
    }

    /// The most operations in a millisecond that a build came to. None where no clock told.
    #[must_use]
    pub fn best(&self, build: usize) -> Option<f64> {
        self.rates(build).first().copied()
    }

    /// Whether the best samples of each build agree. Where something else kept the machine busy all the
    /// time, they say nothing, and another day may tell.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        (0..self.samples.len()).all(|build| {
            let rates = self.rates(build);
            rates.get(WITNESSES - 1).is_some_and(|witness| witness * MARGIN >= rates[0])
        })
    }

    /// Operations in a millisecond, the most first.
    fn rates(&self, build: usize) -> Vec<f64> {
        let samples = self.samples.get(build).into_iter().flatten();
        let rates = samples.map(|sample| sample.operations / sample.milliseconds);
        let mut rates: Vec<_> = rates.filter(|rate| rate.is_finite() && *rate > 0.0).collect();
        rates.sort_by(|one, other| other.total_cmp(one));
        rates
    }

    /// The build to take: the first, unless another is clearly and [reliably](Self::is_settled) faster. The same numbers come of the first
    /// on every machine, while instructions that round once may be played by some that round twice.
    #[must_use]
    pub fn winner(&self) -> usize {
        let Some(mut rate) = self.best(0).filter(|_| self.is_settled()) else { return 0 };
        let mut winner = 0;
        for build in 1..self.samples.len() {
            if let Some(other) = self.best(build)
                && other >= MARGIN * rate
            {
                (winner, rate) = (build, other);
            }
        }
        winner
    }
}

#[cfg(test)]
mod tests {
    use super::{
        COLUMNS, Contest, DEPTH, ENOUGH, FEWEST_SAMPLES, SAMPLES, SPAN, Sample, Trial, WITNESSES,
    };
    use crate::score::cpu::TILE;
    use std::cell::Cell;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A contest of builds that came to so many operations a millisecond, again and again.
    fn contest(rates: &[&[f64]]) -> Contest {
        let mut contest = Contest::of(rates.len());
        for (build, rates) in rates.iter().enumerate() {
            let sure = rates.iter().flat_map(|rate| [rate; WITNESSES]);
            for rate in sure {
                contest.take(build, Sample { operations: *rate, milliseconds: 1.0 });
            }
        }
        contest
    }

    #[test]
    fn the_best_sample_of_each_build_counts() {
        let contest = contest(&[&[10.0, 50.0, 20.0], &[30.0, 45.0, 44.0]]);
        assert_eq!((contest.best(0), contest.best(1)), (Some(50.0), Some(45.0)));
        assert_eq!(contest.winner(), 0);
    }

    #[test]
    fn more_instructions_are_taken_where_they_are_clearly_faster() {
        assert_eq!(contest(&[&[50.0], &[100.0]]).winner(), 1);
        assert_eq!(contest(&[&[50.0], &[52.0]]).winner(), 1);
        assert_eq!(contest(&[&[50.0], &[51.0]]).winner(), 0);
        assert_eq!(contest(&[&[50.0], &[50.0]]).winner(), 0);
        assert_eq!(contest(&[&[50.0], &[25.0]]).winner(), 0);
        assert_eq!(contest(&[&[50.0], &[60.0], &[61.0]]).winner(), 1);
        assert_eq!(contest(&[&[50.0], &[51.0], &[52.0]]).winner(), 2);
    }

    #[test]
    fn what_came_but_once_decides_nothing() {
        let mut contest = contest(&[&[50.0], &[40.0]]);
        assert!(contest.is_settled());
        contest.take(1, Sample { operations: 100.0, milliseconds: 1.0 });
        assert!(!contest.is_settled());
        assert_eq!(contest.winner(), 0);
        for _ in 1..WITNESSES {
            contest.take(1, Sample { operations: 98.0, milliseconds: 1.0 });
        }
        assert!(contest.is_settled());
        assert_eq!(contest.winner(), 1);
    }

    #[test]
    fn what_no_clock_told_wins_nothing() {
        let mut unmeasured = Contest::of(2);
        assert_eq!((unmeasured.best(0), unmeasured.winner()), (None, 0));
        unmeasured.take(0, Sample { operations: 50.0, milliseconds: 1.0 });
        for milliseconds in [0.0, -1.0, f64::NAN] {
            unmeasured.take(1, Sample { operations: 5e9, milliseconds });
        }
        assert_eq!((unmeasured.best(1), unmeasured.winner()), (None, 0));
        assert_eq!(unmeasured.best(2), None);
    }

    #[test]
    fn a_contest_is_over_when_each_build_was_asked_often_or_long() {
        let mut contest = Contest::of(2);
        let quick = Sample { operations: 1.0, milliseconds: SPAN };
        for _ in 0..SAMPLES {
            assert!(!contest.is_over());
            contest.take(0, quick);
        }
        let slow = Sample { operations: 1.0, milliseconds: ENOUGH };
        for _ in 0..FEWEST_SAMPLES {
            assert!(!contest.is_over());
            contest.take(1, slow);
        }
        assert!(contest.is_over());
    }

    #[test]
    fn a_sample_lasts_as_long_as_the_clock_says() {
        let looks = Cell::new(0.0);
        let clock = || looks.replace(looks.get() + SPAN / 2.0);
        let sample = Trial::default().sample(clock);
        let product = (2 * TILE * DEPTH * COLUMNS) as f64;
        assert_eq!(sample, Sample { operations: 2.0 * product, milliseconds: SPAN });
    }
}
