//! `transactions.json`: every kind of transaction, from its fields to its signed bytes.

use crate::Count;
use crate::read::{
    Hex, ManifestJson, RefJson, TensorJson, Text, file, refs, round_trip, same, same_bytes, values,
};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::digest::{
    DecryptionKeyCommitment, EmbeddingCommitment, OpaqueDigest, TransactionDigest,
    WeightsCommitment,
};
use wasm_core::keys::Keypair;
use wasm_core::manifest::SubmissionManifest;
use wasm_core::tx::kind::{
    AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1, GenesisTransaction,
    RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs, UpdateValidatorMetadataArgs,
};
use wasm_core::tx::sign::{SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

/// A transaction in all its forms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub name: String,
    pub kind: Kind,
    pub kind_index: u8,
    pub sender: Text<Address>,
    pub gas_payment: Vec<RefJson>,
    pub secret_key: Hex,
    pub public_key: Hex,
    pub transaction_data_bcs: Hex,
    pub intent_message_bcs: Hex,
    pub signing_digest: Hex,
    pub signature: Hex,
    pub signed_transaction_bcs: Hex,
    pub digest: Text<TransactionDigest>,
    pub digest_hex: Hex,
    /// Whether the request can say the transaction; for the room that speaks protobuf.
    pub server_roundtrip_equal: bool,
    /// The digest that the node's API shows, wrongly, or `panics`; for the room that speaks protobuf.
    pub server_display_digest: String,
    /// The same in protobuf; for the room that speaks it.
    pub proto_transaction: Hex,
    /// The same in protobuf's JSON; for the room that speaks it.
    pub proto_transaction_json: serde_json::Value,
    /// The request that submits it; for the room that speaks protobuf.
    pub proto_execute_request_no_mask: Hex,
}

/// What a transaction does.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Kind {
    Genesis {
        objects: Vec<Hex>,
    },
    ConsensusCommitPrologueV1 {
        epoch: Text<u64>,
        round: Text<u64>,
        sub_dag_index: Option<Text<u64>>,
        commit_timestamp_ms: Text<u64>,
        consensus_commit_digest: Text<OpaqueDigest>,
        additional_state_digest: Text<OpaqueDigest>,
    },
    ChangeEpoch {
        epoch: Text<u64>,
        epoch_start_timestamp_ms: Text<u64>,
        protocol_version: Text<u64>,
        fees: Text<u64>,
        epoch_randomness: Hex,
    },
    AddValidator {
        pubkey_bytes: Hex,
        network_pubkey_bytes: Hex,
        worker_pubkey_bytes: Hex,
        proof_of_possession: Hex,
        net_address: Hex,
        p2p_address: Hex,
        primary_address: Hex,
        proxy_address: Hex,
    },
    RemoveValidator {
        pubkey_bytes: Hex,
    },
    ReportValidator {
        reportee: Text<Address>,
    },
    UndoReportValidator {
        reportee: Text<Address>,
    },
    UpdateValidatorMetadata {
        next_epoch_network_address: Option<Hex>,
        next_epoch_p2p_address: Option<Hex>,
        next_epoch_primary_address: Option<Hex>,
        next_epoch_proxy_address: Option<Hex>,
        next_epoch_protocol_pubkey: Option<Hex>,
        next_epoch_worker_pubkey: Option<Hex>,
        next_epoch_network_pubkey: Option<Hex>,
        next_epoch_proof_of_possession: Option<Hex>,
    },
    SetCommissionRate {
        new_rate: Text<u64>,
    },
    TransferCoin {
        coin: RefJson,
        amount: Option<Text<u64>>,
        recipient: Text<Address>,
    },
    PayCoins {
        coins: Vec<RefJson>,
        amounts: Option<Vec<Text<u64>>>,
        recipients: Vec<Text<Address>>,
    },
    TransferObjects {
        objects: Vec<RefJson>,
        recipient: Text<Address>,
    },
    AddStake {
        address: Text<Address>,
        coin_ref: RefJson,
        amount: Option<Text<u64>>,
    },
    WithdrawStake {
        staked_soma: RefJson,
    },
    CreateModel {
        stake_amount: Text<u64>,
        commission_rate: Text<u64>,
        architecture_version: Text<u64>,
    },
    CommitModel {
        model_id: Text<ModelId>,
        manifest: ManifestJson,
        weights_commitment: Hex,
        embedding_commitment: Hex,
        decryption_key_commitment: Hex,
    },
    RevealModel {
        model_id: Text<ModelId>,
        decryption_key: Hex,
        embedding: TensorJson,
    },
    AddStakeToModel {
        model_id: Text<ModelId>,
        coin_ref: RefJson,
        amount: Option<Text<u64>>,
    },
    SetModelCommissionRate {
        model_id: Text<ModelId>,
        new_rate: Text<u64>,
    },
    DeactivateModel {
        model_id: Text<ModelId>,
    },
    ReportModel {
        model_id: Text<ModelId>,
    },
    UndoReportModel {
        model_id: Text<ModelId>,
    },
    SubmitData {
        target_id: Text<TargetId>,
        data_manifest: ManifestJson,
        model_id: Text<ModelId>,
        embedding: TensorJson,
        distance_score: TensorJson,
        loss_score: TensorJson,
        bond_coin: RefJson,
    },
    ClaimRewards {
        target_id: Text<TargetId>,
    },
    ReportSubmission {
        target_id: Text<TargetId>,
    },
    UndoReportSubmission {
        target_id: Text<TargetId>,
    },
}

