//! The system state. Keys that are object ids have `0x`, addresses have none.

use super::{
    ConvertError, address, fixed, fixed_bytes, object_id, parse_address, parse_object_id, required,
    text,
};
use crate::proto::soma as proto;
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::{Address, ObjectId};
use wasm_core::bytes::FixedBytes;
use wasm_core::digest::{DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment};
use wasm_core::manifest::Manifest;
use wasm_core::system_state::{
    ActiveModel, CreatedModel, EmissionPool, InactiveModel, Model, ModelRegistry, ModelStateV1,
    PendingModel, PendingModelUpdate, PoolTokenExchangeRate, StakingPool, SystemParameters,
    SystemState, SystemStateV1, TargetState, Validator, ValidatorMetadata, ValidatorSet,
};
use wasm_core::tensor::SomaTensor;
use wasm_core::weights::DecryptionKey;

/// Fails where a threshold is not a single number, or an index is beyond 32 bits.
impl TryFrom<&SystemState> for proto::SystemState {
    type Error = ConvertError;
    fn try_from(state: &SystemState) -> Result<Self, ConvertError> {
        let state = state.as_v1();
        Ok(Self {
            epoch: Some(state.epoch),
            epoch_start_timestamp_ms: Some(state.epoch_start_timestamp_ms),
            protocol_version: Some(state.protocol_version),
            parameters: Some((&state.parameters).try_into()?),
            validators: Some((&state.validators).try_into()?),
            validator_report_records: state
                .validator_report_records
                .iter()
                .map(|(reportee, reporters)| (reportee.to_bare_hex(), reporter_set(reporters)))
                .collect(),
            emission_pool: Some(proto::EmissionPool {
                balance: Some(state.emission_pool.balance),
                emission_per_epoch: Some(state.emission_pool.emission_per_epoch),
            }),
            model_registry: Some((&state.model_registry).into()),
            target_state: Some((&state.target_state).try_into()?),
            submission_report_records: BTreeMap::new(),
            safe_mode: Some(state.safe_mode),
            safe_mode_accumulated_fees: Some(state.safe_mode_accumulated_fees),
            safe_mode_accumulated_emissions: Some(state.safe_mode_accumulated_emissions),
        })
    }
}

impl TryFrom<&proto::SystemState> for SystemState {
    type Error = ConvertError;
    fn try_from(message: &proto::SystemState) -> Result<Self, ConvertError> {
        let emission_pool = required(message.emission_pool.as_ref(), "emission_pool")?;
        Ok(Self::V1(SystemStateV1 {
            epoch: required(message.epoch, "epoch")?,
            protocol_version: required(message.protocol_version, "protocol_version")?,
            validators: required(message.validators.as_ref(), "validators")?.try_into()?,
            parameters: required(message.parameters.as_ref(), "parameters")?.try_into()?,
            epoch_start_timestamp_ms: required(
                message.epoch_start_timestamp_ms,
                "epoch_start_timestamp_ms",
            )?,
            validator_report_records: map(&message.validator_report_records, |key, value| {
                const FIELD: &str = "validator_report_records";
                Ok((parse_address(key, FIELD)?, reporters(value)?))
            })?,
            model_registry: required(message.model_registry.as_ref(), "model_registry")?
                .try_into()?,
            emission_pool: EmissionPool {
                balance: required(emission_pool.balance, "balance")?,
                emission_per_epoch: required(
                    emission_pool.emission_per_epoch,
                    "emission_per_epoch",
                )?,
            },
            target_state: required(message.target_state.as_ref(), "target_state")?.try_into()?,
            safe_mode: required(message.safe_mode, "safe_mode")?,
            safe_mode_accumulated_fees: required(
                message.safe_mode_accumulated_fees,
                "safe_mode_accumulated_fees",
            )?,
            safe_mode_accumulated_emissions: required(
                message.safe_mode_accumulated_emissions,
                "safe_mode_accumulated_emissions",
            )?,
        }))
    }
}

