//! Everything that an account owns, object by object: coins, stakes, and what else a node lists.

use crate::address::ObjectId;
use crate::amount::Shannons;
use crate::coins;
use crate::digest::TransactionDigest;
use crate::fees::FeeParameters;
use crate::object::{Object, ObjectError, ObjectRef, ObjectType};
use crate::ports::Coin;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What an account owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// The objects: coins, the richest first, then stakes, the largest first, then all else.
    pub objects: Vec<HeldObject>,
    /// What the coins hold.
    pub balance: Shannons,
    /// The most that can be sent in one transaction, its fee left aside.
    pub spendable: Shannons,
    /// What joining coins would do; none where there are not two to join.
    pub merge: Option<MergeOffer>,
    /// What transactions cost in this epoch.
    pub fees: FeeParameters,
}

/// An object that an account owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldObject {
    /// Id, version and digest.
    pub reference: ObjectRef,
    /// What it is.
    pub what: Held,
    /// The transaction on its way that uses it, where there is one: nothing else can, until it is settled.
    pub promised: Option<TransactionDigest>,
}

/// What an owned object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    /// Money.
    Coin(Shannons),
    /// A stake.
    Stake {
        /// What was put in.
        principal: Shannons,
        /// From which epoch on it counts.
        counts_from: u64,
    },
    /// Something that cannot be given away.
    Other(ObjectType),
}

/// What joining coins does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeOffer {
    /// How many are joined into one.
    pub coins: u64,
    /// What they hold together.
    pub total: Shannons,
    /// What it costs.
    pub fee: Shannons,
}

impl HeldObject {
    fn of(
        object: &Object,
        promised: &BTreeMap<ObjectId, TransactionDigest>,
    ) -> Result<Self, ObjectError> {
        let reference = object.reference()?;
        let what = match object.data.object_type {
            ObjectType::Coin => Held::Coin(Shannons(object.coin_balance()?)),
            ObjectType::StakedSoma => {
                let stake = object.staked_soma()?;
                Held::Stake {
                    principal: Shannons(stake.principal),
                    counts_from: stake.stake_activation_epoch,
                }
            }
            other => Held::Other(other),
        };
        Ok(Self { reference, what, promised: promised.get(&reference.id).copied() })
    }

    /// Whether it can be given away now.
    #[must_use]
    pub const fn can_be_given(&self) -> bool {
        self.promised.is_none() && !matches!(self.what, Held::Other(_))
    }

    const fn coin(&self) -> Option<Coin> {
        match self.what {
            Held::Coin(balance) => Some(Coin { reference: self.reference, balance: balance.0 }),
            _ => None,
        }
    }

    /// Coins, then stakes, then all else; the most first.
    const fn place(&self) -> (u8, Reverse<Shannons>, ObjectId) {
        let (kind, size) = match self.what {
            Held::Coin(balance) => (0, balance),
            Held::Stake { principal, .. } => (1, principal),
            Held::Other(_) => (2, Shannons::ZERO),
        };
        (kind, Reverse(size), self.reference.id)
    }
}

impl Holdings {
    /// What a node's listing of an account's objects says.
    ///
    /// # Errors
    /// Where an object is not what its type says.
    pub fn of(
        objects: &[Object],
        promised: &BTreeMap<ObjectId, TransactionDigest>,
        fees: FeeParameters,
    ) -> Result<Self, ObjectError> {
        let held: Result<Vec<_>, _> =
            objects.iter().map(|object| HeldObject::of(object, promised)).collect();
        let mut objects = held?;
        objects.sort_by_key(HeldObject::place);
        let coins: Vec<Coin> = objects.iter().filter_map(HeldObject::coin).collect();
        let excluded: BTreeSet<ObjectId> = promised.keys().copied().collect();
        let balance = coins.iter().fold(0, |sum: u64, coin| sum.saturating_add(coin.balance));
        Ok(Self {
            balance: Shannons(balance),
            spendable: coins::spendable(&coins, &excluded, &fees),
            merge: merge(&coins, &excluded, &fees),
            objects,
            fees,
        })
    }
}

