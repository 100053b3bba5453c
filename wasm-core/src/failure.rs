//! Why a transaction was executed and yet failed.

use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::object::ObjectType;
use crate::soma_error::SomaError;
use crate::tensor::SomaTensor;
use serde::{Deserialize, Serialize};

/// Why execution failed. Variant `n` has BCS tag `n`; the names are the chain's and say what is wrong.
///
/// `Display` and `Debug` give the node's texts, the latter being what its API calls the description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum ExecutionFailureStatus {
    #[error("Insufficient Gas.")]
    InsufficientGas,
    #[error(
        "Invalid owner for object {object_id}. Expected: {expected_owner:?}, Actual: {actual_owner:?}"
    )]
    InvalidOwnership { object_id: ObjectId, expected_owner: Address, actual_owner: Option<Address> },
    #[error("Object not found.")]
    ObjectNotFound { object_id: ObjectId },
    #[error(
        "Invalid object type for object {object_id}. Expected: {expected_type:?}, Actual: {actual_type:?}"
    )]
    InvalidObjectType { object_id: ObjectId, expected_type: ObjectType, actual_type: ObjectType },
    #[error("The transaction type does not match the expected type")]
    InvalidTransactionType,
    #[error("Invalid arguments passed into transaction: {reason}")]
    InvalidArguments { reason: String },
    #[error("Cannot add validator that is already active or pending")]
    DuplicateValidator,
    #[error("Duplicate validator metadata: {field}")]
    DuplicateValidatorMetadata { field: String },
    #[error("Missing proof of possession for protocol public key")]
    MissingProofOfPossession,
    #[error("Invalid proof of possession: {reason}")]
    InvalidProofOfPossession { reason: String },
    #[error("Cannot remove validator that is not active")]
    NotAValidator,
    #[error("Cannot remove validator that is already removed")]
    ValidatorAlreadyRemoved,
    #[error("Advanced to wrong epoch")]
    AdvancedToWrongEpoch,
    #[error("Model not found.")]
    ModelNotFound,
    #[error("Sender is not the model owner.")]
    NotModelOwner,
    #[error("Model is not in active state.")]
    ModelNotActive,
    #[error("Model is not in pending (committed) state.")]
    ModelNotPending,
    #[error("Model is not in created state.")]
    ModelNotCreated,
    #[error("Model is not in a valid state for this operation.")]
    ModelInvalidState,
    #[error("Model is already inactive.")]
    ModelAlreadyInactive,
    #[error("Model reveal epoch mismatch: must reveal in the epoch after commit.")]
    ModelRevealEpochMismatch,
    #[error("Model embedding commitment mismatch.")]
    ModelEmbeddingCommitmentMismatch,
    #[error("Model decryption key commitment mismatch.")]
    ModelDecryptionKeyCommitmentMismatch,
    #[error("Model has no pending update.")]
    ModelNoPendingUpdate,
    #[error("Model architecture version mismatch.")]
    ModelArchitectureVersionMismatch,
    #[error("Model commission rate exceeds maximum (10000 bps).")]
    ModelCommissionRateTooHigh,
    #[error("Model minimum stake requirement not met.")]
    ModelMinStakeNotMet,
    #[error("No active models available for target generation.")]
    NoActiveModels,
    #[error("Target not found.")]
    TargetNotFound,
    #[error("Target is not open for submissions.")]
    TargetNotOpen,
    #[error("Target expired: generation_epoch={generation_epoch}, current_epoch={current_epoch}")]
    TargetExpired { generation_epoch: u64, current_epoch: u64 },
    #[error("Target is not filled.")]
    TargetNotFilled,
    #[error("Audit window still open: fill_epoch={fill_epoch}, current_epoch={current_epoch}")]
    AuditWindowOpen { fill_epoch: u64, current_epoch: u64 },
    #[error("Target rewards have already been claimed.")]
    TargetAlreadyClaimed,
    #[error("Model {model_id} is not assigned to target {target_id}.")]
    ModelNotInTarget { model_id: ModelId, target_id: TargetId },
    #[error("Embedding dimension mismatch: expected {expected}, got {actual}.")]
    EmbeddingDimensionMismatch { expected: u64, actual: u64 },
    #[error("Distance score {score} exceeds threshold {threshold}.")]
    DistanceExceedsThreshold { score: SomaTensor, threshold: SomaTensor },
    #[error("Insufficient bond: required {required}, provided {provided}.")]
    InsufficientBond { required: u64, provided: u64 },
    #[error("Data size {size} bytes exceeds maximum allowed {max_size} bytes.")]
    DataExceedsMaxSize { size: u64, max_size: u64 },
    #[error("Insufficient emission pool balance.")]
    InsufficientEmissionBalance,
    #[error("Audit window has closed: fill_epoch={fill_epoch}, current_epoch={current_epoch}")]
    AuditWindowClosed { fill_epoch: u64, current_epoch: u64 },
    #[error("Insufficient coin balance for operation.")]
    InsufficientCoinBalance,
    #[error("The coin balance overflows u64")]
    CoinBalanceOverflow,
    #[error("Arithmetic overflow in execution")]
    ArithmeticOverflow,
    #[error("Validator not found.")]
    ValidatorNotFound,
    #[error("Staking Pool not found.")]
    StakingPoolNotFound,
    #[error("Validator cannot report oneself.")]
    CannotReportOneself,
    #[error("Report record cannot be undone if not reported.")]
    ReportRecordNotFound,
    #[error(
        "Certificate cannot be executed due to a dependency on a deleted shared object or an object that was transferred out of consensus"
    )]
    InputObjectDeleted,
    #[error("Certificate is on the deny list")]
    CertificateDenied,
    #[error("Certificate is cancelled due to congestion on shared object")]
    ExecutionCancelledDueToSharedObjectCongestion,
    #[error("SOMA Error {0}")]
    SomaError(SomaError),
}

