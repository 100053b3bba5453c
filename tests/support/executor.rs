//! `target_embeddings.json`, `model_selection.json` and `epoch_math.json`: what only an executor
//! computes.
//!
//! Here they are read, so that a field that nobody understands is noticed; the local network
//! computes them.

use crate::read::{Bits, Hex, Text, file};
use crate::state::Summary;
use anyhow::Result;
use serde::Deserialize;
use wasm_core::address::{Address, ModelId};

/// A seed and the embeddings that it makes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct TargetEmbedding {
    pub seed: Text<u64>,
    pub dim16: Vec<Bits>,
    pub dim2048_blake2b256_of_le_bytes: Hex,
}

/// A target and the models drawn for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct ModelSelection {
    pub k: Text<usize>,
    pub models: Vec<Model>,
    pub selected: Vec<Text<ModelId>>,
    pub target_embedding_bits: Vec<Bits>,
    pub target_seed: Text<u64>,
}

/// A model that may be drawn.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Model {
    pub id: Text<ModelId>,
    pub stake: Text<u64>,
    pub embedding_bits: Vec<Bits>,
}

/// An end of an epoch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct EpochMath {
    pub hits: Text<u64>,
    pub ema: Text<u64>,
    pub threshold_bits: Bits,
    pub fees: Text<u64>,
    pub value_fee_bps: Text<u64>,
    pub before: Summary,
    pub after: Summary,
    pub validator_commission_stakes: Vec<CommissionStake>,
}

/// A validator's commission, paid as a stake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct CommissionStake {
    pub address: Text<Address>,
    pub principal: Text<u64>,
    pub stake_activation_epoch: Text<u64>,
}

/// Reads `target_embeddings.json`.
///
/// # Errors
/// Where a field is not understood.
pub fn target_embeddings(json: &str) -> Result<Vec<TargetEmbedding>> {
    file(json)
}

/// Reads `model_selection.json`.
///
/// # Errors
/// Where a field is not understood.
pub fn model_selections(json: &str) -> Result<Vec<ModelSelection>> {
    file(json)
}

/// Reads `epoch_math.json`.
///
/// # Errors
/// Where a field is not understood.
pub fn epoch_math(json: &str) -> Result<Vec<EpochMath>> {
    file(json)
}
