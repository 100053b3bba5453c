//! What a page may ask about a network's past, where an indexer tells of it.

use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::indexer::{
    ChainTotals, EpochAccount, IndexedModel, IndexedTarget, IndexedTransaction, ModelTally, Part,
    SubmitterTally, WonTarget,
};

/// A question to the indexer of the chosen network. Beside each stands the [`IndexerReply`] that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum IndexerRequest {
    /// What an address sent, newest first. → `Transactions`
    Sent {
        /// Whose.
        address: Address,
        /// Where a part begins.
        after: Option<String>,
    },
    /// What touched an address, oldest first. → `Transactions`
    Touched {
        /// Whose.
        address: Address,
        /// Where a part begins.
        after: Option<String>,
    },
    /// A target, settled or not. → `Target`
    Target(TargetId),
    /// A model in past epochs. → `Model`
    Model {
        /// Which.
        id: ModelId,
        /// How many epochs back.
        epochs: u64,
    },
    /// Models, most wins first. → `ModelLeaders`
    ModelLeaders {
        /// Where a part begins.
        after: Option<String>,
    },
    /// Submitters, most targets first. → `SubmitterLeaders`
    SubmitterLeaders {
        /// Where a part begins.
        after: Option<String>,
    },
    /// One submitter. → `Submitter`
    Submitter(Address),
    /// What an epoch came to. → `Epoch`
    Epoch(u64),
    /// The chain in numbers. → `Totals`
    Totals,
}

/// What an indexer tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum IndexerReply {
    Transactions(Part<IndexedTransaction>),
    Target(Option<Box<IndexedTarget>>),
    Model(Box<ModelPast>),
    ModelLeaders(Part<ModelTally>),
    SubmitterLeaders(Part<SubmitterTally>),
    Submitter(Option<SubmitterTally>),
    Epoch(Box<EpochAccount>),
    Totals(ChainTotals),
}

/// What an indexer knows of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelPast {
    /// In each epoch, first to last.
    pub epochs: Vec<IndexedModel>,
    /// The newest targets that it won, settled ones included.
    pub won: Part<WonTarget>,
    /// Its place among all models by wins, counted from one, and what earned it; none where it is not among
    /// those that were looked through.
    pub place: Option<(u64, ModelTally)>,
    /// How many models were looked through.
    pub looked_through: u64,
}
