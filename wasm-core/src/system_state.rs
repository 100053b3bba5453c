//! The system state object `0x5`: epoch, parameters, validators, models, targets' state.
//!
//! Fields stand in the chain's order and carry the chain's names. Amounts are shannons, rates basis
//! points, times milliseconds since 1970.

use crate::address::{Address, ModelId, ObjectId};
use crate::bytes::FixedBytes;
use crate::digest::{DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment};
use crate::manifest::Manifest;
use crate::tensor::SomaTensor;
use crate::weights::DecryptionKey;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The system state. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SystemState {
    /// The only version.
    V1(SystemStateV1),
}

impl SystemState {
    /// The only version there is.
    #[must_use]
    pub const fn as_v1(&self) -> &SystemStateV1 {
        let Self::V1(state) = self;
        state
    }

    /// The only version there is, to be changed.
    pub const fn as_v1_mut(&mut self) -> &mut SystemStateV1 {
        let Self::V1(state) = self;
        state
    }
}

/// Version 1 of [`SystemState`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemStateV1 {
    pub epoch: u64,
    pub protocol_version: u64,
    pub validators: ValidatorSet,
    pub parameters: SystemParameters,
    pub epoch_start_timestamp_ms: u64,
    /// Reported validator to those who report it.
    pub validator_report_records: BTreeMap<Address, BTreeSet<Address>>,
    pub model_registry: ModelRegistry,
    pub emission_pool: EmissionPool,
    pub target_state: TargetState,
    pub safe_mode: bool,
    pub safe_mode_accumulated_fees: u64,
    pub safe_mode_accumulated_emissions: u64,
}

/// Who validates, who will, and who did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorSet {
    pub total_stake: u64,
    pub validators: Vec<Validator>,
    pub pending_validators: Vec<Validator>,
    /// Indices into `validators`.
    pub pending_removals: Vec<u64>,
    /// Pool to validator.
    pub staking_pool_mappings: BTreeMap<ObjectId, Address>,
    /// By pool.
    pub inactive_validators: BTreeMap<ObjectId, Validator>,
    /// Epochs at risk.
    pub at_risk_validators: BTreeMap<Address, u64>,
}

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validator {
    pub metadata: ValidatorMetadata,
    /// Of 10,000.
    pub voting_power: u64,
    pub staking_pool: StakingPool,
    pub commission_rate: u64,
    pub next_epoch_stake: u64,
    pub next_epoch_commission_rate: u64,
}

/// Keys and addresses of a validator. Addresses are multiaddrs in text form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorMetadata {
    pub soma_address: Address,
    /// BLS12-381 in G2.
    pub protocol_pubkey: FixedBytes<96>,
    pub network_pubkey: FixedBytes<32>,
    pub worker_pubkey: FixedBytes<32>,
    pub net_address: String,
    pub p2p_address: String,
    pub primary_address: String,
    pub proxy_address: String,
    pub proof_of_possession: FixedBytes<48>,
    pub next_epoch_protocol_pubkey: Option<FixedBytes<96>>,
    pub next_epoch_network_pubkey: Option<FixedBytes<32>>,
    pub next_epoch_net_address: Option<String>,
    pub next_epoch_p2p_address: Option<String>,
    pub next_epoch_primary_address: Option<String>,
    pub next_epoch_worker_pubkey: Option<FixedBytes<32>>,
    pub next_epoch_proof_of_possession: Option<FixedBytes<48>>,
    pub next_epoch_proxy_address: Option<String>,
}

/// Stakes of a validator or a model, as shares of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakingPool {
    pub id: ObjectId,
    pub activation_epoch: Option<u64>,
    pub deactivation_epoch: Option<u64>,
    pub soma_balance: u64,
    pub rewards_pool: u64,
    pub pool_token_balance: u64,
    /// By epoch. BCS orders the keys by their little-endian bytes.
    pub exchange_rates: BTreeMap<u64, PoolTokenExchangeRate>,
    pub pending_stake: u64,
    pub pending_total_soma_withdraw: u64,
    pub pending_pool_token_withdraw: u64,
}

/// What a pool held at the start of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolTokenExchangeRate {
    pub soma_amount: u64,
    pub pool_token_amount: u64,
}

