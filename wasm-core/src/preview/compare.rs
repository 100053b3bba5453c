//! Our own preview beside the node's, and where they differ.

use super::{Change, ObjectChange, Preview, UntypedObject, without_zeros};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::digest::TransactionDigest;
use crate::explain::Explanation;
use crate::ports::{ChainError, Executed};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the node says of the same transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Simulation {
    /// It agrees to the shannon.
    Agrees,
    /// It would do something else than our own preview says.
    Differs {
        /// What the node says it would do.
        preview: Preview,
        /// Each difference as a sentence.
        differences: Vec<String>,
    },
    /// It would be executed and fail.
    WouldFail(Explanation),
    /// The node could not be asked.
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl Preview {
    /// What a node says a transaction did or would do.
    ///
    /// Creations that were undone are left out. What an object is, where the node does not say it, is
    /// taken from our own preview of the same transaction.
    ///
    /// # Errors
    /// Where neither says what an object is.
    pub fn from_executed(executed: &Executed, ours: &Self) -> Result<Self, UntypedObject> {
        let mut balances = BTreeMap::<Address, i128>::new();
        for (address, change) in &executed.balance_changes {
            let sum = balances.entry(*address).or_default();
            *sum = sum.saturating_add(*change);
        }
        let mut object_changes = Vec::new();
        for changed in &executed.changed_objects {
            let change = match (&changed.before, &changed.after) {
                (None, None) => continue,
                (None, Some(_)) => Change::Created,
                (Some(_), Some(_)) => Change::Changed,
                (Some(_), None) => Change::Deleted,
            };
            let known = || ours.object_changes.iter().find(|ours| ours.id == changed.id);
            let object_type = changed
                .object_type
                .or_else(|| known().map(|ours| ours.object_type))
                .ok_or(UntypedObject(changed.id))?;
            let owner = changed.after.and_then(|(_, owner)| owner.address());
            object_changes.push(ObjectChange { id: changed.id, object_type, change, owner });
        }
        object_changes.sort_unstable();
        Ok(Self { fee: executed.fee, balance_changes: without_zeros(balances), object_changes })
    }

    /// How another account of the same transaction differs, each difference as a sentence.
    #[must_use]
    pub fn differences(&self, theirs: &Self) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.fee != theirs.fee {
            sentences.push(format!(
                "The fee would be {} SOMA by our reckoning and {} SOMA by the node's.",
                Shannons(self.fee.total_fee),
                Shannons(theirs.fee.total_fee),
            ));
        }
        let addresses: BTreeSet<Address> =
            [self, theirs].iter().flat_map(|of| &of.balance_changes).map(|(of, _)| *of).collect();
        for address in addresses {
            let (ours, node) = (self.balance_change(address), theirs.balance_change(address));
            if ours != node {
                sentences.push(format!(
                    "The balance of {address} would change by {} SOMA by our reckoning and by {} \
                     SOMA by the node's.",
                    signed_soma(ours),
                    signed_soma(node),
                ));
            }
        }
        let ids: BTreeSet<ObjectId> =
            [self, theirs].iter().flat_map(|of| &of.object_changes).map(|of| of.id).collect();
        for id in ids {
            let of = |preview: &Self| preview.object_changes.iter().find(|of| of.id == id).copied();
            if of(self) != of(theirs) {
                sentences.push(format!(
                    "Object {id} would be {} by our reckoning and {} by the node's.",
                    fate(of(self)),
                    fate(of(theirs)),
                ));
            }
        }
        sentences
    }
}

impl Simulation {
    /// Sets the node's answer beside our own preview of the transaction of this digest.
    #[must_use]
    pub fn compare(
        digest: TransactionDigest,
        ours: &Preview,
        answer: &Result<Executed, ChainError>,
    ) -> Self {
        let executed = match answer {
            Ok(executed) => executed,
            Err(error) => return Self::Unavailable { reason: error.to_string() },
        };
        if let Some(failure) = &executed.failure {
            return Self::WouldFail(Explanation::of_failure(failure));
        }
        let theirs = match Preview::from_executed(executed, ours) {
            Ok(theirs) => theirs,
            Err(untyped) => return Self::Unavailable { reason: untyped.to_string() },
        };
        let mut differences = ours.differences(&theirs);
        if executed.digest != digest {
            differences.push(format!(
                "The node speaks of another transaction, {}, than the one to be signed, {digest}.",
                executed.digest
            ));
        }
        if differences.is_empty() {
            Self::Agrees
        } else {
            Self::Differs { preview: theirs, differences }
        }
    }
}

/// Signed shannons as exact decimal SOMA with a sign.
#[must_use]
pub fn signed_soma(change: i128) -> String {
    let sign = if change < 0 { "−" } else { "+" };
    match u64::try_from(change.unsigned_abs()) {
        Ok(shannons) => format!("{sign}{}", Shannons(shannons)),
        // No balance can change by so much; a node that says so is quoted, in shannons.
        Err(_) => {
            let exactly = format!("{sign}{}", change.unsigned_abs());
            format!("{exactly} shannons, which is more than exists in")
        }
    }
}

