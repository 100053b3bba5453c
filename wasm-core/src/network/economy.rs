//! The economy of a network: as it is now, and as it was when each epoch began.

use crate::amount::Shannons;
use crate::checkpoint::CheckpointSummary;
use crate::epoch::Epoch;
use crate::system_state::{EmissionPool, SystemStateV1, TargetState};
use serde::{Deserialize, Serialize};

/// The economy of a network as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Economy {
    /// The current epoch.
    pub epoch: u64,
    /// When it began; milliseconds since 1970.
    pub epoch_start_ms: u64,
    /// How long it should last; milliseconds.
    pub epoch_duration_ms: u64,
    /// The protocol in force.
    pub protocol_version: u64,
    /// Whether the last change of epoch failed and only the least was done.
    pub safe_mode: bool,
    /// Staked with validators.
    pub total_stake: Shannons,
    /// Staked with active models.
    pub model_stake: Shannons,
    /// What rewards are paid from.
    pub emission_pool: Shannons,
    /// What leaves the pool each epoch.
    pub emission_per_epoch: Shannons,
    /// What a new target pays.
    pub reward_per_target: Shannons,
    /// How near data must come to a new target; none where the network names no such number.
    pub distance_threshold: Option<f32>,
    /// Targets filled in this epoch so far.
    pub hits: u64,
    /// Hits that an epoch aims for.
    pub hits_goal: u64,
    /// Moving average of hits, which moves the threshold.
    pub hits_average: u64,
    /// Targets made in this epoch so far.
    pub targets: u64,
    /// Validators of this epoch.
    pub validators: u64,
    /// Those that join with the next epoch, if they have the stake.
    pub pending_validators: u64,
    /// Models that are drawn for targets.
    pub active_models: u64,
    /// All models that were ever made.
    pub models: u64,
    /// Fee of every transaction.
    pub base_fee: Shannons,
    /// Fee of every object written.
    pub write_object_fee: Shannons,
    /// Fee of value moved, basis points.
    pub value_fee_bps: u64,
    /// Least and most of it, basis points.
    pub value_fee_range_bps: (u64, u64),
    /// Fees that an epoch aims to collect.
    pub fee_goal: Shannons,
}

impl Economy {
    /// What a system state says.
    #[must_use]
    pub fn of(state: &SystemStateV1) -> Self {
        let (parameters, targets) = (&state.parameters, &state.target_state);
        Self {
            epoch: state.epoch,
            epoch_start_ms: state.epoch_start_timestamp_ms,
            epoch_duration_ms: parameters.epoch_duration_ms,
            protocol_version: state.protocol_version,
            safe_mode: state.safe_mode,
            total_stake: Shannons(state.validators.total_stake),
            model_stake: Shannons(state.model_registry.total_model_stake),
            emission_pool: Shannons(state.emission_pool.balance),
            emission_per_epoch: Shannons(state.emission_pool.emission_per_epoch),
            reward_per_target: Shannons(targets.reward_per_target),
            distance_threshold: threshold(targets),
            hits: targets.hits_this_epoch,
            hits_goal: parameters.target_hits_per_epoch,
            hits_average: targets.hits_ema,
            targets: targets.targets_generated_this_epoch,
            validators: state.validators.validators.len() as u64,
            pending_validators: state.validators.pending_validators.len() as u64,
            active_models: state.model_registry.active().count() as u64,
            models: state.model_registry.models.len() as u64,
            base_fee: Shannons(parameters.base_fee),
            write_object_fee: Shannons(parameters.write_object_fee),
            value_fee_bps: parameters.value_fee_bps,
            value_fee_range_bps: (parameters.min_value_fee_bps, parameters.max_value_fee_bps),
            fee_goal: Shannons(parameters.target_epoch_fee_collection),
        }
    }

    /// Takes over what moves within an epoch.
    pub fn update(&mut self, targets: &TargetState, pool: &EmissionPool) {
        self.emission_pool = Shannons(pool.balance);
        self.emission_per_epoch = Shannons(pool.emission_per_epoch);
        self.reward_per_target = Shannons(targets.reward_per_target);
        self.distance_threshold = threshold(targets);
        self.hits = targets.hits_this_epoch;
        self.hits_average = targets.hits_ema;
        self.targets = targets.targets_generated_this_epoch;
    }
}

