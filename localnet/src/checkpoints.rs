//! Checkpoints: executed transactions in their order, sealed and signed.

use crate::ledger::Executed;
use std::sync::Arc;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::digest::CheckpointDigest;

/// A sealed piece of the network's history.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Its head.
    pub summary: CheckpointSummary,
    /// Digest of the head.
    pub digest: CheckpointDigest,
    /// Digests and signatures of its transactions.
    pub contents: CheckpointContents,
    /// The transactions, in the order of `contents`.
    pub transactions: Vec<Arc<Executed>>,
    /// Who vouches for it.
    pub signature: CheckpointSignature,
}

/// The validators' aggregated BLS signature of a checkpoint's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointSignature {
    /// Epoch of the committee.
    pub epoch: u64,
    /// 48 bytes in G1.
    pub signature: [u8; 48],
    /// Indices into the committee.
    pub signers: Vec<u32>,
}
