//! How data becomes tokens, positions and targets.

use super::Vectors;
use super::manifest::{Case, Contract};
use crate::Count;
use crate::read::same;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use wasm_core::score::{Batching, DataError, PAD, Sequences};

fn check_one(contract: &Contract) -> Result<()> {
    let data = &contract.data_hex.0;
    same("length", data.len(), contract.length)?;
    let cut = Sequences::of(data, Batching::new(contract.seq, contract.batch)?);
    if data.is_empty() {
        return same("no data", cut, Err(DataError::Empty));
    }
    let cut = cut?;
    let all = 0..cut.rows();
    same("tokens", cut.tokens(all.clone()), &contract.token_ids.concat()[..])?;
    same("positions", cut.positions(all.clone()), &contract.pos_ids.concat()[..])?;
    same("targets", cut.targets(all), &contract.target_ids.concat()[..])?;
    let rows: Vec<_> = cut.batches().map(|batch| batch.len()).collect();
    same("batches", &rows, &contract.batch_rows)
}

/// The sequences of a case, which are those that it lists.
///
/// # Errors
/// Where they differ.
pub fn sequences(vectors: &Vectors, case: &Case) -> Result<Sequences> {
    let cut = Sequences::of(&vectors.data(&case.data)?, Batching::new(case.seq, case.batch)?)?;
    let all = 0..cut.rows();
    let ids = [cut.tokens(all.clone()), cut.positions(all.clone()), cut.targets(all)];
    let sums = &case.ids_sha256_i32le;
    for (ids, sum) in ids.into_iter().zip([&sums.token_ids, &sums.pos_ids, &sums.target_ids]) {
        let bytes: Vec<_> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
        same("checksum of ids", &hex::encode(Sha256::digest(bytes)), sum)?;
    }
    if let Some(listed) = &case.ids {
        for (ids, listed) in
            ids.into_iter().zip([&listed.token_ids, &listed.pos_ids, &listed.target_ids])
        {
            same("ids", ids, &listed.concat()[..])?;
        }
    }
    let counted = |rows| cut.targets(rows).iter().filter(|target| **target != PAD).count();
    let batches: Vec<_> = cut.batches().map(|rows| (rows.len(), counted(rows))).collect();
    let expected = case.expected.batches.iter().map(|batch| (batch.rows, batch.unmasked_targets));
    same("batches", batches, expected.collect())?;
    Ok(cut)
}

/// Checks how data is cut, of the contract's examples and of all cases.
///
/// # Errors
/// Where something differs.
pub fn check(vectors: &Vectors) -> Result<Count> {
    for contract in &vectors.manifest.data_contract {
        let name = || format!("{} bytes in sequences of {}", contract.length, contract.seq);
        check_one(contract).with_context(name)?;
    }
    for case in &vectors.manifest.cases {
        sequences(vectors, case).with_context(|| case.id.clone())?;
    }
    let count = vectors.manifest.data_contract.len() + vectors.manifest.cases.len();
    Ok(Count::of("data in sequences", count))
}
