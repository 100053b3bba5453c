//! What a transaction says, in plain words.
//!
//! Every field of every kind is told: kinds and their arguments are taken apart without a rest, so
//! that a new kind or field does not compile before it has words.

mod coins;
mod models;
mod staking;
mod system;
mod targets;
mod validators;

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::digest::EmbeddingCommitment;
use crate::manifest::Manifest;
use crate::object::ObjectRef;
use crate::tensor::SomaTensor;
use crate::tx::kind::RemoveValidatorArgs;
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// A transaction in words: one sentence, then its particulars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What it does, as a sentence without a full stop.
    pub headline: String,
    /// Every amount, party and consequence.
    pub points: Vec<Point>,
}

/// One particular of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: PointValue,
}

/// A value that a page knows how to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PointValue {
    /// Money.
    Amount(Shannons),
    /// A person.
    Address(Address),
    /// Money for a person.
    Payment {
        /// How much.
        amount: Shannons,
        /// Who gets it.
        recipient: Address,
    },
    /// An object, model or target.
    Object(ObjectId),
    /// Objects, models or targets.
    Objects(Vec<ObjectId>),
    /// Basis points.
    Rate(u64),
    /// An epoch.
    Epoch(u64),
    /// A size in bytes.
    Bytes(u64),
    /// A digest, commitment or checksum in Base58.
    Digest(String),
    /// A web address.
    Url(String),
    /// Words.
    Text(String),
}

/// Bytes that are not exactly one transaction of a known kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no transaction that this wallet knows: {reason}")]
pub struct UnknownTransaction {
    /// What BCS says.
    pub reason: String,
}

impl Description {
    /// A transaction in words, whatever its kind. Who sends it stands beside it, in the transaction.
    #[must_use]
    pub fn of(transaction: &TransactionData) -> Self {
        let gas = transaction.gas_payment();
        let mut told = Told { headline: String::new(), points: Vec::new(), gas };
        told.kind(transaction.kind());
        if let Some(primary) = gas.first() {
            told.object("Coin that pays the fee", primary.id);
        }
        if let [_, joined @ ..] = gas
            && !joined.is_empty()
        {
            told.text("Joined first", format!("{} coins become one", gas.len()));
            told.objects("Coins that end in it", joined);
        }
        Self { headline: told.headline, points: told.points }
    }

    /// Reads a transaction's BCS and tells it in words.
    ///
    /// # Errors
    /// Where the bytes are not exactly one transaction of a known kind.
    pub fn read(bytes: &[u8]) -> Result<(TransactionData, Self), UnknownTransaction> {
        let transaction = TransactionData::from_bytes(bytes)
            .map_err(|error| UnknownTransaction { reason: error.to_string() })?;
        let description = Self::of(&transaction);
        Ok((transaction, description))
    }
}

/// A description in the making.
struct Told<'a> {
    headline: String,
    points: Vec<Point>,
    gas: &'a [ObjectRef],
}

