//! Between what a site writes and what the chain knows.

use super::UserKind;
use super::transaction::{AskedKind, Reference, TransactionTextError};
use super::value::{Base64, Float, Full, Whole};
use crate::manifest::SubmissionManifest;
use crate::object::ObjectRef;
use crate::tensor::SomaTensor;
use crate::tx::TransactionKind;
use crate::tx::kind::{
    AddValidatorArgs, CommitModelArgs, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs,
    UpdateValidatorMetadataArgs,
};

impl AskedKind {
    /// Which kind it is.
    #[must_use]
    pub const fn user_kind(&self) -> UserKind {
        match self {
            Self::AddValidator { .. } => UserKind::AddValidator,
            Self::RemoveValidator { .. } => UserKind::RemoveValidator,
            Self::ReportValidator { .. } => UserKind::ReportValidator,
            Self::UndoReportValidator { .. } => UserKind::UndoReportValidator,
            Self::UpdateValidatorMetadata { .. } => UserKind::UpdateValidatorMetadata,
            Self::SetCommissionRate { .. } => UserKind::SetCommissionRate,
            Self::TransferCoin { .. } => UserKind::TransferCoin,
            Self::PayCoins { .. } => UserKind::PayCoins,
            Self::TransferObjects { .. } => UserKind::TransferObjects,
            Self::AddStake { .. } => UserKind::AddStake,
            Self::WithdrawStake { .. } => UserKind::WithdrawStake,
            Self::CreateModel { .. } => UserKind::CreateModel,
            Self::CommitModel { .. } => UserKind::CommitModel,
            Self::RevealModel { .. } => UserKind::RevealModel,
            Self::AddStakeToModel { .. } => UserKind::AddStakeToModel,
            Self::SetModelCommissionRate { .. } => UserKind::SetModelCommissionRate,
            Self::DeactivateModel { .. } => UserKind::DeactivateModel,
            Self::ReportModel { .. } => UserKind::ReportModel,
            Self::UndoReportModel { .. } => UserKind::UndoReportModel,
            Self::SubmitData { .. } => UserKind::SubmitData,
            Self::ClaimRewards { .. } => UserKind::ClaimRewards,
            Self::ReportSubmission { .. } => UserKind::ReportSubmission,
            Self::UndoReportSubmission { .. } => UserKind::UndoReportSubmission,
        }
    }

