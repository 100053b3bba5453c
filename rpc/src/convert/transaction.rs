//! Transactions. A node rebuilds the signed bytes from this form, so nothing may be lost in it.

use super::{
    ConvertError, address, fixed, milliseconds, object_id, parse_address, parsed, required, text,
    timestamp,
};
use crate::proto::soma as proto;
use proto::transaction_kind::Kind;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::{Checksum, OpaqueDigest};
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::{Object, ObjectError, ObjectRef};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{
    AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1, GenesisTransaction,
    RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs, UpdateValidatorMetadataArgs,
};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

/// A transaction in the client's form, with its true digest.
///
/// # Errors
/// Where a genesis transaction holds an object that is too short to hold its id.
pub fn transaction_to_proto(data: &TransactionData) -> Result<proto::Transaction, ObjectError> {
    Ok(proto::Transaction {
        digest: Some(data.digest().to_string()),
        kind: Some(kind_to_proto(data.kind())?),
        sender: Some(data.sender().to_bare_hex()),
        gas_payment: references_to_proto(data.gas_payment()),
    })
}

/// A transaction of the wire, with the bytes that a node would rebuild.
impl TryFrom<&proto::Transaction> for TransactionData {
    type Error = ConvertError;
    fn try_from(message: &proto::Transaction) -> Result<Self, ConvertError> {
        let kind = required(message.kind.as_ref(), "kind")?.try_into()?;
        let sender = address(message.sender.as_ref(), "sender")?;
        Ok(Self::new(kind, sender, references(&message.gas_payment)?))
    }
}

/// Whether the wire's form holds all of a transaction.
///
/// It cannot hold everything: an absent list of amounts, tensors of other shapes. A node would
/// rebuild other bytes than were signed.
#[must_use]
pub fn is_expressible(data: &TransactionData) -> bool {
    transaction_to_proto(data)
        .is_ok_and(|message| TransactionData::try_from(&message).is_ok_and(|back| back == *data))
}

fn kind_to_proto(kind: &TransactionKind) -> Result<proto::TransactionKind, ObjectError> {
    use TransactionKind as K;
    let kind = match kind {
        K::Genesis(_) | K::ConsensusCommitPrologueV1(_) | K::ChangeEpoch(_) => system_kind(kind)?,
        K::TransferCoin { .. } | K::PayCoins { .. } | K::TransferObjects { .. } => coin_kind(kind),
        K::AddStake { .. } | K::WithdrawStake { .. } | K::AddStakeToModel { .. } => {
            stake_kind(kind)
        }
        K::CreateModel { .. }
        | K::CommitModel(_)
        | K::RevealModel(_)
        | K::SetModelCommissionRate { .. }
        | K::DeactivateModel { .. }
        | K::ReportModel { .. }
        | K::UndoReportModel { .. } => model_kind(kind),
        K::SubmitData(_)
        | K::ClaimRewards { .. }
        | K::ReportSubmission { .. }
        | K::UndoReportSubmission { .. } => target_kind(kind),
        K::AddValidator(_)
        | K::RemoveValidator(_)
        | K::ReportValidator { .. }
        | K::UndoReportValidator { .. }
        | K::UpdateValidatorMetadata(_)
        | K::SetCommissionRate { .. } => validator_kind(kind),
    };
    Ok(proto::TransactionKind { kind })
}

fn system_kind(kind: &TransactionKind) -> Result<Option<Kind>, ObjectError> {
    Ok(match kind {
        TransactionKind::Genesis(genesis) => {
            let objects: Result<_, _> =
                genesis.objects.iter().map(super::object::object_to_proto).collect();
            Some(Kind::Genesis(proto::GenesisTransaction { objects: objects? }))
        }
        TransactionKind::ConsensusCommitPrologueV1(prologue) => {
            Some(Kind::ConsensusCommitPrologue(proto::ConsensusCommitPrologue {
                epoch: Some(prologue.epoch),
                round: Some(prologue.round),
                sub_dag_index: prologue.sub_dag_index,
                commit_timestamp: Some(timestamp(prologue.commit_timestamp_ms)),
                consensus_commit_digest: Some(prologue.consensus_commit_digest.to_string()),
                additional_state_digest: Some(prologue.additional_state_digest.to_string()),
            }))
        }
        TransactionKind::ChangeEpoch(change) => Some(Kind::ChangeEpoch(proto::ChangeEpoch {
            epoch: Some(change.epoch),
            epoch_start_timestamp: Some(timestamp(change.epoch_start_timestamp_ms)),
            protocol_version: Some(change.protocol_version),
            fees: Some(change.fees),
            epoch_randomness: Some(change.epoch_randomness.clone()),
        })),
        _ => None,
    })
}

