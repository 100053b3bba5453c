//! Which coins pay.
//!
//! Everything is paid from one heap: the chosen coins all stand in `gas_payment`, where the chain
//! merges them into the first before anything else, and the first is also the coin that is spent. So
//! the coin that pays the fee always holds all of it, and a late failure can strand nothing.

use crate::address::ObjectId;
use crate::amount::Shannons;
use crate::effects::TransactionFee;
use crate::fees::FeeParameters;
use crate::object::ObjectRef;
use crate::ports::Coin;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Most coins that pay for one transaction, as in the network's own client.
pub const MAX_COINS: usize = 256;

/// Objects written by a payment out of the gas coin, and so by every model transaction without a
/// stake: two. A new model or stake writes one more.
pub const PAYMENT_WRITES: u64 = 2;

/// Why coins do not suffice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoinShortage {
    /// There is no coin with anything in it.
    #[error("this account has no coins")]
    NoCoins,
    /// All coins are promised to transactions that are on their way.
    #[error("every coin of this account is in use by a transaction that is not settled yet")]
    AllInUse,
    /// The usable coins hold too little.
    #[error(
        "this needs {needed} SOMA, the fee of {fee} SOMA included, and {available} SOMA can be used"
    )]
    TooLittle {
        /// What is asked for, fee included.
        needed: Shannons,
        /// The fee in it.
        fee: Shannons,
        /// What the usable coins hold, up to [`MAX_COINS`] of them.
        available: Shannons,
    },
    /// More is to be sent than can be.
    #[error(
        "at most {spendable} SOMA can be sent; the fee for this amount would be {fee} SOMA on top"
    )]
    TooMuch {
        /// The most that can be sent in one transaction.
        spendable: Shannons,
        /// What sending the amount asked for would cost.
        fee: Shannons,
    },
    /// The money is there, in more coins than one transaction takes.
    #[error(
        "the balance is spread over more than {MAX_COINS} coins; send yourself everything first, \
         which joins them"
    )]
    TooScattered,
}

/// Coins that pay for one transaction, richest first. There is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    primary: Coin,
    others: Vec<Coin>,
    total: u64,
}

impl Payment {
    /// The coin that is spent; the others are merged into it.
    #[must_use]
    pub const fn primary(&self) -> ObjectRef {
        self.primary.reference
    }

    /// All of them, in the order of `gas_payment`.
    #[must_use]
    pub fn references(&self) -> Vec<ObjectRef> {
        self.coins().map(|coin| coin.reference).collect()
    }

    /// All of them.
    pub fn coins(&self) -> impl Iterator<Item = &Coin> {
        std::iter::once(&self.primary).chain(&self.others)
    }

    /// What they hold together.
    #[must_use]
    pub const fn total(&self) -> Shannons {
        Shannons(self.total)
    }
}

/// Usable coins, richest first; among equals the lower id, so that a choice can be repeated.
fn usable(coins: &[Coin], excluded: &BTreeSet<ObjectId>) -> Vec<Coin> {
    let mut usable: Vec<Coin> = coins
        .iter()
        .filter(|coin| coin.balance > 0 && !excluded.contains(&coin.reference.id))
        .copied()
        .collect();
    usable.sort_by_key(|coin| (Reverse(coin.balance), coin.reference.id));
    usable.dedup_by_key(|coin| coin.reference.id);
    usable
}

/// Takes coins until they hold enough, or as many as one transaction takes.
fn take(coins: &[Coin], enough: u64) -> Option<Payment> {
    let (primary, rest) = coins.split_first()?;
    let mut payment = Payment { primary: *primary, others: Vec::new(), total: primary.balance };
    for coin in rest.iter().take(MAX_COINS - 1) {
        if payment.total >= enough {
            break;
        }
        // More than u64 cannot exist; a node that says so is not believed any further.
        let Some(total) = payment.total.checked_add(coin.balance) else { break };
        payment.total = total;
        payment.others.push(*coin);
    }
    Some(payment)
}

