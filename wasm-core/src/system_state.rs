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
    /// The current epoch.
    pub epoch: u64,
    /// The protocol in force.
    pub protocol_version: u64,
    /// Who validates.
    pub validators: ValidatorSet,
    /// Numbers in force.
    pub parameters: SystemParameters,
    /// When the epoch began, in milliseconds since 1970.
    pub epoch_start_timestamp_ms: u64,
    /// Reported validator to those who report it.
    #[serde(deserialize_with = "crate::ordered::sets")]
    pub validator_report_records: BTreeMap<Address, BTreeSet<Address>>,
    /// All models.
    pub model_registry: ModelRegistry,
    /// What rewards are paid from.
    pub emission_pool: EmissionPool,
    /// What new targets are made from.
    pub target_state: TargetState,
    /// Whether the last change of epoch failed and only the least was done.
    pub safe_mode: bool,
    /// Shannons of fees that wait for safe mode to end.
    pub safe_mode_accumulated_fees: u64,
    /// Shannons of emissions that wait for safe mode to end.
    pub safe_mode_accumulated_emissions: u64,
}

/// Who validates, who will, and who did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorSet {
    /// Shannons staked with all validators.
    pub total_stake: u64,
    /// Those of this epoch.
    pub validators: Vec<Validator>,
    /// Those that join with the next epoch.
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
    /// Keys and addresses.
    pub metadata: ValidatorMetadata,
    /// Of 10,000.
    pub voting_power: u64,
    /// Its stakes.
    pub staking_pool: StakingPool,
    /// Share of the stakes' rewards that it takes, in basis points.
    pub commission_rate: u64,
    /// Shannons that will be staked in the next epoch.
    pub next_epoch_stake: u64,
    /// The commission from the next epoch on, in basis points.
    pub next_epoch_commission_rate: u64,
}

/// Keys and addresses of a validator. Addresses are multiaddrs in text form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorMetadata {
    /// Who signs its transactions and is paid.
    pub soma_address: Address,
    /// BLS12-381 in G2.
    pub protocol_pubkey: FixedBytes<96>,
    /// Ed25519, for connections.
    pub network_pubkey: FixedBytes<32>,
    /// Ed25519, for workers.
    pub worker_pubkey: FixedBytes<32>,
    /// Where it takes transactions.
    pub net_address: String,
    /// Where it shares state.
    pub p2p_address: String,
    /// Where it takes part in consensus.
    pub primary_address: String,
    /// Where its proxy listens.
    pub proxy_address: String,
    /// BLS12-381 signature that the protocol key is its own.
    pub proof_of_possession: FixedBytes<48>,
    /// A new protocol key from the next epoch on.
    pub next_epoch_protocol_pubkey: Option<FixedBytes<96>>,
    /// A new network key from the next epoch on.
    pub next_epoch_network_pubkey: Option<FixedBytes<32>>,
    /// A new address for transactions from the next epoch on.
    pub next_epoch_net_address: Option<String>,
    /// A new address for state from the next epoch on.
    pub next_epoch_p2p_address: Option<String>,
    /// A new address for consensus from the next epoch on.
    pub next_epoch_primary_address: Option<String>,
    /// A new worker key from the next epoch on.
    pub next_epoch_worker_pubkey: Option<FixedBytes<32>>,
    /// The proof for the new protocol key.
    pub next_epoch_proof_of_possession: Option<FixedBytes<48>>,
    /// A new address of the proxy from the next epoch on.
    pub next_epoch_proxy_address: Option<String>,
}

/// Stakes of a validator or a model, as shares of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakingPool {
    /// What stakes know it by.
    pub id: ObjectId,
    /// Since when it earns; none before its validator or model is active.
    pub activation_epoch: Option<u64>,
    /// Since when it earns nothing more; none while it does.
    pub deactivation_epoch: Option<u64>,
    /// Shannons in it, rewards included.
    pub soma_balance: u64,
    /// Shannons of rewards in it.
    pub rewards_pool: u64,
    /// Shares given out.
    pub pool_token_balance: u64,
    /// By epoch. BCS orders the keys by their little-endian bytes.
    pub exchange_rates: BTreeMap<u64, PoolTokenExchangeRate>,
    /// Shannons that join with the next epoch.
    pub pending_stake: u64,
    /// Shannons that leave with the next epoch.
    pub pending_total_soma_withdraw: u64,
    /// Shares that are taken back with the next epoch.
    pub pending_pool_token_withdraw: u64,
}

/// What a pool held at the start of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolTokenExchangeRate {
    /// Shannons.
    pub soma_amount: u64,
    /// Shares.
    pub pool_token_amount: u64,
}

