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

/// Objects written by a stake out of the gas coin: it, the stake and the system state.
pub const STAKE_WRITES: u64 = 3;

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

    /// With usable coins added, poorest first, until no more than `keep` others are left usable.
    ///
    /// They are merged into the first coin, which costs nothing.
    #[must_use]
    pub fn joining(mut self, coins: &[Coin], excluded: &BTreeSet<ObjectId>, keep: usize) -> Self {
        let is_chosen = |coin: &&Coin| self.coins().any(|it| it.reference.id == coin.reference.id);
        let others = available(coins, excluded);
        let others: Vec<Coin> = others.iter().filter(|coin| !is_chosen(coin)).copied().collect();
        let room = MAX_COINS.saturating_sub(self.others.len() + 1);
        let surplus = others.len().saturating_sub(keep).min(room);
        for coin in others.iter().rev().take(surplus) {
            let Some(total) = self.total.checked_add(coin.balance) else { break };
            self.total = total;
            self.others.push(*coin);
        }
        self
    }

    /// What they hold together.
    #[must_use]
    pub const fn total(&self) -> Shannons {
        Shannons(self.total)
    }
}

/// Coins that are not excluded, richest first; among equals the lower id, so that a choice can be
/// repeated.
fn available(coins: &[Coin], excluded: &BTreeSet<ObjectId>) -> Vec<Coin> {
    let is_free = |coin: &&Coin| !excluded.contains(&coin.reference.id);
    let mut available: Vec<Coin> = coins.iter().filter(is_free).copied().collect();
    available.sort_by_key(|coin| (Reverse(coin.balance), coin.reference.id));
    available.dedup_by_key(|coin| coin.reference.id);
    available
}

/// Coins that are not excluded and hold something, richest first.
fn usable(coins: &[Coin], excluded: &BTreeSet<ObjectId>) -> Vec<Coin> {
    let mut usable = available(coins, excluded);
    usable.retain(|coin| coin.balance > 0);
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
    largest(total, fees.payment(PAYMENT_WRITES, 0), fees.value_fee_bps)
}

/// The largest amount that can be staked out of so many shannons, with its fee paid on top.
#[must_use]
pub fn largest_stake(total: Shannons, fees: &FeeParameters) -> Shannons {
    largest(total.0, fees.stake(STAKE_WRITES, 0), fees.value_fee_bps / 2)
}

/// The largest amount that can be staked in one transaction with its fee paid on top.
#[must_use]
pub fn stakeable(coins: &[Coin], excluded: &BTreeSet<ObjectId>, fees: &FeeParameters) -> Shannons {
    let total = everything(coins, excluded).map_or(0, |payment| payment.total);
    largest_stake(Shannons(total), fees)
}

