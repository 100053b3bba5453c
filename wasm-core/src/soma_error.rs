//! Errors of the node that can appear inside effects, and in the text of refused calls.
//!
//! `Display` gives the node's own text wherever a client meets it; the other variants never leave a
//! validator and are put in words of this crate.

use crate::address::ObjectId;
use crate::checkpoint::{AuthorityName, Committee};
use crate::digest::{CheckpointContentsDigest, EffectsDigest, ObjectDigest, TransactionDigest};
use crate::object::ObjectRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An object's version, in the one place where it is printed as `Version(n)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(pub u64);

/// An error of the node (tag 51 of a failure). Variant `n` has BCS tag `n`; names and fields are the
/// chain's and say what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub enum SomaError {
    #[error("the committee is not valid: {0}")]
    InvalidCommittee(String),
    #[error("Signature key generation error: {0}")]
    SignatureKeyGenError(String),
    #[error("the private key is not valid")]
    InvalidPrivateKey,
    #[error("a key cannot be converted: {0}")]
    KeyConversionError(String),
    #[error("Signature is not valid: {error}")]
    InvalidSignature { error: String },
    #[error("the address is not valid")]
    InvalidAddress,
    #[error("signed by another than the sender: {error}")]
    IncorrectSigner { error: String },
    #[error("{1} - {0}")]
    RpcError(String, String),
    #[error("the validator rests until the next epoch begins")]
    ValidatorHaltedAtEpochEnd,
    #[error("epoch {0} is over")]
    EpochEnded(u64),
    #[error("the next epoch cannot begin: {error}")]
    AdvanceEpochError { error: String },
    #[error("it took too long")]
    TimeoutError,
    #[error("the fullnode could not execute the transaction: {error}")]
    TransactionOrchestratorLocalExecutionError { error: String },
    #[error("consensus did not take the transaction: {0}")]
    FailedToSubmitToConsensus(String),
    #[error("Authority Error: {error:?}")]
    GenericAuthorityError { error: String },
    #[error("the committee of epoch {0} is unknown")]
    MissingCommitteeAtEpoch(u64),
    #[error("the fullnode does not reach its transaction driver: {error}")]
    QuorumDriverCommunicationError { error: String },
    #[error("effects of validator {validator_name:?} do not verify: {error}")]
    FailedToVerifyTxCertWithExecutedEffects { validator_name: AuthorityName, error: String },
    #[error("too many validators refuse to {action}: {errors:?}")]
    TooManyIncorrectAuthorities { errors: Vec<(AuthorityName, Self)>, action: String },
    #[error("signed for epoch {actual_epoch}, not for {expected_epoch}")]
    WrongEpoch { expected_epoch: u64, actual_epoch: u64 },
    #[error("Expect {expected} signer signatures but got {actual}")]
    SignerSignatureNumberMismatch { expected: u64, actual: u64 },
    #[error("Required Signature from {expected} is absent {actual:?}")]
    SignerSignatureAbsent { expected: String, actual: Vec<String> },
    #[error("signer {signer:?} (index {index:?}) is not in the committee of epoch {}", committee.epoch)]
    UnknownSigner { signer: Option<String>, index: Option<u32>, committee: Box<Committee> },
    #[error("the authenticator is not valid")]
    InvalidAuthenticator,
    #[error("the certificate lacks a quorum")]
    CertificateRequiresQuorum,
    #[error("validator {signer:?} has signed twice (differently: {conflicting_sig})")]
    StakeAggregatorRepeatedSigner { signer: AuthorityName, conflicting_sig: bool },
    #[error("validator {authority:?} misbehaves: {reason}")]
    ByzantineAuthoritySuspicion { authority: AuthorityName, reason: String },
    #[error("a digest has {expected} bytes, this one has {actual}")]
    InvalidDigestLength { expected: u64, actual: u64 },
    #[error("validators disagree about the effects: {effects_map:?}")]
    QuorumFailedToGetEffectsQuorumWhenProcessingTransaction {
        effects_map: BTreeMap<EffectsDigest, (Vec<AuthorityName>, u64)>,
    },
    #[error("the certificate could not be processed: {err}")]
    ErrorWhileProcessingCertificate { err: String },
    #[error("a fullnode takes no certificates")]
    FullNodeCantHandleCertificate,
    #[error("the transaction's digest is not valid")]
    InvalidTransactionDigest,
    #[error("Could not find the referenced object {object_id:?} at version {version:?}")]
    ObjectNotFound { object_id: ObjectId, version: Option<Version> },
    #[error(
        "Object {obj_ref:?} already locked by a different transaction: {pending_transaction:?}"
    )]
    ObjectLockConflict { obj_ref: ObjectRef, pending_transaction: TransactionDigest },
    #[error(
        "Object {provided_obj_ref:?} is not available for consumption, its current version: {current_version:?}"
    )]
    ObjectVersionUnavailableForConsumption { provided_obj_ref: ObjectRef, current_version: Version },
    #[error(
        "Invalid Object digest for object {object_id:?}. Expected digest : {expected_digest:?}"
    )]
    InvalidObjectDigest { object_id: ObjectId, expected_digest: ObjectDigest },
    #[error("the node's storage fails: {0}")]
    Storage(String),
    #[error("locks exist already for {refs:?}")]
    ObjectLockAlreadyInitialized { refs: Vec<ObjectRef> },
    #[error("Failed to read or deserialize system state related data structures on-chain: {0}")]
    SystemStateReadError(String),
    #[error("the node's network is not set up: {0}")]
    NetworkConfig(String),
    #[error("the node cannot connect: {0}")]
    NetworkClientConnection(String),
    #[error("the node cannot listen: {0}")]
    NetworkServerConnection(String),
    #[error("peer {0} is unknown")]
    PeerNotFound(PeerId),
    #[error("consensus fails: {0}")]
    Consensus(String),
    #[error("epoch {0} has no committee")]
    NoCommitteeForEpoch(u64),
    #[error("Expecting a single owner, shared ownership found")]
    UnexpectedOwnerType,
    #[error("The transaction inputs contain duplicated ObjectRef's")]
    DuplicateObjectRefInput,
    #[error("something cannot be serialized: {0}")]
    SerializationFailure(String),
    #[error("the delay function fails: {0}")]
    FailedVDF(String),
    #[error("no shard could be drawn: {0}")]
    ShardSamplingError(String),
    #[error("the proof of finality is not valid: {0}")]
    InvalidFinalityProof(String),
    #[error("no verified checkpoint has number {0}")]
    VerifiedCheckpointNotFound(u64),
    #[error("no verified checkpoint has digest {0}")]
    VerifiedCheckpointDigestNotFound(String),
    #[error("there is no checkpoint yet")]
    LatestCheckpointSequenceNumberNotFound,
    #[error("no checkpoint has contents {0}")]
    CheckpointContentsNotFound(CheckpointContentsDigest),
    #[error("a transaction cannot be serialized: {error}")]
    TransactionSerializationError { error: String },
    #[error("a transaction cannot be read: {error}")]
    TransactionDeserializationError { error: String },
    #[error("effects cannot be serialized: {error}")]
    TransactionEffectsSerializationError { error: String },
    #[error("effects cannot be read: {error}")]
    TransactionEffectsDeserializationError { error: String },
    #[error("an object cannot be serialized: {error}")]
    ObjectSerializationError { error: String },
    #[error("an object cannot be read: {error}")]
    ObjectDeserializationError { error: String },
    #[error("a file of the node fails: {0}")]
    FileIOError(String),
    #[error("a {type_info} cannot be serialized: {error}")]
    GrpcMessageSerializeError { type_info: String, error: String },
    #[error("a {type_info} cannot be read: {error}")]
    GrpcMessageDeserializeError { type_info: String, error: String },
    #[error("the request is not valid: {0}")]
    InvalidRequest(String),
    #[error("transactions of {size} bytes were sent together, {limit} are allowed")]
    TotalTransactionSizeTooLargeInBatch { size: u64, limit: u64 },
    #[error("that is switched off: {error}")]
    UnsupportedFeatureError { error: String },
    #[error("too many requests")]
    TooManyRequests,
    #[error("Transaction was not signed by the correct sender: {error}")]
    IncorrectUserSignature { error: String },
    #[error("there is no genesis transaction")]
    GenesisTransactionNotFound,
    #[error("an unnamed error: {0}")]
    Unknown(String),
    #[error("transaction {digest} is unknown")]
    TransactionNotFound { digest: TransactionDigest },
    #[error("transactions {digests:?} are unknown")]
    TransactionsNotFound { digests: Vec<TransactionDigest> },
    #[error("too many transactions wait for consensus")]
    TooManyTransactionsPendingConsensus,
    #[error("the validator is at round {last_committed_round}, asked for {round}")]
    ValidatorConsensusLagging { round: u32, last_committed_round: u32 },
    #[error("execution fails: {0}")]
    ExecutionError(String),
    #[error("the transaction is final with other signatures")]
    TxAlreadyFinalizedWithDifferentUserSigs,
    #[error("Transaction is denied: {error}")]
    TransactionDenied { error: String },
    #[error("Wrong initial version given for shared object")]
    SharedObjectStartingVersionMismatch,
    #[error("Object used as shared is not shared")]
    NotSharedObjectError,
    #[error("the version is beyond the highest usable one")]
    InvalidSequenceNumber,
    #[error("Object used as owned is not owned")]
    NotOwnedObjectError,
    #[error("Mutable object {object_id} cannot appear more than one in one transaction")]
    MutableObjectUsedMoreThanOnce { object_id: ObjectId },
    #[error("the transaction has another number of objects than it needs")]
    ObjectInputArityViolation,
    #[error("object {object_id} must be usable for change")]
    MutableParameterExpected { object_id: ObjectId },
    #[error("Gas payment error {0}")]
    GasPaymentError(String),
    #[error("the encoder service is down")]
    EncoderServiceUnavailable,
    #[error("the transaction is in no checkpoint yet")]
    TransactionNotFinalized,
    #[error("the transaction embeds no data")]
    NotEmbedDataTransaction,
    #[error("the transaction failed: {0}")]
    TransactionFailed(String),
    #[error("VDF computation failed: {0}")]
    VdfComputationFailed(String),
}

