//! Moving coins and whole objects (`authority/src/execution/{coin,object}.rs` of soma-org/soma).

use super::store::Store;
use super::{Run, fail};
use wasm_core::address::{Address, ObjectId};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::object::ObjectRef;

pub(super) fn invalid<T>(reason: impl Into<String>) -> Run<T> {
    fail(ExecutionFailureStatus::InvalidArguments { reason: reason.into() })
}

/// What is left of a balance; a failure where it does not suffice.
pub(super) fn spend(balance: u64, amount: u64) -> Run<u64> {
    balance
        .checked_sub(amount)
        .ok_or_else(|| Box::new(ExecutionFailureStatus::InsufficientCoinBalance))
}

/// A sum; a failure where it is too large.
pub(super) fn sum(parts: impl IntoIterator<Item = u64>) -> Run<u64> {
    parts
        .into_iter()
        .try_fold(0_u64, u64::checked_add)
        .ok_or_else(|| Box::new(ExecutionFailureStatus::ArithmeticOverflow))
}

/// What can be moved out of the gas coin, if something is left when the fee has been set aside.
pub(super) fn all_but_fee(balance: u64, rest_of_fee: u64) -> Run<u64> {
    match spend(balance, rest_of_fee)? {
        0 => fail(ExecutionFailureStatus::InsufficientCoinBalance),
        amount => Ok(amount),
    }
}

pub(super) fn transfer(
    store: &mut Store<'_>,
    coin: ObjectId,
    amount: Option<u64>,
    recipient: Address,
) -> Run {
    let balance = store.coin(coin)?;
    if store.is_gas(coin) {
        let fee = store.rest_of_fee(2);
        let amount = match amount {
            Some(amount) => {
                spend(balance, amount.saturating_add(fee))?;
                amount
            }
            None => all_but_fee(balance, fee)?,
        };
        store.create_coin(amount, recipient);
        return store.set_coin(coin, balance - amount);
    }
    match amount {
        Some(amount) if amount != balance => {
            let rest = spend(balance, amount)?;
            store.create_coin(amount, recipient);
            store.set_coin(coin, rest)
        }
        _ => store.set_owner(coin, recipient),
    }
}

pub(super) fn pay(
    store: &mut Store<'_>,
    coins: &[ObjectRef],
    amounts: Option<&[u64]>,
    recipients: &[Address],
) -> Run {
    if coins.is_empty() {
        return invalid("Must provide at least one coin");
    }
    if recipients.is_empty() {
        return invalid("Must provide at least one recipient");
    }
    // What was merged away as gas is in the gas coin already.
    let coins: Vec<ObjectId> =
        coins.iter().map(|coin| coin.id).filter(|&id| !store.is_deleted(id)).collect();
    match amounts {
        Some(amounts) => pay_amounts(store, &coins, amounts, recipients),
        None => pay_all(store, &coins, recipients),
    }
}

fn total(store: &Store<'_>, coins: &[ObjectId]) -> Run<u64> {
    let balances: Vec<u64> = coins.iter().map(|&coin| store.coin(coin)).collect::<Run<_>>()?;
    sum(balances)
}

fn delete_others(store: &mut Store<'_>, coins: &[ObjectId], kept: ObjectId) {
    for &coin in coins.iter().filter(|&&coin| coin != kept) {
        store.delete(coin);
    }
}

fn pay_amounts(
    store: &mut Store<'_>,
    coins: &[ObjectId],
    amounts: &[u64],
    recipients: &[Address],
) -> Run {
    if amounts.len() != recipients.len() {
        return invalid(format!(
            "Amounts and recipients must match. Got {} amounts and {} recipients",
            amounts.len(),
            recipients.len()
        ));
    }
    let total = total(store, coins)?;
    let needed = sum(amounts.iter().copied())?;
    let fee = store.rest_of_fee(1 + recipients.len() as u64);
    spend(total, needed.saturating_add(fee))?;
    for (&amount, &recipient) in amounts.iter().zip(recipients) {
        store.create_coin(amount, recipient);
    }
    let keeper = coins.iter().copied().find(|&coin| store.is_gas(coin)).or(coins.first().copied());
    if let Some(keeper) = keeper {
        store.set_coin(keeper, total - needed)?;
        delete_others(store, coins, keeper);
    }
    Ok(())
}

fn pay_all(store: &mut Store<'_>, coins: &[ObjectId], recipients: &[Address]) -> Run {
    let [recipient] = *recipients else {
        return invalid("Pay-all operation only supports a single recipient");
    };
    let total = total(store, coins)?;
    if let Some(gas) = coins.iter().copied().find(|&coin| store.is_gas(coin)) {
        let fee = store.rest_of_fee(2);
        let amount = all_but_fee(total, fee)?;
        store.create_coin(amount, recipient);
        store.set_coin(gas, fee)?;
        delete_others(store, coins, gas);
        return Ok(());
    }
    let [first, ..] = *coins else {
        return fail(ExecutionFailureStatus::InsufficientCoinBalance);
    };
    store.set_coin(first, total)?;
    store.set_owner(first, recipient)?;
    delete_others(store, coins, first);
    Ok(())
}

pub(super) fn transfer_objects(
    store: &mut Store<'_>,
    objects: &[ObjectRef],
    recipient: Address,
) -> Run {
    if objects.is_empty() {
        return invalid("Must provide at least one object to transfer");
    }
    for object in objects {
        store.set_owner(object.id, recipient)?;
    }
    Ok(())
}