fn coin_kind(kind: &TransactionKind) -> Option<Kind> {
    Some(match kind {
        TransactionKind::TransferCoin { coin, amount, recipient } => {
            Kind::TransferCoin(proto::TransferCoin {
                coin: Some(coin.into()),
                amount: *amount,
                recipient: Some(recipient.to_bare_hex()),
            })
        }
        TransactionKind::PayCoins { coins, amounts, recipients } => {
            Kind::PayCoins(proto::PayCoins {
                coins: references_to_proto(coins),
                amounts: amounts.clone().unwrap_or_default(),
                recipients: recipients.iter().map(|address| address.to_bare_hex()).collect(),
            })
        }
        TransactionKind::TransferObjects { objects, recipient } => {
            Kind::TransferObjects(proto::TransferObjects {
                objects: references_to_proto(objects),
                recipient: Some(recipient.to_bare_hex()),
            })
        }
        _ => return None,
    })
}

fn stake_kind(kind: &TransactionKind) -> Option<Kind> {
    Some(match kind {
        TransactionKind::AddStake { address, coin_ref, amount } => {
            Kind::AddStake(proto::AddStake {
                address: Some(address.to_bare_hex()),
                coin_ref: Some(coin_ref.into()),
                amount: *amount,
            })
        }
        TransactionKind::WithdrawStake { staked_soma } => {
            Kind::WithdrawStake(proto::WithdrawStake { staked_soma: Some(staked_soma.into()) })
        }
        TransactionKind::AddStakeToModel { model_id, coin_ref, amount } => {
            Kind::AddStakeToModel(proto::AddStakeToModel {
                model_id: Some(model_id.to_string()),
                coin_ref: Some(coin_ref.into()),
                amount: *amount,
            })
        }
        _ => return None,
    })
}

fn model_kind(kind: &TransactionKind) -> Option<Kind> {
    Some(match kind {
        TransactionKind::CreateModel { stake_amount, commission_rate, architecture_version } => {
            Kind::CreateModel(proto::CreateModel {
                stake_amount: Some(*stake_amount),
                commission_rate: Some(*commission_rate),
                architecture_version: Some(*architecture_version),
            })
        }
        TransactionKind::CommitModel(args) => Kind::CommitModel(proto::CommitModel {
            model_id: Some(args.model_id.to_string()),
            manifest: Some((&args.manifest).into()),
            weights_commitment: Some(args.weights_commitment.0.to_vec()),
            embedding_commitment: Some(args.embedding_commitment.0.to_vec()),
            decryption_key_commitment: Some(args.decryption_key_commitment.0.to_vec()),
        }),
        TransactionKind::RevealModel(args) => Kind::RevealModel(proto::RevealModel {
            model_id: Some(args.model_id.to_string()),
            decryption_key: Some(args.decryption_key.0.to_vec()),
            embedding: args.embedding.values().to_vec(),
        }),
        TransactionKind::SetModelCommissionRate { model_id, new_rate } => {
            Kind::SetModelCommissionRate(proto::SetModelCommissionRate {
                model_id: Some(model_id.to_string()),
                new_rate: Some(*new_rate),
            })
        }
        TransactionKind::DeactivateModel { model_id } => {
            Kind::DeactivateModel(proto::DeactivateModel { model_id: Some(model_id.to_string()) })
        }
        TransactionKind::ReportModel { model_id } => {
            Kind::ReportModel(proto::ReportModel { model_id: Some(model_id.to_string()) })
        }
        TransactionKind::UndoReportModel { model_id } => {
            Kind::UndoReportModel(proto::UndoReportModel { model_id: Some(model_id.to_string()) })
        }
        _ => return None,
    })
}

