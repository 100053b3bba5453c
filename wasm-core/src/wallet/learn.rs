//! What coins an account has after a transaction, read off its effects.
//!
//! Effects name versions and digests, not balances. A balance that follows from what is known is
//! checked against the digest, which commits to it; only where none fits is the object read.

use crate::address::{Address, ObjectId};
use crate::object::{Object, ObjectRef, ObjectType, Owner, Version};
use crate::ports::{Coin, Executed};
use std::collections::BTreeSet;

/// What a transaction left behind.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aftermath {
    /// Versions that are used up.
    pub(super) used_up: Vec<(ObjectId, Version)>,
    /// Coins of the account whose balance is certain.
    pub(super) certain: Vec<Coin>,
    /// Objects of the account that may be coins, to be read.
    pub(super) unsure: Vec<ObjectRef>,
    /// Coins that it used and says nothing of.
    pub(super) untold: Vec<ObjectId>,
}

impl Aftermath {
    /// Reads it off the effects of a transaction of an account that used these coins.
    pub(super) fn of(executed: &Executed, account: Address, used: &[Coin]) -> Self {
        let mut aftermath = Self::default();
        let candidates = candidates(executed, account, used);
        let mut told = BTreeSet::new();
        for changed in &executed.changed_objects {
            told.insert(changed.id);
            if let Some((before, _)) = changed.before {
                aftermath.used_up.push((changed.id, before.version));
            }
            let Some((reference, owner)) = changed.after else { continue };
            let is_used = used.iter().any(|coin| coin.reference.id == changed.id);
            let may_be_coin = match changed.object_type {
                Some(object_type) => object_type == ObjectType::Coin,
                None => is_used || changed.before.is_none(),
            };
            if owner.address() != Some(account) || !may_be_coin {
                continue;
            }
            let fits = |balance: &u64| {
                let payload = balance.to_le_bytes();
                let owner = Owner::AddressOwner(account);
                let (id, version) = (reference.id, reference.version);
                Object::new(id, version, ObjectType::Coin, &payload, owner, executed.digest)
                    .digest()
                    == reference.digest
            };
            match candidates.iter().copied().find(fits) {
                Some(balance) => aftermath.certain.push(Coin { reference, balance }),
                None => aftermath.unsure.push(reference),
            }
        }
        let untold = used.iter().map(|coin| coin.reference.id).filter(|id| !told.contains(id));
        aftermath.untold.extend(untold);
        aftermath
    }
}

/// Balances that a coin may have: all that the used coins held and the account lost or gained since;
/// the same without what came back as a coin of its own; and that coin.
fn candidates(executed: &Executed, account: Address, used: &[Coin]) -> BTreeSet<u64> {
    let held: i128 = used.iter().map(|coin| i128::from(coin.balance)).sum();
    let change = executed.balance_change(account);
    let fee = i128::from(executed.fee.total_fee);
    let all = [held.saturating_add(change), held - fee, change.saturating_add(fee)];
    all.into_iter().filter_map(|balance| u64::try_from(balance).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::Aftermath;
    use crate::address::{Address, ObjectId};
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::effects::{IdOperation, TransactionFee};
    use crate::job::fake::executed;
    use crate::object::{Object, ObjectRef, ObjectType, Owner};
    use crate::ports::{ChangedObject, Coin};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const DIGEST: TransactionDigest = TransactionDigest([9; 32]);

    fn coin(n: u8, balance: u64) -> Coin {
        let reference =
            ObjectRef { id: ObjectId([n; 32]), version: 5, digest: ObjectDigest([n; 32]) };
        Coin { reference, balance }
    }

    fn after(n: u8, balance: u64, owner: Address) -> (ObjectRef, Owner) {
        let owner = Owner::AddressOwner(owner);
        let payload = balance.to_le_bytes();
        let object = Object::new(ObjectId([n; 32]), 6, ObjectType::Coin, &payload, owner, DIGEST);
        (object.reference().unwrap(), owner)
    }

    fn changed(n: u8, before: Option<Coin>, after: Option<(ObjectRef, Owner)>) -> ChangedObject {
        ChangedObject {
            id: ObjectId([n; 32]),
            object_type: Some(ObjectType::Coin),
            before: before.map(|coin| (coin.reference, Owner::AddressOwner(ME))),
            after,
            id_operation: IdOperation::None,
        }
    }

    #[test]
    fn a_balance_that_follows_from_the_effects_needs_no_reading() {
        let (rich, poor) = (coin(1, 1_000), coin(2, 50));
        let mut done = executed(DIGEST, 0);
        done.fee = TransactionFee::new(10, 5, 0);
        done.balance_changes = vec![(ME, -215), (Address([2; 32]), 200)];
        let left = after(1, 835, ME);
        done.changed_objects = vec![
            changed(1, Some(rich), Some(left)),
            changed(2, Some(poor), None),
            changed(3, None, Some(after(3, 200, Address([2; 32])))),
        ];
        let aftermath = Aftermath::of(&done, ME, &[rich, poor]);
        assert_eq!(aftermath.certain, [Coin { reference: left.0, balance: 835 }]);
        assert_eq!(aftermath.used_up, [(ObjectId([1; 32]), 5), (ObjectId([2; 32]), 5)]);
        assert!(aftermath.unsure.is_empty() && aftermath.untold.is_empty(), "{aftermath:?}");
    }

    #[test]
    fn a_coin_that_comes_back_beside_the_one_that_paid_is_told_apart() {
        let paid = coin(1, 1_000);
        let mut done = executed(DIGEST, 0);
        done.fee = TransactionFee::new(10, 5, 0);
        done.balance_changes = vec![(ME, 485)];
        let (left, back) = (after(1, 985, ME), after(3, 500, ME));
        done.changed_objects =
            vec![changed(1, Some(paid), Some(left)), changed(3, None, Some(back))];
        let aftermath = Aftermath::of(&done, ME, &[paid]);
        let certain =
            [Coin { reference: left.0, balance: 985 }, Coin { reference: back.0, balance: 500 }];
        assert_eq!(aftermath.certain, certain);
    }

    #[test]
    fn a_balance_that_the_digest_does_not_confirm_is_read() {
        let paid = coin(1, 1_000);
        let mut done = executed(DIGEST, 0);
        // The node says that less was lost than was.
        done.balance_changes = vec![(ME, -1)];
        let left = after(1, 900, ME);
        done.changed_objects = vec![changed(1, Some(paid), Some(left))];
        let aftermath = Aftermath::of(&done, ME, &[paid]);
        assert_eq!((aftermath.unsure, aftermath.certain), (vec![left.0], vec![]));
    }

    #[test]
    fn changes_beyond_all_numbers_confirm_nothing() {
        let paid = coin(1, 1_000);
        let mut done = executed(DIGEST, 0);
        done.balance_changes = vec![(ME, i128::MAX), (ME, i128::MAX)];
        let left = after(1, 900, ME);
        done.changed_objects = vec![changed(1, Some(paid), Some(left))];
        assert_eq!(Aftermath::of(&done, ME, &[paid]).unsure, [left.0]);
    }

    #[test]
    fn a_coin_that_the_effects_say_nothing_of_is_doubted() {
        let paid = coin(1, 1_000);
        let aftermath = Aftermath::of(&executed(DIGEST, 0), ME, &[paid]);
        assert_eq!(aftermath.untold, [ObjectId([1; 32])]);
    }
}
