//! The place where an engine that scores data is plugged in.

use futures::future::BoxFuture;
use wasm_core::services::{ScoreRequest, ScoreResponse};

/// Runs models on data and says which of them compresses it best.
///
/// A network that is given one (see [`Config::scoring`](crate::network::Config::scoring)) answers
/// with it; without, its scoring service says that it does not score.
pub trait ScoringEngine: std::fmt::Debug + Send + Sync {
    /// Scores data. The request was checked: it has models and a target, and its URLs, checksums and
    /// keys are well formed.
    fn score(&self, request: ScoreRequest) -> BoxFuture<'_, Result<ScoreResponse, ScoreError>>;
}

/// Why data was not scored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// What was asked cannot be scored: a file is not the one that its checksum names, or is no
    /// model, or the data is too large.
    #[error("{0}")]
    Invalid(String),
    /// Something went wrong here, or a file could not be fetched.
    #[error("{0}")]
    Failed(String),
}