/// A peer of the node's network: its Ed25519 key.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerId(pub [u8; 32]);

impl std::fmt::Display for PeerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl std::fmt::Debug for PeerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PeerId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::SomaError;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn tags_count_from_0_to_90() {
        let tag = |error: SomaError| bcs::to_bytes(&error).unwrap()[0];
        assert_eq!(tag(SomaError::InvalidCommittee(String::new())), 0);
        assert_eq!(tag(SomaError::ErrorWhileProcessingCertificate { err: String::new() }), 29);
        assert_eq!(tag(SomaError::NoCommitteeForEpoch(1)), 44);
        assert_eq!(
            tag(SomaError::GrpcMessageSerializeError {
                type_info: String::new(),
                error: String::new(),
            }),
            62
        );
        assert_eq!(tag(SomaError::TooManyTransactionsPendingConsensus), 73);
        assert_eq!(tag(SomaError::VdfComputationFailed(String::new())), 90);
        assert!(bcs::from_bytes::<SomaError>(&[91]).is_err());
    }

    #[test]
    fn errors_within_errors_without_end_are_refused() {
        // One error of one validator, which is again one error of one validator …
        let level = [&[18, 1, 96][..], &[0; 96]].concat();
        let bytes = level.repeat(10_000);
        assert!(bcs::from_bytes::<SomaError>(&bytes).is_err());
    }
}
