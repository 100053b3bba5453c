//! Which of several models wins, and how far its embedding is from a target.

use super::config::Batching;
use super::loss::ModelScore;

/// How far honest machines differ in the rounding of sums, and with several batches in the order in
/// which the network happens to take them.
const ROUNDING: f32 = 1e-5;
const ORDER: f32 = 1e-2;

/// Why there is no outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompetitionError {
    /// Nobody competes.
    #[error("a competition takes at least one model")]
    NoModels,
    /// The target and a model's embedding cannot be compared.
    #[error("the target has {target} numbers, the embedding of model {model} has {embedding}")]
    TargetLength {
        /// Numbers of the target.
        target: usize,
        /// Which model, counted from 0.
        model: usize,
        /// Numbers of its embedding.
        embedding: usize,
    },
}

/// What a competition came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Which model won, counted from 0 in the order of the request.
    pub winner: usize,
    /// The models' scores, in the order of the request.
    pub scores: Vec<ModelScore>,
    /// The distance of each model's embedding from the target.
    pub distances: Vec<f32>,
    /// How much worse the second best loss is: none for a single model, or where a loss that
    /// decides is no number. Below [`noise`] another honest machine may choose the other model.
    pub margin: Option<f32>,
}

impl Outcome {
    /// Compares models that were evaluated on the same data with the same seed.
    ///
    /// # Errors
    /// Where there are no models, or an embedding has not the target's length.
    pub fn of(scores: Vec<ModelScore>, target: &[f32]) -> Result<Self, CompetitionError> {
        for (model, score) in scores.iter().enumerate() {
            let embedding = score.embedding.len();
            if embedding != target.len() {
                return Err(CompetitionError::TargetLength {
                    target: target.len(),
                    model,
                    embedding,
                });
            }
        }
        let losses: Vec<_> = scores.iter().map(|score| score.loss).collect();
        let winner = winner(&losses).ok_or(CompetitionError::NoModels)?;
        let distances = scores.iter().map(|score| distance(&score.embedding, target)).collect();
        Ok(Self { winner, distances, margin: margin(&losses, winner), scores })
    }

    /// The winner's score.
    #[must_use]
    pub fn best(&self) -> &ModelScore {
        &self.scores[self.winner]
    }

    /// The winner's distance.
    #[must_use]
    pub fn distance(&self) -> f32 {
        self.distances[self.winner]
    }
}

/// The lowest loss wins, the first of equals. A loss that is no number never displaces another,
/// and standing first is never displaced.
#[must_use]
pub fn winner(losses: &[f32]) -> Option<usize> {
    winner_of(losses.iter().copied())
}

/// The [`winner`] of losses that lie anywhere.
pub(crate) fn winner_of(losses: impl Iterator<Item = f32>) -> Option<usize> {
    let better = |best: (usize, f32), at: (usize, f32)| if at.1 < best.1 { at } else { best };
    losses.enumerate().reduce(better).map(|(at, _)| at)
}

/// How much worse the best of the others is than the winner: none where nobody else has a loss that
/// is a number, or the winner has none.
///
/// # Panics
/// Where there is no such winner.
#[must_use]
pub fn margin(losses: &[f32], winner: usize) -> Option<f32> {
    let best = losses[winner];
    let others = losses.iter().enumerate().filter(|(at, loss)| *at != winner && !loss.is_nan());
    let second = others.map(|(_, loss)| *loss).reduce(f32::min)?;
    Some(second - best).filter(|margin| !margin.is_nan())
}

/// Below which margin another honest machine may see another winner of so many bytes of data.
#[must_use]
pub const fn noise(data_size: usize, batching: Batching) -> f32 {
    let of_one_batch = batching.sequence_length().saturating_mul(batching.batch_rows());
    if data_size > of_one_batch { ORDER } else { ROUNDING }
}

/// One less the cosine of the angle between two vectors of equal length: 0 where their directions
/// are the same, 2 where they are opposite. A vector of zeros has no direction, and gives NaN.
#[must_use]
pub fn distance(a: &[f32], b: &[f32]) -> f32 {
    distance_of_products(dot(a, b), dot(a, a), dot(b, b))
}

