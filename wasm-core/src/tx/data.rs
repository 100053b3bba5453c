//! What is signed.

use crate::address::Address;
use crate::digest::{TransactionDigest, typed_digest};
use crate::object::ObjectRef;
use crate::tx::kind::TransactionKind;
use serde::{Deserialize, Serialize};

/// A transaction without its signatures. The enum is the chain's version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionData {
    /// The only version.
    V1(TransactionDataV1),
}

/// Version 1 of [`TransactionData`]. There is no budget, expiration or nonce: replay is prevented by
/// the versions of the objects it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionDataV1 {
    /// What it does.
    pub kind: TransactionKind,
    /// Who signs and pays.
    pub sender: Address,
    /// Coins that pay the fee. The others are merged into the first.
    pub gas_payment: Vec<ObjectRef>,
}

impl TransactionData {
    /// A transaction of the newest version.
    #[must_use]
    pub const fn new(kind: TransactionKind, sender: Address, gas_payment: Vec<ObjectRef>) -> Self {
        Self::V1(TransactionDataV1 { kind, sender, gas_payment })
    }

    /// What it does.
    #[must_use]
    pub const fn kind(&self) -> &TransactionKind {
        let Self::V1(data) = self;
        &data.kind
    }

    /// Who signs and pays.
    #[must_use]
    pub const fn sender(&self) -> Address {
        let Self::V1(data) = self;
        data.sender
    }

    /// Coins that pay the fee.
    #[must_use]
    pub fn gas_payment(&self) -> &[ObjectRef] {
        let Self::V1(data) = self;
        &data.gas_payment
    }

    /// Blake2b-256 of `TransactionData::` and the BCS: what the network knows it by.
    #[must_use]
    pub fn digest(&self) -> TransactionDigest {
        TransactionDigest(typed_digest("TransactionData", self))
    }

    /// The BCS.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        bcs::to_bytes(self).expect("chain types have no unsupported or over-long part")
    }

    /// Reads BCS, all of it.
    ///
    /// # Errors
    /// Where the bytes are not exactly one transaction.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, bcs::Error> {
        bcs::from_bytes(bytes)
    }
}
