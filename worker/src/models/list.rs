//! All models of the network, each in a row.

use super::own::Own;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::models::{ModelList, ModelRow, Standing};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::amount::Shannons;
use wasm_core::ports::Chain as _;
use wasm_core::selection::weights;
use wasm_core::system_state::{Model, ModelRegistry, ModelStateV1};

/// All models: the wallet's own first, then by stake.
pub(super) async fn all(context: &Rc<Context>) -> Result<ModelList, Refusal> {
    let own = Own::look(context).await?;
    let state = context.following.node().system_state().await?;
    let state = state.as_v1();
    let mut models = rows(&state.model_registry, &own);
    models.sort_by_key(|row| (!row.own, Reverse(row.stake), row.id));
    Ok(ModelList {
        models,
        total_stake: Shannons(state.model_registry.total_model_stake),
        per_target: state.parameters.target_models_per_target,
    })
}

/// A row for each model of a registry.
pub(super) fn rows(registry: &ModelRegistry, own: &Own) -> Vec<ModelRow> {
    let weights = selection_weights(registry);
    let row = |(id, model): (&ModelId, &Model)| ModelRow {
        id: *id,
        owner: model.owner(),
        own: own.has(&model.owner()),
        name: own.name(id),
        standing: standing(model),
        stake: Shannons(model.staking_pool().soma_balance),
        weight: weights.get(id).copied(),
        commission_bps: model.commission_rate(),
        next_commission_bps: model.next_epoch_commission_rate(),
        size: model.manifest().map(wasm_core::manifest::Manifest::size),
        reports: registry.model_report_records.get(id).map_or(0, |reports| reports.len() as u64),
    };
    registry.models.iter().map(row).collect()
}

fn selection_weights(registry: &ModelRegistry) -> BTreeMap<ModelId, f32> {
    let candidates = registry.candidates();
    let stakes: Vec<u64> = candidates.iter().map(|candidate| candidate.stake).collect();
    candidates.iter().map(|candidate| candidate.id).zip(weights(&stakes)).collect()
}

fn standing(model: &Model) -> Standing {
    match model.state() {
        ModelStateV1::Created(_) => Standing::Created,
        ModelStateV1::Pending(model) => {
            Standing::Pending { due: model.commit_epoch.saturating_add(1) }
        }
        ModelStateV1::Active(model) => Standing::Active {
            update_due: model
                .pending_update
                .as_ref()
                .map(|update| update.commit_epoch.saturating_add(1)),
        },
        ModelStateV1::Inactive(_) => Standing::Inactive,
    }
}
