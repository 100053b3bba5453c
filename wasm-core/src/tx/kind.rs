//! Everything a transaction can do: 23 kinds for people, 3 for the system.

use crate::address::{Address, ModelId, TargetId};
use crate::digest::{
    DecryptionKeyCommitment, EmbeddingCommitment, OpaqueDigest, WeightsCommitment,
};
use crate::manifest::{Manifest, SubmissionManifest};
use crate::object::{Object, ObjectRef};
use crate::tensor::SomaTensor;
use crate::weights::DecryptionKey;
use serde::{Deserialize, Serialize};

/// What a transaction does. The order is the chain's: variant `n` has BCS tag `n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransactionKind {
    /// System: the first objects.
    Genesis(GenesisTransaction),
    /// System: a consensus commit begins.
    ConsensusCommitPrologueV1(ConsensusCommitPrologueV1),
    /// System: the next epoch begins.
    ChangeEpoch(ChangeEpoch),
    /// Asks to become a validator.
    AddValidator(AddValidatorArgs),
    /// Asks to stop being a validator.
    RemoveValidator(RemoveValidatorArgs),
    /// A validator reports another.
    ReportValidator {
        /// Who is reported.
        reportee: Address,
    },
    /// Takes a report back.
    UndoReportValidator {
        /// Who was reported.
        reportee: Address,
    },
    /// Stages new validator metadata for the next epoch.
    UpdateValidatorMetadata(UpdateValidatorMetadataArgs),
    /// Sets a validator's commission.
    SetCommissionRate {
        /// Basis points.
        new_rate: u64,
    },
    /// Pays from one coin; all of it where no amount is named.
    TransferCoin {
        /// What pays.
        coin: ObjectRef,
        /// Shannons, or the whole coin.
        amount: Option<u64>,
        /// Who receives.
        recipient: Address,
    },
    /// Pays several people from several coins.
    PayCoins {
        /// What pays.
        coins: Vec<ObjectRef>,
        /// Shannons for each recipient; none for everything to a single one.
        amounts: Option<Vec<u64>>,
        /// Who receives.
        recipients: Vec<Address>,
    },
    /// Gives whole objects away.
    TransferObjects {
        /// What is given.
        objects: Vec<ObjectRef>,
        /// Who receives.
        recipient: Address,
    },
    /// Stakes with a validator.
    AddStake {
        /// The validator.
        address: Address,
        /// What pays.
        coin_ref: ObjectRef,
        /// Shannons, or the whole coin.
        amount: Option<u64>,
    },
    /// Ends a stake.
    WithdrawStake {
        /// The stake.
        staked_soma: ObjectRef,
    },
    /// Registers a model with its first stake, taken from the gas coin.
    CreateModel {
        /// Shannons.
        stake_amount: u64,
        /// Basis points.
        commission_rate: u64,
        /// Must be the network's current one.
        architecture_version: u64,
    },
    /// Promises weights, embedding and key.
    CommitModel(CommitModelArgs),
    /// Keeps the promise, one epoch later.
    RevealModel(RevealModelArgs),
    /// Stakes with a model.
    AddStakeToModel {
        /// The model.
        model_id: ModelId,
        /// What pays.
        coin_ref: ObjectRef,
        /// Shannons, or the whole coin.
        amount: Option<u64>,
    },
    /// Sets a model's commission for the next epoch.
    SetModelCommissionRate {
        /// The model.
        model_id: ModelId,
        /// Basis points.
        new_rate: u64,
    },
    /// Takes a model out of service, for good.
    DeactivateModel {
        /// The model.
        model_id: ModelId,
    },
    /// A validator reports a model.
    ReportModel {
        /// The model.
        model_id: ModelId,
    },
    /// Takes a report back.
    UndoReportModel {
        /// The model.
        model_id: ModelId,
    },
    /// Submits data that hits a target.
    SubmitData(SubmitDataArgs),
    /// Settles a filled or expired target.
    ClaimRewards {
        /// The target.
        target_id: TargetId,
    },
    /// A validator reports a submission.
    ReportSubmission {
        /// The target.
        target_id: TargetId,
    },
    /// Takes a report back.
    UndoReportSubmission {
        /// The target.
        target_id: TargetId,
    },
}

/// The first objects of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenesisTransaction {
    /// All of them.
    pub objects: Vec<Object>,
}

/// The head of a consensus commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsensusCommitPrologueV1 {
    /// Epoch of the commit.
    pub epoch: u64,
    /// Consensus round.
    pub round: u64,
    /// Which part of a split commit.
    pub sub_dag_index: Option<u64>,
    /// Milliseconds since 1970.
    pub commit_timestamp_ms: u64,
    /// Of the commit.
    pub consensus_commit_digest: OpaqueDigest,
    /// Of further state.
    pub additional_state_digest: OpaqueDigest,
}

/// The step into the next epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeEpoch {
    /// The epoch that begins.
    pub epoch: u64,
    /// Milliseconds since 1970.
    pub epoch_start_timestamp_ms: u64,
    /// Protocol version from now on.
    pub protocol_version: u64,
    /// Shannons of fees collected in the epoch that ends.
    pub fees: u64,
    /// Randomness of the new epoch.
    pub epoch_randomness: Vec<u8>,
}

/// A candidate's keys and addresses. The addresses are themselves BCS strings of multiaddrs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub struct AddValidatorArgs {
    pub pubkey_bytes: Vec<u8>,
    pub network_pubkey_bytes: Vec<u8>,
    pub worker_pubkey_bytes: Vec<u8>,
    pub proof_of_possession: Vec<u8>,
    pub net_address: Vec<u8>,
    pub p2p_address: Vec<u8>,
    pub primary_address: Vec<u8>,
    pub proxy_address: Vec<u8>,
}

