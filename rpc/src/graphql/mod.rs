//! Asks a network's indexer over GraphQL: fixed documents, variables as JSON, answers read strictly.
//!
//! An indexer stands beside a network and proves nothing. What it says goes to a page as its word, and into no
//! transaction.

mod answer;
mod client;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod client_tests;
mod documents;
mod read;
mod timestamp;
#[cfg(target_arch = "wasm32")]
mod web;

pub use client::{Indexer, MOST_AT_ONCE};
#[cfg(target_arch = "wasm32")]
pub use web::{FetchJson, WebIndexer};

use std::future::Future;
use std::time::Duration;
use wasm_core::digest::CheckpointDigest;

/// The longest an answer may be.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Carries one question to an endpoint, and tells time.
pub trait Carrier: Clone + 'static {
    /// Posts JSON and gives the answer, [`MOST_BYTES`] long at most. Dropping the future ends the exchange.
    fn post(&self, json: String) -> impl Future<Output = Result<HttpAnswer, IndexerError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}

/// What came back over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status of HTTP.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why an indexer gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexerError {
    /// Nobody answered, or not so that a page may read it.
    #[error("the indexer cannot be reached: {0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("the indexer did not answer within {seconds} s")]
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
    /// Something answers that is no GraphQL endpoint.
    #[error("no GraphQL endpoint answers there, but HTTP status {0}")]
    Status(u16),
    /// More than a page could use.
    #[error("the indexer's answer is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// The answer is not of GraphQL.
    #[error("the indexer's answer is not one of GraphQL: {0}")]
    Garbage(String),
    /// The indexer answered that it cannot tell.
    #[error("the indexer answered with an error: {}", .0.join("; "))]
    Refused(Vec<String>),
    /// The answer is of GraphQL, and not what was asked for.
    #[error("the indexer's answer has at {path} no {expected}")]
    Shape {
        /// Where, as in `target.rewardPool`.
        path: String,
        /// What should be there.
        expected: &'static str,
    },
    /// Its first checkpoint is another one.
    #[error("the indexer is of another chain, {actual} instead of {expected}")]
    OtherChain {
        /// The chain of the node.
        expected: CheckpointDigest,
        /// The chain of the indexer.
        actual: CheckpointDigest,
    },
    /// It does not have the first checkpoint.
    #[error(
        "the indexer does not have the first checkpoint, so nobody can tell of which chain it is"
    )]
    Unidentified,
}

impl IndexerError {
    /// Whether asking again could help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Timeout { .. } | Self::Refused(_) => true,
            Self::Status(status) => *status >= 500 || *status == 429,
            Self::TooLong
            | Self::Garbage(_)
            | Self::Shape { .. }
            | Self::OtherChain { .. }
            | Self::Unidentified => false,
        }
    }
}
