//! Staking with validators and models, and what a stake is worth when it is withdrawn.

use super::coins::all_but_fee;
use super::error::{Defect, Run, fail, invalid};
use super::sketch::Sketch;
use crate::address::{Address, ModelId, ObjectId};
use crate::failure::ExecutionFailureStatus as Failure;
use crate::object::StakedSoma;
use crate::system_state::{ModelStateV1, PoolTokenExchangeRate, StakingPool, SystemStateV1};

const NO_MONEY: Failure = Failure::InsufficientCoinBalance;

/// What a stake pays when it is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Shannons that were paid in.
    pub principal: u64,
    /// Shannons that it has earned.
    pub reward: u64,
}

impl Withdrawal {
    /// What a stake of this pool pays in an epoch. One that does not count yet earns nothing; others
    /// earn as the pool's shares have risen, as far as the pool has rewards.
    #[must_use]
    pub fn of(stake: &StakedSoma, pool: &StakingPool, epoch: u64) -> Self {
        let principal = stake.principal;
        if stake.stake_activation_epoch > epoch {
            return Self { principal, reward: 0 };
        }
        let then = rate_at(pool, stake.stake_activation_epoch);
        let tokens = convert(principal, then.pool_token_amount, then.soma_amount);
        let now = rate_at(pool, epoch);
        let value = convert(tokens, now.soma_amount, now.pool_token_amount);
        let reward = value.saturating_sub(principal).min(pool.rewards_pool);
        Self { principal, reward }
    }

    /// What a stake pays now, whoever's pool it is in; none where the pool is not known.
    #[must_use]
    pub fn now(stake: &StakedSoma, state: &SystemStateV1) -> Option<Self> {
        let pool = pool_of(state, stake.pool_id)?;
        Some(Self::of(stake, pool, state.epoch))
    }

    /// All that is paid, in shannons.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.principal.saturating_add(self.reward)
    }
}

/// `amount · numerator / denominator`, rounded down; the amount itself at a rate with a zero in it,
/// which stands for one to one.
fn convert(amount: u64, numerator: u64, denominator: u64) -> u64 {
    if numerator == 0 || denominator == 0 {
        return amount;
    }
    let converted = u128::from(amount) * u128::from(numerator) / u128::from(denominator);
    u64::try_from(converted).unwrap_or(u64::MAX)
}

/// The rate in force at an epoch: the newest recorded since the pool became active, and none later
/// than it ceased to be. Zeros before it was active.
fn rate_at(pool: &StakingPool, epoch: u64) -> PoolTokenExchangeRate {
    let Some(first) = pool.activation_epoch else { return PoolTokenExchangeRate::default() };
    let last = pool.deactivation_epoch.map_or(epoch, |end| end.min(epoch));
    if epoch < first || last < first {
        return PoolTokenExchangeRate::default();
    }
    let newest = pool.exchange_rates.range(first..=last).next_back();
    newest.map(|(_, rate)| *rate).unwrap_or_default()
}

/// A pool by its id: of a validator, active, pending or gone, or of a model.
fn pool_of(state: &SystemStateV1, id: ObjectId) -> Option<&StakingPool> {
    let set = &state.validators;
    let of_validator = set
        .validators
        .iter()
        .chain(&set.pending_validators)
        .chain(set.inactive_validators.values())
        .map(|validator| &validator.staking_pool)
        .find(|pool| pool.id == id);
    of_validator.or_else(|| {
        let registry = &state.model_registry;
        let model = registry.models.get(registry.staking_pool_mappings.get(&id)?)?;
        Some(model.staking_pool())
    })
}

/// Takes the amount of a stake out of its coin, and gives it.
fn fund(sketch: &mut Sketch<'_>, coin: ObjectId, amount: Option<u64>, writes: u64) -> Run<u64> {
    let balance = sketch.coin(coin)?;
    let amount = match amount {
        Some(amount) if sketch.is_gas(coin) => {
            let needed = amount.saturating_add(sketch.rest_of_fee(writes));
            sketch.spend(coin, balance, needed, NO_MONEY)?;
            amount
        }
        Some(amount) => amount,
        None if sketch.is_gas(coin) => all_but_fee(sketch, balance, writes)?,
        None => balance,
    };
    let rest = sketch.spend(coin, balance, amount, NO_MONEY)?;
    if rest == 0 && !sketch.is_gas(coin) {
        sketch.delete(coin);
    } else {
        sketch.set_coin(coin, rest);
    }
    Ok(amount)
}

fn stake(sketch: &mut Sketch<'_>, pool_id: ObjectId, principal: u64) {
    let stake_activation_epoch = sketch.state().epoch.saturating_add(1);
    sketch.create_stake(StakedSoma { pool_id, stake_activation_epoch, principal });
    sketch.touch_state();
}

fn no_zero(amount: u64) -> Run {
    if amount == 0 { invalid("Stake amount cannot be 0!") } else { Ok(()) }
}

pub(super) fn add(
    sketch: &mut Sketch<'_>,
    validator: Address,
    coin: ObjectId,
    amount: Option<u64>,
) -> Run {
    let amount = fund(sketch, coin, amount, 3)?;
    let set = &sketch.state().validators;
    let mut validators = set.validators.iter().chain(&set.pending_validators);
    let Some(found) = validators.find(|known| known.metadata.soma_address == validator) else {
        return fail(Failure::ValidatorNotFound);
    };
    no_zero(amount)?;
    stake(sketch, found.staking_pool.id, amount);
    Ok(())
}

pub(super) fn add_to_model(
    sketch: &mut Sketch<'_>,
    model_id: ModelId,
    coin: ObjectId,
    amount: Option<u64>,
) -> Run {
    if amount.is_none() && sketch.is_gas(coin) {
        return Err(Defect::WholeGasCoinStakedWithModel.into());
    }
    // The chain sets two writes aside where it makes three; what is missing then shows in the end.
    let amount = fund(sketch, coin, amount, 2)?;
    no_zero(amount)?;
    let Some(model) = sketch.state().model_registry.models.get(&model_id) else {
        return fail(Failure::ModelNotFound);
    };
    let pool = model.staking_pool();
    match model.state() {
        ModelStateV1::Inactive(_) => return fail(Failure::ModelAlreadyInactive),
        ModelStateV1::Created(_) if pool.deactivation_epoch.is_some() => {
            return Err(Defect::StakeWithSlashedModel.into());
        }
        ModelStateV1::Created(_) | ModelStateV1::Pending(_) | ModelStateV1::Active(_) => {}
    }
    stake(sketch, pool.id, amount);
    Ok(())
}

/// The stake of a new model, which has the first two ids for itself and its pool.
pub(super) fn create_model(sketch: &mut Sketch<'_>, amount: u64) -> Run {
    fund(sketch, sketch.primary(), Some(amount), 3)?;
    let _model_id = sketch.allot_id();
    let pool_id = sketch.allot_id();
    stake(sketch, pool_id, amount);
    Ok(())
}

pub(super) fn withdraw(sketch: &mut Sketch<'_>, id: ObjectId) -> Run {
    let stake = sketch.stake(id)?;
    let Some(withdrawal) = Withdrawal::now(&stake, sketch.state()) else {
        return fail(Failure::StakingPoolNotFound);
    };
    sketch.delete(id);
    sketch.create_coin(sketch.sender(), withdrawal.total());
    sketch.touch_state();
    Ok(())
}
