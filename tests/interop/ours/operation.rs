//! Every operation of a person, from a line of JSON to what the wallet calls an intent.

use anyhow::{Result, bail};
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{Checksum, DecryptionKeyCommitment, EmbeddingCommitment, blake2b256};
use wasm_core::intent::{
    Amount, CommitModel, CreateModel, Intent, PayMany, RevealModel, SendCoins, StakeWithModel,
    StakeWithValidator, SubmitData, TransferObjects, UpdateValidator,
};
use wasm_core::manifest::Manifest;
use wasm_core::multiaddr::Multiaddr;
use wasm_core::tensor::SomaTensor;
use wasm_core::validator_info::ValidatorInfo;
use wasm_core::weights::DecryptionKey;

/// What somebody wants to do. Amounts are shannons, rates basis points, bytes Base64; where no amount
/// is named it is all there is.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Operation {
    TransferCoin { recipient: Address, amount: Option<u64> },
    PayCoins { recipients: Vec<Address>, amounts: Vec<u64> },
    TransferObjects { objects: Vec<ObjectId>, recipient: Address },
    MergeCoins,
    AddStake { validator: Address, amount: Option<u64> },
    AddStakeToModel { model: ModelId, amount: Option<u64> },
    WithdrawStake { stake: ObjectId },
    CreateModel { stake: u64, commission: u64 },
    CommitModel { model: ModelId, url: String, weights: String, key: String, embedding: Vec<f32> },
    RevealModel { model: ModelId, key: String, embedding: Vec<f32> },
    SetModelCommission { model: ModelId, rate: u64 },
    DeactivateModel { model: ModelId },
    ReportModel { model: ModelId },
    UndoReportModel { model: ModelId },
    SubmitData(Submission),
    ClaimRewards { target: TargetId },
    ReportSubmission { target: TargetId },
    UndoReportSubmission { target: TargetId },
    ReportValidator { validator: Address },
    UndoReportValidator { validator: Address },
    SetValidatorCommission { rate: u64 },
    AddValidator(Box<ValidatorInfo>),
    RemoveValidator,
    UpdateValidator { network_address: Option<Multiaddr>, p2p_address: Option<Multiaddr> },
}

/// Data for a target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submission {
    target: TargetId,
    model: ModelId,
    url: String,
    data: String,
    embedding: Vec<f32>,
    distance: f32,
    losses: Vec<f32>,
}

fn amount(shannons: Option<u64>) -> Amount {
    shannons.map_or(Amount::Max, |shannons| Amount::Exact(Shannons(shannons)))
}

/// The manifest of Base64 bytes that are served at a URL.
fn manifest(url: &str, bytes: &str) -> Result<Manifest> {
    let bytes = Base64::decode_vec(bytes)?;
    Ok(Manifest::new(url.parse()?, Checksum(blake2b256(&[&bytes])), bytes.len() as u64))
}

impl Operation {
    /// What the wallet calls it.
    pub(crate) fn intent(self) -> Result<Intent> {
        Ok(match self {
            Self::TransferCoin { recipient, amount: shannons } => {
                SendCoins { recipient, amount: amount(shannons) }.into()
            }
            Self::PayCoins { recipients, amounts } => {
                if recipients.len() != amounts.len() {
                    bail!("{} recipients and {} amounts", recipients.len(), amounts.len());
                }
                let amounts = amounts.into_iter().map(Shannons);
                PayMany { payments: recipients.into_iter().zip(amounts).collect() }.into()
            }
            Self::TransferObjects { objects, recipient } => {
                TransferObjects { objects, recipient }.into()
            }
            Self::MergeCoins => Intent::MergeCoins,
            Self::AddStake { validator, amount: shannons } => {
                StakeWithValidator { validator, amount: amount(shannons) }.into()
            }
            Self::AddStakeToModel { model, amount: shannons } => {
                StakeWithModel { model, amount: amount(shannons) }.into()
            }
            Self::WithdrawStake { stake } => Intent::WithdrawStake(stake),
            Self::CreateModel { stake, commission } => {
                CreateModel { stake: Shannons(stake), commission_bps: commission }.into()
            }
            Self::CommitModel { model, url, weights, key, embedding } => CommitModel {
                model,
                manifest: manifest(&url, &weights)?,
                embedding: EmbeddingCommitment::of(&SomaTensor::vector(embedding)),
                decryption_key: DecryptionKeyCommitment::of(&DecryptionKey::parse(&key)?),
            }
            .into(),
            Self::RevealModel { model, key, embedding } => RevealModel {
                model,
                key: DecryptionKey::parse(&key)?,
                embedding: SomaTensor::vector(embedding),
            }
            .into(),
            Self::SetModelCommission { model, rate } => {
                Intent::SetModelCommission { model, commission_bps: rate }
            }
            Self::DeactivateModel { model } => Intent::DeactivateModel(model),
            Self::ReportModel { model } => Intent::ReportModel(model),
            Self::UndoReportModel { model } => Intent::UndoReportModel(model),
            Self::SubmitData(submission) => submission.intent()?,
            Self::ClaimRewards { target } => Intent::ClaimRewards(target),
            Self::ReportSubmission { target } => Intent::ReportSubmission(target),
            Self::UndoReportSubmission { target } => Intent::UndoReportSubmission(target),
            Self::ReportValidator { validator } => Intent::ReportValidator(validator),
            Self::UndoReportValidator { validator } => Intent::UndoReportValidator(validator),
            Self::SetValidatorCommission { rate } => {
                Intent::SetValidatorCommission { commission_bps: rate }
            }
            Self::AddValidator(info) => Intent::AddValidator(info),
            Self::RemoveValidator => Intent::RemoveValidator,
            Self::UpdateValidator { network_address, p2p_address } => {
                UpdateValidator { network_address, p2p_address, ..UpdateValidator::default() }
                    .into()
            }
        })
    }
}

impl Submission {
    fn intent(self) -> Result<Intent> {
        Ok(SubmitData {
            target: self.target,
            model: self.model,
            manifest: manifest(&self.url, &self.data)?,
            embedding: SomaTensor::vector(self.embedding),
            distance: SomaTensor::scalar(self.distance),
            losses: SomaTensor::vector(self.losses),
        }
        .into())
    }
}
