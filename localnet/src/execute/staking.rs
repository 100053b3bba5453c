//! Staking with validators and models (`authority/src/execution/staking.rs` of soma-org/soma).

use super::coins::{all_but_fee, invalid, spend};
use super::models::{model_mut, pool_mut};
use super::store::Store;
use super::{Run, fail};
use crate::pools::{self, Paid};
use crate::supply::SupplyChange;
use wasm_core::address::{Address, ModelId, ObjectId};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::object::StakedSoma;
use wasm_core::system_state::{ModelStateV1, StakingPool, SystemStateV1, Validator};

/// An amount to stake, and what its coin holds then.
struct Funds {
    amount: u64,
    /// None where the coin is used up.
    rest: Option<u64>,
}

fn funds(store: &Store<'_>, coin: ObjectId, amount: Option<u64>, writes: u64) -> Run<Funds> {
    let balance = store.coin(coin)?;
    if store.is_gas(coin) {
        let fee = store.rest_of_fee(writes);
        let amount = match amount {
            Some(amount) => {
                spend(balance, amount.saturating_add(fee))?;
                amount
            }
            None => all_but_fee(balance, fee)?,
        };
        return Ok(Funds { amount, rest: Some(balance - amount) });
    }
    match amount {
        None => Ok(Funds { amount: balance, rest: None }),
        Some(amount) => {
            let rest = spend(balance, amount)?;
            Ok(Funds { amount, rest: (rest > 0).then_some(rest) })
        }
    }
}

fn take_funds(store: &mut Store<'_>, coin: ObjectId, funds: &Funds) -> Run {
    match funds.rest {
        Some(rest) => store.set_coin(coin, rest),
        None => {
            store.delete(coin);
            Ok(())
        }
    }
}

fn no_zero_stake(amount: u64) -> Run {
    if amount == 0 { invalid("Stake amount cannot be 0!") } else { Ok(()) }
}

fn create_stake(store: &mut Store<'_>, pool_id: ObjectId, principal: u64) {
    let stake_activation_epoch = store.epoch().saturating_add(1);
    let stake = StakedSoma { pool_id, stake_activation_epoch, principal };
    store.create_stake(stake, store.sender());
}

pub(super) fn add(
    store: &mut Store<'_>,
    validator: Address,
    coin: ObjectId,
    amount: Option<u64>,
) -> Run {
    let funds = funds(store, coin, amount, 3)?;
    let mut state = store.state()?;
    let set = &mut state.validators;
    let found = set
        .validators
        .iter_mut()
        .chain(&mut set.pending_validators)
        .find(|known| known.metadata.soma_address == validator);
    let Some(found) = found else { return fail(ExecutionFailureStatus::ValidatorNotFound) };
    no_zero_stake(funds.amount)?;
    pools::add_stake(&mut found.staking_pool, funds.amount);
    found.next_epoch_stake = found.next_epoch_stake.saturating_add(funds.amount);
    let pool_id = found.staking_pool.id;
    create_stake(store, pool_id, funds.amount);
    take_funds(store, coin, &funds)?;
    store.set_state(state)
}

pub(super) fn add_to_model(
    store: &mut Store<'_>,
    model_id: ModelId,
    coin: ObjectId,
    amount: Option<u64>,
) -> Run {
    if store.is_gas(coin) && amount.is_none() {
        // The reference makes this stake without taking the money. Admission refuses it as well.
        return invalid("Name an amount to stake from the gas coin");
    }
    // Two writes are set aside where three will be made, as in the reference: a coin that falls in
    // between fails when the rest of the fee is charged.
    let funds = funds(store, coin, amount, 2)?;
    let mut state = store.state()?;
    no_zero_stake(funds.amount)?;
    let model = model_mut(&mut state, model_id)?;
    let active = match model {
        ModelStateV1::Inactive(_) => return fail(ExecutionFailureStatus::ModelAlreadyInactive),
        ModelStateV1::Active(_) => true,
        _ => false,
    };
    let pool = pool_mut(model);
    pools::add_stake(pool, funds.amount);
    let pool_id = pool.id;
    if active {
        let total = &mut state.model_registry.total_model_stake;
        *total = total.saturating_add(funds.amount);
    }
    create_stake(store, pool_id, funds.amount);
    take_funds(store, coin, &funds)?;
    store.set_state(state)
}

/// The validator, of any standing, whose pool it is.
fn validator_of(state: &mut SystemStateV1, pool: ObjectId) -> Option<&mut Validator> {
    let set = &mut state.validators;
    set.validators
        .iter_mut()
        .chain(&mut set.pending_validators)
        .chain(set.inactive_validators.values_mut())
        .find(|validator| validator.staking_pool.id == pool)
}

fn withdraw_from_model(state: &mut SystemStateV1, stake: &StakedSoma, epoch: u64) -> Option<Paid> {
    let registry = &mut state.model_registry;
    let id = registry.staking_pool_mappings.get(&stake.pool_id)?;
    let wasm_core::system_state::Model::V1(model) = registry.models.get_mut(id)?;
    let paid = pools::withdraw(pool_mut(model), stake, epoch);
    if matches!(model, ModelStateV1::Active(_)) {
        registry.total_model_stake = registry.total_model_stake.saturating_sub(paid.amount);
    }
    Some(paid)
}

fn withdraw_from_validator(
    state: &mut SystemStateV1,
    stake: &StakedSoma,
    epoch: u64,
) -> Option<Paid> {
    let validator = validator_of(state, stake.pool_id)?;
    let pool: &mut StakingPool = &mut validator.staking_pool;
    let paid = pools::withdraw(pool, stake, epoch);
    validator.next_epoch_stake = validator.next_epoch_stake.saturating_sub(paid.amount);
    Some(paid)
}

pub(super) fn withdraw(store: &mut Store<'_>, staked_soma: ObjectId) -> Run {
    let stake = store.stake(staked_soma)?;
    let mut state = store.state()?;
    let epoch = store.epoch();
    let paid = withdraw_from_validator(&mut state, &stake, epoch)
        .or_else(|| withdraw_from_model(&mut state, &stake, epoch));
    let Some(paid) = paid else { return fail(ExecutionFailureStatus::StakingPoolNotFound) };
    store.delete(staked_soma);
    store.create_coin(paid.amount, store.sender());
    store.supply_change += SupplyChange { minted: paid.minted, burned: 0 };
    store.set_state(state)
}