/// The sum of the products of two vectors' values.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// The [`distance`] of two vectors whose products with each other and with themselves are known.
#[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest f32")]
pub(crate) fn distance_of_products(both: f64, a: f64, b: f64) -> f32 {
    (1.0 - both / (a * b).sqrt()) as f32
}

/// Whether an auditor takes one value of a loss or a distance for the other: they differ by less
/// than 2 % or so, or than 0.01.
#[must_use]
pub fn passes_audit(claimed: f32, recomputed: f32) -> bool {
    (claimed - recomputed).abs() < (0.01 * (claimed + recomputed).abs()).max(0.01)
}

#[cfg(test)]
mod tests {
    use super::{CompetitionError, Outcome, distance, noise, passes_audit, winner};
    use crate::score::{Batching, ModelScore, Sequences};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn score(loss: f32) -> ModelScore {
        ModelScore { loss, embedding: vec![loss, 1.0], batches: Vec::new() }
    }

    #[test]
    fn the_lowest_loss_wins_and_the_first_of_equals() {
        const NAN: f32 = f32::NAN;
        for (losses, expected) in [
            (&[][..], None),
            (&[0.5, 0.1, 0.9], Some(1)),
            (&[2.0, 2.0, 2.0], Some(0)),
            (&[3.0, 1.0, 1.0], Some(1)),
            (&[NAN, 0.5, 0.2], Some(0)),
            (&[0.5, NAN, 0.4], Some(2)),
            (&[f32::INFINITY, 7.0], Some(1)),
        ] {
            assert_eq!(winner(losses), expected, "{losses:?}");
        }
    }

    #[test]
    fn an_outcome_says_by_how_much() {
        let outcome = Outcome::of([3.0, 1.0, 1.5].map(score).to_vec(), &[1.0, 1.0]).unwrap();
        assert_eq!((outcome.winner, outcome.margin), (1, Some(0.5)));
        assert_eq!(outcome.best().loss, 1.0);
        assert_eq!(outcome.distance(), 0.0);
        let margin = |losses: &[f32]| {
            let scores = losses.iter().copied().map(score).collect();
            Outcome::of(scores, &[1.0, 1.0]).unwrap().margin
        };
        assert_eq!(margin(&[1.0]), None);
        assert_eq!(margin(&[1.0, 1.0]), Some(0.0));
        assert_eq!(margin(&[1.0, f32::NAN]), None);
        assert_eq!(margin(&[f32::NAN, 1.0]), None);
        assert_eq!(margin(&[2.0, f32::NAN, 1.0]), Some(1.0));
    }

    #[test]
    fn without_models_or_with_another_target_there_is_no_outcome() {
        assert_eq!(Outcome::of(Vec::new(), &[1.0]), Err(CompetitionError::NoModels));
        let refused = Outcome::of(vec![score(1.0)], &[1.0; 3]);
        let error = CompetitionError::TargetLength { target: 3, model: 0, embedding: 2 };
        assert_eq!(refused, Err(error));
    }

    #[test]
    fn distance_is_of_directions() {
        assert_eq!(distance(&[1.0, 0.0], &[5.0, 0.0]), 0.0);
        assert_eq!(distance(&[1.0, 0.0], &[0.0, 2.0]), 1.0);
        assert_eq!(distance(&[1.0, 1.0], &[-3.0, -3.0]), 2.0);
        assert!(distance(&[0.0, 0.0], &[1.0, 0.0]).is_nan());
    }

    #[test]
    fn data_of_several_batches_is_noisier() {
        let batching = Batching::new(4, 2).unwrap();
        for size in 1..=20 {
            let batches = Sequences::of(&vec![7; size], batching).unwrap().batches().count();
            assert_eq!(noise(size, batching) > noise(1, batching), batches > 1, "{size} bytes");
        }
        assert_eq!(noise(16 << 10, Batching::V1), 1e-5);
        assert_eq!(noise((16 << 10) + 1, Batching::V1), 1e-2);
    }

    #[test]
    fn an_audit_allows_two_percent_or_a_hundredth() {
        assert!(passes_audit(100.0, 101.9) && !passes_audit(100.0, 102.1));
        assert!(passes_audit(0.1, 0.109) && !passes_audit(0.1, 0.111));
        assert!(!passes_audit(f32::NAN, 1.0));
    }
}
