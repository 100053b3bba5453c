//! What the core needs of the world, as traits and plain values.
//!
//! Callers live on one thread (a worker, a test), so the futures need not be `Send`.

use crate::address::{Address, ObjectId};
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::effects::{IdOperation, TransactionFee};
use crate::failure::{ExecutionFailureStatus, FailureKind};
use crate::object::{Object, ObjectRef, ObjectType, Owner};
use crate::system_state::SystemState;
use crate::tx::sign::SignedTransaction;
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why a node gave no answer, or not the one asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Nobody answers there. Whether a sent transaction arrived is unknown.
    #[error("the node cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time. Whether a sent transaction arrived is unknown.
    #[error("the node did not answer within {seconds} seconds")]
    Timeout {
        /// The deadline that passed.
        seconds: u64,
    },
    /// The caller gave up.
    #[error("the request was cancelled")]
    Cancelled,
    /// The node refused for good.
    #[error("the node refused: {message}")]
    Refused {
        /// gRPC status code.
        code: i32,
        /// What the node says.
        message: String,
        /// Fields at fault, with the node's description, where it names any.
        violations: Vec<(String, String)>,
    },
    /// An object has moved on: the wallet's view is old.
    #[error("object {object} has changed meanwhile")]
    Stale {
        /// Which object.
        object: ObjectId,
    },
    /// An object is promised to another transaction of this epoch.
    #[error("object {object} is in use by another transaction")]
    Locked {
        /// Which object.
        object: ObjectId,
    },
    /// The node gave up before the matter was settled. A sent transaction may still take effect.
    #[error("the node gave up: {0}")]
    Unsettled(String),
    /// The call failed and the node's browser interface hides why: an empty answer without status.
    #[error("the node failed the request without telling this page why")]
    Hidden,
    /// The node does not offer the call.
    #[error("the node does not offer this: {0}")]
    Unimplemented(String),
    /// The answer does not follow the protocol.
    #[error("the node's answer is not understood: {0}")]
    Garbage(String),
}

impl ChainError {
    /// Whether the same question may be asked again and could be answered.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Timeout { .. } | Self::Unsettled(_) | Self::Hidden
        )
    }

    /// Whether a transaction that was sent may have been executed all the same.
    #[must_use]
    pub const fn leaves_outcome_unknown(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::Timeout { .. }
                | Self::Cancelled
                | Self::Unsettled(_)
                | Self::Hidden
                | Self::Garbage(_)
        )
    }
}

/// Who a node says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInfo {
    /// Digest of the genesis checkpoint: the chain's identity.
    pub chain_id: CheckpointDigest,
    /// `testnet` or `localnet`.
    pub chain: String,
    /// Current epoch.
    pub epoch: u64,
    /// Newest checkpoint.
    pub checkpoint_height: u64,
    /// `soma-node/<version>`.
    pub server: String,
}

/// A coin that an address owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coin {
    /// Its current version.
    pub reference: ObjectRef,
    /// Shannons.
    pub balance: u64,
}

/// An object that a transaction wrote or deleted, as the node tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedObject {
    /// Which object.
    pub id: ObjectId,
    /// What it is, where the node says.
    pub object_type: Option<ObjectType>,
    /// Version before, digest and owner; none where there was none.
    pub before: Option<(ObjectRef, Owner)>,
    /// Version after, digest and owner; none where there is none.
    pub after: Option<(ObjectRef, Owner)>,
    /// What became of the id.
    pub id_operation: IdOperation,
}

/// A transaction that was executed, or simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Executed {
    /// The transaction's own digest, taken from the effects.
    pub digest: TransactionDigest,
    /// Nothing, or why it failed.
    pub failure: Option<ExecutionFailure>,
    /// When.
    pub epoch: u64,
    /// What it cost.
    pub fee: TransactionFee,
    /// What it wrote and deleted.
    pub changed_objects: Vec<ChangedObject>,
    /// Shannons gained or lost by each address.
    pub balance_changes: Vec<(Address, i128)>,
    /// Coins that pay, where a simulation chose them.
    pub gas_payment: Vec<ObjectRef>,
    /// The checkpoint that holds it, once there is one.
    pub checkpoint: Option<u64>,
    /// When that was cut; milliseconds since 1970.
    pub timestamp_ms: Option<u64>,
}

impl Executed {
    /// Shannons that an address gained or, below zero, lost: nothing where the node says nothing.
    #[must_use]
    pub fn balance_change(&self, of: Address) -> i128 {
        let changes = self.balance_changes.iter().filter(|(whose, _)| *whose == of);
        changes.fold(0, |sum, (_, by)| sum.saturating_add(*by))
    }
}

/// Why a transaction was executed and yet failed, as the node tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionFailure {
    /// Which failure.
    pub kind: FailureKind,
    /// Numbers or ids that belong to it, such as `required=650000, provided=1`.
    pub detail: Option<String>,
}

impl From<&ExecutionFailureStatus> for ExecutionFailure {
    fn from(status: &ExecutionFailureStatus) -> Self {
        Self { kind: status.kind(), detail: status.detail() }
    }
}

/// A checkpoint, as far as a wallet follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Its place in the chain.
    pub sequence_number: u64,
    /// Epoch it belongs to.
    pub epoch: u64,
    /// Milliseconds since 1970.
    pub timestamp_ms: u64,
    /// Transactions in it, in their order.
    pub transactions: Vec<CheckpointTransaction>,
}

/// A transaction that a checkpoint holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointTransaction {
    /// What it did.
    pub executed: Executed,
    /// Who sent it.
    pub sender: Address,
    /// What it says; none for a kind that this wallet does not know.
    pub kind: Option<TransactionKind>,
}

/// A full node.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Chain {
    /// Who the node says it is.
    async fn service_info(&self) -> Result<ServiceInfo, ChainError>;

    /// The live system state: epoch, parameters, validators, models.
    async fn system_state(&self) -> Result<SystemState, ChainError>;

    /// All coins of an address, every page of them, in no promised order.
    async fn coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError>;

    /// The current version of an object; none where there is none.
    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError>;

    /// Which of these are ids of objects that exist now.
    async fn existing(&self, ids: &[ObjectId]) -> Result<BTreeSet<ObjectId>, ChainError> {
        let mut existing = BTreeSet::new();
        for &id in ids {
            if self.object(id).await?.is_some() {
                existing.insert(id);
            }
        }
        Ok(existing)
    }

    /// What a transaction would do. Its failure in execution is no error of the call.
    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError>;

    /// Executes, and returns when it is final. Its failure in execution is no error of the call.
    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError>;

    /// A transaction that was executed; none where the node knows none.
    async fn transaction(&self, digest: TransactionDigest) -> Result<Option<Executed>, ChainError>;

    /// A checkpoint by its number, or the newest; none where the node has none of that number.
    async fn checkpoint(
        &self,
        sequence_number: Option<u64>,
    ) -> Result<Option<Checkpoint>, ChainError>;
}

/// Time, as far as the core needs it.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Pause {
    /// Returns after so many milliseconds, or a little later.
    async fn pause(&self, milliseconds: u64);
}