/// All coins pay and one is given to its owner, which writes one object and moves no value.
fn merge(
    coins: &[Coin],
    excluded: &BTreeSet<ObjectId>,
    fees: &FeeParameters,
) -> Option<MergeOffer> {
    let payment = coins::everything(coins, excluded).ok()?;
    let count = payment.references().len() as u64;
    let (total, fee) = (payment.total(), Shannons(fees.flat(1).total_fee));
    (count > 1 && total > fee).then_some(MergeOffer { coins: count, total, fee })
}

#[cfg(test)]
mod tests {
    use super::{Held, Holdings, MergeOffer};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::TransactionDigest;
    use crate::fees::FeeParameters;
    use crate::object::{Object, ObjectType, Owner, StakedSoma};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEES: FeeParameters =
        FeeParameters { base_fee: 1_000, write_object_fee: 300, value_fee_bps: 10 };
    const TRANSACTION: TransactionDigest = TransactionDigest([7; 32]);

    fn object(id: u8, object_type: ObjectType, payload: &[u8]) -> Object {
        let owner = Owner::AddressOwner(Address([1; 32]));
        let writer = TransactionDigest([1; 32]);
        Object::new(ObjectId([id; 32]), 3, object_type, payload, owner, writer)
    }

    fn coin(id: u8, balance: u64) -> Object {
        object(id, ObjectType::Coin, &balance.to_le_bytes())
    }

    fn holdings(objects: &[Object], promised: &[u8]) -> Holdings {
        let promised: BTreeMap<_, _> =
            promised.iter().map(|id| (ObjectId([*id; 32]), TRANSACTION)).collect();
        Holdings::of(objects, &promised, FEES).unwrap()
    }

    #[test]
    fn coins_come_before_stakes_and_the_rich_before_the_poor() {
        let stake =
            StakedSoma { pool_id: ObjectId([9; 32]), stake_activation_epoch: 4, principal: 70 };
        let stake = object(5, ObjectType::StakedSoma, &bcs::to_bytes(&stake).unwrap());
        let strange = object(6, ObjectType::Target, &[]);
        let all = holdings(&[strange, coin(1, 5), stake, coin(2, 9_000)], &[1]);
        let what: Vec<_> = all.objects.iter().map(|object| object.what).collect();
        assert_eq!(
            what,
            [
                Held::Coin(Shannons(9_000)),
                Held::Coin(Shannons(5)),
                Held::Stake { principal: Shannons(70), counts_from: 4 },
                Held::Other(ObjectType::Target),
            ]
        );
        let given: Vec<_> = all.objects.iter().map(super::HeldObject::can_be_given).collect();
        assert_eq!(given, [true, false, true, false]);
        assert_eq!(all.objects[1].promised, Some(TRANSACTION));
        assert_eq!(all.balance, Shannons(9_005));
    }

    #[test]
    fn what_is_promised_is_neither_sent_nor_joined() {
        let coins = [coin(1, 50_000), coin(2, 60_000), coin(3, 70_000)];
        let offer = MergeOffer { coins: 3, total: Shannons(180_000), fee: Shannons(1_300) };
        assert_eq!(holdings(&coins, &[]).merge, Some(offer));
        let some = holdings(&coins, &[3]);
        assert_eq!(
            some.merge.map(|offer| (offer.coins, offer.total)),
            Some((2, Shannons(110_000)))
        );
        assert!(some.spendable < Shannons(110_000));
        assert_eq!(some.balance, Shannons(180_000));
        assert_eq!(holdings(&coins, &[2, 3]).merge, None);
    }

    #[test]
    fn nothing_is_joined_for_more_than_it_holds() {
        assert_eq!(holdings(&[coin(1, 700), coin(2, 600)], &[]).merge, None);
        assert!(holdings(&[coin(1, 701), coin(2, 600)], &[]).merge.is_some());
        assert_eq!(holdings(&[coin(1, 9_000), coin(2, 0)], &[]).merge, None, "one is empty");
    }

    #[test]
    fn an_object_that_is_not_what_it_says_is_an_error() {
        let bad = object(1, ObjectType::Coin, &[1, 2, 3]);
        assert!(Holdings::of(&[bad], &BTreeMap::new(), FEES).is_err());
    }
}