    /// The owned objects that it names.
    #[must_use]
    pub fn references(&self) -> Vec<Reference> {
        match self {
            Self::TransferCoin { coin, .. } => coin.iter().copied().collect(),
            Self::PayCoins { coins, .. } => coins.iter().flatten().copied().collect(),
            Self::TransferObjects { objects, .. } => objects.clone(),
            Self::AddStake { coin_ref, .. } | Self::AddStakeToModel { coin_ref, .. } => {
                coin_ref.iter().copied().collect()
            }
            Self::WithdrawStake { staked_soma } => vec![*staked_soma],
            Self::SubmitData { bond_coin, .. } => bond_coin.iter().copied().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it leaves the choice of the coin that it spends to the wallet.
    #[must_use]
    pub const fn lacks_coin(&self) -> bool {
        matches!(
            self,
            Self::TransferCoin { coin: None, .. }
                | Self::PayCoins { coins: None, .. }
                | Self::AddStake { coin_ref: None, .. }
                | Self::AddStakeToModel { coin_ref: None, .. }
                | Self::SubmitData { bond_coin: None, .. }
        )
    }

    /// Whether it spends all of a coin: no amount is named.
    #[must_use]
    pub const fn lacks_amount(&self) -> bool {
        matches!(
            self,
            Self::TransferCoin { amount: None, .. }
                | Self::PayCoins { amounts: None, .. }
                | Self::AddStake { amount: None, .. }
                | Self::AddStakeToModel { amount: None, .. }
        )
    }

    /// The chain's form. `at` tells the version of an object that is named, `spent` is the coin that is
    /// spent where none is named. None, where one of them tells nothing.
    #[expect(clippy::too_many_lines, reason = "one arm a kind, and nothing else")]
    pub(super) fn complete(
        self,
        at: &impl Fn(Reference) -> Option<ObjectRef>,
        spent: Option<ObjectRef>,
    ) -> Option<TransactionKind> {
        let one = |named: Option<Reference>| match named {
            Some(named) => at(named),
            None => spent,
        };
        let all = |named: Vec<Reference>| named.into_iter().map(at).collect::<Option<Vec<_>>>();
        let bytes = |field: Option<Base64>| field.map(|field| field.0);
        Some(match self {
            Self::AddValidator {
                pubkey_bytes,
                network_pubkey_bytes,
                worker_pubkey_bytes,
                proof_of_possession,
                net_address,
                p2p_address,
                primary_address,
                proxy_address,
            } => TransactionKind::AddValidator(AddValidatorArgs {
                pubkey_bytes: pubkey_bytes.0,
                network_pubkey_bytes: network_pubkey_bytes.0,
                worker_pubkey_bytes: worker_pubkey_bytes.0,
                proof_of_possession: proof_of_possession.0,
                net_address: net_address.0,
                p2p_address: p2p_address.0,
                primary_address: primary_address.0,
                proxy_address: proxy_address.0,
            }),
            Self::RemoveValidator { pubkey_bytes } => {
                TransactionKind::RemoveValidator(RemoveValidatorArgs {
                    pubkey_bytes: pubkey_bytes.0,
                })
            }
            Self::ReportValidator { reportee } => {
                TransactionKind::ReportValidator { reportee: reportee.0 }
            }
            Self::UndoReportValidator { reportee } => {
                TransactionKind::UndoReportValidator { reportee: reportee.0 }
            }
            Self::UpdateValidatorMetadata {
                next_epoch_network_address,
                next_epoch_p2p_address,
                next_epoch_primary_address,
                next_epoch_proxy_address,
                next_epoch_protocol_pubkey,
                next_epoch_worker_pubkey,
                next_epoch_network_pubkey,
                next_epoch_proof_of_possession,
            } => TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
                next_epoch_network_address: bytes(next_epoch_network_address),
                next_epoch_p2p_address: bytes(next_epoch_p2p_address),
                next_epoch_primary_address: bytes(next_epoch_primary_address),
                next_epoch_proxy_address: bytes(next_epoch_proxy_address),
                next_epoch_protocol_pubkey: bytes(next_epoch_protocol_pubkey),
                next_epoch_worker_pubkey: bytes(next_epoch_worker_pubkey),
                next_epoch_network_pubkey: bytes(next_epoch_network_pubkey),
                next_epoch_proof_of_possession: bytes(next_epoch_proof_of_possession),
            }),
            Self::SetCommissionRate { new_rate } => {
                TransactionKind::SetCommissionRate { new_rate: new_rate.0 }
            }
            Self::TransferCoin { coin, amount, recipient } => TransactionKind::TransferCoin {
                coin: one(coin)?,
                amount: amount.map(|amount| amount.0),
                recipient: recipient.0,
            },
            Self::PayCoins { coins, amounts, recipients } => TransactionKind::PayCoins {
                coins: match coins {
                    Some(coins) => all(coins)?,
                    None => vec![spent?],
                },
                amounts: amounts.map(|amounts| amounts.into_iter().map(|it| it.0).collect()),
                recipients: recipients.into_iter().map(|it| it.0).collect(),
            },
            Self::TransferObjects { objects, recipient } => {
                TransactionKind::TransferObjects { objects: all(objects)?, recipient: recipient.0 }
            }
            Self::AddStake { address, coin_ref, amount } => TransactionKind::AddStake {
                address: address.0,
                coin_ref: one(coin_ref)?,
                amount: amount.map(|amount| amount.0),
            },
            Self::WithdrawStake { staked_soma } => {
                TransactionKind::WithdrawStake { staked_soma: at(staked_soma)? }
            }
            Self::CreateModel { stake_amount, commission_rate, architecture_version } => {
                TransactionKind::CreateModel {
                    stake_amount: stake_amount.0,
                    commission_rate: commission_rate.0,
                    architecture_version: architecture_version.0,
                }
            }
            Self::CommitModel {
                model_id,
                manifest,
                weights_commitment,
                embedding_commitment,
                decryption_key_commitment,
            } => TransactionKind::CommitModel(CommitModelArgs {
                model_id: model_id.0,
                manifest: manifest.into(),
                weights_commitment,
                embedding_commitment,
                decryption_key_commitment,
            }),
            Self::RevealModel { model_id, decryption_key, embedding } => {
                TransactionKind::RevealModel(RevealModelArgs {
                    model_id: model_id.0,
                    decryption_key,
                    embedding: vector(&embedding),
                })
            }
            Self::AddStakeToModel { model_id, coin_ref, amount } => {
                TransactionKind::AddStakeToModel {
                    model_id: model_id.0,
                    coin_ref: one(coin_ref)?,
                    amount: amount.map(|amount| amount.0),
                }
            }
            Self::SetModelCommissionRate { model_id, new_rate } => {
                let (model_id, new_rate) = (model_id.0, new_rate.0);
                TransactionKind::SetModelCommissionRate { model_id, new_rate }
            }
            Self::DeactivateModel { model_id } => {
                TransactionKind::DeactivateModel { model_id: model_id.0 }
            }
            Self::ReportModel { model_id } => TransactionKind::ReportModel { model_id: model_id.0 },
            Self::UndoReportModel { model_id } => {
                TransactionKind::UndoReportModel { model_id: model_id.0 }
            }
            Self::SubmitData {
                target_id,
                data_manifest,
                model_id,
                embedding,
                distance_score,
                loss_score,
                bond_coin,
            } => TransactionKind::SubmitData(SubmitDataArgs {
                target_id: target_id.0,
                data_manifest: SubmissionManifest { manifest: data_manifest.into() },
                model_id: model_id.0,
                embedding: vector(&embedding),
                distance_score: SomaTensor::scalar(distance_score.0),
                loss_score: vector(&loss_score),
                bond_coin: one(bond_coin)?,
            }),
            Self::ClaimRewards { target_id } => {
                TransactionKind::ClaimRewards { target_id: target_id.0 }
            }
            Self::ReportSubmission { target_id } => {
                TransactionKind::ReportSubmission { target_id: target_id.0 }
            }
            Self::UndoReportSubmission { target_id } => {
                TransactionKind::UndoReportSubmission { target_id: target_id.0 }
            }
        })
    }

