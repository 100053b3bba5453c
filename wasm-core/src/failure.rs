//! Why a transaction was executed and yet failed.

use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::object::ObjectType;
use crate::soma_error::SomaError;
use crate::tensor::SomaTensor;
use serde::{Deserialize, Serialize};

/// Why execution failed. Variant `n` has BCS tag `n`; the names are the chain's and say what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum ExecutionFailureStatus {
    InsufficientGas,
    InvalidOwnership { object_id: ObjectId, expected_owner: Address, actual_owner: Option<Address> },
    ObjectNotFound { object_id: ObjectId },
    InvalidObjectType { object_id: ObjectId, expected_type: ObjectType, actual_type: ObjectType },
    InvalidTransactionType,
    InvalidArguments { reason: String },
    DuplicateValidator,
    DuplicateValidatorMetadata { field: String },
    MissingProofOfPossession,
    InvalidProofOfPossession { reason: String },
    NotAValidator,
    ValidatorAlreadyRemoved,
    AdvancedToWrongEpoch,
    ModelNotFound,
    NotModelOwner,
    ModelNotActive,
    ModelNotPending,
    ModelNotCreated,
    ModelInvalidState,
    ModelAlreadyInactive,
    ModelRevealEpochMismatch,
    ModelEmbeddingCommitmentMismatch,
    ModelDecryptionKeyCommitmentMismatch,
    ModelNoPendingUpdate,
    ModelArchitectureVersionMismatch,
    ModelCommissionRateTooHigh,
    ModelMinStakeNotMet,
    NoActiveModels,
    TargetNotFound,
    TargetNotOpen,
    TargetExpired { generation_epoch: u64, current_epoch: u64 },
    TargetNotFilled,
    AuditWindowOpen { fill_epoch: u64, current_epoch: u64 },
    TargetAlreadyClaimed,
    ModelNotInTarget { model_id: ModelId, target_id: TargetId },
    EmbeddingDimensionMismatch { expected: u64, actual: u64 },
    DistanceExceedsThreshold { score: SomaTensor, threshold: SomaTensor },
    InsufficientBond { required: u64, provided: u64 },
    DataExceedsMaxSize { size: u64, max_size: u64 },
    InsufficientEmissionBalance,
    AuditWindowClosed { fill_epoch: u64, current_epoch: u64 },
    InsufficientCoinBalance,
    CoinBalanceOverflow,
    ArithmeticOverflow,
    ValidatorNotFound,
    StakingPoolNotFound,
    CannotReportOneself,
    ReportRecordNotFound,
    InputObjectDeleted,
    CertificateDenied,
    ExecutionCancelledDueToSharedObjectCongestion,
    SomaError(SomaError),
}