impl ExecutionFailureStatus {
    /// The node's number of the failure. Several failures share one.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        use FailureKind as K;
        match self {
            Self::InsufficientGas => K::InsufficientGas,
            Self::InvalidOwnership { .. } => K::InvalidOwnership,
            Self::ObjectNotFound { .. } => K::ObjectNotFound,
            Self::InvalidObjectType { .. } => K::InvalidObjectType,
            Self::InvalidTransactionType => K::InvalidTransactionType,
            Self::InvalidArguments { .. } => K::InvalidArguments,
            Self::DuplicateValidator => K::DuplicateValidator,
            Self::DuplicateValidatorMetadata { .. } => K::DuplicateValidatorMetadata,
            Self::MissingProofOfPossession => K::MissingProofOfPossession,
            Self::InvalidProofOfPossession { .. } => K::InvalidProofOfPossession,
            Self::NotAValidator => K::NotAValidator,
            Self::ValidatorAlreadyRemoved => K::ValidatorAlreadyRemoved,
            Self::AdvancedToWrongEpoch => K::AdvancedToWrongEpoch,
            Self::ModelNotFound | Self::ModelNotCreated => K::ModelNotFound,
            Self::NotModelOwner => K::NotModelOwner,
            Self::ModelNotActive => K::ModelNotActive,
            Self::ModelNotPending => K::ModelNotPending,
            Self::ModelAlreadyInactive => K::ModelAlreadyInactive,
            Self::ModelRevealEpochMismatch => K::ModelRevealEpochMismatch,
            Self::ModelEmbeddingCommitmentMismatch => K::ModelEmbeddingCommitmentMismatch,
            Self::ModelDecryptionKeyCommitmentMismatch => K::ModelDecryptionKeyCommitmentMismatch,
            Self::ModelNoPendingUpdate => K::ModelNoPendingUpdate,
            Self::ModelArchitectureVersionMismatch => K::ModelArchitectureVersionMismatch,
            Self::ModelCommissionRateTooHigh => K::ModelCommissionRateTooHigh,
            Self::ModelMinStakeNotMet => K::ModelMinStakeNotMet,
            Self::NoActiveModels => K::NoActiveModels,
            Self::TargetNotFound => K::TargetNotFound,
            Self::TargetNotOpen => K::TargetNotOpen,
            Self::TargetExpired { .. } => K::TargetExpired,
            Self::TargetNotFilled => K::TargetNotFilled,
            Self::AuditWindowOpen { .. } => K::AuditWindowOpen,
            Self::TargetAlreadyClaimed => K::TargetAlreadyClaimed,
            Self::ModelNotInTarget { .. } => K::ModelNotInTarget,
            Self::EmbeddingDimensionMismatch { .. } => K::EmbeddingDimensionMismatch,
            Self::DistanceExceedsThreshold { .. } => K::DistanceExceedsThreshold,
            Self::InsufficientBond { .. } => K::InsufficientBond,
            Self::DataExceedsMaxSize { .. } => K::DataExceedsMaxSize,
            Self::InsufficientEmissionBalance => K::InsufficientEmissionBalance,
            Self::AuditWindowClosed { .. } => K::AuditWindowClosed,
            Self::InsufficientCoinBalance => K::InsufficientCoinBalance,
            Self::CoinBalanceOverflow => K::CoinBalanceOverflow,
            Self::ValidatorNotFound => K::ValidatorNotFound,
            Self::StakingPoolNotFound => K::StakingPoolNotFound,
            Self::CannotReportOneself => K::CannotReportOneself,
            Self::ReportRecordNotFound => K::ReportRecordNotFound,
            Self::InputObjectDeleted => K::InputObjectDeleted,
            Self::CertificateDenied => K::CertificateDenied,
            Self::ExecutionCancelledDueToSharedObjectCongestion => K::SharedObjectCongestion,
            Self::ModelInvalidState | Self::ArithmeticOverflow | Self::SomaError(_) => {
                K::OtherError
            }
        }
    }

    /// What belongs to the failure, as the node's API writes it: numbers as `name=value`, an id, or
    /// words. None where the failure says it all.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        Some(match self {
            Self::InvalidOwnership { object_id, .. }
            | Self::ObjectNotFound { object_id }
            | Self::InvalidObjectType { object_id, .. } => object_id.to_string(),
            Self::InvalidArguments { reason } | Self::InvalidProofOfPossession { reason } => {
                reason.clone()
            }
            Self::DuplicateValidatorMetadata { field } => field.clone(),
            Self::TargetExpired { generation_epoch, current_epoch } => {
                format!("generation_epoch={generation_epoch}, current_epoch={current_epoch}")
            }
            Self::AuditWindowOpen { fill_epoch, current_epoch }
            | Self::AuditWindowClosed { fill_epoch, current_epoch } => {
                format!("fill_epoch={fill_epoch}, current_epoch={current_epoch}")
            }
            Self::ModelNotInTarget { model_id, target_id } => {
                format!("model_id={model_id}, target_id={target_id}")
            }
            Self::EmbeddingDimensionMismatch { expected, actual } => {
                format!("expected={expected}, actual={actual}")
            }
            Self::DistanceExceedsThreshold { score, threshold } => {
                format!("score={}, threshold={}", first(score), first(threshold))
            }
            Self::InsufficientBond { required, provided } => {
                format!("required={required}, provided={provided}")
            }
            Self::DataExceedsMaxSize { size, max_size } => {
                format!("size={size}, max_size={max_size}")
            }
            Self::ModelInvalidState => "Model in invalid state for this operation".to_owned(),
            Self::ArithmeticOverflow => "Arithmetic overflow in execution".to_owned(),
            Self::SomaError(error) => error.to_string(),
            _ => return None,
        })
    }
}