fn bytes(hex: Option<&Hex>) -> Option<Vec<u8>> {
    hex.map(|hex| hex.0.clone())
}

impl TryFrom<&Kind> for TransactionKind {
    type Error = anyhow::Error;
    #[expect(clippy::too_many_lines, reason = "an arm for each of 26 kinds")]
    fn try_from(kind: &Kind) -> Result<Self> {
        Ok(match kind {
            Kind::Genesis { objects } => Self::Genesis(GenesisTransaction {
                objects: objects
                    .iter()
                    .map(|object| round_trip("object", &object.0))
                    .collect::<Result<_>>()?,
            }),
            Kind::ConsensusCommitPrologueV1 {
                epoch,
                round,
                sub_dag_index,
                commit_timestamp_ms,
                consensus_commit_digest,
                additional_state_digest,
            } => Self::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
                epoch: epoch.0,
                round: round.0,
                sub_dag_index: sub_dag_index.map(|index| index.0),
                commit_timestamp_ms: commit_timestamp_ms.0,
                consensus_commit_digest: consensus_commit_digest.0,
                additional_state_digest: additional_state_digest.0,
            }),
            Kind::ChangeEpoch {
                epoch,
                epoch_start_timestamp_ms,
                protocol_version,
                fees,
                epoch_randomness,
            } => Self::ChangeEpoch(ChangeEpoch {
                epoch: epoch.0,
                epoch_start_timestamp_ms: epoch_start_timestamp_ms.0,
                protocol_version: protocol_version.0,
                fees: fees.0,
                epoch_randomness: epoch_randomness.0.clone(),
            }),
            Kind::AddValidator {
                pubkey_bytes,
                network_pubkey_bytes,
                worker_pubkey_bytes,
                proof_of_possession,
                net_address,
                p2p_address,
                primary_address,
                proxy_address,
            } => Self::AddValidator(AddValidatorArgs {
                pubkey_bytes: pubkey_bytes.0.clone(),
                network_pubkey_bytes: network_pubkey_bytes.0.clone(),
                worker_pubkey_bytes: worker_pubkey_bytes.0.clone(),
                proof_of_possession: proof_of_possession.0.clone(),
                net_address: net_address.0.clone(),
                p2p_address: p2p_address.0.clone(),
                primary_address: primary_address.0.clone(),
                proxy_address: proxy_address.0.clone(),
            }),
            Kind::RemoveValidator { pubkey_bytes } => {
                Self::RemoveValidator(RemoveValidatorArgs { pubkey_bytes: pubkey_bytes.0.clone() })
            }
            Kind::ReportValidator { reportee } => Self::ReportValidator { reportee: reportee.0 },
            Kind::UndoReportValidator { reportee } => {
                Self::UndoReportValidator { reportee: reportee.0 }
            }
            Kind::UpdateValidatorMetadata {
                next_epoch_network_address,
                next_epoch_p2p_address,
                next_epoch_primary_address,
                next_epoch_proxy_address,
                next_epoch_protocol_pubkey,
                next_epoch_worker_pubkey,
                next_epoch_network_pubkey,
                next_epoch_proof_of_possession,
            } => Self::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
                next_epoch_network_address: bytes(next_epoch_network_address.as_ref()),
                next_epoch_p2p_address: bytes(next_epoch_p2p_address.as_ref()),
                next_epoch_primary_address: bytes(next_epoch_primary_address.as_ref()),
                next_epoch_proxy_address: bytes(next_epoch_proxy_address.as_ref()),
                next_epoch_protocol_pubkey: bytes(next_epoch_protocol_pubkey.as_ref()),
                next_epoch_worker_pubkey: bytes(next_epoch_worker_pubkey.as_ref()),
                next_epoch_network_pubkey: bytes(next_epoch_network_pubkey.as_ref()),
                next_epoch_proof_of_possession: bytes(next_epoch_proof_of_possession.as_ref()),
            }),
            Kind::SetCommissionRate { new_rate } => {
                Self::SetCommissionRate { new_rate: new_rate.0 }
            }
            Kind::TransferCoin { coin, amount, recipient } => Self::TransferCoin {
                coin: (*coin).into(),
                amount: amount.map(|amount| amount.0),
                recipient: recipient.0,
            },
            Kind::PayCoins { coins, amounts, recipients } => Self::PayCoins {
                coins: refs(coins),
                amounts: amounts.as_deref().map(values),
                recipients: values(recipients),
            },
            Kind::TransferObjects { objects, recipient } => {
                Self::TransferObjects { objects: refs(objects), recipient: recipient.0 }
            }
            Kind::AddStake { address, coin_ref, amount } => Self::AddStake {
                address: address.0,
                coin_ref: (*coin_ref).into(),
                amount: amount.map(|amount| amount.0),
            },
            Kind::WithdrawStake { staked_soma } => {
                Self::WithdrawStake { staked_soma: (*staked_soma).into() }
            }
            Kind::CreateModel { stake_amount, commission_rate, architecture_version } => {
                Self::CreateModel {
                    stake_amount: stake_amount.0,
                    commission_rate: commission_rate.0,
                    architecture_version: architecture_version.0,
                }
            }
            Kind::CommitModel {
                model_id,
                manifest,
                weights_commitment,
                embedding_commitment,
                decryption_key_commitment,
            } => Self::CommitModel(CommitModelArgs {
                model_id: model_id.0,
                manifest: manifest.try_into()?,
                weights_commitment: WeightsCommitment(weights_commitment.array()?),
                embedding_commitment: EmbeddingCommitment(embedding_commitment.array()?),
                decryption_key_commitment: DecryptionKeyCommitment(
                    decryption_key_commitment.array()?,
                ),
            }),
            Kind::RevealModel { model_id, decryption_key, embedding } => {
                Self::RevealModel(RevealModelArgs {
                    model_id: model_id.0,
                    decryption_key: DecryptionKey(decryption_key.array()?),
                    embedding: embedding.try_into()?,
                })
            }
            Kind::AddStakeToModel { model_id, coin_ref, amount } => Self::AddStakeToModel {
                model_id: model_id.0,
                coin_ref: (*coin_ref).into(),
                amount: amount.map(|amount| amount.0),
            },
            Kind::SetModelCommissionRate { model_id, new_rate } => {
                Self::SetModelCommissionRate { model_id: model_id.0, new_rate: new_rate.0 }
            }
            Kind::DeactivateModel { model_id } => Self::DeactivateModel { model_id: model_id.0 },
            Kind::ReportModel { model_id } => Self::ReportModel { model_id: model_id.0 },
            Kind::UndoReportModel { model_id } => Self::UndoReportModel { model_id: model_id.0 },
            Kind::SubmitData {
                target_id,
                data_manifest,
                model_id,
                embedding,
                distance_score,
                loss_score,
                bond_coin,
            } => Self::SubmitData(SubmitDataArgs {
                target_id: target_id.0,
                data_manifest: SubmissionManifest { manifest: data_manifest.try_into()? },
                model_id: model_id.0,
                embedding: embedding.try_into()?,
                distance_score: distance_score.try_into()?,
                loss_score: loss_score.try_into()?,
                bond_coin: (*bond_coin).into(),
            }),
            Kind::ClaimRewards { target_id } => Self::ClaimRewards { target_id: target_id.0 },
            Kind::ReportSubmission { target_id } => {
                Self::ReportSubmission { target_id: target_id.0 }
            }
            Kind::UndoReportSubmission { target_id } => {
                Self::UndoReportSubmission { target_id: target_id.0 }
            }
        })
    }
}