/// Reads every entry of a map; two keys that mean the same are an error.
fn map<V, K: Ord, T>(
    entries: &BTreeMap<String, V>,
    read: impl Fn(&str, &V) -> Result<(K, T), ConvertError>,
) -> Result<BTreeMap<K, T>, ConvertError> {
    let mut result = BTreeMap::new();
    for (key, value) in entries {
        let (key, value) = read(key, value)?;
        if result.insert(key, value).is_some() {
            return Err(ConvertError::invalid("key", "the same key twice"));
        }
    }
    Ok(result)
}

fn reporter_set(reporters: &BTreeSet<Address>) -> proto::ReporterSet {
    proto::ReporterSet {
        reporters: reporters.iter().map(|address| address.to_bare_hex()).collect(),
    }
}

fn reporters(message: &proto::ReporterSet) -> Result<BTreeSet<Address>, ConvertError> {
    message.reporters.iter().map(|text| parse_address(text, "reporters")).collect()
}

fn scalar(tensor: &SomaTensor, field: &'static str) -> Result<Option<f32>, ConvertError> {
    let number = tensor.as_scalar();
    number.map(Some).ok_or_else(|| ConvertError::invalid(field, "not a single number"))
}

macro_rules! parameters {
    ($($number:ident)*; $($threshold:ident)*) => {
        impl TryFrom<&SystemParameters> for proto::SystemParameters {
            type Error = ConvertError;
            fn try_from(parameters: &SystemParameters) -> Result<Self, ConvertError> {
                Ok(Self {
                    $($number: Some(parameters.$number),)*
                    $($threshold: scalar(&parameters.$threshold, stringify!($threshold))?,)*
                    challenger_bond_per_byte: None,
                })
            }
        }

        impl TryFrom<&proto::SystemParameters> for SystemParameters {
            type Error = ConvertError;
            fn try_from(message: &proto::SystemParameters) -> Result<Self, ConvertError> {
                Ok(Self {
                    $($number: required(message.$number, stringify!($number))?,)*
                    $($threshold: SomaTensor::scalar(
                        required(message.$threshold, stringify!($threshold))?,
                    ),)*
                })
            }
        }
    };
}

parameters! {
    epoch_duration_ms validator_reward_allocation_bps model_min_stake model_architecture_version
    model_reveal_slash_rate_bps model_tally_slash_rate_bps target_epoch_fee_collection base_fee
    write_object_fee value_fee_bps min_value_fee_bps max_value_fee_bps fee_adjustment_rate_bps
    target_models_per_target target_embedding_dim target_reward_allocation_bps
    target_hits_per_epoch target_hits_ema_decay_bps target_difficulty_adjustment_rate_bps
    target_initial_targets_per_epoch target_submitter_reward_share_bps
    target_model_reward_share_bps target_claimer_incentive_bps submission_bond_per_byte
    max_submission_data_size;
    target_initial_distance_threshold target_max_distance_threshold target_min_distance_threshold
}

impl TryFrom<&TargetState> for proto::TargetState {
    type Error = ConvertError;
    fn try_from(state: &TargetState) -> Result<Self, ConvertError> {
        Ok(Self {
            distance_threshold: scalar(&state.distance_threshold, "distance_threshold")?,
            targets_generated_this_epoch: Some(state.targets_generated_this_epoch),
            hits_this_epoch: Some(state.hits_this_epoch),
            hits_ema: Some(state.hits_ema),
            reward_per_target: Some(state.reward_per_target),
        })
    }
}

impl TryFrom<&proto::TargetState> for TargetState {
    type Error = ConvertError;
    fn try_from(message: &proto::TargetState) -> Result<Self, ConvertError> {
        let threshold = required(message.distance_threshold, "distance_threshold")?;
        Ok(Self {
            distance_threshold: SomaTensor::scalar(threshold),
            targets_generated_this_epoch: required(
                message.targets_generated_this_epoch,
                "targets_generated_this_epoch",
            )?,
            hits_this_epoch: required(message.hits_this_epoch, "hits_this_epoch")?,
            hits_ema: required(message.hits_ema, "hits_ema")?,
            reward_per_target: required(message.reward_per_target, "reward_per_target")?,
        })
    }
}