/// Names the leaving validator's protocol key; the chain ignores it and takes the sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveValidatorArgs {
    /// BLS public key, 96 bytes.
    pub pubkey_bytes: Vec<u8>,
}

/// What shall change of a validator in the next epoch. Addresses are BCS strings of multiaddrs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the chain's and say it")]
pub struct UpdateValidatorMetadataArgs {
    pub next_epoch_network_address: Option<Vec<u8>>,
    pub next_epoch_p2p_address: Option<Vec<u8>>,
    pub next_epoch_primary_address: Option<Vec<u8>>,
    pub next_epoch_proxy_address: Option<Vec<u8>>,
    pub next_epoch_protocol_pubkey: Option<Vec<u8>>,
    pub next_epoch_worker_pubkey: Option<Vec<u8>>,
    pub next_epoch_network_pubkey: Option<Vec<u8>>,
    pub next_epoch_proof_of_possession: Option<Vec<u8>>,
}

/// A promise of weights, embedding and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitModelArgs {
    /// The model.
    pub model_id: ModelId,
    /// Where the encrypted weights lie.
    pub manifest: Manifest,
    /// Blake2b-256 of the encrypted weights.
    pub weights_commitment: WeightsCommitment,
    /// Blake2b-256 of the embedding's BCS.
    pub embedding_commitment: EmbeddingCommitment,
    /// Blake2b-256 of the key.
    pub decryption_key_commitment: DecryptionKeyCommitment,
}

/// The promise kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealModelArgs {
    /// The model.
    pub model_id: ModelId,
    /// The key, public from now on.
    pub decryption_key: DecryptionKey,
    /// Where the model stands in embedding space; shape `[n]`.
    pub embedding: SomaTensor,
}

/// Data that hits a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmitDataArgs {
    /// The target.
    pub target_id: TargetId,
    /// Where the data lies.
    pub data_manifest: SubmissionManifest,
    /// The model that scored best.
    pub model_id: ModelId,
    /// The data's embedding; shape `[n]`.
    pub embedding: SomaTensor,
    /// Distance to the target; shape `[1]`.
    pub distance_score: SomaTensor,
    /// Loss of each model; shape `[n]`.
    pub loss_score: SomaTensor,
    /// What pays the bond.
    pub bond_coin: ObjectRef,
}

impl TransactionKind {
    /// Whether only the system may send it (tags 0 to 2).
    #[must_use]
    pub const fn is_system(&self) -> bool {
        matches!(self, Self::Genesis(_) | Self::ConsensusCommitPrologueV1(_) | Self::ChangeEpoch(_))
    }

    /// The chain's name of the variant.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "Genesis",
            Self::ConsensusCommitPrologueV1(_) => "ConsensusCommitPrologueV1",
            Self::ChangeEpoch(_) => "ChangeEpoch",
            Self::AddValidator(_) => "AddValidator",
            Self::RemoveValidator(_) => "RemoveValidator",
            Self::ReportValidator { .. } => "ReportValidator",
            Self::UndoReportValidator { .. } => "UndoReportValidator",
            Self::UpdateValidatorMetadata(_) => "UpdateValidatorMetadata",
            Self::SetCommissionRate { .. } => "SetCommissionRate",
            Self::TransferCoin { .. } => "TransferCoin",
            Self::PayCoins { .. } => "PayCoins",
            Self::TransferObjects { .. } => "TransferObjects",
            Self::AddStake { .. } => "AddStake",
            Self::WithdrawStake { .. } => "WithdrawStake",
            Self::CreateModel { .. } => "CreateModel",
            Self::CommitModel(_) => "CommitModel",
            Self::RevealModel(_) => "RevealModel",
            Self::AddStakeToModel { .. } => "AddStakeToModel",
            Self::SetModelCommissionRate { .. } => "SetModelCommissionRate",
            Self::DeactivateModel { .. } => "DeactivateModel",
            Self::ReportModel { .. } => "ReportModel",
            Self::UndoReportModel { .. } => "UndoReportModel",
            Self::SubmitData(_) => "SubmitData",
            Self::ClaimRewards { .. } => "ClaimRewards",
            Self::ReportSubmission { .. } => "ReportSubmission",
            Self::UndoReportSubmission { .. } => "UndoReportSubmission",
        }
    }

    /// The owned objects it names, in the order of its fields.
    #[must_use]
    pub fn owned_inputs(&self) -> Vec<ObjectRef> {
        match self {
            Self::TransferCoin { coin, .. } => vec![*coin],
            Self::PayCoins { coins, .. } => coins.clone(),
            Self::TransferObjects { objects, .. } => objects.clone(),
            Self::AddStake { coin_ref, .. } | Self::AddStakeToModel { coin_ref, .. } => {
                vec![*coin_ref]
            }
            Self::WithdrawStake { staked_soma } => vec![*staked_soma],
            Self::SubmitData(args) => vec![args.bond_coin],
            _ => Vec::new(),
        }
    }

    /// Whether it reads and writes the system state: all kinds but the three that only move objects.
    #[must_use]
    pub const fn uses_system_state(&self) -> bool {
        !matches!(
            self,
            Self::Genesis(_)
                | Self::ConsensusCommitPrologueV1(_)
                | Self::TransferCoin { .. }
                | Self::PayCoins { .. }
                | Self::TransferObjects { .. }
        )
    }

    /// The target it reads and writes.
    #[must_use]
    pub const fn target(&self) -> Option<TargetId> {
        match self {
            Self::SubmitData(args) => Some(args.target_id),
            Self::ClaimRewards { target_id }
            | Self::ReportSubmission { target_id }
            | Self::UndoReportSubmission { target_id } => Some(*target_id),
            _ => None,
        }
    }
}
