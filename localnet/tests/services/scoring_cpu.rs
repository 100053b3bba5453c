//! The scoring service with the engine that comes with it, against recorded scores.

use crate::client::Net;
use http::{Method, StatusCode};
use localnet::network::Config;
use localnet::scoring::{CpuScoring, MAX_DATA};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::score::arrgen::standard_normal;
use wasm_core::services::{ManifestInput, SCORE, ScoreRequest, ScoreResponse};
use wasm_core::weights::{DecryptionKey, WeightCipher};

const KEY: [u8; 32] = [3; 32];

/// The one case whose sequences and batches are those of the network.
const CASE: &str = "long-positions";

fn vectors(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/scoring");
    std::fs::read(folder.join(path)).expect("a vector")
}

fn case() -> Value {
    let manifest: Value = serde_json::from_slice(&vectors("manifest.json")).expect("JSON");
    let cases = manifest["cases"].as_array().expect("cases");
    cases.iter().find(|case| case["id"] == CASE).expect("the case").clone()
}

fn number(text: &Value) -> u64 {
    text.as_str().expect("a text").parse().expect("a number")
}

/// The data of the case, as its recipe says.
fn data() -> Vec<u8> {
    let next = |state: &u64| {
        Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    };
    let states = std::iter::successors(Some(1002), next).skip(1).take(20_000);
    states.map(|state: u64| state.to_be_bytes()[0]).collect()
}

async fn stored(net: &Net, name: &str, file: &[u8]) -> (String, String, u64) {
    let answer = net.http(Method::PUT, &format!("/blobs/{name}"), &[], file.to_vec()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let url = format!("{}/blobs/{name}", net.network.rpc_url);
    (url, Checksum(blake2b256(&[file])).to_string(), file.len() as u64)
}

/// A model of the vectors, served encrypted or as it is.
async fn model(net: &Net, name: &str, encrypted: bool) -> ManifestInput {
    let mut file = vectors(&format!("weights/{name}.safetensors"));
    let key = encrypted.then_some(DecryptionKey(KEY));
    if let Some(key) = &key {
        WeightCipher::new(key).apply(0, &mut file);
    }
    let (url, checksum, size) = stored(net, name, &file).await;
    let decryption_key = key.map(|key| key.expose_base58().to_string());
    ManifestInput { url, checksum, size, decryption_key }
}

async fn request(net: &Net, models: Vec<ManifestInput>) -> ScoreRequest {
    let case = case();
    let (data_url, data_checksum, data_size) = stored(net, "data", &data()).await;
    let target = standard_normal(number(&case["target"]["arrgen_seed"]), 16);
    ScoreRequest {
        data_url,
        data_checksum,
        data_size,
        model_manifests: models,
        target_embedding: target.iter().map(|value| value.to_bits()).collect(),
        seed: number(&case["seed"]),
    }
}

async fn score(net: &Net, request: &ScoreRequest) -> Result<ScoreResponse, (String, String)> {
    let answer = net.call(&net.network.scoring_url, SCORE, request).await;
    answer.map_err(|(code, message)| {
        let text = percent_encoding::percent_decode_str(&message).decode_utf8_lossy();
        (code, text.into_owned())
    })
}

async fn network() -> Net {
    let scoring = Some(Arc::new(CpuScoring::default()) as _);
    Net::start_with(Config { scoring, ..Config::for_tests() }).await
}

fn near(bits: u32, expected: &Value) -> bool {
    let expected = expected.as_f64().expect("a number");
    (f64::from(f32::from_bits(bits)) - expected).abs() < 1e-5
}

#[tokio::test]
async fn what_is_answered_is_what_was_recorded_whether_weights_are_encrypted_or_not() {
    let expected = &case()["expected"];
    for encrypted in [false, true] {
        let net = network().await;
        let recorded = model(&net, "t_a", encrypted).await;
        let better = model(&net, "t_leak", !encrypted).await;
        let request = request(&net, vec![recorded.clone()]).await;
        let answer = score(&net, &request).await.expect("scored");
        assert_eq!(answer.winner, 0);
        let ([loss], [distance]) = (&answer.loss_score[..], &answer.distance[..]) else {
            panic!("one loss and one distance: {answer:?}")
        };
        assert!(near(*loss, &expected["loss"]) && near(*distance, &expected["distance"]));
        let embedding = expected["embedding"].as_array().expect("numbers");
        assert_eq!(answer.embedding.len(), embedding.len());
        let mut pairs = answer.embedding.iter().zip(embedding);
        assert!(pairs.all(|(bits, expected)| near(*bits, expected)));

        for (place, models) in [[&better, &recorded], [&recorded, &better]].iter().enumerate() {
            let model_manifests = models.map(Clone::clone).to_vec();
            let both = ScoreRequest { model_manifests, ..request.clone() };
            let both = score(&net, &both).await.expect("scored");
            assert_eq!(both.winner, place as u64);
            assert!(f32::from_bits(both.loss_score[0]) < f32::from_bits(*loss));
        }
    }
}

#[tokio::test]
async fn nothing_is_scored_but_what_was_named() {
    let net = network().await;
    let good = model(&net, "t_a", true).await;
    let garbage = {
        let (url, checksum, size) = stored(&net, "garbage", &[1; 500]).await;
        ManifestInput { url, checksum, size, decryption_key: None }
    };
    let other_key = DecryptionKey([4; 32]).expose_base58().to_string();
    let nowhere = format!("{}/blobs/nowhere", net.network.rpc_url);
    let zero = Checksum([0; 32]).to_string();
    let wrong = [
        ManifestInput { decryption_key: Some(other_key), ..good.clone() },
        ManifestInput { decryption_key: None, ..good.clone() },
        ManifestInput { checksum: zero, ..good.clone() },
        ManifestInput { size: good.size - 1, ..good.clone() },
        ManifestInput { url: nowhere, ..good.clone() },
        garbage,
    ];
    for wrong in wrong {
        // After a good one, so that half a result would have been there to give.
        let request = request(&net, vec![good.clone(), wrong.clone()]).await;
        let (code, message) = score(&net, &request).await.expect_err("another file");
        assert_eq!(code, "13", "{wrong:?}: {message}");
    }

    let request = request(&net, vec![good]).await;
    let large = ScoreRequest { data_size: MAX_DATA + 1, ..request.clone() };
    let (code, message) = score(&net, &large).await.expect_err("too much");
    assert_eq!((code.as_str(), message.contains("1048576")), ("13", true), "{message}");
    let target_embedding = vec![0; 15];
    let short = ScoreRequest { target_embedding, ..request };
    let (code, message) = score(&net, &short).await.expect_err("another width");
    assert_eq!((code.as_str(), message.contains("15 numbers")), ("13", true), "{message}");
}