fn first(tensor: &SomaTensor) -> f32 {
    tensor.values().first().copied().unwrap_or(f32::NAN)
}

/// A failure as the node's API numbers it. Several of [`ExecutionFailureStatus`] share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum FailureKind {
    Unknown = 0,
    InsufficientGas = 1,
    InvalidOwnership = 2,
    ObjectNotFound = 3,
    InvalidObjectType = 4,
    InvalidTransactionType = 5,
    InvalidArguments = 6,
    DuplicateValidator = 7,
    NotAValidator = 8,
    ValidatorAlreadyRemoved = 9,
    AdvancedToWrongEpoch = 10,
    ModelNotFound = 11,
    NotModelOwner = 12,
    ModelNotActive = 13,
    InsufficientCoinBalance = 14,
    CoinBalanceOverflow = 15,
    ValidatorNotFound = 16,
    StakingPoolNotFound = 18,
    CannotReportOneself = 19,
    ReportRecordNotFound = 20,
    InputObjectDeleted = 21,
    CertificateDenied = 22,
    SharedObjectCongestion = 23,
    OtherError = 24,
    ModelNotPending = 25,
    ModelAlreadyInactive = 26,
    ModelRevealEpochMismatch = 27,
    ModelEmbeddingCommitmentMismatch = 28,
    ModelNoPendingUpdate = 29,
    ModelArchitectureVersionMismatch = 30,
    ModelCommissionRateTooHigh = 31,
    ModelMinStakeNotMet = 32,
    NoActiveModels = 33,
    TargetNotFound = 34,
    TargetNotOpen = 35,
    TargetExpired = 36,
    TargetNotFilled = 37,
    AuditWindowOpen = 38,
    TargetAlreadyClaimed = 39,
    ModelNotInTarget = 40,
    EmbeddingDimensionMismatch = 41,
    DistanceExceedsThreshold = 42,
    InsufficientBond = 43,
    InsufficientEmissionBalance = 44,
    AuditWindowClosed = 45,
    DataExceedsMaxSize = 52,
    DuplicateValidatorMetadata = 54,
    MissingProofOfPossession = 55,
    InvalidProofOfPossession = 56,
    ModelDecryptionKeyCommitmentMismatch = 57,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [Self; 50] = [
        Self::Unknown,
        Self::InsufficientGas,
        Self::InvalidOwnership,
        Self::ObjectNotFound,
        Self::InvalidObjectType,
        Self::InvalidTransactionType,
        Self::InvalidArguments,
        Self::DuplicateValidator,
        Self::NotAValidator,
        Self::ValidatorAlreadyRemoved,
        Self::AdvancedToWrongEpoch,
        Self::ModelNotFound,
        Self::NotModelOwner,
        Self::ModelNotActive,
        Self::InsufficientCoinBalance,
        Self::CoinBalanceOverflow,
        Self::ValidatorNotFound,
        Self::StakingPoolNotFound,
        Self::CannotReportOneself,
        Self::ReportRecordNotFound,
        Self::InputObjectDeleted,
        Self::CertificateDenied,
        Self::SharedObjectCongestion,
        Self::OtherError,
        Self::ModelNotPending,
        Self::ModelAlreadyInactive,
        Self::ModelRevealEpochMismatch,
        Self::ModelEmbeddingCommitmentMismatch,
        Self::ModelNoPendingUpdate,
        Self::ModelArchitectureVersionMismatch,
        Self::ModelCommissionRateTooHigh,
        Self::ModelMinStakeNotMet,
        Self::NoActiveModels,
        Self::TargetNotFound,
        Self::TargetNotOpen,
        Self::TargetExpired,
        Self::TargetNotFilled,
        Self::AuditWindowOpen,
        Self::TargetAlreadyClaimed,
        Self::ModelNotInTarget,
        Self::EmbeddingDimensionMismatch,
        Self::DistanceExceedsThreshold,
        Self::InsufficientBond,
        Self::InsufficientEmissionBalance,
        Self::AuditWindowClosed,
        Self::DataExceedsMaxSize,
        Self::DuplicateValidatorMetadata,
        Self::MissingProofOfPossession,
        Self::InvalidProofOfPossession,
        Self::ModelDecryptionKeyCommitmentMismatch,
    ];

    /// The failure of a number; unknown numbers are [`Unknown`](Self::Unknown).
    #[must_use]
    pub fn from_number(number: i32) -> Self {
        Self::ALL.into_iter().find(|kind| *kind as i32 == number).unwrap_or(Self::Unknown)
    }
}
