//! Where an account's objects come from: which transactions wrote them, and those before them.
//!
//! A node lists no transactions by address, but every object names the transaction that wrote it, and that
//! one the versions that it used up. Followed back, these are the account's past, as far as the node
//! remembers and something of it is left in the account.

use crate::address::{Address, ObjectId};
use crate::digest::TransactionDigest;
use crate::object::{Object, Version};
use crate::ports::CheckpointTransaction;
use std::collections::{BTreeSet, VecDeque};

/// What to ask a node next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Transactions by their digests.
    Transactions(Vec<TransactionDigest>),
    /// Objects as they were.
    Objects(Vec<(ObjectId, Version)>),
}

/// The way back, as far as it has been gone.
#[derive(Clone, Debug)]
pub struct Ancestry {
    account: Address,
    transactions: VecDeque<TransactionDigest>,
    objects: VecDeque<(ObjectId, Version)>,
    seen_transactions: BTreeSet<TransactionDigest>,
    seen_objects: BTreeSet<(ObjectId, Version)>,
    forgotten: bool,
}

impl Ancestry {
    /// The way back from what an account owns now.
    #[must_use]
    pub fn new<'o>(account: Address, owned: impl IntoIterator<Item = &'o Object>) -> Self {
        let mut ancestry = Self {
            account,
            transactions: VecDeque::new(),
            objects: VecDeque::new(),
            seen_transactions: BTreeSet::new(),
            seen_objects: BTreeSet::new(),
            forgotten: false,
        };
        for object in owned {
            ancestry.want(object.previous_transaction);
        }
        ancestry
    }

    /// What to ask next, of at most so many; nothing at the end of the way.
    pub fn next(&mut self, most: usize) -> Option<Question> {
        let (transactions, objects) = (self.transactions.len(), self.objects.len());
        if transactions > 0 {
            let some = self.transactions.drain(..transactions.min(most));
            return Some(Question::Transactions(some.collect()));
        }
        if objects > 0 {
            return Some(Question::Objects(self.objects.drain(..objects.min(most)).collect()));
        }
        None
    }

    /// Takes what a node told of a transaction; none where it does not know it any more.
    pub fn told_transaction(&mut self, told: Option<&CheckpointTransaction>) {
        let Some(transaction) = told else {
            self.forgotten = true;
            return;
        };
        for changed in &transaction.executed.changed_objects {
            let Some((before, owner)) = changed.before else { continue };
            if owner.address() == Some(self.account) {
                let version = (before.id, before.version);
                if self.seen_objects.insert(version) {
                    self.objects.push_back(version);
                }
            }
        }
    }

    /// Takes what a node told of an object as it was; none where it does not know it any more.
    pub fn told_object(&mut self, told: Option<&Object>) {
        match told {
            Some(object) => self.want(object.previous_transaction),
            None => self.forgotten = true,
        }
    }

    /// Whether the node did not know something that was asked for: there may be more before it.
    #[must_use]
    pub const fn is_forgotten(&self) -> bool {
        self.forgotten
    }

    fn want(&mut self, digest: TransactionDigest) {
        if self.seen_transactions.insert(digest) {
            self.transactions.push_back(digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ancestry, Question};
    use crate::address::{Address, ObjectId};
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::effects::{IdOperation, TransactionFee};
    use crate::object::{Object, ObjectRef, ObjectType, Owner};
    use crate::ports::{ChangedObject, CheckpointTransaction, Executed};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);

    fn coin(id: u8, version: u64, writer: u8) -> Object {
        let (owner, writer) = (Owner::AddressOwner(ME), TransactionDigest([writer; 32]));
        Object::new(ObjectId([id; 32]), version, ObjectType::Coin, &[0; 8], owner, writer)
    }

    /// A transaction that used up these versions of objects.
    fn transaction(digest: u8, used: &[(u8, u64, Address)]) -> CheckpointTransaction {
        let changed = |(id, version, owner): &(u8, u64, Address)| {
            let digest = ObjectDigest([0; 32]);
            let reference = ObjectRef { id: ObjectId([*id; 32]), version: *version, digest };
            ChangedObject {
                id: reference.id,
                object_type: None,
                before: Some((reference, Owner::AddressOwner(*owner))),
                after: None,
                id_operation: IdOperation::Deleted,
            }
        };
        let executed = Executed {
            digest: TransactionDigest([digest; 32]),
            failure: None,
            epoch: 0,
            fee: TransactionFee::default(),
            changed_objects: used.iter().map(changed).collect(),
            balance_changes: Vec::new(),
            gas_payment: Vec::new(),
            checkpoint: None,
            timestamp_ms: None,
        };
        CheckpointTransaction { executed, sender: ME, kind: None }
    }

    fn digests(all: &[u8]) -> Option<Question> {
        Some(Question::Transactions(all.iter().map(|n| TransactionDigest([*n; 32])).collect()))
    }

    #[test]
    fn the_way_back_leads_over_own_objects_to_the_first_and_asks_nothing_twice() {
        let mut ancestry = Ancestry::new(ME, &[coin(1, 9, 50), coin(2, 9, 50), coin(3, 4, 40)]);
        assert_eq!(ancestry.next(10), digests(&[50, 40]));
        ancestry.told_transaction(Some(&transaction(50, &[(1, 8, ME), (3, 4, ME), (7, 3, YOU)])));
        ancestry.told_transaction(Some(&transaction(40, &[(1, 8, ME)])));
        let asked = vec![(ObjectId([1; 32]), 8), (ObjectId([3; 32]), 4)];
        assert_eq!(ancestry.next(10), Some(Question::Objects(asked)));
        ancestry.told_object(Some(&coin(1, 8, 30)));
        ancestry.told_object(Some(&coin(3, 4, 40)));
        assert_eq!(ancestry.next(10), digests(&[30]));
        ancestry.told_transaction(Some(&transaction(30, &[])));
        assert_eq!((ancestry.next(10), ancestry.is_forgotten()), (None, false));
    }

    #[test]
    fn no_more_is_asked_at_once_than_wanted() {
        let mut ancestry = Ancestry::new(ME, &[coin(1, 9, 1), coin(2, 9, 2), coin(3, 4, 3)]);
        assert_eq!(ancestry.next(2), digests(&[1, 2]));
        assert_eq!(ancestry.next(2), digests(&[3]));
        assert_eq!(ancestry.next(2), None);
    }

    #[test]
    fn what_a_node_forgot_ends_the_way_and_is_told() {
        let mut ancestry = Ancestry::new(ME, &[coin(1, 9, 50)]);
        ancestry.next(10);
        ancestry.told_transaction(None);
        assert_eq!((ancestry.next(10), ancestry.is_forgotten()), (None, true));
    }
}
