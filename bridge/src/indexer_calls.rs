//! What a page asks an indexer, one method a request.

use crate::indexer::{IndexerReply, IndexerRequest, ModelPast};
use crate::questions::questions;
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::indexer::{
    ChainTotals, EpochAccount, IndexedTarget, IndexedTransaction, ModelTally, Part, SubmitterTally,
};

questions! { asked Indexer, answered Indexer;
    /// What an address sent, newest first.
    indexed_sent(address: Address, after: Option<String>)
        => IndexerRequest::Sent { address, after }, IndexerReply::Transactions(it) => it, Part<IndexedTransaction>;
    /// What touched an address, oldest first.
    indexed_touched(address: Address, after: Option<String>)
        => IndexerRequest::Touched { address, after }, IndexerReply::Transactions(it) => it, Part<IndexedTransaction>;
    /// A target, settled or not.
    indexed_target(id: TargetId)
        => IndexerRequest::Target(id), IndexerReply::Target(it) => it.map(|it| *it), Option<IndexedTarget>;
    /// A model in past epochs, its wins and its place.
    indexed_model(id: ModelId, epochs: u64)
        => IndexerRequest::Model { id, epochs }, IndexerReply::Model(it) => *it, ModelPast;
    /// Models, most wins first.
    model_leaders(after: Option<String>)
        => IndexerRequest::ModelLeaders { after }, IndexerReply::ModelLeaders(it) => it, Part<ModelTally>;
    /// Submitters, most targets first.
    submitter_leaders(after: Option<String>)
        => IndexerRequest::SubmitterLeaders { after }, IndexerReply::SubmitterLeaders(it) => it, Part<SubmitterTally>;
    /// One submitter.
    indexed_submitter(address: Address)
        => IndexerRequest::Submitter(address), IndexerReply::Submitter(it) => it, Option<SubmitterTally>;
    /// What an epoch came to.
    indexed_epoch(epoch: u64) => IndexerRequest::Epoch(epoch), IndexerReply::Epoch(it) => *it, EpochAccount;
    /// The chain in numbers.
    chain_totals() => IndexerRequest::Totals, IndexerReply::Totals(it) => it, ChainTotals;
}