/// The largest amount that fits with a flat fee and a share of itself.
fn largest(total: u64, flat: TransactionFee, bps: u64) -> Shannons {
    let Some(left) = total.checked_sub(flat.total_fee) else { return Shannons::ZERO };
    // amount + floor(amount · bps / 10000) ≤ left grows with the amount: the estimate below is never
    // more than one step under the answer.
    let estimate = u128::from(left) * 10_000 / (10_000 + u128::from(bps));
    let estimate = u64::try_from(estimate).unwrap_or(left);
    let fits = |amount: u64| {
        amount.checked_add(Shannons(amount).bps(bps).0).is_some_and(|cost| cost <= left)
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

#[cfg(test)]
mod tests {
    use super::{
        CoinShortage, MAX_COINS, PAYMENT_WRITES, choose, choose_for_sending, everything,
        largest_payment, spendable, swept,
    };
    use crate::address::ObjectId;
    use crate::amount::Shannons;
    use crate::digest::ObjectDigest;
    use crate::fees::FeeParameters;
    use crate::object::ObjectRef;
    use crate::ports::Coin;
    use proptest::prelude::{any, prop};
    use proptest::{prop_assert, proptest};
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEES: FeeParameters =
        FeeParameters { base_fee: 1_000, write_object_fee: 300, value_fee_bps: 10 };

    fn coins(balances: &[u64]) -> Vec<Coin> {
        let coin = |(n, balance): (u16, &u64)| {
            let mut id = [0; 32];
            id[..2].copy_from_slice(&n.to_be_bytes());
            let (id, digest) = (ObjectId(id), ObjectDigest([1; 32]));
            Coin { reference: ObjectRef { id, version: 1, digest }, balance: *balance }
        };
        (0..).zip(balances).map(coin).collect()
    }

    fn none() -> BTreeSet<ObjectId> {
        BTreeSet::new()
    }

    fn balances(payment: &super::Payment) -> Vec<u64> {
        payment.coins().map(|coin| coin.balance).collect()
    }

    #[test]
    fn the_richest_coins_pay_and_no_more_than_needed() {
        let coins = coins(&[5_000, 100_000, 0, 60_000]);
        let of = |amount| choose_for_sending(&coins, &none(), Shannons(amount), &FEES).unwrap();
        assert_eq!(balances(&of(90_000)), [100_000]);
        assert_eq!(balances(&of(100_000)), [100_000, 60_000]);
        assert_eq!(of(100_000).total(), Shannons(160_000));
        assert_eq!(of(100_000).primary(), coins[1].reference);
    }

    #[test]
    fn a_coin_in_flight_is_left_alone() {
        let coins = coins(&[5_000, 100_000]);
        let busy = BTreeSet::from([coins[1].reference.id]);
        let payment = choose_for_sending(&coins, &busy, Shannons(1_000), &FEES).unwrap();
        assert_eq!(balances(&payment), [5_000]);
        let all: BTreeSet<_> = coins.iter().map(|coin| coin.reference.id).collect();
        assert_eq!(everything(&coins, &all), Err(CoinShortage::AllInUse));
        assert_eq!(everything(&[], &none()), Err(CoinShortage::NoCoins));
        assert_eq!(everything(&super::tests::coins(&[0]), &none()), Err(CoinShortage::NoCoins));
    }

    #[test]
    fn too_much_tells_what_can_be_sent_and_the_fee() {
        let coins = coins(&[10_000, 1_600]);
        let spendable = spendable(&coins, &none(), &FEES);
        assert_eq!(spendable, Shannons(9_991));
        let over = choose_for_sending(&coins, &none(), Shannons(9_992), &FEES);
        assert_eq!(over, Err(CoinShortage::TooMuch { spendable, fee: Shannons(1_609) }));
        assert!(choose_for_sending(&coins, &none(), spendable, &FEES).is_ok());
    }

    #[test]
    fn money_in_too_many_coins_is_told_apart_from_no_money() {
        let coins = coins(&[10_000; MAX_COINS + 1]);
        let fee = FEES.flat(PAYMENT_WRITES);
        let all = 10_000 * (MAX_COINS as u64 + 1);
        let just_too_much = Shannons(all - fee.total_fee);
        assert_eq!(choose(&coins, &none(), just_too_much, fee), Err(CoinShortage::TooScattered));
        assert_eq!(everything(&coins, &none()).unwrap().references().len(), MAX_COINS);
        let more = choose(&coins, &none(), Shannons(all), fee);
        assert!(matches!(more, Err(CoinShortage::TooLittle { .. })), "{more:?}");
    }

    #[test]
    fn a_payment_never_holds_exactly_the_base_fee() {
        let free_writes = FeeParameters { write_object_fee: 0, ..FEES };
        let fee = free_writes.flat(PAYMENT_WRITES);
        let exact = choose(&coins(&[1_000]), &none(), Shannons::ZERO, fee);
        assert!(matches!(exact, Err(CoinShortage::TooLittle { .. })), "{exact:?}");
        assert!(choose(&coins(&[1_001]), &none(), Shannons::ZERO, fee).is_ok());
    }

    #[test]
    fn a_sweep_that_the_fee_eats_is_nothing() {
        let of = |balance| swept(&everything(&coins(&[balance]), &none()).unwrap(), &FEES);
        assert_eq!(of(1_601), None);
        assert_eq!(of(1_602), Some(Shannons(1)));
        assert_eq!(of(1_000_000), Some(Shannons(1_000_000 - 2_600)));
    }

    #[test]
    fn balances_that_cannot_exist_do_not_overflow() {
        let coins = coins(&[u64::MAX, u64::MAX]);
        assert_eq!(balances(&everything(&coins, &none()).unwrap()), [u64::MAX]);
        assert!(spendable(&coins, &none(), &FEES) > Shannons(u64::MAX / 2));
    }

    proptest! {
        #[test]
        fn the_largest_payment_fits_and_one_shannon_more_does_not(
            total in any::<u64>(),
            bps in 0_u64..=10_000,
        ) {
            let fees = FeeParameters { value_fee_bps: bps, ..FEES };
            let largest = largest_payment(total, &fees).0;
            let cost = |amount: u64| {
                u128::from(amount) + u128::from(fees.payment(PAYMENT_WRITES, amount).total_fee)
            };
            prop_assert!(largest == 0 || cost(largest) <= u128::from(total));
            prop_assert!(largest == u64::MAX || cost(largest + 1) > u128::from(total));
        }

        #[test]
        fn what_is_chosen_suffices_and_its_last_coin_is_needed(
            balances in prop::collection::vec(0_u64..1_000_000, 0..40),
            amount in 1_u64..5_000_000,
        ) {
            let coins = coins(&balances);
            let amount = Shannons(amount);
            match choose_for_sending(&coins, &none(), amount, &FEES) {
                Ok(payment) => {
                    let needed = amount.0 + FEES.payment(PAYMENT_WRITES, amount.0).total_fee;
                    let last = payment.coins().last().unwrap().balance;
                    prop_assert!(payment.total().0 >= needed);
                    prop_assert!(payment.total().0 - last < needed);
                }
                Err(_) => prop_assert!(amount > spendable(&coins, &none(), &FEES)),
            }
        }
    }
}
