//! New targets: where they are, and which models score data for them.
//!
//! Every node computes the same target from a digest, so generator and arithmetic are those of
//! `types/src/target.rs` of soma-org/soma: rand 0.9's `StdRng` and `rand_distr` 0.5's `Normal`.

use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use std::collections::BTreeSet;
use wasm_core::address::{ModelId, ObjectId};
use wasm_core::digest::TransactionDigest;
use wasm_core::system_state::{ModelStateV1, SystemStateV1};
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::tensor::SomaTensor;

/// The seed of a target: the first 8 bytes of the id that a transaction allots.
#[must_use]
pub fn seed(transaction: &TransactionDigest, n: u64) -> u64 {
    let id = ObjectId::derive(transaction, n).0;
    u64::from_le_bytes(*id.first_chunk().expect("an id has 32 bytes"))
}

/// Samples of the standard normal distribution.
#[must_use]
pub fn embedding(seed: u64, dimension: usize) -> Vec<f32> {
    let mut rng = rand::rngs::StdRng::seed_from_u64(seed);
    let normal = Normal::new(0.0_f32, 1.0).expect("one is a valid deviation");
    normal.sample_iter(&mut rng).take(dimension).collect()
}

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

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(vector: &[f32]) -> f32 {
    dot(vector, vector).sqrt().max(LEAST_LENGTH)
}

/// The parts that candidates have in the roots of all stakes; equal ones if nothing is staked.
#[expect(clippy::cast_possible_truncation, reason = "weights are rounded to f32 by the protocol")]
#[expect(clippy::cast_precision_loss, reason = "so are stakes to f64")]
fn weights(candidates: &[Candidate<'_>]) -> Vec<f32> {
    let roots: Vec<f64> = candidates.iter().map(|known| (known.stake as f64).sqrt()).collect();
    let total: f64 = roots.iter().sum();
    if total == 0.0 {
        return vec![1.0 / candidates.len() as f32; candidates.len()];
    }
    roots.into_iter().map(|root| (root / total) as f32).collect()
}

/// The models nearest to a target, weighted by the root of their stake, nearest first.
///
/// A candidate of another dimension than the target cannot be compared and is never chosen.
#[must_use]
pub fn select_models(target: &[f32], candidates: &[Candidate<'_>], count: usize) -> Vec<ModelId> {
    let mut scores: Vec<(f32, ModelId)> = candidates
        .iter()
        .zip(weights(candidates))
        .filter(|(candidate, _)| candidate.embedding.len() == target.len())
        .map(|(candidate, weight)| {
            let model = candidate.embedding;
            let cosine = dot(target, model) / (length(target) * length(model));
            ((1.0 - cosine) / (weight + 1e-10), candidate.id)
        })
        .collect();
    scores.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    scores.into_iter().take(count).map(|(_, id)| id).collect()
}

/// A target as the system state makes them now; none where no model could score its data.
#[must_use]
pub fn generate(seed: u64, state: &SystemStateV1, epoch: u64) -> Option<TargetV1> {
    let dimension = usize::try_from(state.parameters.target_embedding_dim).ok()?;
    let embedding = embedding(seed, dimension);
    let candidates: Vec<Candidate<'_>> = state
        .model_registry
        .models
        .iter()
        .filter_map(|(&id, model)| match model.state() {
            ModelStateV1::Active(model) => Some(Candidate {
                id,
                embedding: model.embedding.values(),
                stake: model.staking_pool.soma_balance,
            }),
            _ => None,
        })
        .collect();
    let count = usize::try_from(state.parameters.target_models_per_target).unwrap_or(usize::MAX);
    let model_ids = select_models(&embedding, &candidates, count);
    if model_ids.is_empty() {
        return None;
    }
    Some(TargetV1 {
        embedding: SomaTensor::vector(embedding),
        model_ids,
        distance_threshold: state.target_state.distance_threshold.clone(),
        reward_pool: state.target_state.reward_per_target,
        generation_epoch: epoch,
        status: TargetStatus::Open,
        submitter: None,
        winning_model_id: None,
        winning_model_owner: None,
        bond_amount: 0,
        winning_data_manifest: None,
        winning_embedding: None,
        winning_distance_score: None,
        winning_loss_score: None,
        submission_reports: BTreeSet::new(),
    })
}

/// Whether rules and money allow another target in this epoch.
#[must_use]
pub fn another_is_affordable(state: &SystemStateV1) -> bool {
    let active =
        |model: &wasm_core::system_state::Model| matches!(model.state(), ModelStateV1::Active(_));
    let reward = state.target_state.reward_per_target;
    if !state.model_registry.models.values().any(active) || state.emission_pool.balance < reward {
        return false;
    }
    if state.protocol_version < 3 {
        return true;
    }
    let spent = state.target_state.targets_generated_this_epoch.saturating_mul(reward);
    let budget = wasm_core::amount::Shannons(state.emission_pool.emission_per_epoch)
        .bps(state.parameters.target_reward_allocation_bps);
    spent.saturating_add(reward) <= budget.0
}

#[cfg(test)]
mod tests {
    use super::{Candidate, select_models};
    use wasm_core::address::ObjectId;

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
    }
}
