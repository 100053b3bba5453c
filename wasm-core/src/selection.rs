//! Which models score data for a target: those near it, weighed by the root of their stake.
//!
//! Every node draws the same models, so the arithmetic is that of `types/src/target.rs` of
//! soma-org/soma, to the bit.

use crate::address::ModelId;
use crate::system_state::ModelRegistry;

/// A model as it stands for selection.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Which model.
    pub id: ModelId,
    /// Where it is.
    pub embedding: &'a [f32],
    /// Shannons in its pool.
    pub stake: u64,
}

/// What a length is taken for at least, so that a vector of zeros is at right angles to all.
const LEAST_LENGTH: f32 = 1e-8;
/// So that a model without stake has a score.
const LEAST_WEIGHT: f32 = 1e-10;

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(vector: &[f32]) -> f32 {
    dot(vector, vector).sqrt().max(LEAST_LENGTH)
}

/// The cosine of the angle between a target and a model.
#[must_use]
pub fn cosine(target: &[f32], model: &[f32]) -> f32 {
    dot(target, model) / (length(target) * length(model))
}

/// What a model counts for a target: the lowest scores are drawn.
#[must_use]
pub fn score(cosine: f32, weight: f32) -> f32 {
    (1.0 - cosine) / (weight + LEAST_WEIGHT)
}

/// The parts that stakes have in the roots of all; equal ones if nothing is staked.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "weights are rounded to f32 by the protocol")]
#[expect(clippy::cast_precision_loss, reason = "so are stakes to f64")]
pub fn weights(stakes: &[u64]) -> Vec<f32> {
    let roots: Vec<f64> = stakes.iter().map(|&stake| (stake as f64).sqrt()).collect();
    let total: f64 = roots.iter().sum();
    if total == 0.0 {
        return vec![1.0 / stakes.len() as f32; stakes.len()];
    }
    roots.into_iter().map(|root| (root / total) as f32).collect()
}

/// The models nearest to a target, weighed by the root of their stake, nearest first.
///
/// A candidate of another dimension than the target cannot be compared and is never chosen.
#[must_use]
pub fn select_models(target: &[f32], candidates: &[Candidate<'_>], count: usize) -> Vec<ModelId> {
    let stakes: Vec<u64> = candidates.iter().map(|candidate| candidate.stake).collect();
    let mut scores: Vec<(f32, ModelId)> = candidates
        .iter()
        .zip(weights(&stakes))
        .filter(|(candidate, _)| candidate.embedding.len() == target.len())
        .map(|(candidate, weight)| {
            (score(cosine(target, candidate.embedding), weight), candidate.id)
        })
        .collect();
    scores.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    scores.into_iter().take(count).map(|(_, id)| id).collect()
}

impl ModelRegistry {
    /// The models that stand for selection, in the chain's order.
    #[must_use]
    pub fn candidates(&self) -> Vec<Candidate<'_>> {
        self.active()
            .filter_map(|(&id, model)| {
                let embedding = model.embedding()?.values();
                Some(Candidate { id, embedding, stake: model.staking_pool().soma_balance })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, select_models, weights};
    use crate::address::ObjectId;
    use serde::Deserialize;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn candidate(id: u8, embedding: &[f32], stake: u64) -> Candidate<'_> {
        Candidate { id: ObjectId([id; 32]), embedding, stake }
    }

    #[test]
    fn more_stake_brings_a_model_nearer() {
        let (near, far) = ([1.0, 0.1], [0.0, 1.0]);
        let candidates = [candidate(1, &far, 1), candidate(2, &near, 1)];
        assert_eq!(select_models(&[1.0, 0.0], &candidates, 1), [ObjectId([2; 32])]);
        let candidates = [candidate(1, &far, 1_000_000_000), candidate(2, &near, 1)];
        assert_eq!(select_models(&[1.0, 0.0], &candidates, 1), [ObjectId([1; 32])]);
    }

    #[test]
    fn a_model_of_another_dimension_is_never_chosen() {
        let candidates = [candidate(1, &[1.0], 1), candidate(2, &[0.0, 1.0], 1)];
        assert_eq!(select_models(&[1.0, 0.0], &candidates, 2), [ObjectId([2; 32])]);
    }

    #[test]
    fn models_without_direction_or_stake_are_ranked_nevertheless() {
        let candidates = [candidate(1, &[0.0, 0.0], 0), candidate(2, &[1.0, 0.0], 0)];
        let expected = [ObjectId([2; 32]), ObjectId([1; 32])];
        assert_eq!(select_models(&[1.0, 0.0], &candidates, 3), expected);
        assert_eq!(weights(&[0, 0]), [0.5, 0.5]);
    }

    #[derive(Deserialize)]
    struct Model {
        id: ObjectId,
        stake: String,
        embedding_bits: Vec<String>,
    }

    #[derive(Deserialize)]
    struct Recorded {
        k: String,
        models: Vec<Model>,
        selected: Vec<ObjectId>,
        target_embedding_bits: Vec<String>,
    }

    fn floats(bits: &[String]) -> Vec<f32> {
        bits.iter().map(|bits| f32::from_bits(u32::from_str_radix(bits, 16).unwrap())).collect()
    }

    #[test]
    fn the_models_are_those_that_the_network_drew() {
        let json = include_str!("../../tests/vectors/protocol/model_selection.json");
        let recorded: Vec<Recorded> = serde_json::from_str(json).unwrap();
        assert!(recorded.len() > 20);
        for vector in recorded {
            let models: Vec<_> =
                vector.models.iter().map(|model| (model, floats(&model.embedding_bits))).collect();
            let candidates: Vec<_> = models
                .iter()
                .map(|(model, embedding)| Candidate {
                    id: model.id,
                    embedding,
                    stake: model.stake.parse().unwrap(),
                })
                .collect();
            let target = floats(&vector.target_embedding_bits);
            let selected = select_models(&target, &candidates, vector.k.parse().unwrap());
            assert_eq!(selected, vector.selected);
        }
    }
}
