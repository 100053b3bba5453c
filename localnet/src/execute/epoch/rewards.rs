//! Rewards of validators, by voting power and reports.

use super::stake_from;
use crate::execute::claims::QUORUM;
use crate::pools;
use crate::protocol_config::REWARD_SLASHING_RATE_BPS;
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::object::StakedSoma;
use wasm_core::system_state::{SystemStateV1, Validator};

/// Commission that validators have earned, as stake in their own pools.
pub(super) type Commissions = BTreeMap<Address, StakedSoma>;

fn part(amount: u64, power: u64, of: u64) -> u64 {
    let part = u128::from(amount) * u128::from(power) / u128::from(of.max(1));
    u64::try_from(part).unwrap_or(u64::MAX)
}

/// Voting power of those addresses that are active validators.
pub(super) fn power_of<'a>(
    validators: &[Validator],
    addresses: impl IntoIterator<Item = &'a Address>,
) -> u64 {
    let power = |address: &Address| {
        validators
            .iter()
            .find(|known| known.metadata.soma_address == *address)
            .map_or(0, |known| known.voting_power)
    };
    addresses.into_iter().map(power).sum()
}

/// What each validator gets, in the order of the set: a reported one loses half to the others.
fn shares(state: &SystemStateV1, total: u64) -> Vec<u64> {
    let validators = &state.validators.validators;
    let all_power: u64 = validators.iter().map(|validator| validator.voting_power).sum();
    let is_reported = |validator: &Validator| {
        state
            .validator_report_records
            .get(&validator.metadata.soma_address)
            .is_some_and(|reporters| power_of(validators, reporters) >= QUORUM)
    };
    let reported: Vec<bool> = validators.iter().map(is_reported).collect();
    let plain: Vec<u64> =
        validators.iter().map(|known| part(total, known.voting_power, all_power)).collect();
    let cut = |share: u64| Shannons(share).bps(REWARD_SLASHING_RATE_BPS).0;
    let each = || validators.iter().zip(&plain).zip(&reported);
    let cuts: u64 =
        each().filter(|(_, reported)| **reported).map(|((_, &share), _)| cut(share)).sum();
    let unreported: u64 =
        each().filter(|(_, reported)| !**reported).map(|((known, _), _)| known.voting_power).sum();
    each()
        .map(|((known, &share), &reported)| {
            if reported {
                share - cut(share)
            } else {
                share.saturating_add(part(cuts, known.voting_power, unreported))
            }
        })
        .collect()
}

/// Pays rewards into the validators' pools. Gives the commissions, and what could not be divided.
pub(super) fn distribute(state: &mut SystemStateV1, total: u64) -> (Commissions, u64) {
    let shares = shares(state, total);
    let epoch = state.epoch;
    let mut commissions = Commissions::new();
    let mut distributed = 0_u64;
    for (validator, share) in state.validators.validators.iter_mut().zip(shares) {
        let commission = Shannons(share).bps(validator.commission_rate).0.min(share);
        let pool = &mut validator.staking_pool;
        if commission > 0 {
            pools::add_stake(pool, commission);
            let stake = stake_from(pool.id, epoch, commission);
            commissions.insert(validator.metadata.soma_address, stake);
        }
        let rest = share - commission;
        pool.soma_balance = pool.soma_balance.saturating_add(rest);
        pool.rewards_pool = pool.rewards_pool.saturating_add(rest);
        validator.next_epoch_stake = validator.next_epoch_stake.saturating_add(share);
        distributed = distributed.saturating_add(share);
    }
    (commissions, total.saturating_sub(distributed))
}
