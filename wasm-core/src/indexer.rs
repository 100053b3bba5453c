//! What a network's indexer tells of its past. Nothing of it is proven: whoever shows it says whose word it is.

use crate::address::{Address, ModelId, TargetId};
use crate::amount::Shannons;
use crate::digest::{CheckpointDigest, TransactionDigest, blake2b256};
use serde::{Deserialize, Serialize};

/// A part of a list, and where the next part begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part<T> {
    /// In the indexer's order.
    pub items: Vec<T>,
    /// Names what follows; none at the end.
    pub next: Option<String>,
}

/// The chain whose checkpoint 0 has a summary of these bytes.
#[must_use]
pub fn chain_of_summary(bcs: &[u8]) -> CheckpointDigest {
    CheckpointDigest(blake2b256(&[b"CheckpointSummary::", bcs]))
}

/// Checkpoints that an indexer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedRange {
    /// The oldest.
    pub first: u64,
    /// The newest.
    pub last: u64,
}

/// A transaction in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedTransaction {
    /// Which.
    pub digest: TransactionDigest,
    /// Its place among all transactions of the chain.
    pub number: u64,
    /// What is known of it besides; an indexer may have forgotten.
    pub told: Option<TransactionWords>,
}

/// What an indexer says of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionWords {
    /// The chain's name of its kind.
    pub kind: String,
    /// Who sent it; the zero address stands for the system.
    pub sender: Address,
    /// In which epoch.
    pub epoch: u64,
    /// When its checkpoint was made; milliseconds since 1970.
    pub at_ms: u64,
    /// Whether it did what it says, where that is told.
    pub succeeded: Option<bool>,
}

/// A target as it was when last seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexedTarget {
    /// Which.
    pub id: TargetId,
    /// Checkpoint that wrote it last.
    pub checkpoint: u64,
    /// The only epoch in which it could be filled.
    pub epoch: u64,
    /// The indexer's word: `open`, `filled` or `claimed`.
    pub status: String,
    /// Who filled it.
    pub submitter: Option<Address>,
    /// The model that won.
    pub model: Option<ModelId>,
    /// Who owned that model then.
    pub model_owner: Option<Address>,
    /// What it pays in all.
    pub reward: Shannons,
    /// What its submitter put up.
    pub bond: Shannons,
    /// How far the data is from it.
    pub distance: Option<f64>,
    /// The loss of the model that won.
    pub loss: Option<f64>,
    /// When it was filled.
    pub fill_epoch: Option<u64>,
    /// How far data may be.
    pub threshold: Option<f64>,
    /// Models drawn for it.
    pub models: Vec<ModelId>,
    /// Where its data lay.
    pub data_url: Option<String>,
    /// Bytes of its data.
    pub data_size: Option<u64>,
    /// Validators that reported it.
    pub reporters: Vec<Address>,
    /// What became of its reward; none before it was claimed.
    pub claim: Option<IndexedReward>,
}

/// A target that a model won, in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WonTarget {
    /// Which.
    pub target: TargetId,
    /// Checkpoint that wrote it last.
    pub checkpoint: u64,
    /// Who filled it.
    pub submitter: Option<Address>,
    /// What it pays in all.
    pub reward: Shannons,
    /// When it was filled.
    pub fill_epoch: Option<u64>,
}

/// A target that was claimed, and whose balances moved then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedReward {
    /// Which target.
    pub target: TargetId,
    /// Checkpoint of the claim.
    pub checkpoint: u64,
    /// Epoch of the claim.
    pub epoch: u64,
    /// The claim.
    pub transaction: TransactionDigest,
    /// Who received or paid how many shannons by it, fees included.
    pub balances: Vec<(Address, i64)>,
}

/// A model as it was in an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedModel {
    /// In which.
    pub epoch: u64,
    /// The indexer's word: `created`, `pending`, `active` or `inactive`.
    pub status: String,
    /// Staked with it.
    pub stake: Shannons,
    /// Basis points.
    pub commission_bps: u64,
    /// Basis points from the next epoch on.
    pub next_commission_bps: u64,
    /// Staked with it and not counted yet.
    pub pending_stake: Shannons,
}

/// How a model did against the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelTally {
    /// Which.
    pub model: ModelId,
    /// Targets that it won.
    pub won: u64,
    /// Targets that drew it.
    pub drawn: u64,
    /// Mean loss where it won.
    pub loss: Option<f64>,
    /// Mean distance where it won.
    pub distance: Option<f64>,
    /// What its owner's share of these comes to.
    pub reward: Shannons,
    /// Bytes of data it won with.
    pub data_size: u64,
}

/// How somebody who submits data did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubmitterTally {
    /// Who.
    pub submitter: Address,
    /// Targets filled.
    pub targets: u64,
    /// Mean loss.
    pub loss: Option<f64>,
    /// Mean distance.
    pub distance: Option<f64>,
    /// What the submitter's share of these comes to.
    pub reward: Shannons,
    /// Bytes submitted.
    pub data_size: u64,
}

/// What an epoch came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochAccount {
    /// Which.
    pub epoch: u64,
    /// Its economy; none where the indexer does not have it.
    pub economy: Option<EpochEconomy>,
    /// Targets made in it.
    pub targets: TargetCounts,
    /// Mean loss of those that were filled.
    pub loss: Option<f64>,
    /// Mean distance of those that were filled.
    pub distance: Option<f64>,
    /// Bytes of data they were filled with.
    pub data_size: u64,
    /// Models there were.
    pub models: u64,
    /// Models in service.
    pub active_models: u64,
    /// Claims made in it.
    pub claims: u64,
    /// What these moved in all, shannons.
    pub claimed: i64,
    /// The claims, first to last; an indexer tells a hundred at most.
    pub rewards: Vec<IndexedReward>,
}

/// The economy of an epoch, as last seen in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochEconomy {
    /// Left in the pool that pays emissions.
    pub emission_pool: Shannons,
    /// Leaves it each epoch.
    pub emission_per_epoch: Shannons,
    /// Targets made.
    pub targets: u64,
    /// Targets filled.
    pub hits: u64,
    /// What a new target pays.
    pub reward_per_target: Shannons,
    /// Whether the end of an epoch failed, and fees and emissions wait.
    pub safe_mode: bool,
}

/// How many targets of an epoch stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetCounts {
    /// All.
    pub all: u64,
    /// Never filled so far.
    pub open: u64,
    /// Filled, not claimed.
    pub filled: u64,
    /// Claimed.
    pub claimed: u64,
    /// What all of them pay.
    pub reward: Shannons,
}

/// A chain in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainTotals {
    /// Transactions since the beginning.
    pub transactions: u64,
    /// Checkpoints since the beginning.
    pub checkpoints: u64,
    /// Validators in the newest epoch.
    pub validators: u64,
    /// Transactions per second of late, where that is told.
    pub per_second: Option<f64>,
    /// What the indexer has.
    pub range: IndexedRange,
}