impl TryFrom<&ValidatorSet> for proto::ValidatorSet {
    type Error = ConvertError;
    fn try_from(set: &ValidatorSet) -> Result<Self, ConvertError> {
        let removals: Result<_, _> =
            set.pending_removals.iter().map(|&n| u32::try_from(n)).collect();
        Ok(Self {
            total_stake: Some(set.total_stake),
            validators: set.validators.iter().map(Into::into).collect(),
            pending_validators: set.pending_validators.iter().map(Into::into).collect(),
            pending_removals: removals
                .map_err(|error| ConvertError::invalid("pending_removals", error))?,
            staking_pool_mappings: set
                .staking_pool_mappings
                .iter()
                .map(|(pool, address)| (pool.to_string(), address.to_bare_hex()))
                .collect(),
            inactive_validators: set
                .inactive_validators
                .iter()
                .map(|(pool, validator)| (pool.to_string(), validator.into()))
                .collect(),
            at_risk_validators: set
                .at_risk_validators
                .iter()
                .map(|(address, epochs)| (address.to_bare_hex(), *epochs))
                .collect(),
        })
    }
}

impl TryFrom<&proto::ValidatorSet> for ValidatorSet {
    type Error = ConvertError;
    fn try_from(message: &proto::ValidatorSet) -> Result<Self, ConvertError> {
        let validators = |list: &[proto::Validator]| -> Result<Vec<Validator>, ConvertError> {
            list.iter().map(TryInto::try_into).collect()
        };
        Ok(Self {
            total_stake: required(message.total_stake, "total_stake")?,
            validators: validators(&message.validators)?,
            pending_validators: validators(&message.pending_validators)?,
            pending_removals: message.pending_removals.iter().map(|&at| u64::from(at)).collect(),
            staking_pool_mappings: map(&message.staking_pool_mappings, |key, value| {
                const FIELD: &str = "staking_pool_mappings";
                Ok((parse_object_id(key, FIELD)?, parse_address(value, FIELD)?))
            })?,
            inactive_validators: map(&message.inactive_validators, |key, value| {
                Ok((parse_object_id(key, "inactive_validators")?, value.try_into()?))
            })?,
            at_risk_validators: map(&message.at_risk_validators, |key, value| {
                Ok((parse_address(key, "at_risk_validators")?, *value))
            })?,
        })
    }
}

fn to_vec<const N: usize>(bytes: Option<FixedBytes<N>>) -> Option<Vec<u8>> {
    bytes.map(|bytes| bytes.0.to_vec())
}

impl From<&Validator> for proto::Validator {
    fn from(validator: &Validator) -> Self {
        let metadata = validator.metadata.clone();
        Self {
            soma_address: Some(metadata.soma_address.to_bare_hex()),
            protocol_pubkey: Some(metadata.protocol_pubkey.0.to_vec()),
            network_pubkey: Some(metadata.network_pubkey.0.to_vec()),
            worker_pubkey: Some(metadata.worker_pubkey.0.to_vec()),
            net_address: Some(metadata.net_address),
            p2p_address: Some(metadata.p2p_address),
            primary_address: Some(metadata.primary_address),
            voting_power: Some(validator.voting_power),
            commission_rate: Some(validator.commission_rate),
            next_epoch_stake: Some(validator.next_epoch_stake),
            next_epoch_commission_rate: Some(validator.next_epoch_commission_rate),
            staking_pool: Some((&validator.staking_pool).into()),
            next_epoch_protocol_pubkey: to_vec(metadata.next_epoch_protocol_pubkey),
            next_epoch_network_pubkey: to_vec(metadata.next_epoch_network_pubkey),
            next_epoch_worker_pubkey: to_vec(metadata.next_epoch_worker_pubkey),
            next_epoch_net_address: metadata.next_epoch_net_address,
            next_epoch_p2p_address: metadata.next_epoch_p2p_address,
            next_epoch_primary_address: metadata.next_epoch_primary_address,
            proxy_address: Some(metadata.proxy_address),
            next_epoch_proxy_address: metadata.next_epoch_proxy_address,
            proof_of_possession: Some(metadata.proof_of_possession.0.to_vec()),
            next_epoch_proof_of_possession: to_vec(metadata.next_epoch_proof_of_possession),
        }
    }
}

