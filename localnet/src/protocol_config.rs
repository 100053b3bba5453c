//! Numbers of the protocol by version, as `protocol-config/src/lib.rs` of soma-org/soma has them.

use std::collections::BTreeMap;
use wasm_core::system_state::SystemParameters;
use wasm_core::tensor::SomaTensor;

/// The newest protocol version.
pub const MAX_PROTOCOL_VERSION: u64 = 5;

/// What a reported validator loses of its reward, in basis points.
pub const REWARD_SLASHING_RATE_BPS: u64 = 5_000;

/// What the value fee starts at, in basis points.
pub const INITIAL_VALUE_FEE_BPS: u64 = 10;

/// Most bytes of a signed transaction.
pub const MAX_TRANSACTION_SIZE: usize = 262_144;

/// Which rules of execution a protocol version has.
#[must_use]
pub const fn execution_version(protocol_version: u64) -> u64 {
    match protocol_version {
        0 | 1 => 0,
        2 => 1,
        _ => 2,
    }
}

/// The parameters that a version starts with; none where it is unknown.
#[must_use]
pub fn parameters(version: u64) -> Option<SystemParameters> {
    if !(1..=MAX_PROTOCOL_VERSION).contains(&version) {
        return None;
    }
    let since = |first: u64, new: u64, old: u64| if version >= first { new } else { old };
    let adjustment_rate = match version {
        1 | 2 => 1_000,
        3 => 200,
        _ => 10_000,
    };
    let initial_threshold = match version {
        1 | 2 => 2.0,
        3 | 4 => 0.978,
        _ => 1.05,
    };
    Some(SystemParameters {
        epoch_duration_ms: 86_400_000,
        validator_reward_allocation_bps: 7_000,
        model_min_stake: 1_000_000_000,
        model_architecture_version: 1,
        model_reveal_slash_rate_bps: 5_000,
        model_tally_slash_rate_bps: 9_500,
        target_epoch_fee_collection: 1_000_000_000,
        base_fee: 1_000,
        write_object_fee: 300,
        value_fee_bps: INITIAL_VALUE_FEE_BPS,
        min_value_fee_bps: 1,
        max_value_fee_bps: 50,
        fee_adjustment_rate_bps: 1_250,
        target_models_per_target: 3,
        target_embedding_dim: 2_048,
        target_initial_distance_threshold: SomaTensor::scalar(initial_threshold),
        target_reward_allocation_bps: 8_000,
        target_hits_per_epoch: since(3, 86_400, 16),
        target_hits_ema_decay_bps: since(3, 9_000, 7_000),
        target_difficulty_adjustment_rate_bps: adjustment_rate,
        target_max_distance_threshold: SomaTensor::scalar(2.0),
        target_min_distance_threshold: SomaTensor::scalar(if version >= 3 { 0.95 } else { 0.1 }),
        target_initial_targets_per_epoch: since(5, 100, 20),
        target_submitter_reward_share_bps: 4_975,
        target_model_reward_share_bps: 4_975,
        target_claimer_incentive_bps: 50,
        submission_bond_per_byte: since(3, 65, 10),
        max_submission_data_size: 1_048_576,
    })
}

/// All numbers of a version by name, as `GetEpoch` prints them; none where it is unknown.
#[must_use]
pub fn attributes(version: u64) -> Option<BTreeMap<String, String>> {
    let p = parameters(version)?;
    let scalar =
        |tensor: &SomaTensor| tensor.as_scalar().map(|value| value.to_string()).unwrap_or_default();
    let numbers = [
        ("base_fee", p.base_fee),
        ("buffer_stake_for_protocol_upgrade_bps", 5_000),
        ("consensus_bad_nodes_stake_threshold", 30),
        ("consensus_commit_rate_estimation_window_size", 10),
        ("consensus_gc_depth", 60),
        ("consensus_max_num_transactions_in_block", 512),
        ("consensus_max_transaction_size_bytes", MAX_TRANSACTION_SIZE as u64),
        ("consensus_max_transactions_in_block_bytes", 524_288),
        ("epoch_duration_ms", p.epoch_duration_ms),
        ("execution_version", execution_version(version)),
        ("fee_adjustment_rate_bps", p.fee_adjustment_rate_bps),
        ("initial_value_fee_bps", INITIAL_VALUE_FEE_BPS),
        ("max_checkpoint_size_bytes", 31_457_280),
        ("max_submission_data_size", p.max_submission_data_size),
        ("max_transactions_per_checkpoint", 20_000),
        ("max_value_fee_bps", p.max_value_fee_bps),
        ("min_checkpoint_interval_ms", 200),
        ("min_value_fee_bps", p.min_value_fee_bps),
        ("model_architecture_version", p.model_architecture_version),
        ("model_min_stake", p.model_min_stake),
        ("model_reveal_slash_rate_bps", p.model_reveal_slash_rate_bps),
        ("model_tally_slash_rate_bps", p.model_tally_slash_rate_bps),
        ("mysticeti_num_leaders_per_round", 1),
        ("reward_slashing_rate_bps", REWARD_SLASHING_RATE_BPS),
        ("submission_bond_per_byte", p.submission_bond_per_byte),
        ("target_claimer_incentive_bps", p.target_claimer_incentive_bps),
        ("target_difficulty_adjustment_rate_bps", p.target_difficulty_adjustment_rate_bps),
        ("target_embedding_dim", p.target_embedding_dim),
        ("target_epoch_fee_collection", p.target_epoch_fee_collection),
        ("target_hits_ema_decay_bps", p.target_hits_ema_decay_bps),
        ("target_hits_per_epoch", p.target_hits_per_epoch),
        ("target_initial_targets_per_epoch", p.target_initial_targets_per_epoch),
        ("target_model_reward_share_bps", p.target_model_reward_share_bps),
        ("target_models_per_target", p.target_models_per_target),
        ("target_reward_allocation_bps", p.target_reward_allocation_bps),
        ("target_submitter_reward_share_bps", p.target_submitter_reward_share_bps),
        ("validator_reward_allocation_bps", p.validator_reward_allocation_bps),
        ("write_object_fee", p.write_object_fee),
    ];
    let floats = [
        ("target_initial_distance_threshold", &p.target_initial_distance_threshold),
        ("target_max_distance_threshold", &p.target_max_distance_threshold),
        ("target_min_distance_threshold", &p.target_min_distance_threshold),
    ];
    let numbers = numbers.map(|(name, value)| (name.to_owned(), value.to_string()));
    let floats = floats.map(|(name, value)| (name.to_owned(), scalar(value)));
    Some(numbers.into_iter().chain(floats).collect())
}
