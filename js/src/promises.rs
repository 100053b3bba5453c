//! Hashes that a model's owner commits to.

use crate::error::thrown;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::digest::{DecryptionKeyCommitment, EmbeddingCommitment, blake2b256};
use wasm_core::tensor::SomaTensor;
use wasm_core::weights::DecryptionKey;
use zeroize::Zeroizing;

/// Blake2b-256, 32 bytes.
#[wasm_bindgen(js_name = blake2b256)]
#[must_use]
pub fn blake2b_256(bytes: &[u8]) -> Vec<u8> {
    blake2b256(&[bytes]).to_vec()
}

/// The commitment to an embedding, in Base58.
#[wasm_bindgen(js_name = embeddingCommitment)]
#[must_use]
pub fn embedding_commitment(values: Vec<f32>) -> String {
    EmbeddingCommitment::of(&SomaTensor::vector(values)).to_string()
}

/// The commitment to a decryption key in Base58, in Base58.
#[wasm_bindgen(js_name = decryptionKeyCommitment)]
pub fn decryption_key_commitment(key: String) -> Result<String, JsValue> {
    let key = DecryptionKey::parse(&Zeroizing::new(key)).map_err(thrown)?;
    Ok(DecryptionKeyCommitment::of(&key).to_string())
}
