//! Every operation of a person, from a line of JSON to what a transaction says.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::ObjectRef;
use wasm_core::ports::{Chain, Coin};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{
    AddValidatorArgs, CommitModelArgs, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs,
    UpdateValidatorMetadataArgs,
};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::{Commitments, DecryptionKey};

/// What somebody wants to do. Amounts are shannons, rates basis points, keys hex.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Operation {
    TransferCoin { recipient: Address, amount: Option<u64> },
    PayCoins { recipients: Vec<Address>, amounts: Vec<u64> },
    TransferObjects { objects: Vec<ObjectId>, recipient: Address },
    MergeCoins,
    AddStake { validator: Address, amount: u64 },
    AddStakeToModel { model: ModelId, amount: u64 },
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
    AddValidator(Candidate),
    RemoveValidator { protocol_key: String },
    UpdateValidator { net_address: Option<String>, p2p_address: Option<String> },
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

/// A validator to be. Addresses are multiaddrs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Candidate {
    protocol_key: String,
    network_key: String,
    worker_key: String,
    proof: String,
    net_address: String,
    p2p_address: String,
    primary_address: String,
    proxy_address: String,
}

impl Operation {
    /// The transaction, paid from the richest coin of its sender.
    pub(crate) async fn build(
        self,
        chain: &impl Chain,
        sender: Address,
    ) -> Result<TransactionData> {
        let mut coins = chain.coins(sender).await?;
        coins.sort_by_key(|coin| std::cmp::Reverse(coin.balance));
        let richest = coins.first().context("this account has no coins")?.reference;
        let mut gas = vec![richest];
        let kind = match self {
            Self::MergeCoins => {
                let (smallest, others) = coins.split_last().context("there are no coins")?;
                if others.is_empty() {
                    bail!("one coin cannot be merged with itself");
                }
                gas = others.iter().map(|coin: &Coin| coin.reference).collect();
                let coin = smallest.reference;
                TransactionKind::TransferCoin { coin, amount: None, recipient: sender }
            }
            Self::TransferObjects { objects, recipient } => {
                let objects = current(chain, &objects).await?;
                TransactionKind::TransferObjects { objects, recipient }
            }
            Self::WithdrawStake { stake } => {
                let [staked_soma] = current(chain, &[stake]).await?[..] else { bail!("one stake") };
                TransactionKind::WithdrawStake { staked_soma }
            }
            Self::CreateModel { stake, commission } => TransactionKind::CreateModel {
                stake_amount: stake,
                commission_rate: commission,
                architecture_version: {
                    let state = chain.system_state().await?;
                    state.as_v1().parameters.model_architecture_version
                },
            },
            other => other.kind(richest)?,
        };
        Ok(TransactionData::new(kind, sender, gas))
    }

