//! What may be executed at all: the checks before execution, whose failure leaves no trace and costs nothing.

use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::ObjectDigest;
use wasm_core::object::{ObjectRef, Version};

/// How a refusal is answered over gRPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// The transaction can never be executed: `InvalidArgument`.
    InvalidArgument,
    /// The network's state is against it: `FailedPrecondition`.
    FailedPrecondition,
}

/// Why a transaction is refused. The texts hold the fragments that clients of the network look for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// Not exactly one signature.
    #[error("Invalid user signature: Expect 1 signer signatures but got {actual}")]
    SignatureCount {
        /// How many there are.
        actual: usize,
    },
    /// The sender did not sign.
    #[error("Invalid user signature: Required Signature from {expected} is absent [\"{actual}\"]")]
    SignerAbsent {
        /// The sender, 64 digits.
        expected: String,
        /// Who signed, 64 digits.
        actual: String,
    },
    /// The signature does not verify.
    #[error("Invalid user signature: Signature is not valid: {0}")]
    InvalidSignature(String),
    /// Only the system sends these.
    #[error("{0} is a system transaction, which users cannot send")]
    SystemKind(&'static str),
    /// An object is named twice.
    #[error("The transaction inputs contain duplicated ObjectRef's")]
    DuplicateObjectRefInput,
    /// There is no such object, or not yet this version.
    #[error("Could not find the referenced object {id} at version {version:?}")]
    ObjectNotFound {
        /// Which object.
        id: ObjectId,
        /// Which version, where one is named.
        version: Option<Version>,
    },
    /// The object has moved on.
    #[error(
        "Object ({}, Version({}), o#{}) is not available for consumption, its current version: Version({current})",
        provided.id, provided.version, provided.digest
    )]
    StaleObject {
        /// What the transaction names.
        provided: ObjectRef,
        /// What there is.
        current: Version,
    },
    /// The digest is another one.
    #[error("Invalid Object digest for object {id}. Expected digest : o#{expected}")]
    InvalidObjectDigest {
        /// Which object.
        id: ObjectId,
        /// Its digest.
        expected: ObjectDigest,
    },
    /// Nothing, or not the right thing, to pay with.
    #[error("Gas payment error {0}")]
    GasPayment(String),
    /// A mutable object is named twice.
    #[error("Mutable object {0} cannot appear more than once in a transaction")]
    MutableObjectUsedMoreThanOnce(ObjectId),
    /// Somebody else's object.
    #[error(
        "Transaction was not signed by the correct sender: Object {id} is owned by account address {}, but given owner/signer address is {}",
        owner.to_bare_hex(), sender.to_bare_hex()
    )]
    IncorrectOwner {
        /// Which object.
        id: ObjectId,
        /// Whose it is.
        owner: Address,
        /// Who asks.
        sender: Address,
    },
    /// A shared or immutable object is named as an owned one.
    #[error("Object {0} is not an owned object")]
    NotOwned(ObjectId),
    /// An owned object is named as a shared one.
    #[error("Object {0} is not a shared object")]
    NotShared(ObjectId),
    /// A shared object with another start than the transaction says.
    #[error("The shared object {0} has another initial version")]
    SharedObjectStartingVersion(ObjectId),
    /// A version beyond what objects can have.
    #[error("Invalid sequence number of object {0}")]
    InvalidSequenceNumber(ObjectId),
    /// What the network's reference would execute wrongly, and this one does not.
    #[error("{0}")]
    Defect(&'static str),
}

impl AdmissionError {
    /// How the refusal is answered.
    #[must_use]
    pub const fn class(&self) -> RefusalClass {
        match self {
            Self::ObjectNotFound { .. } | Self::IncorrectOwner { .. } => {
                RefusalClass::FailedPrecondition
            }
            _ => RefusalClass::InvalidArgument,
        }
    }
}
