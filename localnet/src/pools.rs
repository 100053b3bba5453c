//! Staking pools: stakes as shares that grow with the pool's rewards.
//!
//! The rules are those of `types/src/system_state/staking.rs` of soma-org/soma. Where its arithmetic
//! would wrap after a slash, balances stop at zero here, and what was not there is told as minted.

use wasm_core::address::ObjectId;
use wasm_core::object::StakedSoma;
use wasm_core::system_state::{PoolTokenExchangeRate, StakingPool};

/// A pool that holds nothing and is not active yet.
#[must_use]
pub fn empty_pool(id: ObjectId) -> StakingPool {
    StakingPool {
        id,
        activation_epoch: None,
        deactivation_epoch: None,
        soma_balance: 0,
        rewards_pool: 0,
        pool_token_balance: 0,
        exchange_rates: std::collections::BTreeMap::new(),
        pending_stake: 0,
        pending_total_soma_withdraw: 0,
        pending_pool_token_withdraw: 0,
    }
}

/// What the pool holds now, as a rate.
#[must_use]
pub fn current_rate(pool: &StakingPool) -> PoolTokenExchangeRate {
    PoolTokenExchangeRate {
        soma_amount: pool.soma_balance,
        pool_token_amount: pool.pool_token_balance,
    }
}

/// Records what the pool holds as the rate of an epoch.
pub fn record_rate(pool: &mut StakingPool, epoch: u64) {
    pool.exchange_rates.insert(epoch, current_rate(pool));
}

/// Adds a stake: from the next epoch on, or at once where the pool is not active yet.
pub fn add_stake(pool: &mut StakingPool, shannons: u64) {
    if pool.activation_epoch.is_none() {
        pool.soma_balance = pool.soma_balance.saturating_add(shannons);
        pool.pool_token_balance = pool.pool_token_balance.saturating_add(shannons);
    } else {
        pool.pending_stake = pool.pending_stake.saturating_add(shannons);
    }
}

/// What the end of a stake comes to, in shannons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// What the owner gets.
    pub amount: u64,
    /// The part of it that was not in the pool.
    pub minted: u64,
}

/// Takes from a balance as far as there is any; gives what was not there.
const fn take(balance: &mut u64, amount: u64) -> u64 {
    let missing = amount.saturating_sub(*balance);
    *balance = balance.saturating_sub(amount);
    missing
}

/// Ends a stake, and says what is paid: the principal, and rewards as far as there are any.
#[must_use]
pub fn withdraw(pool: &mut StakingPool, stake: &StakedSoma, epoch: u64) -> Paid {
    let principal = stake.principal;
    if stake.stake_activation_epoch > epoch {
        let minted = if pool.activation_epoch.is_none() {
            // It was added at once, so it must not be taken from what is pending.
            pool.pool_token_balance = pool.pool_token_balance.saturating_sub(principal);
            take(&mut pool.soma_balance, principal)
        } else {
            take(&mut pool.pending_stake, principal)
        };
        return Paid { amount: principal, minted };
    }
    let tokens = pool.rate_at(stake.stake_activation_epoch).to_tokens(principal);
    let value = pool.rate_at(epoch).to_shannons(tokens);
    let reward = value.saturating_sub(principal).min(pool.rewards_pool);
    let amount = principal.saturating_add(reward);
    pool.rewards_pool -= reward;
    pool.pending_total_soma_withdraw = pool.pending_total_soma_withdraw.saturating_add(amount);
    pool.pending_pool_token_withdraw = pool.pending_pool_token_withdraw.saturating_add(tokens);
    let minted = if pool.deactivation_epoch.is_some() { settle_withdrawals(pool) } else { 0 };
    Paid { amount, minted }
}

/// Takes what was paid out of the pool; gives what was not there.
fn settle_withdrawals(pool: &mut StakingPool) -> u64 {
    let missing = take(&mut pool.soma_balance, pool.pending_total_soma_withdraw);
    pool.pool_token_balance =
        pool.pool_token_balance.saturating_sub(pool.pending_pool_token_withdraw);
    pool.pending_total_soma_withdraw = 0;
    pool.pending_pool_token_withdraw = 0;
    missing
}

