//! The step into the next epoch (`types/src/system_state/mod.rs` of soma-org/soma).

mod models;
mod rewards;
mod validators;

pub(crate) use validators::set_voting_power;

use super::store::Store;
use super::submissions::spawn;
use super::{Run, fail};
use crate::protocol_config::parameters;
use crate::supply::SupplyChange;
use crate::targets;
use wasm_core::amount::Shannons;
use wasm_core::failure::ExecutionFailureStatus as Error;
use wasm_core::object::StakedSoma;
use wasm_core::system_state::{SystemParameters, SystemStateV1, TargetState};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::ChangeEpoch;

/// Standard deviation of distances between embeddings: the unit of difficulty.
const DISTANCE_DEVIATION: f32 = 0.022;

const ALL: u64 = 10_000;

pub(super) fn change(store: &mut Store<'_>, change: &ChangeEpoch) -> Run {
    let mut state = store.state()?;
    let mut advanced = state.clone();
    match advance(&mut advanced, change) {
        Ok(Advanced { commissions, supply_change }) => {
            store.supply_change += supply_change;
            for (validator, stake) in commissions {
                store.create_stake(stake, validator);
            }
            state = advanced;
            spawn_first_targets(store, &mut state);
        }
        // A state that cannot advance still gets its epoch: what is due is kept for better days.
        Err(_) => enter_safe_mode(&mut state, change),
    }
    store.set_state(state)
}

fn spawn_first_targets(store: &mut Store<'_>, state: &mut SystemStateV1) {
    for _ in 0..state.parameters.target_initial_targets_per_epoch {
        let number = store.next_number();
        if !targets::another_is_affordable(state) || !spawn(store, state, number) {
            return;
        }
    }
}

fn enter_safe_mode(state: &mut SystemStateV1, change: &ChangeEpoch) {
    state.safe_mode = true;
    state.epoch = change.epoch;
    state.epoch_start_timestamp_ms = change.epoch_start_timestamp_ms;
    let fees = &mut state.safe_mode_accumulated_fees;
    *fees = fees.saturating_add(change.fees);
    let emission = emit(state);
    let emissions = &mut state.safe_mode_accumulated_emissions;
    *emissions = emissions.saturating_add(emission);
}

/// Takes an epoch's emission from its pool.
fn emit(state: &mut SystemStateV1) -> u64 {
    let pool = &mut state.emission_pool;
    let emission = pool.emission_per_epoch.min(pool.balance);
    pool.balance -= emission;
    emission
}

/// What comes of an epoch's end beside the state.
struct Advanced {
    /// What each validator has earned, by address.
    commissions: rewards::Commissions,
    /// What slashes have burned, and slashed pools minted.
    supply_change: SupplyChange,
}

/// Advances the state.
fn advance(state: &mut SystemStateV1, change: &ChangeEpoch) -> Run<Advanced> {
    if state.epoch.checked_add(1) != Some(change.epoch) {
        return fail(Error::AdvancedToWrongEpoch);
    }
    let mut total = change.fees;
    if state.safe_mode {
        let held =
            state.safe_mode_accumulated_fees.saturating_add(state.safe_mode_accumulated_emissions);
        total = total.saturating_add(held);
        state.safe_mode = false;
        state.safe_mode_accumulated_fees = 0;
        state.safe_mode_accumulated_emissions = 0;
    }
    let began = state.epoch_start_timestamp_ms;
    state.epoch_start_timestamp_ms = change.epoch_start_timestamp_ms;
    upgrade(state, change.protocol_version)?;
    let due = began.saturating_add(state.parameters.epoch_duration_ms);
    if change.epoch_start_timestamp_ms >= due {
        total = total.saturating_add(emit(state));
    }
    adjust_value_fee(&mut state.parameters, change.fees);
    state.epoch = change.epoch;
    let for_validators = Shannons(total).bps(state.parameters.validator_reward_allocation_bps).0;
    return_emission(state, total - for_validators.min(total));
    advance_targets(state);
    let (commissions, undistributed) = rewards::distribute(state, for_validators);
    let minted = validators::advance(state);
    let mut supply_change = SupplyChange { minted, burned: 0 };
    supply_change += models::advance(state);
    return_emission(state, undistributed);
    Ok(Advanced { commissions, supply_change })
}

fn return_emission(state: &mut SystemStateV1, amount: u64) {
    state.emission_pool.balance = state.emission_pool.balance.saturating_add(amount);
}