fn fate(change: Option<ObjectChange>) -> String {
    let Some(ObjectChange { object_type, change, owner, .. }) = change else {
        return "left alone".into();
    };
    let change = match change {
        Change::Created => "created",
        Change::Changed => "changed",
        Change::Deleted => return format!("deleted ({})", object_type.name()),
    };
    match owner {
        Some(owner) => format!("{change} ({}, owned by {owner})", object_type.name()),
        None => format!("{change} ({})", object_type.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Change, ObjectChange, Preview};
    use super::{Simulation, signed_soma};
    use crate::address::{Address, ObjectId};
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::effects::{IdOperation, TransactionFee};
    use crate::failure::FailureKind;
    use crate::object::{ObjectRef, ObjectType, Owner};
    use crate::ports::{ChainError, ChangedObject, Executed, ExecutionFailure};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);
    const DIGEST: TransactionDigest = TransactionDigest([9; 32]);

    fn coin(n: u8) -> ObjectRef {
        ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) }
    }

    fn ours() -> Preview {
        let change = |n, change, owner| ObjectChange {
            id: ObjectId([n; 32]),
            object_type: ObjectType::Coin,
            change,
            owner: Some(owner),
        };
        Preview {
            fee: TransactionFee::new(1_000, 600, 50),
            balance_changes: vec![(ME, -51_650), (YOU, 50_000)],
            object_changes: vec![change(1, Change::Changed, ME), change(5, Change::Created, YOU)],
        }
    }

    fn executed(preview: &Preview) -> Executed {
        let state = |owner: Option<Address>| {
            let shared = Owner::Shared { initial_shared_version: 1 };
            (coin(7), owner.map_or(shared, Owner::AddressOwner))
        };
        let changed = |of: &ObjectChange| ChangedObject {
            id: of.id,
            object_type: Some(of.object_type),
            before: (of.change != Change::Created).then(|| state(Some(ME))),
            after: (of.change != Change::Deleted).then(|| state(of.owner)),
            id_operation: IdOperation::None,
        };
        Executed {
            digest: DIGEST,
            failure: None,
            epoch: 1,
            fee: preview.fee,
            changed_objects: preview.object_changes.iter().map(changed).collect(),
            balance_changes: preview.balance_changes.clone(),
            gas_payment: Vec::new(),
            checkpoint: None,
            timestamp_ms: None,
        }
    }

    #[test]
    fn the_node_agrees_where_it_says_the_same_in_other_words() {
        let ours = ours();
        let mut executed = executed(&ours);
        executed.balance_changes.push((Address([3; 32]), 0));
        executed.balance_changes.reverse();
        executed.changed_objects.reverse();
        // An undone creation, and an object whose type the node leaves out.
        executed.changed_objects[0].object_type = None;
        executed.changed_objects.push(ChangedObject {
            id: ObjectId([8; 32]),
            object_type: None,
            before: None,
            after: None,
            id_operation: IdOperation::Created,
        });
        assert_eq!(Simulation::compare(DIGEST, &ours, &Ok(executed)), Simulation::Agrees);
    }

    #[test]
    fn every_difference_is_a_sentence_with_exact_amounts() {
        let ours = ours();
        let mut answer = executed(&ours);
        answer.fee = TransactionFee::new(1_000, 600, 51);
        answer.balance_changes[1].1 += 1;
        answer.changed_objects.remove(0);
        let Simulation::Differs { differences, .. } =
            Simulation::compare(TransactionDigest([8; 32]), &ours, &Ok(answer))
        else {
            panic!("no difference");
        };
        assert_eq!(differences.len(), 4, "{differences:?}");
        assert_eq!(
            differences[0],
            "The fee would be 0.00000165 SOMA by our reckoning and 0.000001651 SOMA by the node's."
        );
        assert_eq!(
            differences[1],
            format!(
                "The balance of {YOU} would change by +0.00005 SOMA by our reckoning and by \
                 +0.000050001 SOMA by the node's."
            )
        );
        assert!(differences[2].contains("left alone by the node's"), "{}", differences[2]);
        assert!(differences[3].contains("another transaction"), "{}", differences[3]);
    }

    #[test]
    fn a_failure_and_a_silent_node_are_told_apart() {
        let ours = ours();
        let mut failed = executed(&ours);
        failed.failure =
            Some(ExecutionFailure { kind: FailureKind::InsufficientCoinBalance, detail: None });
        let failed = Simulation::compare(DIGEST, &ours, &Ok(failed));
        assert!(matches!(failed, Simulation::WouldFail(_)), "{failed:?}");
        let silent = Err(ChainError::Timeout { seconds: 30 });
        let silent = Simulation::compare(DIGEST, &ours, &silent);
        assert!(matches!(silent, Simulation::Unavailable { .. }), "{silent:?}");
    }

    #[test]
    fn an_object_that_nobody_names_is_no_agreement() {
        let ours = ours();
        let mut answer = executed(&ours);
        answer.changed_objects.push(ChangedObject {
            id: ObjectId([8; 32]),
            object_type: None,
            before: None,
            after: Some((coin(8), Owner::AddressOwner(YOU))),
            id_operation: IdOperation::Created,
        });
        let told = Simulation::compare(DIGEST, &ours, &Ok(answer));
        assert!(matches!(told, Simulation::Unavailable { .. }), "{told:?}");
    }

    #[test]
    fn changes_beyond_all_numbers_are_a_difference() {
        let ours = ours();
        let mut answer = executed(&ours);
        answer.balance_changes.extend([(YOU, i128::MAX), (YOU, i128::MAX)]);
        let told = Simulation::compare(DIGEST, &ours, &Ok(answer));
        assert!(matches!(told, Simulation::Differs { .. }), "{told:?}");
    }

    #[test]
    fn changes_are_printed_with_their_sign() {
        assert_eq!(signed_soma(-1), "−0.000000001");
        assert_eq!(signed_soma(1_500_000_000), "+1.5");
        assert!(signed_soma(i128::MIN).starts_with('−'));
    }
}
