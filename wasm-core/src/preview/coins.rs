//! Moving coins and whole objects.

use super::error::{Run, Stop, fail, invalid};
use super::sketch::Sketch;
use crate::address::{Address, ObjectId};
use crate::failure::ExecutionFailureStatus as Failure;
use crate::object::ObjectRef;

const NO_MONEY: Failure = Failure::InsufficientCoinBalance;

/// A sum; a failure where it is too large.
fn sum(parts: impl IntoIterator<Item = u64>) -> Run<u64> {
    let sum = parts.into_iter().try_fold(0_u64, u64::checked_add);
    sum.ok_or_else(|| Stop::Failure(Failure::ArithmeticOverflow.into()))
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// Everything in the paying coin but what so many writes still cost; at least one shannon.
pub(super) fn all_but_fee(sketch: &Sketch<'_>, balance: u64, writes: u64) -> Run<u64> {
    let fee = sketch.rest_of_fee(writes);
    sketch.spend(sketch.primary(), balance, fee.saturating_add(1), NO_MONEY)?;
    Ok(balance - fee)
}

pub(super) fn transfer(
    sketch: &mut Sketch<'_>,
    coin: ObjectId,
    amount: Option<u64>,
    recipient: Address,
) -> Run {
    let balance = sketch.coin(coin)?;
    let amount = if sketch.is_gas(coin) {
        match amount {
            Some(amount) => {
                let needed = amount.saturating_add(sketch.rest_of_fee(2));
                sketch.spend(coin, balance, needed, NO_MONEY)?;
                amount
            }
            None => all_but_fee(sketch, balance, 2)?,
        }
    } else {
        match amount {
            Some(amount) if amount != balance => amount,
            _ => return sketch.set_owner(coin, recipient),
        }
    };
    let rest = sketch.spend(coin, balance, amount, NO_MONEY)?;
    sketch.create_coin(recipient, amount);
    sketch.set_coin(coin, rest);
    Ok(())
}

pub(super) fn pay(
    sketch: &mut Sketch<'_>,
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
    // What was merged away as gas is in the paying coin already.
    let coins: Vec<ObjectId> =
        coins.iter().map(|coin| coin.id).filter(|&id| sketch.exists(id)).collect();
    match amounts {
        Some(amounts) => pay_amounts(sketch, &coins, amounts, recipients),
        None => pay_all(sketch, &coins, recipients),
    }
}

fn total(sketch: &Sketch<'_>, coins: &[ObjectId]) -> Run<u64> {
    let balances: Vec<u64> = coins.iter().map(|&coin| sketch.coin(coin)).collect::<Run<_>>()?;
    sum(balances)
}

/// The coin that the others are merged into: the paying one if it is among them, else the first.
fn keeper(sketch: &Sketch<'_>, coins: &[ObjectId]) -> Option<ObjectId> {
    coins.iter().copied().find(|&coin| sketch.is_gas(coin)).or(coins.first().copied())
}

fn delete_others(sketch: &mut Sketch<'_>, coins: &[ObjectId], kept: ObjectId) {
    for &coin in coins.iter().filter(|&&coin| coin != kept) {
        sketch.delete(coin);
    }
}

fn pay_amounts(
    sketch: &mut Sketch<'_>,
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
    let total = total(sketch, coins)?;
    let paid = sum(amounts.iter().copied())?;
    let Some(keeper) = keeper(sketch, coins) else { return fail(NO_MONEY) };
    // The chain wants the fee in these coins even where another one pays it.
    let fee = sketch.rest_of_fee(count(recipients.len()).saturating_add(1));
    sketch.spend(keeper, total, paid.saturating_add(fee), NO_MONEY)?;
    for (&amount, &recipient) in amounts.iter().zip(recipients) {
        sketch.create_coin(recipient, amount);
    }
    sketch.set_coin(keeper, total - paid);
    delete_others(sketch, coins, keeper);
    Ok(())
}

fn pay_all(sketch: &mut Sketch<'_>, coins: &[ObjectId], recipients: &[Address]) -> Run {
    let [recipient] = *recipients else {
        return invalid("Pay-all operation only supports a single recipient");
    };
    let total = total(sketch, coins)?;
    let Some(keeper) = keeper(sketch, coins) else { return fail(NO_MONEY) };
    if sketch.is_gas(keeper) {
        let amount = all_but_fee(sketch, total, 2)?;
        sketch.create_coin(recipient, amount);
        sketch.set_coin(keeper, total - amount);
    } else {
        sketch.set_coin(keeper, total);
        sketch.set_owner(keeper, recipient)?;
    }
    delete_others(sketch, coins, keeper);
    Ok(())
}

pub(super) fn give(sketch: &mut Sketch<'_>, objects: &[ObjectRef], recipient: Address) -> Run {
    if objects.is_empty() {
        return invalid("Must provide at least one object to transfer");
    }
    objects.iter().try_for_each(|object| sketch.set_owner(object.id, recipient))
}
