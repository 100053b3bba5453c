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
    let changes = executed.balance_changes.iter().filter(|(of, _)| *of == account);
    let change: i128 = changes.map(|(_, by)| by).sum();
    let fee = i128::from(executed.fee.total_fee);
    let all = [held + change, held - fee, change + fee];
    all.into_iter().filter_map(|balance| u64::try_from(balance).ok()).collect()
}
