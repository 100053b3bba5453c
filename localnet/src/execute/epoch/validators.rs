//! The validator set between two epochs: pools settle, members leave and join, power is counted.

use crate::execute::validators::apply_all_staged;
use crate::pools;
use wasm_core::system_state::{SystemStateV1, Validator, ValidatorSet};

/// All voting power together.
const TOTAL_POWER: u64 = 10_000;
/// No validator is meant to have more, unless there are too few.
const MAX_POWER: u64 = 1_000;
/// What a validator joins with, is safe with and stays with for a while.
const JOINING_POWER: u64 = 12;
const SAFE_POWER: u64 = 8;
const LEAST_POWER: u64 = 4;
/// Epochs that a validator may be short of safe power.
const GRACE_EPOCHS: u64 = 7;

const fn stake(validator: &Validator) -> u64 {
    validator.staking_pool.soma_balance
}

fn total_stake(validators: &[Validator]) -> u64 {
    validators.iter().map(stake).fold(0, u64::saturating_add)
}

fn raw_power(stake: u64, total: u64) -> u64 {
    let power = u128::from(stake) * u128::from(TOTAL_POWER) / u128::from(total.max(1));
    u64::try_from(power).unwrap_or(TOTAL_POWER)
}

/// Ends the epoch for all validators. Gives the shannons that pools had paid and did not have.
pub(super) fn advance(state: &mut SystemStateV1) -> u64 {
    let epoch = state.epoch;
    let mut minted = 0_u64;
    for validator in &mut state.validators.validators {
        validator.commission_rate = validator.next_epoch_commission_rate;
        minted = minted.saturating_add(pools::settle(&mut validator.staking_pool));
        pools::record_rate(&mut validator.staking_pool, epoch);
    }
    for validator in &mut state.validators.pending_validators {
        minted = minted.saturating_add(pools::settle(&mut validator.staking_pool));
    }
    remove_leaving(state);
    let total = total_stake(&state.validators.validators)
        .saturating_add(total_stake(&state.validators.pending_validators));
    remove_poor(state, total);
    admit_pending(&mut state.validators, epoch, total);
    apply_all_staged(&mut state.validators.validators);
    for validator in &mut state.validators.validators {
        validator.next_epoch_stake = validator.staking_pool.soma_balance;
    }
    set_voting_power(&mut state.validators);
    minted
}

/// Takes a validator that has left the set to the inactive ones.
fn retire(state: &mut SystemStateV1, mut validator: Validator) {
    let address = validator.metadata.soma_address;
    state.validators.at_risk_validators.remove(&address);
    state.validator_report_records.remove(&address);
    state.validator_report_records.retain(|_, reporters| {
        reporters.remove(&address);
        !reporters.is_empty()
    });
    validator.staking_pool.deactivation_epoch = Some(state.epoch);
    state.validators.inactive_validators.insert(validator.staking_pool.id, validator);
}

fn remove_leaving(state: &mut SystemStateV1) {
    let mut leaving = std::mem::take(&mut state.validators.pending_removals);
    leaving.sort_unstable();
    for index in leaving.into_iter().rev() {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        if index < state.validators.validators.len() {
            let validator = state.validators.validators.remove(index);
            retire(state, validator);
        }
    }
}

fn remove_poor(state: &mut SystemStateV1, total: u64) {
    for index in (0..state.validators.validators.len()).rev() {
        let validator = &state.validators.validators[index];
        let address = validator.metadata.soma_address;
        let power = raw_power(stake(validator), total);
        let at_risk = &mut state.validators.at_risk_validators;
        if power >= SAFE_POWER {
            at_risk.remove(&address);
            continue;
        }
        if power >= LEAST_POWER {
            let epochs = at_risk.entry(address).or_default();
            *epochs += 1;
            if *epochs <= GRACE_EPOCHS {
                continue;
            }
        }
        // The last takes the place of the one that goes: the order is part of the state.
        let validator = state.validators.validators.swap_remove(index);
        retire(state, validator);
    }
}

fn admit_pending(set: &mut ValidatorSet, epoch: u64, total: u64) {
    for mut validator in std::mem::take(&mut set.pending_validators) {
        if raw_power(stake(&validator), total) >= JOINING_POWER {
            validator.staking_pool.activation_epoch = Some(epoch);
            pools::record_rate(&mut validator.staking_pool, epoch);
            set.validators.push(validator);
        } else {
            set.pending_validators.push(validator);
        }
    }
}

/// Counts voting power anew: by stake, capped, the missing rest spread evenly.
pub(crate) fn set_voting_power(set: &mut ValidatorSet) {
    let total = total_stake(&set.validators);
    set.total_stake = total;
    let count = set.validators.len() as u64;
    if total == 0 || count == 0 {
        return;
    }
    let cap = TOTAL_POWER.div_ceil(count).clamp(MAX_POWER, TOTAL_POWER);
    let mut order: Vec<&mut Validator> = set.validators.iter_mut().collect();
    order.sort_by_key(|validator| {
        (std::cmp::Reverse(stake(validator)), validator.metadata.soma_address)
    });
    for validator in &mut order {
        validator.voting_power = raw_power(stake(validator), total).min(cap);
    }
    let counted: u64 = order.iter().map(|validator| validator.voting_power).sum();
    let missing = TOTAL_POWER.saturating_sub(counted);
    for (at, validator) in (0..count).zip(order) {
        validator.voting_power += missing / count + u64::from(at < missing % count);
    }
}
