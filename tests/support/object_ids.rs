//! `object_ids.json`: ids and seeds that follow from a transaction.

use crate::Count;
use crate::read::{Text, file, same};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::ObjectId;
use wasm_core::digest::TransactionDigest;

/// The `creation_num`-th id of a transaction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub tx_digest: Text<TransactionDigest>,
    pub creation_num: Text<u64>,
    pub object_id: Text<ObjectId>,
    /// The first eight bytes of the id, as a number.
    pub target_seed: Text<u64>,
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        let id = ObjectId::derive(&vector.tx_digest.0, vector.creation_num.0);
        same("id", id, vector.object_id.0)?;
        let seed = id.0.first_chunk().context("an id has 32 bytes")?;
        same("seed", u64::from_le_bytes(*seed), vector.target_seed.0)?;
    }
    Ok(vec![Count::of("derived object ids", vectors.len())])
}