fn target_kind(kind: &TransactionKind) -> Option<Kind> {
    Some(match kind {
        TransactionKind::SubmitData(args) => Kind::SubmitData(proto::SubmitData {
            target_id: Some(args.target_id.to_string()),
            data_manifest: Some(proto::SubmissionManifest {
                manifest: Some((&args.data_manifest.manifest).into()),
            }),
            model_id: Some(args.model_id.to_string()),
            embedding: args.embedding.values().to_vec(),
            distance_score: args.distance_score.values().first().copied(),
            bond_coin: Some((&args.bond_coin).into()),
            loss_score: args.loss_score.values().to_vec(),
        }),
        TransactionKind::ClaimRewards { target_id } => {
            Kind::ClaimRewards(proto::ClaimRewards { target_id: Some(target_id.to_string()) })
        }
        TransactionKind::ReportSubmission { target_id } => {
            Kind::ReportSubmission(proto::ReportSubmission {
                target_id: Some(target_id.to_string()),
                challenger: None,
            })
        }
        TransactionKind::UndoReportSubmission { target_id } => {
            Kind::UndoReportSubmission(proto::UndoReportSubmission {
                target_id: Some(target_id.to_string()),
            })
        }
        _ => return None,
    })
}

fn validator_kind(kind: &TransactionKind) -> Option<Kind> {
    Some(match kind {
        TransactionKind::AddValidator(args) => {
            let args = args.clone();
            Kind::AddValidator(proto::AddValidator {
                pubkey_bytes: Some(args.pubkey_bytes),
                network_pubkey_bytes: Some(args.network_pubkey_bytes),
                worker_pubkey_bytes: Some(args.worker_pubkey_bytes),
                net_address: Some(args.net_address),
                p2p_address: Some(args.p2p_address),
                primary_address: Some(args.primary_address),
                proxy_address: Some(args.proxy_address),
                proof_of_possession: Some(args.proof_of_possession),
            })
        }
        TransactionKind::RemoveValidator(args) => Kind::RemoveValidator(proto::RemoveValidator {
            pubkey_bytes: Some(args.pubkey_bytes.clone()),
        }),
        TransactionKind::ReportValidator { reportee } => {
            Kind::ReportValidator(proto::ReportValidator { reportee: Some(reportee.to_bare_hex()) })
        }
        TransactionKind::UndoReportValidator { reportee } => {
            Kind::UndoReportValidator(proto::UndoReportValidator {
                reportee: Some(reportee.to_bare_hex()),
            })
        }
        TransactionKind::UpdateValidatorMetadata(args) => {
            let args = args.clone();
            Kind::UpdateValidatorMetadata(proto::UpdateValidatorMetadata {
                next_epoch_network_address: args.next_epoch_network_address,
                next_epoch_p2p_address: args.next_epoch_p2p_address,
                next_epoch_primary_address: args.next_epoch_primary_address,
                next_epoch_proxy_address: args.next_epoch_proxy_address,
                next_epoch_protocol_pubkey: args.next_epoch_protocol_pubkey,
                next_epoch_worker_pubkey: args.next_epoch_worker_pubkey,
                next_epoch_network_pubkey: args.next_epoch_network_pubkey,
                next_epoch_proof_of_possession: args.next_epoch_proof_of_possession,
            })
        }
        TransactionKind::SetCommissionRate { new_rate } => {
            Kind::SetCommissionRate(proto::SetCommissionRate { new_rate: Some(*new_rate) })
        }
        _ => return None,
    })
}

