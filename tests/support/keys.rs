//! `keys.json`: Ed25519 keys in all their forms.

use crate::Count;
use crate::read::{Hex, file, same, same_bytes};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::keys::{Keypair, PublicKey};

/// A key and what follows from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub secret_key: Hex,
    pub bech32: String,
    pub keystore_base64: String,
    pub public_key: Hex,
    pub public_key_base64: String,
    pub address: String,
    pub address_display: String,
    pub address_hex_literal: String,
    pub sign_hashed_of_32_zero_bytes: Hex,
}

/// Compares a key with the forms that both `keys.json` and `mnemonics.json` record.
pub(crate) fn check_forms(
    key: &Keypair,
    secret_key: &Hex,
    bech32: &str,
    keystore_base64: &str,
    public_key: &Hex,
    public_key_base64: &str,
    address: &str,
) -> Result<()> {
    same_bytes("seed", key.expose_seed().as_slice(), &secret_key.0)?;
    same("bech32", key.expose_bech32().as_str(), bech32)?;
    same("base64", key.expose_base64().as_str(), keystore_base64)?;
    same_bytes("public key", key.public_key().as_bytes(), &public_key.0)?;
    same("public key as base64", key.public_key().to_base64().as_str(), public_key_base64)?;
    let read = PublicKey::parse_base64(public_key_base64)?;
    same("public key read back", read, key.public_key())?;
    same("address", key.address().to_string().as_str(), address)?;
    for text in [&hex::encode(&secret_key.0), bech32, keystore_base64] {
        let read = Keypair::parse(text).context("a form of the key")?;
        same_bytes("seed read back", read.expose_seed().as_slice(), &secret_key.0)?;
    }
    Ok(())
}

fn check_one(vector: &Vector) -> Result<()> {
    let key = Keypair::derive(&vector.secret_key.array()?);
    check_forms(
        &key,
        &vector.secret_key,
        &vector.bech32,
        &vector.keystore_base64,
        &vector.public_key,
        &vector.public_key_base64,
        &vector.address,
    )?;
    same("bare address", &key.address().to_bare_hex(), &vector.address_display)?;
    same("trimmed address", &key.address().to_trimmed_hex(), &vector.address_hex_literal)?;
    let signature = key.sign(&[0; 32]);
    key.public_key().verify(&[0; 32], &signature)?;
    let serialized = [&[0][..], &signature, key.public_key().as_bytes()].concat();
    same_bytes("signature", serialized, &vector.sign_hashed_of_32_zero_bytes.0)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.address.clone())?;
    }
    Ok(vec![Count::of("keys", vectors.len())])
}
