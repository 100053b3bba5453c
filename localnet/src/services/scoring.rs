//! The scoring service: asks an engine which model fits some data best.

use crate::scoring::{ScoreError, ScoringEngine};
use crate::services::bcs_call;
use axum::Router;
use axum::extract::{Request, State};
use axum::routing::any;
use http::Response;
use std::sync::Arc;
use tonic::Status;
use wasm_core::digest::Checksum;
use wasm_core::manifest::Url;
use wasm_core::services::{
    HEALTH, HealthRequest, HealthResponse, SCORE, ScoreRequest, ScoreResponse,
};
use wasm_core::weights::DecryptionKey;

/// The engine, where there is one.
pub(crate) type Engine = Option<Arc<dyn ScoringEngine>>;

/// The two methods.
pub(crate) fn routes(engine: Engine) -> Router {
    Router::new().route(SCORE, any(score)).route(HEALTH, any(health)).with_state(engine)
}

async fn score(State(engine): State<Engine>, request: Request) -> Response<tonic::body::Body> {
    let answer = |request: ScoreRequest| {
        let engine = engine.clone();
        async move { score_with(engine, request).await }
    };
    bcs_call::unary(request, answer).await
}

async fn health(State(engine): State<Engine>, request: Request) -> Response<tonic::body::Body> {
    let ok = engine.is_some();
    let answer = |HealthRequest {}| async move { Ok(HealthResponse { ok }) };
    bcs_call::unary(request, answer).await
}

async fn score_with(engine: Engine, request: ScoreRequest) -> Result<ScoreResponse, Status> {
    let Some(engine) = engine else {
        return Err(Status::unimplemented("this local network does not score data"));
    };
    check(&request).map_err(Status::invalid_argument)?;
    engine.score(request).await.map_err(|error| match error {
        ScoreError::Invalid(reason) => Status::invalid_argument(reason),
        ScoreError::Failed(reason) => Status::internal(reason),
    })
}

/// What can be wrong with a request before anything is fetched.
fn check(request: &ScoreRequest) -> Result<(), String> {
    if request.model_manifests.is_empty() {
        return Err("at least one model is required".to_owned());
    }
    if request.target_embedding.is_empty() {
        return Err("the target's embedding is required".to_owned());
    }
    check_file("data", &request.data_url, &request.data_checksum)?;
    for (place, manifest) in request.model_manifests.iter().enumerate() {
        let what = format!("model {place}");
        check_file(&what, &manifest.url, &manifest.checksum)?;
        if let Some(key) = &manifest.decryption_key {
            // Says nothing of the text: it may be all but a character of a key.
            DecryptionKey::parse(key).map_err(|_| format!("Invalid decryption key of {what}"))?;
        }
    }
    Ok(())
}

fn check_file(what: &str, url: &str, checksum: &str) -> Result<(), String> {
    url.parse::<Url>().map_err(|error| format!("Invalid URL of {what}: {error}"))?;
    checksum
        .parse::<Checksum>()
        .map_err(|error| format!("Invalid checksum of {what}: {error}"))
        .map(drop)
}
