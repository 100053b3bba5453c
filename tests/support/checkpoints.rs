//! `checkpoints.json`: contents with their Merkle roots, and summaries with their digests.

use crate::Count;
use crate::read::{Hex, Text, file, round_trip, same};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::digest::{
    CheckpointContentsDigest, CheckpointDigest, EffectsDigest, TransactionDigest,
};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vectors {
    pub contents: Vec<Contents>,
    pub summaries: Vec<Summary>,
}

/// Contents and their root.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Contents {
    pub content_digest: Text<CheckpointContentsDigest>,
    pub contents_bcs: Hex,
    pub transactions: Vec<Pair>,
}

/// A transaction and what it did.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Pair {
    pub transaction: Text<TransactionDigest>,
    pub effects: Text<EffectsDigest>,
}

/// A summary and its digest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Summary {
    pub digest: Text<CheckpointDigest>,
    pub epoch: Text<u64>,
    pub sequence_number: Text<u64>,
    pub timestamp_ms: Text<u64>,
    pub summary_bcs: Hex,
}

fn check_contents(vector: &Contents) -> Result<()> {
    let contents: CheckpointContents = round_trip("contents", &vector.contents_bcs.0)?;
    let CheckpointContents::V1 { transactions, .. } = &contents;
    let pairs: Vec<_> =
        vector.transactions.iter().map(|p| (p.transaction.0, p.effects.0)).collect();
    same("transactions", transactions, &pairs)?;
    same("root", contents.digest(), vector.content_digest.0)
}

fn check_summary(vector: &Summary) -> Result<()> {
    let summary: CheckpointSummary = round_trip("summary", &vector.summary_bcs.0)?;
    same("digest", summary.digest(), vector.digest.0)?;
    same("epoch", summary.epoch, vector.epoch.0)?;
    same("number", summary.sequence_number, vector.sequence_number.0)?;
    same("time", summary.timestamp_ms, vector.timestamp_ms.0)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vectors = file(json)?;
    for vector in &vectors.contents {
        check_contents(vector).with_context(|| vector.content_digest.0.to_string())?;
    }
    for vector in &vectors.summaries {
        check_summary(vector).with_context(|| format!("summary {}", vector.sequence_number.0))?;
    }
    Ok(vec![
        Count::of("checkpoint contents", vectors.contents.len()),
        Count::of("checkpoint summaries", vectors.summaries.len()),
    ])
}