/// Takes over the parameters of another version. Genesis overrides do not survive it.
fn upgrade(state: &mut SystemStateV1, version: u64) -> Run {
    let before = state.protocol_version;
    if version == before {
        return Ok(());
    }
    let Some(parameters) = parameters(version) else {
        return fail(Error::InvalidArguments { reason: "unknown protocol version".into() });
    };
    let value_fee_bps = state.parameters.value_fee_bps;
    state.parameters = SystemParameters { value_fee_bps, ..parameters };
    if [3, 5].iter().any(|&reset| before < reset && version >= reset) {
        state.target_state.distance_threshold =
            state.parameters.target_initial_distance_threshold.clone();
        state.target_state.hits_ema = 0;
    }
    state.protocol_version = version;
    Ok(())
}

fn narrow(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// Moves the value fee towards the fees that an epoch is meant to collect.
pub fn adjust_value_fee(parameters: &mut SystemParameters, fees: u64) {
    let Some(ratio) = fees.saturating_mul(ALL).checked_div(parameters.target_epoch_fee_collection)
    else {
        return;
    };
    let current = parameters.value_fee_bps;
    let part = |rate: u64| narrow(u128::from(current) * u128::from(rate) / u128::from(ALL));
    let step = part(ratio.abs_diff(ALL)).min(part(parameters.fee_adjustment_rate_bps));
    parameters.value_fee_bps = if ratio > ALL {
        current.saturating_add(step).min(parameters.max_value_fee_bps)
    } else {
        current.saturating_sub(step).max(parameters.min_value_fee_bps)
    };
}

fn advance_targets(state: &mut SystemStateV1) {
    adjust_difficulty(&mut state.target_state, &state.parameters, state.protocol_version);
    let parameters = &state.parameters;
    let budget = Shannons(state.emission_pool.emission_per_epoch)
        .bps(parameters.target_reward_allocation_bps);
    let expected = if state.protocol_version >= 3 {
        parameters.target_hits_per_epoch
    } else {
        parameters.target_initial_targets_per_epoch
    };
    state.target_state.hits_this_epoch = 0;
    state.target_state.targets_generated_this_epoch = 0;
    state.target_state.reward_per_target = budget.0 / expected.max(1);
}

/// Makes targets harder or easier to hit, by how often they were hit in the epoch that ends.
#[expect(clippy::cast_precision_loss, reason = "rates are far below 2^24")]
pub fn adjust_difficulty(
    targets: &mut TargetState,
    parameters: &SystemParameters,
    protocol_version: u64,
) {
    let (hits, decay) = (targets.hits_this_epoch, parameters.target_hits_ema_decay_bps.min(ALL));
    if targets.hits_ema == 0 {
        targets.hits_ema = hits;
    } else {
        let weighted = u128::from(decay) * u128::from(targets.hits_ema)
            + u128::from(ALL - decay) * u128::from(hits);
        targets.hits_ema = narrow(weighted / u128::from(ALL));
    }
    let scalar = |tensor: &SomaTensor| tensor.as_scalar();
    let (Some(threshold), Some(least), Some(most)) = (
        scalar(&targets.distance_threshold),
        scalar(&parameters.target_min_distance_threshold),
        scalar(&parameters.target_max_distance_threshold),
    ) else {
        return;
    };
    if targets.hits_ema == 0 {
        return;
    }
    let order = targets.hits_ema.cmp(&parameters.target_hits_per_epoch);
    let rate = parameters.target_difficulty_adjustment_rate_bps;
    let adjusted = if protocol_version >= 3 {
        let floor = if protocol_version >= 5 { 2.0 } else { 0.1 };
        adjust_z(threshold, (least, most), order, rate as f32 / ALL as f32, floor)
    } else {
        let factor = match order {
            std::cmp::Ordering::Greater => ALL.saturating_sub(rate) as f32 / ALL as f32,
            std::cmp::Ordering::Less => ALL.saturating_add(rate) as f32 / ALL as f32,
            std::cmp::Ordering::Equal => 1.0,
        };
        (threshold * factor).max(least).min(most)
    };
    targets.distance_threshold = SomaTensor::scalar(adjusted);
}

/// Adjusts a threshold in units of the deviation: higher is harder.
fn adjust_z(
    threshold: f32,
    (least, most): (f32, f32),
    hits: std::cmp::Ordering,
    rate: f32,
    floor: f32,
) -> f32 {
    let z_of = |threshold: f32| (1.0 - threshold) / DISTANCE_DEVIATION;
    let z = z_of(threshold);
    let step = (z.abs() * rate).max(floor);
    let moved = match hits {
        std::cmp::Ordering::Greater => z + step,
        std::cmp::Ordering::Less => z - step,
        std::cmp::Ordering::Equal => z,
    };
    1.0 - DISTANCE_DEVIATION * moved.max(z_of(most)).min(z_of(least))
}

/// A stake that begins with the epoch.
const fn stake_from(
    pool_id: wasm_core::address::ObjectId,
    epoch: u64,
    principal: u64,
) -> StakedSoma {
    StakedSoma { pool_id, stake_activation_epoch: epoch, principal }
}