impl TryFrom<&proto::TransactionKind> for TransactionKind {
    type Error = ConvertError;
    fn try_from(message: &proto::TransactionKind) -> Result<Self, ConvertError> {
        match required(message.kind.as_ref(), "kind")? {
            Kind::Genesis(m) => genesis(m),
            Kind::ConsensusCommitPrologue(m) => prologue(m),
            Kind::ChangeEpoch(m) => change_epoch(m),
            Kind::AddValidator(m) => add_validator(m),
            Kind::RemoveValidator(m) => Ok(Self::RemoveValidator(RemoveValidatorArgs {
                pubkey_bytes: bytes(m.pubkey_bytes.as_ref(), "pubkey_bytes")?,
            })),
            Kind::ReportValidator(m) => {
                Ok(Self::ReportValidator { reportee: address(m.reportee.as_ref(), "reportee")? })
            }
            Kind::UndoReportValidator(m) => Ok(Self::UndoReportValidator {
                reportee: address(m.reportee.as_ref(), "reportee")?,
            }),
            Kind::UpdateValidatorMetadata(m) => Ok(update_validator_metadata(m)),
            Kind::SetCommissionRate(m) => {
                Ok(Self::SetCommissionRate { new_rate: required(m.new_rate, "new_rate")? })
            }
            Kind::TransferCoin(m) => Ok(Self::TransferCoin {
                coin: reference(m.coin.as_ref(), "coin")?,
                amount: m.amount,
                recipient: address(m.recipient.as_ref(), "recipient")?,
            }),
            Kind::PayCoins(m) => pay_coins(m),
            Kind::TransferObjects(m) => Ok(Self::TransferObjects {
                objects: references(&m.objects)?,
                recipient: address(m.recipient.as_ref(), "recipient")?,
            }),
            Kind::AddStake(m) => Ok(Self::AddStake {
                address: address(m.address.as_ref(), "address")?,
                coin_ref: reference(m.coin_ref.as_ref(), "coin_ref")?,
                amount: m.amount,
            }),
            Kind::WithdrawStake(m) => Ok(Self::WithdrawStake {
                staked_soma: reference(m.staked_soma.as_ref(), "staked_soma")?,
            }),
            Kind::CreateModel(m) => Ok(Self::CreateModel {
                stake_amount: required(m.stake_amount, "stake_amount")?,
                commission_rate: required(m.commission_rate, "commission_rate")?,
                architecture_version: required(m.architecture_version, "architecture_version")?,
            }),
            Kind::CommitModel(m) => commit_model(m),
            Kind::RevealModel(m) => reveal_model(m),
            Kind::AddStakeToModel(m) => Ok(Self::AddStakeToModel {
                model_id: model_id(m.model_id.as_ref())?,
                coin_ref: reference(m.coin_ref.as_ref(), "coin_ref")?,
                amount: m.amount,
            }),
            Kind::SetModelCommissionRate(m) => Ok(Self::SetModelCommissionRate {
                model_id: model_id(m.model_id.as_ref())?,
                new_rate: required(m.new_rate, "new_rate")?,
            }),
            Kind::DeactivateModel(m) => {
                Ok(Self::DeactivateModel { model_id: model_id(m.model_id.as_ref())? })
            }
            Kind::ReportModel(m) => {
                Ok(Self::ReportModel { model_id: model_id(m.model_id.as_ref())? })
            }
            Kind::UndoReportModel(m) => {
                Ok(Self::UndoReportModel { model_id: model_id(m.model_id.as_ref())? })
            }
            Kind::SubmitData(m) => submit_data(m),
            Kind::ClaimRewards(m) => {
                Ok(Self::ClaimRewards { target_id: target_id(m.target_id.as_ref())? })
            }
            Kind::ReportSubmission(m) => {
                Ok(Self::ReportSubmission { target_id: target_id(m.target_id.as_ref())? })
            }
            Kind::UndoReportSubmission(m) => {
                Ok(Self::UndoReportSubmission { target_id: target_id(m.target_id.as_ref())? })
            }
        }
    }
}

fn genesis(message: &proto::GenesisTransaction) -> Result<TransactionKind, ConvertError> {
    let objects: Result<_, _> = message.objects.iter().map(Object::try_from).collect();
    Ok(TransactionKind::Genesis(GenesisTransaction { objects: objects? }))
}