impl TryFrom<&proto::Validator> for Validator {
    type Error = ConvertError;
    fn try_from(message: &proto::Validator) -> Result<Self, ConvertError> {
        Ok(Self {
            metadata: metadata(message)?,
            voting_power: required(message.voting_power, "voting_power")?,
            staking_pool: required(message.staking_pool.as_ref(), "staking_pool")?.try_into()?,
            commission_rate: required(message.commission_rate, "commission_rate")?,
            next_epoch_stake: required(message.next_epoch_stake, "next_epoch_stake")?,
            next_epoch_commission_rate: required(
                message.next_epoch_commission_rate,
                "next_epoch_commission_rate",
            )?,
        })
    }
}

fn metadata(message: &proto::Validator) -> Result<ValidatorMetadata, ConvertError> {
    fn optional<const N: usize>(
        value: Option<&Vec<u8>>,
        field: &'static str,
    ) -> Result<Option<FixedBytes<N>>, ConvertError> {
        value.map(|bytes| fixed(bytes, field).map(FixedBytes)).transpose()
    }
    let multiaddr = |value: Option<&String>, field| text(value, field).map(str::to_owned);
    let m = message;
    Ok(ValidatorMetadata {
        soma_address: address(m.soma_address.as_ref(), "soma_address")?,
        protocol_pubkey: fixed_bytes(m.protocol_pubkey.as_ref(), "protocol_pubkey")?,
        network_pubkey: fixed_bytes(m.network_pubkey.as_ref(), "network_pubkey")?,
        worker_pubkey: fixed_bytes(m.worker_pubkey.as_ref(), "worker_pubkey")?,
        net_address: multiaddr(m.net_address.as_ref(), "net_address")?,
        p2p_address: multiaddr(m.p2p_address.as_ref(), "p2p_address")?,
        primary_address: multiaddr(m.primary_address.as_ref(), "primary_address")?,
        proxy_address: multiaddr(m.proxy_address.as_ref(), "proxy_address")?,
        proof_of_possession: fixed_bytes(m.proof_of_possession.as_ref(), "proof_of_possession")?,
        next_epoch_protocol_pubkey: optional(
            m.next_epoch_protocol_pubkey.as_ref(),
            "next_epoch_protocol_pubkey",
        )?,
        next_epoch_network_pubkey: optional(
            m.next_epoch_network_pubkey.as_ref(),
            "next_epoch_network_pubkey",
        )?,
        next_epoch_net_address: m.next_epoch_net_address.clone(),
        next_epoch_p2p_address: m.next_epoch_p2p_address.clone(),
        next_epoch_primary_address: m.next_epoch_primary_address.clone(),
        next_epoch_worker_pubkey: optional(
            m.next_epoch_worker_pubkey.as_ref(),
            "next_epoch_worker_pubkey",
        )?,
        next_epoch_proof_of_possession: optional(
            m.next_epoch_proof_of_possession.as_ref(),
            "next_epoch_proof_of_possession",
        )?,
        next_epoch_proxy_address: m.next_epoch_proxy_address.clone(),
    })
}

impl From<&StakingPool> for proto::StakingPool {
    fn from(pool: &StakingPool) -> Self {
        let rate = |rate: &PoolTokenExchangeRate| proto::PoolTokenExchangeRate {
            soma_amount: Some(rate.soma_amount),
            pool_token_amount: Some(rate.pool_token_amount),
        };
        Self {
            id: Some(pool.id.to_string()),
            activation_epoch: pool.activation_epoch,
            deactivation_epoch: pool.deactivation_epoch,
            soma_balance: Some(pool.soma_balance),
            rewards_pool: Some(pool.rewards_pool),
            pool_token_balance: Some(pool.pool_token_balance),
            exchange_rates: pool
                .exchange_rates
                .iter()
                .map(|(epoch, exchange)| (*epoch, rate(exchange)))
                .collect(),
            pending_stake: Some(pool.pending_stake),
            pending_total_soma_withdraw: Some(pool.pending_total_soma_withdraw),
            pending_pool_token_withdraw: Some(pool.pending_pool_token_withdraw),
        }
    }
}

