//! The place where an engine that scores data is plugged in, and the engine that comes with it.

mod cpu;
mod temporary;

pub use cpu::{CpuScoring, MAX_DATA};

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
    /// What was asked makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// A file could not be fetched, is not the one that its checksum names, or is no model; or
    /// something went wrong here.
    #[error("{0}")]
    Failed(String),
}