    /// What a transaction does, every part of it told.
    #[expect(clippy::too_many_lines, reason = "one arm a kind, and nothing else")]
    pub(super) fn of(kind: &TransactionKind) -> Result<Self, TransactionTextError> {
        let bytes = |field: &[u8]| Base64(field.to_vec());
        let perhaps = |field: &Option<Vec<u8>>| field.clone().map(Base64);
        let named = |reference: &ObjectRef| Some(Reference::from(*reference));
        let all = |objects: &[ObjectRef]| objects.iter().copied().map(Reference::from).collect();
        Ok(match kind {
            TransactionKind::Genesis(_)
            | TransactionKind::ConsensusCommitPrologueV1(_)
            | TransactionKind::ChangeEpoch(_) => {
                return Err(TransactionTextError::System(kind.name()));
            }
            TransactionKind::AddValidator(args) => Self::AddValidator {
                pubkey_bytes: bytes(&args.pubkey_bytes),
                network_pubkey_bytes: bytes(&args.network_pubkey_bytes),
                worker_pubkey_bytes: bytes(&args.worker_pubkey_bytes),
                proof_of_possession: bytes(&args.proof_of_possession),
                net_address: bytes(&args.net_address),
                p2p_address: bytes(&args.p2p_address),
                primary_address: bytes(&args.primary_address),
                proxy_address: bytes(&args.proxy_address),
            },
            TransactionKind::RemoveValidator(args) => {
                Self::RemoveValidator { pubkey_bytes: bytes(&args.pubkey_bytes) }
            }
            TransactionKind::ReportValidator { reportee } => {
                Self::ReportValidator { reportee: Full(*reportee) }
            }
            TransactionKind::UndoReportValidator { reportee } => {
                Self::UndoReportValidator { reportee: Full(*reportee) }
            }
            TransactionKind::UpdateValidatorMetadata(args) => Self::UpdateValidatorMetadata {
                next_epoch_network_address: perhaps(&args.next_epoch_network_address),
                next_epoch_p2p_address: perhaps(&args.next_epoch_p2p_address),
                next_epoch_primary_address: perhaps(&args.next_epoch_primary_address),
                next_epoch_proxy_address: perhaps(&args.next_epoch_proxy_address),
                next_epoch_protocol_pubkey: perhaps(&args.next_epoch_protocol_pubkey),
                next_epoch_worker_pubkey: perhaps(&args.next_epoch_worker_pubkey),
                next_epoch_network_pubkey: perhaps(&args.next_epoch_network_pubkey),
                next_epoch_proof_of_possession: perhaps(&args.next_epoch_proof_of_possession),
            },
            TransactionKind::SetCommissionRate { new_rate } => {
                Self::SetCommissionRate { new_rate: Whole(*new_rate) }
            }
            TransactionKind::TransferCoin { coin, amount, recipient } => Self::TransferCoin {
                coin: named(coin),
                amount: amount.map(Whole),
                recipient: Full(*recipient),
            },
            TransactionKind::PayCoins { coins, amounts, recipients } => Self::PayCoins {
                coins: Some(all(coins)),
                amounts: amounts.as_ref().map(|it| it.iter().copied().map(Whole).collect()),
                recipients: recipients.iter().copied().map(Full).collect(),
            },
            TransactionKind::TransferObjects { objects, recipient } => {
                Self::TransferObjects { objects: all(objects), recipient: Full(*recipient) }
            }
            TransactionKind::AddStake { address, coin_ref, amount } => Self::AddStake {
                address: Full(*address),
                coin_ref: named(coin_ref),
                amount: amount.map(Whole),
            },
            TransactionKind::WithdrawStake { staked_soma } => {
                Self::WithdrawStake { staked_soma: Reference::from(*staked_soma) }
            }
            TransactionKind::CreateModel {
                stake_amount,
                commission_rate,
                architecture_version,
            } => Self::CreateModel {
                stake_amount: Whole(*stake_amount),
                commission_rate: Whole(*commission_rate),
                architecture_version: Whole(*architecture_version),
            },
            TransactionKind::CommitModel(args) => Self::CommitModel {
                model_id: Full(args.model_id),
                manifest: (&args.manifest).into(),
                weights_commitment: args.weights_commitment,
                embedding_commitment: args.embedding_commitment,
                decryption_key_commitment: args.decryption_key_commitment,
            },
            TransactionKind::RevealModel(args) => Self::RevealModel {
                model_id: Full(args.model_id),
                decryption_key: args.decryption_key.clone(),
                embedding: floats(&args.embedding)?,
            },
            TransactionKind::AddStakeToModel { model_id, coin_ref, amount } => {
                Self::AddStakeToModel {
                    model_id: Full(*model_id),
                    coin_ref: named(coin_ref),
                    amount: amount.map(Whole),
                }
            }
            TransactionKind::SetModelCommissionRate { model_id, new_rate } => {
                let (model_id, new_rate) = (Full(*model_id), Whole(*new_rate));
                Self::SetModelCommissionRate { model_id, new_rate }
            }
            TransactionKind::DeactivateModel { model_id } => {
                Self::DeactivateModel { model_id: Full(*model_id) }
            }
            TransactionKind::ReportModel { model_id } => {
                Self::ReportModel { model_id: Full(*model_id) }
            }
            TransactionKind::UndoReportModel { model_id } => {
                Self::UndoReportModel { model_id: Full(*model_id) }
            }
            TransactionKind::SubmitData(args) => Self::SubmitData {
                target_id: Full(args.target_id),
                data_manifest: (&args.data_manifest.manifest).into(),
                model_id: Full(args.model_id),
                embedding: floats(&args.embedding)?,
                distance_score: match floats(&args.distance_score)?[..] {
                    [distance] => distance,
                    _ => return Err(TransactionTextError::NoText),
                },
                loss_score: floats(&args.loss_score)?,
                bond_coin: named(&args.bond_coin),
            },
            TransactionKind::ClaimRewards { target_id } => {
                Self::ClaimRewards { target_id: Full(*target_id) }
            }
            TransactionKind::ReportSubmission { target_id } => {
                Self::ReportSubmission { target_id: Full(*target_id) }
            }
            TransactionKind::UndoReportSubmission { target_id } => {
                Self::UndoReportSubmission { target_id: Full(*target_id) }
            }
        })
    }
}

fn vector(values: &[Float]) -> SomaTensor {
    SomaTensor::vector(values.iter().map(|value| value.0).collect())
}

/// The values of a tensor of one dimension.
fn floats(tensor: &SomaTensor) -> Result<Vec<Float>, TransactionTextError> {
    let values = tensor.values();
    if tensor.shape() != [values.len() as u64] || !values.iter().all(|value| value.is_finite()) {
        return Err(TransactionTextError::NoText);
    }
    Ok(values.iter().copied().map(Float).collect())
}