fn prologue(message: &proto::ConsensusCommitPrologue) -> Result<TransactionKind, ConvertError> {
    let digest = |value: Option<&String>, field| parsed::<OpaqueDigest>(value, field);
    Ok(TransactionKind::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
        epoch: required(message.epoch, "epoch")?,
        round: required(message.round, "round")?,
        sub_dag_index: message.sub_dag_index,
        commit_timestamp_ms: milliseconds(
            required(message.commit_timestamp, "commit_timestamp")?,
            "commit_timestamp",
        )?,
        consensus_commit_digest: digest(
            message.consensus_commit_digest.as_ref(),
            "consensus_commit_digest",
        )?,
        additional_state_digest: digest(
            message.additional_state_digest.as_ref(),
            "additional_state_digest",
        )?,
    }))
}

fn change_epoch(message: &proto::ChangeEpoch) -> Result<TransactionKind, ConvertError> {
    Ok(TransactionKind::ChangeEpoch(ChangeEpoch {
        epoch: required(message.epoch, "epoch")?,
        epoch_start_timestamp_ms: milliseconds(
            required(message.epoch_start_timestamp, "epoch_start_timestamp")?,
            "epoch_start_timestamp",
        )?,
        protocol_version: required(message.protocol_version, "protocol_version")?,
        fees: required(message.fees, "fees")?,
        epoch_randomness: bytes(message.epoch_randomness.as_ref(), "epoch_randomness")?,
    }))
}

fn add_validator(message: &proto::AddValidator) -> Result<TransactionKind, ConvertError> {
    let m = message;
    Ok(TransactionKind::AddValidator(AddValidatorArgs {
        pubkey_bytes: bytes(m.pubkey_bytes.as_ref(), "pubkey_bytes")?,
        network_pubkey_bytes: bytes(m.network_pubkey_bytes.as_ref(), "network_pubkey_bytes")?,
        worker_pubkey_bytes: bytes(m.worker_pubkey_bytes.as_ref(), "worker_pubkey_bytes")?,
        proof_of_possession: bytes(m.proof_of_possession.as_ref(), "proof_of_possession")?,
        net_address: bytes(m.net_address.as_ref(), "net_address")?,
        p2p_address: bytes(m.p2p_address.as_ref(), "p2p_address")?,
        primary_address: bytes(m.primary_address.as_ref(), "primary_address")?,
        proxy_address: bytes(m.proxy_address.as_ref(), "proxy_address")?,
    }))
}

fn update_validator_metadata(message: &proto::UpdateValidatorMetadata) -> TransactionKind {
    let m = message.clone();
    TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
        next_epoch_network_address: m.next_epoch_network_address,
        next_epoch_p2p_address: m.next_epoch_p2p_address,
        next_epoch_primary_address: m.next_epoch_primary_address,
        next_epoch_proxy_address: m.next_epoch_proxy_address,
        next_epoch_protocol_pubkey: m.next_epoch_protocol_pubkey,
        next_epoch_worker_pubkey: m.next_epoch_worker_pubkey,
        next_epoch_network_pubkey: m.next_epoch_network_pubkey,
        next_epoch_proof_of_possession: m.next_epoch_proof_of_possession,
    })
}

/// The wire cannot say that amounts are absent: a node takes an empty list for a list.
fn pay_coins(message: &proto::PayCoins) -> Result<TransactionKind, ConvertError> {
    let recipients: Result<Vec<Address>, _> =
        message.recipients.iter().map(|text| parse_address(text, "recipients")).collect();
    Ok(TransactionKind::PayCoins {
        coins: references(&message.coins)?,
        amounts: Some(message.amounts.clone()),
        recipients: recipients?,
    })
}

fn commit_model(message: &proto::CommitModel) -> Result<TransactionKind, ConvertError> {
    let commitment = |value: Option<&Vec<u8>>, field| fixed(required(value, field)?, field);
    Ok(TransactionKind::CommitModel(CommitModelArgs {
        model_id: model_id(message.model_id.as_ref())?,
        manifest: required(message.manifest.as_ref(), "manifest")?.try_into()?,
        weights_commitment: wasm_core::digest::WeightsCommitment(commitment(
            message.weights_commitment.as_ref(),
            "weights_commitment",
        )?),
        embedding_commitment: wasm_core::digest::EmbeddingCommitment(commitment(
            message.embedding_commitment.as_ref(),
            "embedding_commitment",
        )?),
        decryption_key_commitment: wasm_core::digest::DecryptionKeyCommitment(commitment(
            message.decryption_key_commitment.as_ref(),
            "decryption_key_commitment",
        )?),
    }))
}

