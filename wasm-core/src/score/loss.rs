//! From per-position results to a model's loss and embedding. Sums are f64, whatever engine made
//! the terms, so that neither the number nor the order of terms matters.

use super::config::{LAST_POINT, POINTS, SIG_REG_COEFFICIENT, SLICES};

/// A point at which SIGReg compares characteristic functions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where: `3k/16`.
    pub t: f64,
    /// The standard normal distribution's characteristic function there.
    pub expected: f64,
    /// How much a deviation there counts, the number of slices included.
    pub weight: f64,
}

/// The points of SIGReg after the first, at which nothing can deviate.
#[must_use]
pub fn points() -> [Point; POINTS - 1] {
    const { assert!(POINTS == 17 && SLICES == 256, "both fit u16") };
    let steps = f64::from(u16::try_from(POINTS - 1).unwrap_or(u16::MAX));
    let spacing = LAST_POINT / steps;
    std::array::from_fn(|at| {
        let k = f64::from(u16::try_from(at + 1).unwrap_or(u16::MAX));
        let t = LAST_POINT * k / steps;
        let expected = (-t * t / 2.0).exp();
        // The trapezoid rule on [0, 3], doubled for the mirrored half.
        let share = if at + 2 == POINTS { spacing } else { 2.0 * spacing };
        Point {
            t,
            expected,
            weight: share * expected * f64::from(u16::try_from(SLICES).unwrap_or(u16::MAX)),
        }
    })
}

/// SIGReg of one position from the sums over all slices of cosines and of sines at each of the
/// [`points`].
#[must_use]
pub fn sig_reg_of_position(
    points: &[Point; POINTS - 1],
    cosines: &[f64; POINTS - 1],
    sines: &[f64; POINTS - 1],
) -> f64 {
    let slices = f64::from(u16::try_from(SLICES).unwrap_or(u16::MAX));
    points
        .iter()
        .zip(cosines.iter().zip(sines))
        .map(|(point, (cosine, sine))| {
            let (real, imaginary) = (cosine / slices - point.expected, sine / slices);
            point.weight * (real * real + imaginary * imaginary)
        })
        .sum()
}

/// What an engine adds up over the positions of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchSums {
    positions: u64,
    negative_log_likelihood: f64,
    sig_reg: f64,
    embedding: Vec<f64>,
}

impl BatchSums {
    /// No positions yet, of a model of some width.
    #[must_use]
    pub fn new(width: usize) -> Self {
        let embedding = vec![0.0; width];
        Self { positions: 0, negative_log_likelihood: 0.0, sig_reg: 0.0, embedding }
    }

    /// Adds some positions: for each its negative log-likelihood in nats, zero where its target is
    /// not counted, and its SIGReg; and the sum of their representations.
    pub fn add(
        &mut self,
        negative_log_likelihoods: &[f32],
        sig_regs: &[f32],
        representations: impl IntoIterator<Item = f64>,
    ) {
        debug_assert_eq!(negative_log_likelihoods.len(), sig_regs.len());
        let sum = |terms: &[f32]| terms.iter().copied().map(f64::from).sum::<f64>();
        self.positions += sig_regs.len() as u64;
        self.negative_log_likelihood += sum(negative_log_likelihoods);
        self.sig_reg += sum(sig_regs);
        for (sum, value) in self.embedding.iter_mut().zip(representations) {
            *sum += value;
        }
    }

    /// The means. Positions whose target is not counted still count as positions.
    fn finish(&self) -> BatchScore {
        let positions = count(self.positions);
        let cross_entropy = self.negative_log_likelihood / positions;
        let sig_reg = self.sig_reg / positions;
        BatchScore { cross_entropy, sig_reg, loss: cross_entropy + SIG_REG_COEFFICIENT * sig_reg }
    }
}

/// The loss of one batch, in parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchScore {
    /// Nats per position.
    pub cross_entropy: f64,
    /// How far representations are from a normal distribution.
    pub sig_reg: f64,
    /// The cross-entropy and a fiftieth of the SIGReg.
    pub loss: f64,
}

