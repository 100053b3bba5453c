//! The scoring service: without an engine, and with one.

use crate::client::{Net, frame};
use futures::future::BoxFuture;
use http::{Method, StatusCode};
use localnet::network::Config;
use localnet::scoring::{ScoreError, ScoringEngine};
use std::sync::Arc;
use wasm_core::digest::Checksum;
use wasm_core::services::{
    HEALTH, HealthRequest, HealthResponse, ManifestInput, SCORE, ScoreRequest, ScoreResponse,
};

/// An engine that says how many models there were, and of what is wrong with `http://broken`.
#[derive(Debug)]
struct Counting;

impl ScoringEngine for Counting {
    fn score(&self, request: ScoreRequest) -> BoxFuture<'_, Result<ScoreResponse, ScoreError>> {
        Box::pin(async move {
            match request.data_url.as_str() {
                "http://broken/" => Err(ScoreError::Failed("it broke".to_owned())),
                "http://wrong/" => Err(ScoreError::Invalid("Checksum mismatch".to_owned())),
                _ => Ok(ScoreResponse {
                    winner: request.model_manifests.len() as u64 - 1,
                    loss_score: vec![1.5_f32.to_bits()],
                    embedding: request.target_embedding,
                    distance: vec![0.25_f32.to_bits()],
                }),
            }
        })
    }
}

fn request() -> ScoreRequest {
    let checksum = Checksum([7; 32]).to_string();
    let manifest = ManifestInput {
        url: "http://models/one".to_owned(),
        checksum: checksum.clone(),
        size: 10,
        decryption_key: Some(checksum.clone()),
    };
    ScoreRequest {
        data_url: "http://data/one".to_owned(),
        data_checksum: checksum,
        data_size: 3,
        model_manifests: vec![manifest.clone(), manifest],
        target_embedding: vec![1.0_f32.to_bits(); 16],
        seed: 9,
    }
}

async fn score(net: &Net, request: &ScoreRequest) -> Result<ScoreResponse, (String, String)> {
    net.call(&net.network.scoring_url, SCORE, request).await
}

async fn with_engine() -> Net {
    Net::start_with(Config { scoring: Some(Arc::new(Counting)), ..Config::for_tests() }).await
}

#[tokio::test]
async fn without_an_engine_nothing_is_scored_and_health_says_so() {
    let net = Net::start().await;
    for base in [&net.network.scoring_url, &net.network.rpc_url] {
        let health: HealthResponse =
            net.call(base, HEALTH, &HealthRequest {}).await.expect("an answer");
        assert!(!health.ok);
        let refused = net.call::<_, ScoreResponse>(base, SCORE, &request()).await;
        assert_eq!(refused.expect_err("no engine").0, "12");
    }
}

#[tokio::test]
async fn an_engine_that_is_plugged_in_answers() {
    let net = with_engine().await;
    let base = &net.network.scoring_url;
    let health: HealthResponse = net.call(base, HEALTH, &HealthRequest {}).await.expect("well");
    assert!(health.ok);
    let scored = score(&net, &request()).await.expect("scored");
    assert_eq!((scored.winner, scored.embedding), (1, request().target_embedding));

    // The same for a browser, on the node's port.
    let headers = [("content-type", "application/grpc-web+proto"), ("origin", "http://page")];
    let body = frame(&bcs::to_bytes(&request()).expect("BCS"));
    let answer = net.http(Method::POST, SCORE, &headers, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let length = u32::from_be_bytes(answer.body[1..5].try_into().expect("a length"));
    let end = 5 + usize::try_from(length).expect("short");
    let again: ScoreResponse = bcs::from_bytes(&answer.body[5..end]).expect("BCS");
    assert_eq!(again.winner, 1);
}

#[tokio::test]
async fn what_cannot_be_scored_is_refused_before_the_engine_sees_it() {
    let net = with_engine().await;
    type Spoil = fn(&mut ScoreRequest);
    let wrong: [(&str, Spoil); 6] = [
        ("at least one model is required", |it| it.model_manifests.clear()),
        ("the target's embedding is required", |it| it.target_embedding.clear()),
        ("Invalid checksum of data", |it| it.data_checksum = "0OIl".to_owned()),
        ("Invalid URL of model 1", |it| it.model_manifests[1].url = "no url".to_owned()),
        ("Invalid checksum of model 0", |it| it.model_manifests[0].checksum.clear()),
        ("Invalid decryption key of model 1", |it| {
            it.model_manifests[1].decryption_key = Some("short".to_owned());
        }),
    ];
    for (expected, spoil) in wrong {
        let mut request = request();
        spoil(&mut request);
        let (code, message) = score(&net, &request).await.expect_err(expected);
        assert_eq!(code, "3", "{message}");
        let message = percent_encoding::percent_decode_str(&message).decode_utf8_lossy();
        assert!(message.starts_with(expected), "{message}");
    }
    let broken = ScoreRequest { data_url: "http://broken/".to_owned(), ..request() };
    assert_eq!(score(&net, &broken).await.expect_err("it broke").0, "13");
    let wrong = ScoreRequest { data_url: "http://wrong/".to_owned(), ..request() };
    assert_eq!(score(&net, &wrong).await.expect_err("another file").0, "3");
}