fn reveal_model(message: &proto::RevealModel) -> Result<TransactionKind, ConvertError> {
    let key = required(message.decryption_key.as_ref(), "decryption_key")?;
    Ok(TransactionKind::RevealModel(RevealModelArgs {
        model_id: model_id(message.model_id.as_ref())?,
        decryption_key: DecryptionKey(fixed(key, "decryption_key")?),
        embedding: SomaTensor::vector(message.embedding.clone()),
    }))
}

fn submit_data(message: &proto::SubmitData) -> Result<TransactionKind, ConvertError> {
    let data = required(message.data_manifest.as_ref(), "data_manifest")?;
    let manifest = required(data.manifest.as_ref(), "manifest")?.try_into()?;
    let distance = required(message.distance_score, "distance_score")?;
    Ok(TransactionKind::SubmitData(SubmitDataArgs {
        target_id: target_id(message.target_id.as_ref())?,
        data_manifest: SubmissionManifest { manifest },
        model_id: model_id(message.model_id.as_ref())?,
        embedding: SomaTensor::vector(message.embedding.clone()),
        distance_score: SomaTensor::scalar(distance),
        loss_score: SomaTensor::vector(message.loss_score.clone()),
        bond_coin: reference(message.bond_coin.as_ref(), "bond_coin")?,
    }))
}

fn bytes(value: Option<&Vec<u8>>, field: &'static str) -> Result<Vec<u8>, ConvertError> {
    required(value, field).cloned()
}

fn model_id(value: Option<&String>) -> Result<ObjectId, ConvertError> {
    object_id(value, "model_id")
}

fn target_id(value: Option<&String>) -> Result<ObjectId, ConvertError> {
    object_id(value, "target_id")
}

fn reference(
    value: Option<&proto::ObjectReference>,
    field: &'static str,
) -> Result<ObjectRef, ConvertError> {
    required(value, field)?.try_into()
}

pub(super) fn references(
    messages: &[proto::ObjectReference],
) -> Result<Vec<ObjectRef>, ConvertError> {
    messages.iter().map(ObjectRef::try_from).collect()
}

fn references_to_proto(references: &[ObjectRef]) -> Vec<proto::ObjectReference> {
    references.iter().map(Into::into).collect()
}

impl From<&Manifest> for proto::Manifest {
    fn from(manifest: &Manifest) -> Self {
        let metadata = proto::MetadataV1 {
            checksum: Some(manifest.checksum().0.to_vec()),
            size: Some(manifest.size()),
        };
        Self {
            version: Some(proto::manifest::Version::V1(proto::ManifestV1 {
                url: Some(manifest.url().as_str().to_owned()),
                metadata: Some(proto::Metadata {
                    version: Some(proto::metadata::Version::V1(metadata)),
                }),
            })),
        }
    }
}

/// The URL is normalised, as a node does before it rebuilds the signed bytes.
impl TryFrom<&proto::Manifest> for Manifest {
    type Error = ConvertError;
    fn try_from(message: &proto::Manifest) -> Result<Self, ConvertError> {
        let proto::manifest::Version::V1(v1) = required(message.version.as_ref(), "version")?;
        let metadata = required(v1.metadata.as_ref(), "metadata")?;
        let proto::metadata::Version::V1(metadata) =
            required(metadata.version.as_ref(), "version")?;
        let url = text(v1.url.as_ref(), "url")?
            .parse()
            .map_err(|error| ConvertError::invalid("url", error))?;
        let checksum = required(metadata.checksum.as_ref(), "checksum")?;
        let checksum = Checksum(fixed(checksum, "checksum")?);
        Ok(Self::new(url, checksum, required(metadata.size, "size")?))
    }
}