impl TryFrom<&proto::StakingPool> for StakingPool {
    type Error = ConvertError;
    fn try_from(message: &proto::StakingPool) -> Result<Self, ConvertError> {
        let rate = |(epoch, rate): (&u64, &proto::PoolTokenExchangeRate)| {
            let soma_amount = required(rate.soma_amount, "soma_amount")?;
            let pool_token_amount = required(rate.pool_token_amount, "pool_token_amount")?;
            Ok((*epoch, PoolTokenExchangeRate { soma_amount, pool_token_amount }))
        };
        let exchange_rates: Result<_, ConvertError> =
            message.exchange_rates.iter().map(rate).collect();
        Ok(Self {
            id: object_id(message.id.as_ref(), "id")?,
            activation_epoch: message.activation_epoch,
            deactivation_epoch: message.deactivation_epoch,
            soma_balance: required(message.soma_balance, "soma_balance")?,
            rewards_pool: required(message.rewards_pool, "rewards_pool")?,
            pool_token_balance: required(message.pool_token_balance, "pool_token_balance")?,
            exchange_rates: exchange_rates?,
            pending_stake: required(message.pending_stake, "pending_stake")?,
            pending_total_soma_withdraw: required(
                message.pending_total_soma_withdraw,
                "pending_total_soma_withdraw",
            )?,
            pending_pool_token_withdraw: required(
                message.pending_pool_token_withdraw,
                "pending_pool_token_withdraw",
            )?,
        })
    }
}

impl From<&ModelRegistry> for proto::ModelRegistry {
    fn from(registry: &ModelRegistry) -> Self {
        Self {
            staking_pool_mappings: registry
                .staking_pool_mappings
                .iter()
                .map(|(pool, model)| (pool.to_string(), model.to_string()))
                .collect(),
            total_model_stake: Some(registry.total_model_stake),
            model_report_records: registry
                .model_report_records
                .iter()
                .map(|(model, reporters)| (model.to_string(), reporter_set(reporters)))
                .collect(),
            models: registry
                .models
                .iter()
                .map(|(id, model)| (id.to_string(), model.into()))
                .collect(),
        }
    }
}

impl TryFrom<&proto::ModelRegistry> for ModelRegistry {
    type Error = ConvertError;
    fn try_from(message: &proto::ModelRegistry) -> Result<Self, ConvertError> {
        let id =
            |text: &str, field| -> Result<ObjectId, ConvertError> { parse_object_id(text, field) };
        Ok(Self {
            models: map(&message.models, |key, value| Ok((id(key, "models")?, value.try_into()?)))?,
            staking_pool_mappings: map(&message.staking_pool_mappings, |key, value| {
                const FIELD: &str = "staking_pool_mappings";
                Ok((id(key, FIELD)?, id(value, FIELD)?))
            })?,
            total_model_stake: required(message.total_model_stake, "total_model_stake")?,
            model_report_records: map(&message.model_report_records, |key, value| {
                Ok((id(key, "model_report_records")?, reporters(value)?))
            })?,
        })
    }
}

const CREATED: &str = "created";
const PENDING: &str = "pending";
const ACTIVE: &str = "active";
const INACTIVE: &str = "inactive";

