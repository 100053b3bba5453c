//! Questions over the browser's `fetch`.

use super::{Carrier, HttpAnswer, Indexer, IndexerError, MOST_BYTES};
use crate::transport::Fault;
use crate::web::Exchange;
use futures::StreamExt;
use std::future::Future;
use std::time::Duration;

const HEADERS: [(&str, &str); 2] =
    [("content-type", "application/json"), ("accept", "application/json")];

/// An indexer, in a browser.
pub type WebIndexer = Indexer<FetchJson>;

/// The browser's `fetch`, towards one endpoint.
#[derive(Clone, Debug)]
pub struct FetchJson {
    url: String,
}

impl WebIndexer {
    /// The indexer at a whole address, such as `https://indexer.example/graphql`.
    #[must_use]
    pub fn connect(url: &str) -> Self {
        Self::new(FetchJson { url: url.to_owned() })
    }
}

fn unreachable(fault: Fault) -> IndexerError {
    match fault {
        Fault::Unreachable(text) | Fault::Garbage(text) => IndexerError::Unreachable(text),
        other => IndexerError::Unreachable(other.to_string()),
    }
}

impl Carrier for FetchJson {
    async fn post(&self, json: String) -> Result<HttpAnswer, IndexerError> {
        let mut exchange =
            Exchange::begin(&self.url, &HEADERS, json.as_bytes()).await.map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(piece) = exchange.pieces.next().await {
            let piece = piece.map_err(unreachable)?;
            if body.len() + piece.len() > MOST_BYTES {
                return Err(IndexerError::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(HttpAnswer { status: exchange.status(), body })
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        browser::clock::sleep(duration)
    }
}