    /// What it says, where that does not depend on the network.
    fn kind(self, coin: ObjectRef) -> Result<TransactionKind> {
        Ok(match self {
            Self::TransferCoin { recipient, amount } => {
                TransactionKind::TransferCoin { coin, amount, recipient }
            }
            Self::PayCoins { recipients, amounts } => {
                TransactionKind::PayCoins { coins: vec![coin], amounts: Some(amounts), recipients }
            }
            Self::AddStake { validator, amount } => TransactionKind::AddStake {
                address: validator,
                coin_ref: coin,
                amount: Some(amount),
            },
            Self::AddStakeToModel { model, amount } => TransactionKind::AddStakeToModel {
                model_id: model,
                coin_ref: coin,
                amount: Some(amount),
            },
            Self::CommitModel { model, url, weights, key, embedding } => {
                commit(model, &url, &weights, &key, embedding)?
            }
            Self::RevealModel { model, key, embedding } => {
                TransactionKind::RevealModel(RevealModelArgs {
                    model_id: model,
                    decryption_key: DecryptionKey::parse(&key)?,
                    embedding: SomaTensor::vector(embedding),
                })
            }
            Self::SetModelCommission { model, rate } => {
                TransactionKind::SetModelCommissionRate { model_id: model, new_rate: rate }
            }
            Self::DeactivateModel { model } => TransactionKind::DeactivateModel { model_id: model },
            Self::ReportModel { model } => TransactionKind::ReportModel { model_id: model },
            Self::UndoReportModel { model } => TransactionKind::UndoReportModel { model_id: model },
            Self::SubmitData(submission) => submission.kind(coin)?,
            Self::ClaimRewards { target } => TransactionKind::ClaimRewards { target_id: target },
            Self::ReportSubmission { target } => {
                TransactionKind::ReportSubmission { target_id: target }
            }
            Self::UndoReportSubmission { target } => {
                TransactionKind::UndoReportSubmission { target_id: target }
            }
            Self::ReportValidator { validator } => {
                TransactionKind::ReportValidator { reportee: validator }
            }
            Self::UndoReportValidator { validator } => {
                TransactionKind::UndoReportValidator { reportee: validator }
            }
            Self::SetValidatorCommission { rate } => {
                TransactionKind::SetCommissionRate { new_rate: rate }
            }
            Self::AddValidator(candidate) => candidate.kind()?,
            Self::RemoveValidator { protocol_key } => {
                let pubkey_bytes = hex::decode(protocol_key)?;
                TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes })
            }
            Self::UpdateValidator { net_address, p2p_address } => {
                TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
                    next_epoch_network_address: net_address
                        .as_deref()
                        .map(multiaddr)
                        .transpose()?,
                    next_epoch_p2p_address: p2p_address.as_deref().map(multiaddr).transpose()?,
                    ..UpdateValidatorMetadataArgs::default()
                })
            }
            Self::MergeCoins
            | Self::TransferObjects { .. }
            | Self::WithdrawStake { .. }
            | Self::CreateModel { .. } => bail!("this one needs the network"),
        })
    }
}

fn commit(
    model_id: ModelId,
    url: &str,
    weights: &str,
    key: &str,
    embedding: Vec<f32>,
) -> Result<TransactionKind> {
    let weights = STANDARD.decode(weights)?;
    let checksum = Checksum(blake2b256(&[&weights]));
    let key = DecryptionKey::parse(key)?;
    let promised = Commitments::of(checksum, &SomaTensor::vector(embedding), &key);
    Ok(TransactionKind::CommitModel(CommitModelArgs {
        model_id,
        manifest: Manifest::new(url.parse()?, checksum, weights.len() as u64),
        weights_commitment: promised.weights,
        embedding_commitment: promised.embedding,
        decryption_key_commitment: promised.decryption_key,
    }))
}

impl Submission {
    fn kind(self, bond_coin: ObjectRef) -> Result<TransactionKind> {
        let data = STANDARD.decode(self.data)?;
        let checksum = Checksum(blake2b256(&[&data]));
        let manifest = Manifest::new(self.url.parse()?, checksum, data.len() as u64);
        Ok(TransactionKind::SubmitData(SubmitDataArgs {
            target_id: self.target,
            data_manifest: SubmissionManifest { manifest },
            model_id: self.model,
            embedding: SomaTensor::vector(self.embedding),
            distance_score: SomaTensor::scalar(self.distance),
            loss_score: SomaTensor::vector(self.losses),
            bond_coin,
        }))
    }
}

impl Candidate {
    fn kind(self) -> Result<TransactionKind> {
        Ok(TransactionKind::AddValidator(AddValidatorArgs {
            pubkey_bytes: hex::decode(self.protocol_key)?,
            network_pubkey_bytes: hex::decode(self.network_key)?,
            worker_pubkey_bytes: hex::decode(self.worker_key)?,
            proof_of_possession: hex::decode(self.proof)?,
            net_address: multiaddr(&self.net_address)?,
            p2p_address: multiaddr(&self.p2p_address)?,
            primary_address: multiaddr(&self.primary_address)?,
            proxy_address: multiaddr(&self.proxy_address)?,
        }))
    }
}

/// A multiaddr as the chain wants it: the BCS of its text.
fn multiaddr(text: &str) -> Result<Vec<u8>> {
    Ok(bcs::to_bytes(text)?)
}

/// The current versions of objects.
async fn current(chain: &impl Chain, ids: &[ObjectId]) -> Result<Vec<ObjectRef>> {
    let mut references = Vec::new();
    for id in ids {
        let object =
            chain.object(*id).await?.with_context(|| format!("there is no object {id}"))?;
        references.push(object.reference()?);
    }
    Ok(references)
}
