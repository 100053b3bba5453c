//! Weights: sealed, opened and committed to.

use crate::random::SystemRandom;
use anyhow::Result;
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::manifest::Manifest;
use wasm_core::tensor::SomaTensor;
use wasm_core::weights::{Commitments, DecryptionKey, Opener, Sealer};

/// What a test asks of weights.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Encrypts with a fresh key, in two pieces.
    Seal { data: String },
    /// Decrypts, in two pieces, what a manifest of this checksum and size names.
    Open { data: String, key: String, checksum: Checksum, size: u64 },
    /// What is promised of encrypted weights, an embedding and a key.
    Commit { data: String, key: String, embedding: Vec<f32> },
}

pub(crate) fn answer(request: Request) -> Result<Value> {
    match request {
        Request::Seal { data } => {
            let mut data = Base64::decode_vec(&data)?;
            let (mut sealer, key) = Sealer::make(&mut SystemRandom);
            let third = data.len() / 3;
            let (first, second) = data.split_at_mut(third);
            sealer.update(first);
            sealer.update(second);
            let sealed = sealer.finish();
            Ok(json!({
                "data": Base64::encode_string(&data),
                "key": key.expose_base58().as_str(),
                "checksum": sealed.checksum,
                "size": sealed.size,
            }))
        }
        Request::Open { data, key, checksum, size } => {
            let mut data = Base64::decode_vec(&data)?;
            let manifest = Manifest::new("http://localhost/".parse()?, checksum, size);
            let mut opener = Opener::new(&DecryptionKey::parse(&key)?, manifest);
            let third = data.len() / 3;
            let (first, second) = data.split_at_mut(third);
            opener.update(first)?;
            opener.update(second)?;
            let verified = opener.finish()?;
            Ok(json!({ "data": Base64::encode_string(&data), "size": verified.manifest().size() }))
        }
        Request::Commit { data, key, embedding } => {
            let checksum = Checksum(blake2b256(&[&Base64::decode_vec(&data)?]));
            let key = DecryptionKey::parse(&key)?;
            let promised = Commitments::of(checksum, &SomaTensor::vector(embedding), &key);
            Ok(json!(promised))
        }
    }
}