impl From<&Model> for proto::Model {
    fn from(model: &Model) -> Self {
        let message = Self {
            owner: Some(model.owner().to_bare_hex()),
            staking_pool: Some(model.staking_pool().into()),
            ..Self::default()
        };
        match model.state() {
            ModelStateV1::Created(model) => Self {
                architecture_version: Some(model.architecture_version),
                commission_rate: Some(model.commission_rate),
                next_epoch_commission_rate: Some(model.next_epoch_commission_rate),
                state: Some(CREATED.to_owned()),
                create_epoch: Some(model.create_epoch),
                ..message
            },
            ModelStateV1::Pending(model) => Self {
                architecture_version: Some(model.architecture_version),
                manifest: Some((&model.manifest).into()),
                weights_commitment: Some(model.weights_commitment.0.to_vec()),
                embedding_commitment: Some(model.embedding_commitment.0.to_vec()),
                decryption_key_commitment: Some(model.decryption_key_commitment.0.to_vec()),
                commit_epoch: Some(model.commit_epoch),
                commission_rate: Some(model.commission_rate),
                next_epoch_commission_rate: Some(model.next_epoch_commission_rate),
                state: Some(PENDING.to_owned()),
                ..message
            },
            ModelStateV1::Active(model) => Self {
                architecture_version: Some(model.architecture_version),
                manifest: Some((&model.manifest).into()),
                weights_commitment: Some(model.weights_commitment.0.to_vec()),
                embedding_commitment: Some(model.embedding_commitment.0.to_vec()),
                decryption_key_commitment: Some(model.decryption_key_commitment.0.to_vec()),
                decryption_key: Some(model.decryption_key.0.to_vec()),
                embedding: model.embedding.values().to_vec(),
                commission_rate: Some(model.commission_rate),
                next_epoch_commission_rate: Some(model.next_epoch_commission_rate),
                pending_update: model.pending_update.as_ref().map(Into::into),
                state: Some(ACTIVE.to_owned()),
                ..message
            },
            ModelStateV1::Inactive(model) => Self {
                architecture_version: Some(model.architecture_version),
                manifest: Some((&model.manifest).into()),
                weights_commitment: Some(model.weights_commitment.0.to_vec()),
                embedding_commitment: Some(model.embedding_commitment.0.to_vec()),
                decryption_key_commitment: Some(model.decryption_key_commitment.0.to_vec()),
                decryption_key: Some(model.decryption_key.0.to_vec()),
                embedding: model.embedding.values().to_vec(),
                commission_rate: Some(model.commission_rate),
                next_epoch_commission_rate: Some(model.next_epoch_commission_rate),
                state: Some(INACTIVE.to_owned()),
                ..message
            },
        }
    }
}

impl From<&PendingModelUpdate> for proto::PendingModelUpdate {
    fn from(update: &PendingModelUpdate) -> Self {
        Self {
            manifest: Some((&update.manifest).into()),
            weights_commitment: Some(update.weights_commitment.0.to_vec()),
            embedding_commitment: Some(update.embedding_commitment.0.to_vec()),
            decryption_key_commitment: Some(update.decryption_key_commitment.0.to_vec()),
            commit_epoch: Some(update.commit_epoch),
        }
    }
}

impl TryFrom<&proto::Model> for Model {
    type Error = ConvertError;
    fn try_from(message: &proto::Model) -> Result<Self, ConvertError> {
        let state = match text(message.state.as_ref(), "state")? {
            CREATED => ModelStateV1::Created(created(message)?),
            PENDING => ModelStateV1::Pending(pending(message)?),
            ACTIVE => ModelStateV1::Active(active(message)?),
            INACTIVE => ModelStateV1::Inactive(inactive(message)?),
            _ => return Err(ConvertError::invalid("state", "an unknown state of a model")),
        };
        Ok(Self::V1(state))
    }
}

/// What every model has, whatever its state.
struct Common {
    owner: Address,
    architecture_version: u64,
    staking_pool: StakingPool,
    commission_rate: u64,
    next_epoch_commission_rate: u64,
}

fn common(message: &proto::Model) -> Result<Common, ConvertError> {
    Ok(Common {
        owner: address(message.owner.as_ref(), "owner")?,
        architecture_version: required(message.architecture_version, "architecture_version")?,
        staking_pool: required(message.staking_pool.as_ref(), "staking_pool")?.try_into()?,
        commission_rate: required(message.commission_rate, "commission_rate")?,
        next_epoch_commission_rate: required(
            message.next_epoch_commission_rate,
            "next_epoch_commission_rate",
        )?,
    })
}

/// What a pending, active or inactive model has promised.
struct Promise {
    manifest: Manifest,
    weights_commitment: WeightsCommitment,
    embedding_commitment: EmbeddingCommitment,
    decryption_key_commitment: DecryptionKeyCommitment,
}

fn promise(
    manifest: Option<&proto::Manifest>,
    weights_commitment: Option<&Vec<u8>>,
    embedding_commitment: Option<&Vec<u8>>,
    decryption_key_commitment: Option<&Vec<u8>>,
) -> Result<Promise, ConvertError> {
    let weights = bytes32(weights_commitment, "weights_commitment")?;
    let embedding = bytes32(embedding_commitment, "embedding_commitment")?;
    let key = bytes32(decryption_key_commitment, "decryption_key_commitment")?;
    Ok(Promise {
        manifest: required(manifest, "manifest")?.try_into()?,
        weights_commitment: WeightsCommitment(weights),
        embedding_commitment: EmbeddingCommitment(embedding),
        decryption_key_commitment: DecryptionKeyCommitment(key),
    })
}

