//! Staking with validators and models, and what a stake is worth when it is withdrawn.

use super::coins::all_but_fee;
use super::error::{Defect, Run, fail, invalid};
use super::sketch::Sketch;
use crate::address::{Address, ModelId, ObjectId};
use crate::failure::ExecutionFailureStatus as Failure;
use crate::object::StakedSoma;
use crate::system_state::{ModelStateV1, StakingPool, SystemStateV1};

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
        let value = Self::worth(stake, pool, epoch);
        let reward = value.saturating_sub(principal).min(pool.rewards_pool);
        Self { principal, reward }
    }

    /// What the shares of a stake are worth by the pool's rate of an epoch, in shannons; the principal
    /// where it does not count yet. What is paid is never less than the principal, nor more than the
    /// pool's rewards on top.
    #[must_use]
    pub fn worth(stake: &StakedSoma, pool: &StakingPool, epoch: u64) -> u64 {
        if stake.stake_activation_epoch > epoch {
            return stake.principal;
        }
        let tokens = pool.rate_at(stake.stake_activation_epoch).to_tokens(stake.principal);
        pool.rate_at(epoch).to_shannons(tokens)
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

#[cfg(test)]
mod tests {
    use super::Withdrawal;
    use crate::address::{Address, ObjectId};
    use crate::digest::ObjectDigest;
    use crate::object::{ObjectRef, StakedSoma};
    use crate::preview::{CurrentObjects, Defect, Preview, PreviewError};
    use crate::recorded;
    use crate::system_state::{
        CreatedModel, Model, ModelStateV1, PoolTokenExchangeRate, StakingPool,
    };
    use crate::tx::{TransactionData, TransactionKind};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A pool that is active from epoch 1 on, with rates by epoch.
    fn pool(rates: &[(u64, u64, u64)], rewards_pool: u64) -> StakingPool {
        let rate = |(epoch, soma_amount, pool_token_amount): &(u64, u64, u64)| {
            let rate = PoolTokenExchangeRate {
                soma_amount: *soma_amount,
                pool_token_amount: *pool_token_amount,
            };
            (*epoch, rate)
        };
        StakingPool {
            id: ObjectId([1; 32]),
            activation_epoch: Some(1),
            deactivation_epoch: None,
            soma_balance: 0,
            rewards_pool,
            pool_token_balance: 0,
            exchange_rates: rates.iter().map(rate).collect::<BTreeMap<_, _>>(),
            pending_stake: 0,
            pending_total_soma_withdraw: 0,
            pending_pool_token_withdraw: 0,
        }
    }

    const fn stake(principal: u64, stake_activation_epoch: u64) -> StakedSoma {
        StakedSoma { pool_id: ObjectId([1; 32]), stake_activation_epoch, principal }
    }

    fn reward(stake: &StakedSoma, pool: &StakingPool, epoch: u64) -> u64 {
        let withdrawal = Withdrawal::of(stake, pool, epoch);
        assert_eq!(withdrawal.principal, stake.principal);
        assert_eq!(withdrawal.total(), stake.principal + withdrawal.reward);
        withdrawal.reward
    }

    #[test]
    fn a_stake_earns_as_the_shares_of_its_pool_rise() {
        let pool = pool(&[(1, 1_000, 1_000), (3, 1_500, 1_000)], 500);
        assert_eq!(reward(&stake(200, 1), &pool, 2), 0, "no rate of epoch 2: that of epoch 1");
        assert_eq!(reward(&stake(200, 1), &pool, 3), 100);
        // 7 shannons are 4 shares, which are worth 6: principal is paid whatever they are worth.
        assert_eq!(reward(&stake(7, 3), &pool, 3), 0);
    }

    #[test]
    fn no_more_is_earned_than_the_pool_has_in_rewards() {
        let pool = pool(&[(1, 1_000, 1_000), (2, 1_500, 1_000)], 10);
        assert_eq!(reward(&stake(1_000, 1), &pool, 2), 10);
    }

    #[test]
    fn a_stake_that_does_not_count_yet_comes_back_as_it_was() {
        let pool = pool(&[(1, 1_000, 1_000), (2, 1_500, 1_000)], 500);
        assert_eq!(reward(&stake(200, 3), &pool, 2), 0);
    }

    #[test]
    fn a_stake_from_before_its_pool_was_active_is_one_share_a_shannon() {
        let pool = pool(&[(1, 1_000, 1_000), (2, 3_000, 1_000)], 5_000);
        assert_eq!(reward(&stake(200, 0), &pool, 2), 400);
    }

    #[test]
    fn a_pool_out_of_service_earns_nothing_more() {
        let mut pool = pool(&[(1, 1_000, 1_000), (2, 1_500, 1_000), (3, 9_000, 1_000)], 9_000);
        pool.deactivation_epoch = Some(2);
        assert_eq!(reward(&stake(200, 1), &pool, 9), 100);
    }

    #[test]
    fn a_slash_takes_nothing_from_a_principal() {
        let mut pool = pool(&[(1, 1_000, 1_000), (2, 50, 1_000)], 0);
        pool.deactivation_epoch = Some(2);
        assert_eq!(reward(&stake(1_000, 1), &pool, 5), 0);
    }

    #[test]
    fn amounts_beyond_all_numbers_do_not_overflow() {
        let pool = pool(&[(1, 1, u64::MAX), (2, u64::MAX, 1)], u64::MAX);
        assert_eq!(reward(&stake(1, 1), &pool, 2), u64::MAX - 1);
    }

    /// A preview of staking a whole coin, or a part of it, with a model that was never committed.
    fn with_model(
        deactivation_epoch: Option<u64>,
        amount: Option<u64>,
        from_gas: bool,
    ) -> Result<Preview, PreviewError> {
        let (me, model_id) = (Address([1; 32]), ObjectId([5; 32]));
        let mut state = recorded::system_state();
        let mut staking_pool = pool(&[], 0);
        staking_pool.activation_epoch = None;
        staking_pool.deactivation_epoch = deactivation_epoch;
        let created = CreatedModel {
            owner: me,
            architecture_version: 1,
            staking_pool,
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            create_epoch: 0,
        };
        let model = Model::V1(ModelStateV1::Created(created));
        state.model_registry.models.insert(model_id, model);
        let mut current = CurrentObjects::new(&state);
        let coin =
            |n: u8| ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) };
        current.put_coin(me, coin(1).id, 1_000_000);
        current.put_coin(me, coin(2).id, 1_000_000);
        let coin_ref = if from_gas { coin(1) } else { coin(2) };
        let kind = TransactionKind::AddStakeToModel { model_id, coin_ref, amount };
        Preview::of(&TransactionData::new(kind, me, vec![coin(1)]), &current)
    }

    #[test]
    fn what_nodes_handle_wrongly_has_no_preview() {
        assert!(with_model(None, Some(7), true).is_ok());
        assert!(with_model(None, None, false).is_ok());
        let whole_gas = with_model(None, None, true);
        assert_eq!(whole_gas, Err(Defect::WholeGasCoinStakedWithModel.into()));
        let slashed = with_model(Some(3), Some(7), true);
        assert_eq!(slashed, Err(Defect::StakeWithSlashedModel.into()));
    }
}