fn threshold(targets: &TargetState) -> Option<f32> {
    targets.distance_threshold.as_scalar().filter(|threshold| threshold.is_finite())
}

/// The economy of a network when an epoch began, and what the epoch came to once it has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochPoint {
    /// Which epoch.
    pub epoch: u64,
    /// When it began; milliseconds since 1970.
    pub start_ms: u64,
    /// When it ended; milliseconds since 1970; none while it lasts.
    pub end_ms: Option<u64>,
    /// Its first checkpoint.
    pub first_checkpoint: Option<u64>,
    /// Its last checkpoint; none while it lasts.
    pub last_checkpoint: Option<u64>,
    /// The economy at its start; of the current epoch, now.
    pub economy: Economy,
    /// Fees collected in it; none while it lasts, or where the node has its last checkpoint no more.
    pub fees: Option<Shannons>,
    /// Transactions of the chain up to its end, the system's included; none as with the fees.
    pub transactions_until_end: Option<u64>,
}

impl EpochPoint {
    /// Puts together what a node says of an epoch and of its last checkpoint.
    #[must_use]
    pub fn of(epoch: &Epoch, state: &SystemStateV1, last: Option<&CheckpointSummary>) -> Self {
        let last = last.filter(|last| {
            epoch.last_checkpoint == Some(last.sequence_number) && last.epoch == epoch.epoch
        });
        Self {
            epoch: epoch.epoch,
            start_ms: epoch.start_ms.unwrap_or(state.epoch_start_timestamp_ms),
            end_ms: epoch.end_ms,
            first_checkpoint: epoch.first_checkpoint,
            last_checkpoint: epoch.last_checkpoint,
            economy: Economy::of(state),
            fees: last.map(|last| Shannons(last.epoch_rolling_transaction_fees.total_fee)),
            transactions_until_end: last.map(|last| last.network_total_transactions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Economy, EpochPoint};
    use crate::amount::Shannons;
    use crate::checkpoint::{CheckpointContents, CheckpointSummary};
    use crate::effects::TransactionFee;
    use crate::epoch::Epoch;
    use crate::recorded;
    use crate::tensor::SomaTensor;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_moves_within_an_epoch_is_taken_over_and_nothing_else() {
        let mut state = recorded::system_state();
        let before = Economy::of(&state);
        state.target_state.hits_this_epoch += 3;
        state.target_state.distance_threshold = SomaTensor::scalar(0.5);
        state.emission_pool.balance -= 7;
        let mut after = before.clone();
        after.update(&state.target_state, &state.emission_pool);
        assert_eq!(after, Economy::of(&state));
        assert_eq!(after.hits, before.hits + 3);
        assert_eq!(after.emission_pool, Shannons(before.emission_pool.0 - 7));
        assert_eq!(after.total_stake, before.total_stake);
    }

    fn summary(number: u64, epoch: u64) -> CheckpointSummary {
        CheckpointSummary {
            epoch,
            sequence_number: number,
            network_total_transactions: 40,
            content_digest: CheckpointContents::V1 {
                transactions: Vec::new(),
                user_signatures: Vec::new(),
            }
            .digest(),
            previous_digest: None,
            epoch_rolling_transaction_fees: TransactionFee::new(1000, 600, 7),
            timestamp_ms: 77,
            checkpoint_commitments: Vec::new(),
            end_of_epoch_data: None,
            version_specific_data: Vec::new(),
        }
    }

    #[test]
    fn only_an_epochs_own_last_checkpoint_tells_what_it_came_to() {
        let state = recorded::system_state();
        let epoch = Epoch {
            epoch: 4,
            committee: None,
            first_checkpoint: Some(10),
            last_checkpoint: Some(12),
            start_ms: Some(5),
            end_ms: Some(77),
            protocol_config: None,
        };
        let fees =
            |last: Option<CheckpointSummary>| EpochPoint::of(&epoch, &state, last.as_ref()).fees;
        assert_eq!(fees(Some(summary(12, 4))), Some(Shannons(1607)));
        assert_eq!(fees(Some(summary(11, 4))), None);
        assert_eq!(fees(Some(summary(12, 5))), None);
        assert_eq!(fees(None), None);
    }
}
