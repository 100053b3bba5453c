//! Paying: coins are merged, the base fee is taken before and the rest after execution.

use super::store::Store;
use super::{Failure, Run, fail};
use wasm_core::address::ObjectId;
use wasm_core::amount::Shannons;
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::tx::TransactionKind;

/// Gas that does not do.
pub(super) struct Unprepared {
    pub(super) error: Failure,
    /// Shannons taken nevertheless; zero if nothing was touched.
    pub(super) taken: u64,
}

/// Merges the gas coins into the first and takes the base fee from it. Gives the fee.
pub(super) fn prepare(store: &mut Store<'_>) -> Result<u64, Unprepared> {
    let untouched = |error| Unprepared { error, taken: 0 };
    let balance = merge(store).map_err(untouched)?;
    let base_fee = store.context.fees.base_fee;
    // A balance of just the base fee could never pay for a write, so it ends here as well.
    if balance <= base_fee {
        if balance > 0 {
            take(store, balance).map_err(untouched)?;
        }
        let error = Box::new(ExecutionFailureStatus::InsufficientGas);
        return Err(Unprepared { error, taken: balance });
    }
    store.value_fee = value_fee(store);
    take(store, base_fee).map_err(untouched)?;
    Ok(base_fee)
}

fn merge(store: &mut Store<'_>) -> Run<u64> {
    let [primary, others @ ..] = store.transaction.gas_payment() else {
        return fail(ExecutionFailureStatus::InsufficientGas);
    };
    let mut balance = store.coin(primary.id)?;
    for other in others {
        balance = balance
            .checked_add(store.coin(other.id)?)
            .ok_or_else(|| Box::new(ExecutionFailureStatus::ArithmeticOverflow))?;
    }
    store.gas = Some(primary.id);
    if !others.is_empty() {
        store.set_coin(primary.id, balance)?;
    }
    for other in others {
        store.delete(other.id);
    }
    Ok(balance)
}

/// Takes an amount from the gas coin, and deletes it where nothing is left.
fn take(store: &mut Store<'_>, amount: u64) -> Run {
    let insufficient = || Box::new(ExecutionFailureStatus::InsufficientGas);
    let gas = store.gas.ok_or_else(insufficient)?;
    // A kind may have used the gas coin up: then it pays nothing more.
    let balance = if store.is_deleted(gas) { 0 } else { store.coin(gas)? };
    match balance.checked_sub(amount).ok_or_else(insufficient)? {
        0 => {
            store.delete(gas);
            Ok(())
        }
        rest => store.set_coin(gas, rest),
    }
}

/// Takes the price of all writes, and the value fee. Gives the former.
pub(super) fn charge_rest(store: &mut Store<'_>) -> Run<u64> {
    let writes = store.written_count();
    let operation_fee = store.context.fees.write_object_fee.saturating_mul(writes);
    take(store, store.rest_of_fee(writes))?;
    Ok(operation_fee)
}

/// The price of the value that a kind moves, on balances after merging and before the base fee.
fn value_fee(store: &Store<'_>) -> u64 {
    let full = store.context.fees.value_fee_bps;
    let half = full / 2;
    let whole_coin = |id: ObjectId| store.coin(id).unwrap_or(0);
    let (value, rate) = match store.transaction.kind() {
        TransactionKind::TransferCoin { coin, amount, .. } => {
            (amount.unwrap_or_else(|| whole_coin(coin.id)), full)
        }
        TransactionKind::PayCoins { coins, amounts, .. } => {
            let value = match amounts {
                Some(amounts) => amounts.iter().fold(0, |sum: u64, &part| sum.wrapping_add(part)),
                None => coins
                    .iter()
                    .filter(|coin| !store.is_deleted(coin.id))
                    .fold(0, |sum: u64, coin| sum.wrapping_add(whole_coin(coin.id))),
            };
            (value, full)
        }
        TransactionKind::AddStake { coin_ref, amount, .. }
        | TransactionKind::AddStakeToModel { coin_ref, amount, .. } => {
            (amount.unwrap_or_else(|| whole_coin(coin_ref.id)), half)
        }
        TransactionKind::CreateModel { stake_amount, .. } => (*stake_amount, half),
        TransactionKind::WithdrawStake { staked_soma } => match store.stake(staked_soma.id) {
            Ok(stake) => (stake.principal, half),
            Err(_) => return store.context.fees.base_fee,
        },
        TransactionKind::ClaimRewards { target_id } => {
            (store.target(*target_id).map_or(0, |target| target.reward_pool), half)
        }
        _ => return 0,
    };
    Shannons(value).bps(rate).0
}