/// Takes pending stake in, at the rate before it.
pub fn settle_stake(pool: &mut StakingPool) {
    let before = current_rate(pool);
    pool.soma_balance = pool.soma_balance.saturating_add(pool.pending_stake);
    pool.pool_token_balance = if before.soma_amount == 0 && before.pool_token_amount == 0 {
        pool.pending_stake
    } else {
        before.to_tokens(pool.soma_balance)
    };
    pool.pending_stake = 0;
}

/// Settles withdrawals, then stakes, at the end of an epoch. Gives the shannons that had been paid
/// and were not there.
#[must_use]
pub fn settle(pool: &mut StakingPool) -> u64 {
    let minted = settle_withdrawals(pool);
    settle_stake(pool);
    minted
}

/// Takes a part of the pool away, in basis points. Gives the shannons, which nobody gets.
#[must_use]
pub fn slash(pool: &mut StakingPool, rate: u64) -> u64 {
    let part = wasm_core::amount::Shannons(pool.soma_balance).bps(rate).0.min(pool.soma_balance);
    pool.soma_balance -= part;
    part
}

#[cfg(test)]
mod tests {
    use super::{Paid, add_stake, empty_pool, record_rate, settle, slash, withdraw};
    use wasm_core::address::ObjectId;
    use wasm_core::object::StakedSoma;
    use wasm_core::system_state::StakingPool;

    fn active_pool(stake: u64) -> StakingPool {
        let mut pool = empty_pool(ObjectId([1; 32]));
        add_stake(&mut pool, stake);
        pool.activation_epoch = Some(0);
        record_rate(&mut pool, 0);
        pool
    }

    const fn paid(amount: u64) -> Paid {
        Paid { amount, minted: 0 }
    }

    fn stake(principal: u64, stake_activation_epoch: u64) -> StakedSoma {
        StakedSoma { pool_id: ObjectId([1; 32]), stake_activation_epoch, principal }
    }

    #[test]
    fn a_stake_earns_its_share_of_the_rewards() {
        let mut pool = active_pool(1_000);
        pool.soma_balance += 500;
        pool.rewards_pool += 500;
        assert_eq!(settle(&mut pool), 0);
        record_rate(&mut pool, 1);
        assert_eq!(withdraw(&mut pool, &stake(200, 0), 1), paid(300));
        assert_eq!(pool.rewards_pool, 400);
    }

    #[test]
    fn rewards_are_paid_no_further_than_there_are_any() {
        let mut pool = active_pool(1_000);
        pool.soma_balance += 500;
        pool.rewards_pool = 10;
        record_rate(&mut pool, 1);
        assert_eq!(withdraw(&mut pool, &stake(1_000, 0), 1), paid(1_010));
        assert_eq!(pool.rewards_pool, 0);
    }

    #[test]
    fn a_stake_that_is_not_active_yet_comes_back_whole() {
        let mut pool = active_pool(1_000);
        add_stake(&mut pool, 70);
        assert_eq!(pool.pending_stake, 70);
        assert_eq!(withdraw(&mut pool, &stake(70, 1), 0), paid(70));
        assert_eq!((pool.pending_stake, pool.soma_balance), (0, 1_000));
    }

    #[test]
    fn a_pool_that_never_was_active_gives_back_what_it_took() {
        let mut pool = empty_pool(ObjectId([1; 32]));
        add_stake(&mut pool, 70);
        assert_eq!(withdraw(&mut pool, &stake(70, 1), 0), paid(70));
        assert_eq!((pool.pending_stake, pool.soma_balance, pool.pool_token_balance), (0, 0, 0));
    }

    #[test]
    fn a_withdrawal_after_a_slash_leaves_no_negative_balance() {
        let mut pool = active_pool(1_000);
        assert_eq!(slash(&mut pool, 9_500), 950);
        assert_eq!(pool.soma_balance, 50);
        pool.deactivation_epoch = Some(1);
        let minted = Paid { amount: 1_000, minted: 950 };
        assert_eq!(withdraw(&mut pool, &stake(1_000, 0), 1), minted);
        assert_eq!((pool.soma_balance, pool.pool_token_balance), (0, 0));
    }

    #[test]
    fn the_rate_of_a_deactivated_pool_stands_still() {
        let mut pool = active_pool(1_000);
        pool.deactivation_epoch = Some(1);
        pool.soma_balance = 5_000;
        record_rate(&mut pool, 2);
        assert_eq!(pool.rate_at(9).soma_amount, 1_000);
    }
}