/// Chooses the fewest coins, richest first, that hold `amount` and `fee` together.
///
/// # Errors
/// Where the usable coins do not suffice.
pub fn choose(
    coins: &[Coin],
    excluded: &BTreeSet<ObjectId>,
    amount: Shannons,
    fee: TransactionFee,
) -> Result<Payment, CoinShortage> {
    let usable = usable(coins, excluded);
    // The chain handles a gas coin of exactly the base fee wrongly, so there is always more in it.
    let needed = amount.0.saturating_add(fee.total_fee).max(fee.base_fee.saturating_add(1));
    let payment = take(&usable, needed).ok_or_else(|| none_usable(coins))?;
    if payment.total >= needed {
        return Ok(payment);
    }
    let everything = usable.iter().fold(0_u64, |sum, coin| sum.saturating_add(coin.balance));
    Err(if everything >= needed {
        CoinShortage::TooScattered
    } else {
        CoinShortage::TooLittle {
            needed: Shannons(needed),
            fee: Shannons(fee.total_fee),
            available: Shannons(payment.total),
        }
    })
}

/// Chooses the coins that send an amount and pay the fee of sending it.
///
/// # Errors
/// Where the usable coins do not suffice; the most that can be sent is told.
pub fn choose_for_sending(
    coins: &[Coin],
    excluded: &BTreeSet<ObjectId>,
    amount: Shannons,
    fees: &FeeParameters,
) -> Result<Payment, CoinShortage> {
    let fee = fees.payment(PAYMENT_WRITES, amount.0);
    choose(coins, excluded, amount, fee).map_err(|shortage| match shortage {
        CoinShortage::TooLittle { fee, .. } => {
            CoinShortage::TooMuch { spendable: spendable(coins, excluded, fees), fee }
        }
        other => other,
    })
}

/// Chooses every usable coin, up to [`MAX_COINS`], richest first.
///
/// # Errors
/// Where there is none.
pub fn everything(coins: &[Coin], excluded: &BTreeSet<ObjectId>) -> Result<Payment, CoinShortage> {
    take(&usable(coins, excluded), u64::MAX).ok_or_else(|| none_usable(coins))
}

fn none_usable(coins: &[Coin]) -> CoinShortage {
    if coins.iter().any(|coin| coin.balance > 0) {
        CoinShortage::AllInUse
    } else {
        CoinShortage::NoCoins
    }
}

/// The largest amount that can be sent in one transaction with its fee paid on top.
#[must_use]
pub fn spendable(coins: &[Coin], excluded: &BTreeSet<ObjectId>, fees: &FeeParameters) -> Shannons {
    let total = everything(coins, excluded).map_or(0, |payment| payment.total);
    largest_payment(total, fees)
}

/// The largest amount whose payment fits into so many shannons, fee included.
fn largest_payment(total: u64, fees: &FeeParameters) -> Shannons {
    let flat = fees.payment(PAYMENT_WRITES, 0).total_fee;
    let Some(left) = total.checked_sub(flat) else { return Shannons::ZERO };
    // amount + floor(amount · bps / 10000) ≤ left grows with the amount: the estimate below is never
    // more than one step under the answer.
    let estimate = u128::from(left) * 10_000 / (10_000 + u128::from(fees.value_fee_bps));
    let estimate = u64::try_from(estimate).unwrap_or(left);
    let fits = |amount: u64| {
        amount
            .checked_add(Shannons(amount).bps(fees.value_fee_bps).0)
            .is_some_and(|cost| cost <= left)
    };
    let more = estimate.saturating_add(1);
    Shannons(if fits(more) { more } else { estimate })
}

/// What arrives when everything in a payment is sent; nothing where the fee eats it all.
#[must_use]
pub fn swept(payment: &Payment, fees: &FeeParameters) -> Option<Shannons> {
    let fee = fees.payment(PAYMENT_WRITES, payment.total);
    payment.total.checked_sub(fee.total_fee).filter(|&rest| rest > 0).map(Shannons)
}
