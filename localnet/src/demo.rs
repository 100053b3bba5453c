//! A network with life in it: models that are active from the start, with real weights behind their
//! manifests, and so targets that are open.
//!
//! The weights have the layout of the protocol's first architecture at a small width, and values
//! drawn from a seed: nothing was learned, and everything that is said about the files is true.

use crate::genesis::GenesisModel;
use crate::http::blobs::{BlobError, BlobName, BlobStore};
use axum::body::Body;
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, Normal};
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::digest::{WeightsCommitment, blake2b256};
use wasm_core::manifest::Manifest;
use wasm_core::weights::{DecryptionKey, Meter, WeightCipher};
use zeroize::Zeroizing;

/// Width of the models, and so values of every embedding in a network that shows them.
pub const WIDTH: u32 = 16;
/// Layers of the models, and the width between the two halves of a layer.
const LAYERS: u32 = 2;
const INNER_WIDTH: u32 = 32;
/// Bytes, and what stands for padding, ends and nothing.
const VOCABULARY: u32 = 264;

/// Shannons staked with each model by its owner, most first.
const STAKES: [u64; 6] = [40_000, 25_000, 10_000, 5_000, 2_000, 1_000];
/// Commission of each, in basis points.
const COMMISSIONS: [u64; 6] = [500, 1_000, 250, 2_000, 0, 750];

/// Why the models could not be put into the store.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The store refuses.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The place where the store answers is no URL.
    #[error("{0} is not a URL")]
    Url(String),
}

/// Makes the models, owned in turn, and puts their sealed weights into a store that answers at
/// `blobs_url`.
pub(crate) async fn models(
    seed: &[u8; 32],
    owners: &[Address],
    store: &BlobStore,
    blobs_url: &str,
) -> Result<Vec<GenesisModel>, DemoError> {
    let mut models = Vec::new();
    let of_each = STAKES.into_iter().zip(COMMISSIONS).zip(owners.iter().cycle());
    for (place, ((stake, commission_rate), owner)) in (0_u64..).zip(of_each) {
        let part = |what: &[u8]| Zeroizing::new(blake2b256(&[seed, what, &place.to_le_bytes()]));
        let decryption_key = DecryptionKey(*part(b"decryption key"));
        let mut file = weights(&part(b"weights"));
        WeightCipher::new(&decryption_key).apply(0, &mut file);
        let mut meter = Meter::new();
        meter.update(&file);
        let measured = meter.finish();
        let digits: String = hex::encode(measured.checksum.0).chars().take(16).collect();
        let name = format!("demo-{digits}.safetensors.enc");
        let url = format!("{blobs_url}/{name}");
        let url = url.parse().map_err(|_| DemoError::Url(url))?;
        let name: BlobName = name.parse().expect("letters, digits, dots and hyphens");
        store.put(&name, Body::from(file)).await?;
        models.push(GenesisModel {
            owner: *owner,
            manifest: Manifest::new(url, measured.checksum, measured.size),
            decryption_key,
            weights_commitment: WeightsCommitment::of(measured.checksum),
            embedding: None,
            commission_rate,
            stake: stake * Shannons::PER_SOMA,
        });
    }
    Ok(models)
}

/// A tensor of the architecture: its shape, and the mean and deviation its values are drawn with.
struct Tensor {
    shape: Vec<u32>,
    mean: f32,
    deviation: f32,
}

/// All tensors, by name.
fn architecture() -> BTreeMap<String, Tensor> {
    let mut tensors = BTreeMap::new();
    let mut add = |name: String, shape: &[u32], (mean, deviation): (f32, f32)| {
        tensors.insert(name, Tensor { shape: shape.to_vec(), mean, deviation });
    };
    let (d, f) = (WIDTH, INNER_WIDTH);
    let (gamma, beta, bias) = ((1.0, 0.1), (0.0, 0.05), (0.0, 0.02));
    // So that what goes into a layer comes out about as large.
    let (even, halved, inner_halved) = ((0.0, 0.25), (0.0, 0.125), (0.0, 0.088));
    add("embedding.weight".into(), &[VOCABULARY, d], (0.0, 0.7));
    for layer in 0..LAYERS {
        let at = |name: &str| format!("encoder.layers.{layer}.{name}");
        for norm in ["norm_1", "norm_2"] {
            add(at(&format!("{norm}.gamma")), &[d], gamma);
            add(at(&format!("{norm}.beta")), &[d], beta);
        }
        for part in ["query", "key", "value", "output"] {
            let values = if part == "output" { halved } else { even };
            add(at(&format!("attention.{part}.weight")), &[d, d], values);
            add(at(&format!("attention.{part}.bias")), &[d], bias);
        }
        add(at("pwff.linear_inner.weight"), &[d, f], even);
        add(at("pwff.linear_inner.bias"), &[f], bias);
        add(at("pwff.linear_outer.weight"), &[f, d], inner_halved);
        add(at("pwff.linear_outer.bias"), &[d], bias);
    }
    add("final_norm.gamma".into(), &[d], gamma);
    add("final_norm.beta".into(), &[d], beta);
    add("predictor.weight".into(), &[d, VOCABULARY], even);
    add("predictor.bias".into(), &[VOCABULARY], bias);
    tensors
}

/// A file of weights, in the clear.
fn weights(seed: &[u8; 32]) -> Vec<u8> {
    let mut header = serde_json::Map::new();
    let mut data: Vec<u8> = Vec::new();
    for (name, tensor) in architecture() {
        let begin = data.len();
        let mut rng = rand::rngs::StdRng::from_seed(blake2b256(&[seed, name.as_bytes()]));
        let values = Normal::new(tensor.mean, tensor.deviation).expect("deviations are finite");
        let count = tensor.shape.iter().product::<u32>();
        for _ in 0..count {
            data.extend_from_slice(&values.sample(&mut rng).to_le_bytes());
        }
        let entry = serde_json::json!({
            "dtype": "F32",
            "shape": tensor.shape,
            "data_offsets": [begin, data.len()],
        });
        header.insert(name, entry);
    }
    let mut header = serde_json::Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
}

#[cfg(test)]
mod tests {
    use super::{LAYERS, architecture, weights};
    use wasm_core::safetensors::{Dtype, HeaderReader};

    #[test]
    fn weights_are_a_safetensors_file_of_the_architecture() {
        let file = weights(&[1; 32]);
        let mut reader = HeaderReader::new(file.len() as u64).expect("long enough");
        while let Some(range) = reader.wanted() {
            let part = usize::try_from(range.start).expect("small")
                ..usize::try_from(range.end).expect("small");
            reader.take(&file[part]).expect("a header");
        }
        let header = reader.finish().expect("a whole header");
        let tensors = architecture();
        assert_eq!(tensors.len(), 5 + 16 * LAYERS as usize);
        assert_eq!(header.tensors().len(), tensors.len());
        for entry in header.tensors() {
            let expected: Vec<u64> =
                tensors[&entry.name].shape.iter().map(|&size| u64::from(size)).collect();
            assert_eq!((entry.dtype, &entry.shape), (Dtype::F32, &expected), "{}", entry.name);
        }
    }

    #[test]
    fn a_seed_always_gives_the_same_weights_and_another_others() {
        assert_eq!(weights(&[1; 32]), weights(&[1; 32]));
        assert_ne!(weights(&[1; 32]), weights(&[2; 32]));
    }
}
