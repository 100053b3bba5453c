//! Models between two epochs: slashed by reports and missed deadlines, pools settled.

use super::rewards::power_of;
use crate::execute::claims::QUORUM;
use crate::execute::models::{pool_mut, retire};
use crate::pools;
use crate::supply::SupplyChange;
use wasm_core::system_state::{Model, ModelStateV1, SystemStateV1};

/// Ends the epoch for all models.
pub(super) fn advance(state: &mut SystemStateV1) -> SupplyChange {
    let mut change = SupplyChange::default();
    let epoch = state.epoch;
    let reports = std::mem::take(&mut state.model_registry.model_report_records);
    let validators = &state.validators.validators;
    let registry = &mut state.model_registry;
    let tally_rate = state.parameters.model_tally_slash_rate_bps;
    let reveal_rate = state.parameters.model_reveal_slash_rate_bps;
    let models = std::mem::take(&mut registry.models);
    for (id, Model::V1(mut model)) in models {
        let reported = reports.get(&id).is_some_and(|by| power_of(validators, by) >= QUORUM);
        if reported && matches!(model, ModelStateV1::Active(_)) {
            change.burned += pools::slash(pool_mut(&mut model), tally_rate);
            model = retire(model, epoch);
        }
        let model = end_epoch(model, epoch, reveal_rate, &mut change);
        registry.models.insert(id, Model::V1(model));
    }
    registry.total_model_stake = registry
        .models
        .values()
        .filter(|model| matches!(model.state(), ModelStateV1::Active(_)))
        .map(|model| model.staking_pool().soma_balance)
        .fold(0, u64::saturating_add);
    change
}

/// What a model is after an epoch; `epoch` is the one that begins.
fn end_epoch(
    mut model: ModelStateV1,
    epoch: u64,
    reveal_rate: u64,
    change: &mut SupplyChange,
) -> ModelStateV1 {
    match &mut model {
        ModelStateV1::Created(created) => {
            let pool = &mut created.staking_pool;
            if created.create_epoch.saturating_add(1) < epoch {
                change.burned += pools::slash(pool, reveal_rate);
                pool.deactivation_epoch = Some(epoch);
            }
            change.minted += pools::settle(pool);
        }
        ModelStateV1::Pending(pending) => {
            let pool = &mut pending.staking_pool;
            if pending.commit_epoch.saturating_add(1) < epoch {
                change.burned += pools::slash(pool, reveal_rate);
                return retire(model, epoch);
            }
            change.minted += pools::settle(pool);
        }
        ModelStateV1::Active(active) => {
            let lapsed = |commit_epoch: u64| commit_epoch.saturating_add(1) < epoch;
            if active.pending_update.as_ref().is_some_and(|update| lapsed(update.commit_epoch)) {
                active.pending_update = None;
            }
            active.commission_rate = active.next_epoch_commission_rate;
            change.minted += pools::settle(&mut active.staking_pool);
            pools::record_rate(&mut active.staking_pool, epoch);
        }
        ModelStateV1::Inactive(_) => {}
    }
    model
}