fn promise_of(message: &proto::Model) -> Result<Promise, ConvertError> {
    promise(
        message.manifest.as_ref(),
        message.weights_commitment.as_ref(),
        message.embedding_commitment.as_ref(),
        message.decryption_key_commitment.as_ref(),
    )
}

fn bytes32(value: Option<&Vec<u8>>, field: &'static str) -> Result<[u8; 32], ConvertError> {
    fixed(required(value, field)?, field)
}

impl TryFrom<&proto::PendingModelUpdate> for PendingModelUpdate {
    type Error = ConvertError;
    fn try_from(message: &proto::PendingModelUpdate) -> Result<Self, ConvertError> {
        let promise = promise(
            message.manifest.as_ref(),
            message.weights_commitment.as_ref(),
            message.embedding_commitment.as_ref(),
            message.decryption_key_commitment.as_ref(),
        )?;
        Ok(Self {
            manifest: promise.manifest,
            weights_commitment: promise.weights_commitment,
            embedding_commitment: promise.embedding_commitment,
            decryption_key_commitment: promise.decryption_key_commitment,
            commit_epoch: required(message.commit_epoch, "commit_epoch")?,
        })
    }
}

fn created(message: &proto::Model) -> Result<CreatedModel, ConvertError> {
    let common = common(message)?;
    Ok(CreatedModel {
        owner: common.owner,
        architecture_version: common.architecture_version,
        staking_pool: common.staking_pool,
        commission_rate: common.commission_rate,
        next_epoch_commission_rate: common.next_epoch_commission_rate,
        create_epoch: required(message.create_epoch, "create_epoch")?,
    })
}

fn pending(message: &proto::Model) -> Result<PendingModel, ConvertError> {
    let (common, promise) = (common(message)?, promise_of(message)?);
    Ok(PendingModel {
        owner: common.owner,
        architecture_version: common.architecture_version,
        staking_pool: common.staking_pool,
        commission_rate: common.commission_rate,
        next_epoch_commission_rate: common.next_epoch_commission_rate,
        manifest: promise.manifest,
        weights_commitment: promise.weights_commitment,
        embedding_commitment: promise.embedding_commitment,
        decryption_key_commitment: promise.decryption_key_commitment,
        commit_epoch: required(message.commit_epoch, "commit_epoch")?,
    })
}

fn active(message: &proto::Model) -> Result<ActiveModel, ConvertError> {
    let (common, promise) = (common(message)?, promise_of(message)?);
    Ok(ActiveModel {
        owner: common.owner,
        architecture_version: common.architecture_version,
        staking_pool: common.staking_pool,
        commission_rate: common.commission_rate,
        next_epoch_commission_rate: common.next_epoch_commission_rate,
        manifest: promise.manifest,
        weights_commitment: promise.weights_commitment,
        embedding_commitment: promise.embedding_commitment,
        decryption_key_commitment: promise.decryption_key_commitment,
        decryption_key: DecryptionKey(bytes32(message.decryption_key.as_ref(), "decryption_key")?),
        embedding: SomaTensor::vector(message.embedding.clone()),
        pending_update: message.pending_update.as_ref().map(TryInto::try_into).transpose()?,
    })
}

fn inactive(message: &proto::Model) -> Result<InactiveModel, ConvertError> {
    let (common, promise) = (common(message)?, promise_of(message)?);
    Ok(InactiveModel {
        owner: common.owner,
        architecture_version: common.architecture_version,
        staking_pool: common.staking_pool,
        commission_rate: common.commission_rate,
        next_epoch_commission_rate: common.next_epoch_commission_rate,
        manifest: promise.manifest,
        weights_commitment: promise.weights_commitment,
        embedding_commitment: promise.embedding_commitment,
        decryption_key_commitment: promise.decryption_key_commitment,
        decryption_key: DecryptionKey(bytes32(message.decryption_key.as_ref(), "decryption_key")?),
        embedding: SomaTensor::vector(message.embedding.clone()),
    })
}
