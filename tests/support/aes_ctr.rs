//! `aes_ctr.json`: encrypted weights.

use crate::Count;
use crate::read::{Hex, file, same, same_bytes};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::digest::Checksum;
use wasm_core::manifest::{Manifest, Url};
use wasm_core::weights::{DecryptionKey, Meter, Opener, WeightCipher};

/// A file under a key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub key: Hex,
    pub key_base58: String,
    pub plaintext: Hex,
    pub ciphertext: Hex,
    pub ciphertext_commitment: Hex,
}

fn check_one(vector: &Vector) -> Result<()> {
    let key = DecryptionKey(vector.key.array()?);
    same("key as text", key.expose_base58().as_str(), &vector.key_base58)?;
    same("key from text", &DecryptionKey::parse(&vector.key_base58)?, &key)?;

    let mut sealed = vector.plaintext.0.clone();
    WeightCipher::new(&key).apply(0, &mut sealed);
    same_bytes("ciphertext", &sealed, &vector.ciphertext.0)?;

    let mut meter = Meter::new();
    meter.update(&sealed);
    let measured = meter.finish();
    same_bytes("commitment", measured.checksum, &vector.ciphertext_commitment.0)?;

    // Opened in pieces of odd lengths, as a download arrives.
    let url: Url = "https://example.com/weights".parse()?;
    let checksum = Checksum(vector.ciphertext_commitment.array()?);
    let manifest = Manifest::new(url, checksum, vector.ciphertext.0.len() as u64);
    let mut opener = Opener::new(&key, manifest.clone());
    let mut opened = Vec::new();
    for chunk in vector.ciphertext.0.chunks(37) {
        let mut chunk = chunk.to_vec();
        opener.update(&mut chunk)?;
        opened.extend(chunk);
    }
    same("witness", opener.finish()?.manifest(), &manifest)?;
    same_bytes("plaintext", opened, &vector.plaintext.0)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| format!("{} bytes", vector.plaintext.0.len()))?;
    }
    Ok(vec![Count::of("encrypted weights", vectors.len())])
}