impl Vector {
    /// The transaction, built from its fields.
    ///
    /// # Errors
    /// Where a field says nothing valid.
    pub fn transaction(&self) -> Result<TransactionData> {
        let kind = TransactionKind::try_from(&self.kind)?;
        Ok(TransactionData::new(kind, self.sender.0, refs(&self.gas_payment)))
    }
}

fn check_one(vector: &Vector) -> Result<()> {
    let transaction = vector.transaction()?;
    let bytes = transaction.to_bytes();
    same_bytes("transaction", &bytes, &vector.transaction_data_bcs.0)?;
    same("tag", bytes.get(1), Some(&vector.kind_index))?;
    let variant = format!("{:?}", vector.kind);
    same("name", Some(transaction.kind().name()), variant.split(' ').next())?;
    let read: TransactionData = round_trip("transaction", &vector.transaction_data_bcs.0)?;
    same("transaction read back", &read, &transaction)?;

    same("digest", transaction.digest(), vector.digest.0)?;
    same_bytes("digest", transaction.digest(), &vector.digest_hex.0)?;
    same_bytes("message", transaction.intent_message(), &vector.intent_message_bcs.0)?;
    same_bytes("signing digest", transaction.signing_digest(), &vector.signing_digest.0)?;

    let key = Keypair::derive(&vector.secret_key.array()?);
    same_bytes("public key", key.public_key().as_bytes(), &vector.public_key.0)?;
    same("signer", key.address(), vector.sender.0)?;
    let signed = transaction.clone().sign(&key);
    same_bytes("signature", signed.signature.to_bytes(), &vector.signature.0)?;
    let signature = UserSignature::from_bytes(&vector.signature.0)?;
    same("signature read back", &signature, &signed.signature)?;
    signature.verify(&transaction)?;
    same_bytes("signed transaction", signed.to_bytes(), &vector.signed_transaction_bcs.0)?;
    let read = SignedTransaction::from_bytes(&vector.signed_transaction_bcs.0)?;
    same("signed transaction read back", &read, &signed)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.name.clone())?;
    }
    Ok(vec![Count::of("signed transactions", vectors.len())])
}
