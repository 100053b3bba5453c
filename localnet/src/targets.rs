//! New targets: where they are, and which models score data for them.
//!
//! Every node computes the same target from a digest. Generator and rule are the core's, which the
//! wallet plans with, too.

use std::collections::BTreeSet;
use wasm_core::address::ObjectId;
use wasm_core::digest::TransactionDigest;
use wasm_core::score::arrgen::standard_normal;
use wasm_core::selection::select_models;
use wasm_core::system_state::SystemStateV1;
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
    standard_normal(seed, dimension)
}

/// A target as the system state makes them now; none where no model could score its data.
#[must_use]
pub fn generate(seed: u64, state: &SystemStateV1, epoch: u64) -> Option<TargetV1> {
    let dimension = usize::try_from(state.parameters.target_embedding_dim).ok()?;
    let embedding = embedding(seed, dimension);
    let count = usize::try_from(state.parameters.target_models_per_target).unwrap_or(usize::MAX);
    let model_ids = select_models(&embedding, &state.model_registry.candidates(), count);
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
    let reward = state.target_state.reward_per_target;
    if state.model_registry.active().next().is_none() || state.emission_pool.balance < reward {
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