/// Numbers in force during the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemParameters {
    /// How long an epoch lasts, in milliseconds.
    pub epoch_duration_ms: u64,
    /// Validators' share of an epoch's rewards.
    pub validator_reward_allocation_bps: u64,
    /// Shannons that a new model must stake.
    pub model_min_stake: u64,
    /// The architecture that models must have.
    pub model_architecture_version: u64,
    /// Share of a model's stake that a missed reveal costs.
    pub model_reveal_slash_rate_bps: u64,
    /// Share of a model's stake that validators' reports cost.
    pub model_tally_slash_rate_bps: u64,
    /// Shannons of fees that an epoch aims to collect.
    pub target_epoch_fee_collection: u64,
    /// Shannons that every transaction costs.
    pub base_fee: u64,
    /// Shannons for each object written.
    pub write_object_fee: u64,
    /// Share of moved value, adjusted each epoch.
    pub value_fee_bps: u64,
    /// Least of `value_fee_bps`.
    pub min_value_fee_bps: u64,
    /// Most of `value_fee_bps`.
    pub max_value_fee_bps: u64,
    /// How far `value_fee_bps` may move in an epoch, of itself.
    pub fee_adjustment_rate_bps: u64,
    /// Models drawn for each target.
    pub target_models_per_target: u64,
    /// Dimensions of embedding space.
    pub target_embedding_dim: u64,
    /// Threshold of the first targets; shape `[1]`.
    pub target_initial_distance_threshold: SomaTensor,
    /// Targets' share of an epoch's rewards.
    pub target_reward_allocation_bps: u64,
    /// Hits that an epoch aims for.
    pub target_hits_per_epoch: u64,
    /// Weight of the past in the average of hits.
    pub target_hits_ema_decay_bps: u64,
    /// How far the threshold may move in an epoch.
    pub target_difficulty_adjustment_rate_bps: u64,
    /// Easiest threshold; shape `[1]`.
    pub target_max_distance_threshold: SomaTensor,
    /// Hardest threshold; shape `[1]`.
    pub target_min_distance_threshold: SomaTensor,
    /// Targets made when an epoch begins.
    pub target_initial_targets_per_epoch: u64,
    /// The submitter's share of a target's reward.
    pub target_submitter_reward_share_bps: u64,
    /// The winning model's share of a target's reward.
    pub target_model_reward_share_bps: u64,
    /// The claimer's share of a target's reward.
    pub target_claimer_incentive_bps: u64,
    /// Shannons of bond for each byte of submitted data.
    pub submission_bond_per_byte: u64,
    /// Most bytes of submitted data.
    pub max_submission_data_size: u64,
}

/// What rewards are paid from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmissionPool {
    /// Shannons left.
    pub balance: u64,
    /// Shannons paid out each epoch.
    pub emission_per_epoch: u64,
}

/// What new targets are made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    /// Threshold of new targets; shape `[1]`.
    pub distance_threshold: SomaTensor,
    /// Targets made in this epoch so far.
    pub targets_generated_this_epoch: u64,
    /// Targets filled in this epoch so far.
    pub hits_this_epoch: u64,
    /// Moving average of hits.
    pub hits_ema: u64,
    /// Shannons that a new target pays.
    pub reward_per_target: u64,
}

/// All models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRegistry {
    /// By id.
    pub models: BTreeMap<ModelId, Model>,
    /// Pool to model.
    pub staking_pool_mappings: BTreeMap<ObjectId, ModelId>,
    /// Shannons staked with all active models.
    pub total_model_stake: u64,
    /// Reported model to those who report it.
    #[serde(deserialize_with = "crate::ordered::sets")]
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
    /// Staked for.
    Created(CreatedModel),
    /// Committed to.
    Pending(PendingModel),
    /// Revealed.
    Active(ActiveModel),
    /// Taken out of service.
    Inactive(InactiveModel),
}

/// Stake is deposited, nothing is promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedModel {
    /// Who may commit, reveal and deactivate it.
    pub owner: Address,
    /// Version of the architecture that its weights are for.
    pub architecture_version: u64,
    /// Its stakes.
    pub staking_pool: StakingPool,
    /// Share of the stakes' rewards that the owner takes, in basis points.
    pub commission_rate: u64,
    /// The same from the next epoch on.
    pub next_epoch_commission_rate: u64,
    /// Epoch of its creation.
    pub create_epoch: u64,
}

/// Promised, to be revealed in the epoch after `commit_epoch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingModel {
    /// Who may commit, reveal and deactivate it.
    pub owner: Address,
    /// Version of the architecture that its weights are for.
    pub architecture_version: u64,
    /// Its stakes.
    pub staking_pool: StakingPool,
    /// Share of the stakes' rewards that the owner takes, in basis points.
    pub commission_rate: u64,
    /// The same from the next epoch on.
    pub next_epoch_commission_rate: u64,
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
    /// Epoch of the promise.
    pub commit_epoch: u64,
}

/// Revealed, and drawn for targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveModel {
    /// Who may commit, reveal and deactivate it.
    pub owner: Address,
    /// Version of the architecture that its weights are for.
    pub architecture_version: u64,
    /// Its stakes.
    pub staking_pool: StakingPool,
    /// Share of the stakes' rewards that the owner takes, in basis points.
    pub commission_rate: u64,
    /// The same from the next epoch on.
    pub next_epoch_commission_rate: u64,
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
    /// The key that opens the weights, public by now.
    pub decryption_key: DecryptionKey,
    /// Where it stands in embedding space; shape `[n]`.
    pub embedding: SomaTensor,
    /// New weights, promised and not yet revealed.
    pub pending_update: Option<PendingModelUpdate>,
}

/// Out of service; the pool is kept for withdrawals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InactiveModel {
    /// Who may commit, reveal and deactivate it.
    pub owner: Address,
    /// Version of the architecture that its weights are for.
    pub architecture_version: u64,
    /// Its stakes.
    pub staking_pool: StakingPool,
    /// Share of the stakes' rewards that the owner takes, in basis points.
    pub commission_rate: u64,
    /// The same from the next epoch on.
    pub next_epoch_commission_rate: u64,
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
    /// The key that opens the weights, public by now.
    pub decryption_key: DecryptionKey,
    /// Where it stands in embedding space; shape `[n]`.
    pub embedding: SomaTensor,
}

/// New weights promised for an active model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingModelUpdate {
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
    /// Epoch of the promise.
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
