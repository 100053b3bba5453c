//! `commitments.json`: digests of data, embeddings and keys.

use crate::Count;
use crate::read::{Hex, TensorJson, Text, file, round_trip, same, same_bytes};
use anyhow::Result;
use serde::Deserialize;
use wasm_core::digest::{
    Checksum, DecryptionKeyCommitment, EmbeddingCommitment, WeightsCommitment, blake2b256,
};
use wasm_core::tensor::SomaTensor;
use wasm_core::weights::{DecryptionKey, Meter};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vectors {
    pub data: Vec<Data>,
    pub embeddings: Vec<Embedding>,
    pub decryption_keys: Vec<Key>,
}

/// Bytes and their digest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Data {
    pub data: Hex,
    pub blake2b256: Hex,
    pub base58: Text<Checksum>,
}

/// An embedding and what is committed to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Embedding {
    pub tensor: TensorJson,
    pub tensor_bcs: Hex,
    pub embedding_commitment: Hex,
}

/// A key and what is committed to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Key {
    pub decryption_key: Hex,
    pub decryption_key_base58: String,
    pub decryption_key_commitment: Hex,
}

fn check_data(vector: &Data) -> Result<()> {
    same_bytes("digest", blake2b256(&[&vector.data.0]), &vector.blake2b256.0)?;
    same_bytes("digest from text", vector.base58.0, &vector.blake2b256.0)?;
    let mut meter = Meter::new();
    for chunk in vector.data.0.chunks(5) {
        meter.update(chunk);
    }
    let checksum = meter.finish().checksum;
    same("measured checksum", checksum, vector.base58.0)?;
    same_bytes("weights commitment", WeightsCommitment::of(checksum), &vector.blake2b256.0)
}

fn check_embedding(vector: &Embedding) -> Result<()> {
    let tensor = SomaTensor::try_from(&vector.tensor)?;
    same_bytes("BCS", bcs::to_bytes(&tensor)?, &vector.tensor_bcs.0)?;
    same("tensor", &round_trip::<SomaTensor>("BCS", &vector.tensor_bcs.0)?, &tensor)?;
    same_bytes("commitment", EmbeddingCommitment::of(&tensor), &vector.embedding_commitment.0)
}

fn check_key(vector: &Key) -> Result<()> {
    let key = DecryptionKey(vector.decryption_key.array()?);
    same("key as text", key.expose_base58().as_str(), &vector.decryption_key_base58)?;
    same_bytes("BCS", bcs::to_bytes(&key)?, [&[32], &vector.decryption_key.0[..]].concat())?;
    let commitment = DecryptionKeyCommitment::of(&key);
    same_bytes("commitment", commitment, &vector.decryption_key_commitment.0)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vectors = file(json)?;
    vectors.data.iter().try_for_each(check_data)?;
    vectors.embeddings.iter().try_for_each(check_embedding)?;
    vectors.decryption_keys.iter().try_for_each(check_key)?;
    Ok(vec![
        Count::of("checksums", vectors.data.len()),
        Count::of("embedding commitments", vectors.embeddings.len()),
        Count::of("key commitments", vectors.decryption_keys.len()),
    ])
}
