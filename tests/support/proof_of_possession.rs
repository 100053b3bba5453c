//! `proof_of_possession.json`: that validators hold their keys.
//!
//! The core knows the message; the signatures are checked natively, where BLS is at hand.

use crate::Count;
use crate::read::{Hex, Text, file, same_bytes};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::Address;
use wasm_core::bytes::FixedBytes;
use wasm_core::tx::possession::possession_message;

/// A validator's key, address and proof.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub address: Text<Address>,
    pub bls_private_key: Hex,
    pub bls_public_key: Hex,
    pub proof_of_possession: Hex,
}

impl Vector {
    /// What is signed.
    ///
    /// # Errors
    /// Where the key has not 96 bytes.
    pub fn message(&self) -> Result<Vec<u8>> {
        let key = FixedBytes(self.bls_public_key.array::<96>()?);
        Ok(possession_message(&key, &self.address.0))
    }
}

fn check_one(vector: &Vector) -> Result<()> {
    let key = &vector.bls_public_key.0;
    let wanted = [&[8, 0, 1, 128, 1], &key[..], &vector.address.0.0, &[0; 8]].concat();
    same_bytes("message", vector.message()?, wanted)?;
    vector.bls_private_key.array::<32>().context("private key")?;
    vector.proof_of_possession.array::<48>().context("proof")?;
    Ok(())
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.address.0.to_string())?;
    }
    Ok(vec![Count::of("possession messages", vectors.len())])
}
