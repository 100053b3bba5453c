//! Data for targets, and reports about it (`authority/src/execution/submission.rs` of soma-org/soma).

use super::coins::invalid;
use super::store::Store;
use super::validators::require_active;
use super::{Run, fail};
use crate::targets;
use wasm_core::address::{Address, TargetId};
use wasm_core::failure::ExecutionFailureStatus as Error;
use wasm_core::system_state::{ModelStateV1, SystemStateV1};
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::tx::kind::SubmitDataArgs;

fn check_submission(
    store: &Store<'_>,
    state: &SystemStateV1,
    target: &TargetV1,
    args: &SubmitDataArgs,
) -> Run {
    let current_epoch = store.epoch();
    if target.status != TargetStatus::Open {
        return fail(Error::TargetNotOpen);
    }
    if current_epoch > target.generation_epoch {
        let generation_epoch = target.generation_epoch;
        return fail(Error::TargetExpired { generation_epoch, current_epoch });
    }
    if !target.model_ids.contains(&args.model_id) {
        let (model_id, target_id) = (args.model_id, args.target_id);
        return fail(Error::ModelNotInTarget { model_id, target_id });
    }
    let expected = target.embedding.values().len() as u64;
    let actual = args.embedding.values().len() as u64;
    if expected != actual {
        return fail(Error::EmbeddingDimensionMismatch { expected, actual });
    }
    let (Some(score), Some(threshold)) =
        (args.distance_score.as_scalar(), target.distance_threshold.as_scalar())
    else {
        return invalid("A distance score is a single value");
    };
    if score > threshold {
        return fail(Error::DistanceExceedsThreshold {
            score: args.distance_score.clone(),
            threshold: target.distance_threshold.clone(),
        });
    }
    let size = args.data_manifest.manifest.size();
    let max_size = state.parameters.max_submission_data_size;
    if size > max_size {
        return fail(Error::DataExceedsMaxSize { size, max_size });
    }
    Ok(())
}

fn take_bond(store: &mut Store<'_>, state: &SystemStateV1, args: &SubmitDataArgs) -> Run<u64> {
    let size = args.data_manifest.manifest.size();
    let required = size
        .checked_mul(state.parameters.submission_bond_per_byte)
        .ok_or_else(|| Box::new(Error::ArithmeticOverflow))?;
    let coin = args.bond_coin.id;
    let provided = store.coin(coin)?;
    match provided.checked_sub(required) {
        None => return fail(Error::InsufficientBond { required, provided }),
        Some(0) if !store.is_gas(coin) => store.delete(coin),
        Some(rest) => store.set_coin(coin, rest)?,
    }
    Ok(required)
}

/// The owner of a model that still is active.
fn active_owner(state: &SystemStateV1, args: &SubmitDataArgs) -> Run<Address> {
    match state.model_registry.models.get(&args.model_id).map(|model| model.state()) {
        Some(ModelStateV1::Active(model)) => Ok(model.owner),
        _ => fail(Error::ModelNotActive),
    }
}

/// Makes a target at the next id, pays for it and counts it, if a model could score its data.
pub(super) fn spawn(store: &mut Store<'_>, state: &mut SystemStateV1, seed_number: u64) -> bool {
    let seed = targets::seed(&store.digest(), seed_number);
    let Some(target) = targets::generate(seed, state, state.epoch) else { return false };
    state.emission_pool.balance = state.emission_pool.balance.saturating_sub(target.reward_pool);
    state.target_state.targets_generated_this_epoch += 1;
    let id = store.allot_id();
    store.create_target(id, &target);
    true
}

pub(super) fn submit(store: &mut Store<'_>, args: &SubmitDataArgs) -> Run {
    let mut state = store.state()?;
    let mut target = store.target(args.target_id)?;
    check_submission(store, &state, &target, args)?;
    let bond_amount = take_bond(store, &state, args)?;
    let owner = active_owner(&state, args)?;
    target.status = TargetStatus::Filled { fill_epoch: store.epoch() };
    target.submitter = Some(store.sender());
    target.winning_model_id = Some(args.model_id);
    target.winning_model_owner = Some(owner);
    target.bond_amount = bond_amount;
    target.winning_data_manifest = Some(args.data_manifest.clone());
    target.winning_embedding = Some(args.embedding.clone());
    target.winning_distance_score = Some(args.distance_score.clone());
    target.winning_loss_score = Some(args.loss_score.clone());
    state.target_state.hits_this_epoch = state.target_state.hits_this_epoch.saturating_add(1);
    store.skip_id();
    if targets::another_is_affordable(&state) {
        let seed_number = store.next_number();
        store.skip_id();
        spawn(store, &mut state, seed_number);
    }
    store.set_target(args.target_id, &target)?;
    store.set_state(state)
}

/// The target, if now is the one epoch in which validators may report it.
fn reportable(store: &Store<'_>, id: TargetId) -> Run<TargetV1> {
    require_active(&store.state()?, store.sender())?;
    let target = store.target(id)?;
    let current_epoch = store.epoch();
    match target.status {
        TargetStatus::Open => fail(Error::TargetNotFilled),
        TargetStatus::Claimed => fail(Error::TargetAlreadyClaimed),
        TargetStatus::Filled { fill_epoch } if fill_epoch.checked_add(1) != Some(current_epoch) => {
            fail(Error::AuditWindowClosed { fill_epoch, current_epoch })
        }
        TargetStatus::Filled { .. } => Ok(target),
    }
}

pub(super) fn report(store: &mut Store<'_>, id: TargetId) -> Run {
    let mut target = reportable(store, id)?;
    target.submission_reports.insert(store.sender());
    store.set_target(id, &target)
}

pub(super) fn undo_report(store: &mut Store<'_>, id: TargetId) -> Run {
    let mut target = reportable(store, id)?;
    if !target.submission_reports.remove(&store.sender()) {
        return fail(Error::ReportRecordNotFound);
    }
    store.set_target(id, &target)
}