/// Numbers in force during the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemParameters {
    pub epoch_duration_ms: u64,
    pub validator_reward_allocation_bps: u64,
    pub model_min_stake: u64,
    pub model_architecture_version: u64,
    pub model_reveal_slash_rate_bps: u64,
    pub model_tally_slash_rate_bps: u64,
    pub target_epoch_fee_collection: u64,
    pub base_fee: u64,
    pub write_object_fee: u64,
    pub value_fee_bps: u64,
    pub min_value_fee_bps: u64,
    pub max_value_fee_bps: u64,
    pub fee_adjustment_rate_bps: u64,
    pub target_models_per_target: u64,
    pub target_embedding_dim: u64,
    pub target_initial_distance_threshold: SomaTensor,
    pub target_reward_allocation_bps: u64,
    pub target_hits_per_epoch: u64,
    pub target_hits_ema_decay_bps: u64,
    pub target_difficulty_adjustment_rate_bps: u64,
    pub target_max_distance_threshold: SomaTensor,
    pub target_min_distance_threshold: SomaTensor,
    pub target_initial_targets_per_epoch: u64,
    pub target_submitter_reward_share_bps: u64,
    pub target_model_reward_share_bps: u64,
    pub target_claimer_incentive_bps: u64,
    pub submission_bond_per_byte: u64,
    pub max_submission_data_size: u64,
}

/// What rewards are paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmissionPool {
    pub balance: u64,
    pub emission_per_epoch: u64,
}

/// What new targets are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    pub distance_threshold: SomaTensor,
    pub targets_generated_this_epoch: u64,
    pub hits_this_epoch: u64,
    pub hits_ema: u64,
    pub reward_per_target: u64,
}

/// All models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRegistry {
    pub models: BTreeMap<ModelId, Model>,
    /// Pool to model.
    pub staking_pool_mappings: BTreeMap<ObjectId, ModelId>,
    pub total_model_stake: u64,
    /// Reported model to those who report it.
    pub model_report_records: BTreeMap<ModelId, BTreeSet<Address>>,
}

/// A model. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Model {
    /// The only version.
    V1(ModelStateV1),
}

/// How far a model has come, with what is known of it then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelStateV1 {
    Created(CreatedModel),
    Pending(PendingModel),
    Active(ActiveModel),
    Inactive(InactiveModel),
}

/// Stake is deposited, nothing is promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedModel {
    pub owner: Address,
    pub architecture_version: u64,
    pub staking_pool: StakingPool,
    pub commission_rate: u64,
    pub next_epoch_commission_rate: u64,
    pub create_epoch: u64,
}

/// Promised, to be revealed in the epoch after `commit_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingModel {
    pub owner: Address,
    pub architecture_version: u64,
    pub staking_pool: StakingPool,
    pub commission_rate: u64,
    pub next_epoch_commission_rate: u64,
    pub manifest: Manifest,
    pub weights_commitment: WeightsCommitment,
    pub embedding_commitment: EmbeddingCommitment,
    pub decryption_key_commitment: DecryptionKeyCommitment,
    pub commit_epoch: u64,
}

/// Revealed, and drawn for targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveModel {
    pub owner: Address,
    pub architecture_version: u64,
    pub staking_pool: StakingPool,
    pub commission_rate: u64,
    pub next_epoch_commission_rate: u64,
    pub manifest: Manifest,
    pub weights_commitment: WeightsCommitment,
    pub embedding_commitment: EmbeddingCommitment,
    pub decryption_key_commitment: DecryptionKeyCommitment,
    pub decryption_key: DecryptionKey,
    pub embedding: SomaTensor,
    pub pending_update: Option<PendingModelUpdate>,
}

/// Out of service; the pool is kept for withdrawals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InactiveModel {
    pub owner: Address,
    pub architecture_version: u64,
    pub staking_pool: StakingPool,
    pub commission_rate: u64,
    pub next_epoch_commission_rate: u64,
    pub manifest: Manifest,
    pub weights_commitment: WeightsCommitment,
    pub embedding_commitment: EmbeddingCommitment,
    pub decryption_key_commitment: DecryptionKeyCommitment,
    pub decryption_key: DecryptionKey,
    pub embedding: SomaTensor,
}

/// New weights promised for an active model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingModelUpdate {
    pub manifest: Manifest,
    pub weights_commitment: WeightsCommitment,
    pub embedding_commitment: EmbeddingCommitment,
    pub decryption_key_commitment: DecryptionKeyCommitment,
    pub commit_epoch: u64,
}

impl Model {
    /// The only version there is.
    #[must_use]
    pub const fn state(&self) -> &ModelStateV1 {
        let Self::V1(state) = self;
        state
    }

    /// Who may commit, reveal and deactivate it.
    #[must_use]
    pub const fn owner(&self) -> Address {
        match self.state() {
            ModelStateV1::Created(model) => model.owner,
            ModelStateV1::Pending(model) => model.owner,
            ModelStateV1::Active(model) => model.owner,
            ModelStateV1::Inactive(model) => model.owner,
        }
    }

    /// Its stakes.
    #[must_use]
    pub const fn staking_pool(&self) -> &StakingPool {
        match self.state() {
            ModelStateV1::Created(model) => &model.staking_pool,
            ModelStateV1::Pending(model) => &model.staking_pool,
            ModelStateV1::Active(model) => &model.staking_pool,
            ModelStateV1::Inactive(model) => &model.staking_pool,
        }
    }
}