impl Told<'_> {
    fn kind(&mut self, kind: &TransactionKind) {
        match kind {
            TransactionKind::Genesis(genesis) => self.genesis(genesis),
            TransactionKind::ConsensusCommitPrologueV1(prologue) => self.prologue(prologue),
            TransactionKind::ChangeEpoch(change) => self.change_epoch(change),
            TransactionKind::AddValidator(args) => self.add_validator(args),
            TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes }) => {
                self.remove_validator(pubkey_bytes);
            }
            TransactionKind::ReportValidator { reportee } => self.report_validator(*reportee),
            TransactionKind::UndoReportValidator { reportee } => {
                self.undo_report_validator(*reportee);
            }
            TransactionKind::UpdateValidatorMetadata(args) => self.update_validator(args),
            TransactionKind::SetCommissionRate { new_rate } => {
                self.set_validator_commission(*new_rate);
            }
            TransactionKind::TransferCoin { coin, amount, recipient } => {
                self.transfer_coin(coin, *amount, *recipient);
            }
            TransactionKind::PayCoins { coins, amounts, recipients } => {
                self.pay_coins(coins, amounts.as_deref(), recipients);
            }
            TransactionKind::TransferObjects { objects, recipient } => {
                self.transfer_objects(objects, *recipient);
            }
            TransactionKind::AddStake { address, coin_ref, amount } => {
                self.add_stake(*address, coin_ref, *amount);
            }
            TransactionKind::WithdrawStake { staked_soma } => self.withdraw_stake(staked_soma),
            TransactionKind::CreateModel {
                stake_amount,
                commission_rate,
                architecture_version,
            } => {
                self.create_model(*stake_amount, *commission_rate, *architecture_version);
            }
            TransactionKind::CommitModel(args) => self.commit_model(args),
            TransactionKind::RevealModel(args) => self.reveal_model(args),
            TransactionKind::AddStakeToModel { model_id, coin_ref, amount } => {
                self.add_stake_to_model(*model_id, coin_ref, *amount);
            }
            TransactionKind::SetModelCommissionRate { model_id, new_rate } => {
                self.set_model_commission(*model_id, *new_rate);
            }
            TransactionKind::DeactivateModel { model_id } => self.deactivate_model(*model_id),
            TransactionKind::ReportModel { model_id } => self.report_model(*model_id),
            TransactionKind::UndoReportModel { model_id } => self.undo_report_model(*model_id),
            TransactionKind::SubmitData(args) => self.submit_data(args),
            TransactionKind::ClaimRewards { target_id } => self.claim_rewards(*target_id),
            TransactionKind::ReportSubmission { target_id } => self.report_submission(*target_id),
            TransactionKind::UndoReportSubmission { target_id } => {
                self.undo_report_submission(*target_id);
            }
        }
    }

    fn headline(&mut self, headline: impl Into<String>) {
        self.headline = headline.into();
    }

    fn point(&mut self, label: &str, value: PointValue) {
        self.points.push(Point { label: label.into(), value });
    }

    fn text(&mut self, label: &str, text: impl Into<String>) {
        self.point(label, PointValue::Text(text.into()));
    }

    fn consequence(&mut self, text: impl Into<String>) {
        self.text("Consequence", text);
    }

    fn address(&mut self, label: &str, address: Address) {
        self.point(label, PointValue::Address(address));
    }

    fn object(&mut self, label: &str, id: ObjectId) {
        self.point(label, PointValue::Object(id));
    }

    fn objects(&mut self, label: &str, objects: &[ObjectRef]) {
        let ids = objects.iter().map(|object| object.id).collect();
        self.point(label, PointValue::Objects(ids));
    }

    fn digest(&mut self, label: &str, digest: impl Display) {
        self.point(label, PointValue::Digest(digest.to_string()));
    }

    fn amount(&mut self, label: &str, shannons: u64) {
        self.point(label, PointValue::Amount(Shannons(shannons)));
    }

    fn rate(&mut self, label: &str, bps: u64) {
        self.point(label, PointValue::Rate(bps));
    }

    fn epoch(&mut self, label: &str, epoch: u64) {
        self.point(label, PointValue::Epoch(epoch));
    }

    fn hex(&mut self, label: &str, bytes: &[u8]) {
        self.text(label, hex::encode(bytes));
    }

    fn file(&mut self, manifest: &Manifest) {
        self.point("Address of the file", PointValue::Url(manifest.url().to_string()));
        self.point("Size of the file", PointValue::Bytes(manifest.size()));
        self.digest("Checksum of the file", manifest.checksum());
    }

    /// Too long to be shown: how many values it has, and the digest of exactly these, which is what
    /// a commitment to them is.
    fn embedding(&mut self, embedding: &SomaTensor) {
        self.text("Embedding", format!("{} values", embedding.values().len()));
        self.digest("Digest of the embedding", EmbeddingCommitment::of(embedding));
    }

    fn pays_fee(&self, coin: &ObjectRef) -> bool {
        self.gas.first().is_some_and(|gas| gas.id == coin.id)
    }
}

/// Basis points as an exact percentage.
fn percent(bps: u64) -> String {
    let (whole, hundredths) = (bps / 100, bps % 100);
    match (hundredths / 10, hundredths % 10) {
        (0, 0) => format!("{whole} %"),
        (tenths, 0) => format!("{whole}.{tenths} %"),
        _ => format!("{whole}.{hundredths:02} %"),
    }
}

#[cfg(test)]
mod tests;
