//! What a transaction did.

use crate::address::ObjectId;
use crate::digest::{EffectsDigest, ObjectDigest, TransactionDigest, typed_digest};
use crate::failure::ExecutionFailureStatus;
use crate::object::{Owner, Version};
use serde::{Deserialize, Serialize};

/// What a transaction did. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionEffects {
    /// The only version.
    V1(TransactionEffectsV1),
}

/// Version 1 of [`TransactionEffects`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionEffectsV1 {
    /// Whether it did what it says.
    pub status: ExecutionStatus,
    /// When.
    pub executed_epoch: u64,
    /// What it cost.
    pub transaction_fee: TransactionFee,
    /// Which transaction.
    pub transaction_digest: TransactionDigest,
    /// Which entry of `changed_objects` paid.
    pub gas_object_index: Option<u32>,
    /// Transactions that wrote its inputs, in ascending order.
    pub dependencies: Vec<TransactionDigest>,
    /// Version of everything written.
    pub version: Version,
    /// What was written or deleted, by ascending id.
    pub changed_objects: Vec<(ObjectId, EffectsObjectChange)>,
    /// Shared objects read only.
    pub unchanged_shared_objects: Vec<(ObjectId, UnchangedSharedKind)>,
}

/// Shannons that a transaction cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionFee {
    /// For being executed at all.
    pub base_fee: u64,
    /// For the objects written.
    pub operation_fee: u64,
    /// For the value moved.
    pub value_fee: u64,
    /// All of it.
    pub total_fee: u64,
}

impl TransactionFee {
    /// The fee of three parts; the total saturates, as the chain's does.
    #[must_use]
    pub const fn new(base_fee: u64, operation_fee: u64, value_fee: u64) -> Self {
        let total_fee = base_fee.saturating_add(operation_fee).saturating_add(value_fee);
        Self { base_fee, operation_fee, value_fee, total_fee }
    }
}

/// Whether a transaction did what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionStatus {
    /// It did.
    Success,
    /// It did not, and cost its base fee.
    Failure {
        /// Why.
        error: ExecutionFailureStatus,
    },
}

/// An object before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectsObjectChange {
    /// Before.
    pub input_state: ObjectIn,
    /// After.
    pub output_state: ObjectOut,
    /// What became of the id.
    pub id_operation: IdOperation,
}

/// An object before a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectIn {
    /// There was none.
    NotExist,
    /// This one: `((version, digest), owner)`.
    Exist(((Version, ObjectDigest), Owner)),
}

/// An object after a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectOut {
    /// There is none.
    NotExist,
    /// This one, at the effects' version.
    ObjectWrite((ObjectDigest, Owner)),
}

/// What became of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum IdOperation {
    None,
    Created,
    Deleted,
}

/// Why a shared object is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnchangedSharedKind {
    /// Read only.
    ReadOnlyRoot((Version, ObjectDigest)),
    /// Meant to be changed, but deleted before.
    MutateDeleted(Version),
    /// Meant to be read, but deleted before.
    ReadDeleted(Version),
    /// The transaction was cancelled.
    Cancelled(Version),
}

impl TransactionEffects {
    /// The only version there is.
    #[must_use]
    pub const fn as_v1(&self) -> &TransactionEffectsV1 {
        let Self::V1(effects) = self;
        effects
    }

    /// The BCS, which is what is digested.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        bcs::to_bytes(self).expect("effects have no unsupported or over-long part")
    }

    /// Blake2b-256 of `TransactionEffects::` and the BCS.
    #[must_use]
    pub fn digest(&self) -> EffectsDigest {
        EffectsDigest(typed_digest("TransactionEffects", self))
    }
}

#[cfg(test)]
mod tests {
    use super::TransactionFee;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_fee_is_the_sum_of_its_parts_up_to_the_greatest_number() {
        assert_eq!(TransactionFee::new(1000, 600, 25).total_fee, 1625);
        assert_eq!(TransactionFee::new(u64::MAX, 600, 25).total_fee, u64::MAX);
    }
}