/// What a model makes of data.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelScore {
    /// Mean of the batches' losses.
    pub loss: f32,
    /// Mean of the batches' mean representations.
    pub embedding: Vec<f32>,
    /// The batches' losses.
    pub batches: Vec<BatchScore>,
}

impl ModelScore {
    /// The means over batches, every batch weighing the same. No batches give NaN.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest f32")]
    pub fn of(sums: &[BatchSums]) -> Self {
        let batches: Vec<_> = sums.iter().map(BatchSums::finish).collect();
        let number = count(sums.len() as u64);
        let loss = batches.iter().map(|batch| batch.loss).sum::<f64>() / number;
        let width = sums.first().map_or(0, |sums| sums.embedding.len());
        let mean = |at: usize| {
            sums.iter().map(|sums| sums.embedding[at] / count(sums.positions)).sum::<f64>() / number
        };
        let embedding = (0..width).map(|at| mean(at) as f32).collect();
        Self { loss: loss as f32, embedding, batches }
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^53 of anything")]
const fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{BatchSums, ModelScore, points, sig_reg_of_position};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn sig_reg_weighs_points_by_the_trapezoid_rule() {
        let points = points();
        assert_eq!(points[0].t, 3.0 / 16.0);
        assert_eq!(points[15].t, 3.0);
        let share = |at: usize| points[at].weight / points[at].expected / 256.0;
        assert_eq!(share(0), 3.0 / 8.0);
        assert_eq!(share(14), 3.0 / 8.0);
        assert_eq!(share(15), 3.0 / 16.0);
        assert!((points[15].expected - (-4.5_f64).exp()).abs() < 1e-15);
    }

    #[test]
    fn what_is_normally_distributed_has_no_sig_reg() {
        let points = points();
        let cosines = points.map(|point| 256.0 * point.expected);
        assert!(sig_reg_of_position(&points, &cosines, &[0.0; 16]) < 1e-20);
        // All projections zero: the cosines are all one.
        let expected: f64 = points.iter().map(|p| p.weight * (1.0 - p.expected).powi(2)).sum();
        assert_eq!(sig_reg_of_position(&points, &[256.0; 16], &[0.0; 16]), expected);
    }

    #[test]
    fn positions_without_a_target_stay_in_the_divisor() {
        let mut sums = BatchSums::new(1);
        sums.add(&[3.0, 0.0, 0.0, 0.0], &[1.0, 1.0, 1.0, 5.0], [8.0]);
        let score = ModelScore::of(&[sums]);
        assert_eq!(score.batches[0].cross_entropy, 0.75);
        assert_eq!(score.batches[0].sig_reg, 2.0);
        assert_eq!(score.loss, 0.79);
        assert_eq!(score.embedding, [2.0]);
    }

    #[test]
    fn a_batch_may_be_added_up_in_parts() {
        let mut parts = BatchSums::new(1);
        parts.add(&[1.0], &[2.0], [3.0]);
        parts.add(&[5.0], &[7.0], [11.0]);
        let mut whole = BatchSums::new(1);
        whole.add(&[1.0, 5.0], &[2.0, 7.0], [14.0]);
        assert_eq!(parts, whole);
    }

    #[test]
    fn a_small_batch_weighs_as_much_as_a_large_one() {
        let batch = |positions: usize, nll: f32, value: f64| {
            let mut sums = BatchSums::new(1);
            sums.add(&vec![nll; positions], &vec![0.0; positions], [value * positions as f64]);
            sums
        };
        let score = ModelScore::of(&[batch(100, 1.0, 1.0), batch(1, 4.0, 4.0)]);
        assert_eq!(score.loss, 2.5);
        assert_eq!(score.embedding, [2.5]);
    }

    #[test]
    fn a_term_that_is_no_number_makes_the_loss_none() {
        let mut sums = BatchSums::new(1);
        sums.add(&[f32::NAN, 1.0], &[0.0, 0.0], [0.0]);
        assert!(ModelScore::of(&[sums]).loss.is_nan());
    }
}
