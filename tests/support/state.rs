//! The summary of a system state that several kinds of vectors record.

use crate::read::{Bits, Text, same};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::{Address, ModelId};
use wasm_core::system_state::{Model, ModelStateV1, SystemStateV1, Validator};

/// A system state in short.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Summary {
    pub epoch: Text<u64>,
    pub protocol_version: Text<u64>,
    pub epoch_start_timestamp_ms: Text<u64>,
    pub value_fee_bps: Text<u64>,
    pub emission_pool_balance: Text<u64>,
    pub emission_per_epoch: Text<u64>,
    pub target_state: Targets,
    pub validators: Vec<ValidatorSummary>,
    pub pending_validators: usize,
    pub inactive_validators: usize,
    pub total_stake: Text<u64>,
    pub models: Vec<ModelSummary>,
    pub total_model_stake: Text<u64>,
    pub safe_mode: bool,
}

/// Targets in short.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Targets {
    pub distance_threshold_bits: Bits,
    pub targets_generated_this_epoch: Text<u64>,
    pub hits_this_epoch: Text<u64>,
    pub hits_ema: Text<u64>,
    pub reward_per_target: Text<u64>,
}

/// A validator in short.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct ValidatorSummary {
    pub address: Text<Address>,
    pub voting_power: Text<u64>,
    pub stake: Text<u64>,
    pub rewards_pool: Text<u64>,
    pub pool_tokens: Text<u64>,
    pub next_epoch_stake: Text<u64>,
    pub commission_rate: Text<u64>,
}

/// A model in short.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct ModelSummary {
    pub id: Text<ModelId>,
    pub state: String,
    pub stake: Text<u64>,
    pub deactivation_epoch: Option<Text<u64>>,
    pub commission_rate: Text<u64>,
    pub has_pending_update: bool,
}

fn validator(validator: &Validator) -> ValidatorSummary {
    ValidatorSummary {
        address: Text(validator.metadata.soma_address),
        voting_power: Text(validator.voting_power),
        stake: Text(validator.staking_pool.soma_balance),
        rewards_pool: Text(validator.staking_pool.rewards_pool),
        pool_tokens: Text(validator.staking_pool.pool_token_balance),
        next_epoch_stake: Text(validator.next_epoch_stake),
        commission_rate: Text(validator.commission_rate),
    }
}

fn model((id, model): (&ModelId, &Model)) -> ModelSummary {
    let (state, commission_rate, has_pending_update) = match model.state() {
        ModelStateV1::Created(model) => ("created", model.commission_rate, false),
        ModelStateV1::Pending(model) => ("pending", model.commission_rate, false),
        ModelStateV1::Active(model) => {
            ("active", model.commission_rate, model.pending_update.is_some())
        }
        ModelStateV1::Inactive(model) => ("inactive", model.commission_rate, false),
    };
    let pool = model.staking_pool();
    ModelSummary {
        id: Text(*id),
        state: state.to_owned(),
        stake: Text(pool.soma_balance),
        deactivation_epoch: pool.deactivation_epoch.map(Text),
        commission_rate: Text(commission_rate),
        has_pending_update,
    }
}

impl TryFrom<&SystemStateV1> for Summary {
    type Error = anyhow::Error;
    fn try_from(state: &SystemStateV1) -> Result<Self> {
        let targets = &state.target_state;
        let threshold = targets.distance_threshold.as_scalar().context("threshold")?;
        Ok(Self {
            epoch: Text(state.epoch),
            protocol_version: Text(state.protocol_version),
            epoch_start_timestamp_ms: Text(state.epoch_start_timestamp_ms),
            value_fee_bps: Text(state.parameters.value_fee_bps),
            emission_pool_balance: Text(state.emission_pool.balance),
            emission_per_epoch: Text(state.emission_pool.emission_per_epoch),
            target_state: Targets {
                distance_threshold_bits: Bits(threshold.to_bits()),
                targets_generated_this_epoch: Text(targets.targets_generated_this_epoch),
                hits_this_epoch: Text(targets.hits_this_epoch),
                hits_ema: Text(targets.hits_ema),
                reward_per_target: Text(targets.reward_per_target),
            },
            validators: state.validators.validators.iter().map(validator).collect(),
            pending_validators: state.validators.pending_validators.len(),
            inactive_validators: state.validators.inactive_validators.len(),
            total_stake: Text(state.validators.total_stake),
            models: state.model_registry.models.iter().map(model).collect(),
            total_model_stake: Text(state.model_registry.total_model_stake),
            safe_mode: state.safe_mode,
        })
    }
}

impl Summary {
    /// Compares a state with its summary.
    ///
    /// # Errors
    /// Where they differ.
    pub fn check(&self, state: &SystemStateV1) -> Result<()> {
        same("system state in short", &Self::try_from(state)?, self)
    }
}
