//! `/model/{id}` and `/data/{id}`: the bytes that a manifest names, fetched and verified on the way.
//!
//! A network's full node asks its validators for these; the one process here is both.

use crate::services::node::Node;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use blake2::digest::Digest as _;
use futures::stream::{self, Stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::io;
use std::sync::Arc;
use wasm_core::address::ObjectId;
use wasm_core::digest::{Blake2b256, Checksum};
use wasm_core::manifest::Manifest;
use wasm_core::object::ObjectType;
use wasm_core::system_state::{Model, ModelStateV1};

/// Marks our own requests, so that a manifest that points back here does not make us ask ourselves forever.
const PROXIED: HeaderName = HeaderName::from_static("x-soma-proxied");

#[derive(Clone)]
struct Proxy {
    node: Arc<Node>,
    client: Client<HttpConnector, Body>,
}

/// The two routes.
pub(crate) fn routes(node: Arc<Node>) -> Router {
    let client = Client::builder(TokioExecutor::new()).build_http();
    Router::new()
        .route("/model/{id}", get(model))
        .route("/data/{id}", get(data))
        .with_state(Proxy { node, client })
}

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
enum ProxyError {
    #[error("Invalid resource ID: {0}")]
    Id(String),
    #[error("the network has no such model")]
    NoModel,
    #[error("the model has no weights yet: nothing was committed")]
    NoManifest,
    #[error("the network has no such target")]
    NoTarget,
    #[error("the target is not filled")]
    NotFilled,
    #[error("only http URLs are fetched here, not {0}")]
    Scheme(String),
    #[error("the manifest's URL leads back to this route")]
    Loop,
    #[error("{url} cannot be fetched: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("{url} answers {status}")]
    Status { url: String, status: StatusCode },
    #[error("{url} has {actual} bytes, the manifest says {expected}")]
    Size { url: String, expected: u64, actual: u64 },
    #[error("the manifest's checksum is not that of an empty file")]
    EmptyChecksum,
}

impl IntoResponse for ProxyError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Id(_) => StatusCode::BAD_REQUEST,
            // The node answers for all its validators at once, whatever went wrong with the last.
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, format!("{self}\n")).into_response()
    }
}

/// Exactly 64 hex digits of either case, after an optional `0x`.
fn parse_id(text: &str) -> Result<ObjectId, ProxyError> {
    let invalid = || ProxyError::Id(text.to_owned());
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.len() != 64 {
        return Err(invalid());
    }
    digits.parse().map_err(|_| invalid())
}

async fn model(
    State(proxy): State<Proxy>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ProxyError> {
    let id = parse_id(&id)?;
    let manifest = {
        let ledger = proxy.node.ledger();
        let model =
            ledger.system_state().model_registry.models.get(&id).ok_or(ProxyError::NoModel)?;
        manifest_of(model).cloned().ok_or(ProxyError::NoManifest)?
    };
    proxy.fetch(&manifest, &headers).await
}

async fn data(
    State(proxy): State<Proxy>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ProxyError> {
    let id = parse_id(&id)?;
    let manifest = {
        let ledger = proxy.node.ledger();
        let object = ledger.object(&id).filter(|it| it.data.object_type == ObjectType::Target);
        let target = object.and_then(|it| it.target().ok()).ok_or(ProxyError::NoTarget)?;
        target.winning_data_manifest.ok_or(ProxyError::NotFilled)?.manifest
    };
    proxy.fetch(&manifest, &headers).await
}

impl Proxy {
    async fn fetch(&self, manifest: &Manifest, asked: &HeaderMap) -> Result<Response, ProxyError> {
        if asked.contains_key(PROXIED) {
            return Err(ProxyError::Loop);
        }
        let (url, size) = (manifest.url().to_string(), manifest.size());
        if !url.starts_with("http://") {
            return Err(ProxyError::Scheme(url));
        }
        let unreachable = |reason: String| ProxyError::Unreachable { url: url.clone(), reason };
        let request = Request::get(&url)
            .header(PROXIED, "1")
            .body(Body::empty())
            .map_err(|error| unreachable(error.to_string()))?;
        let response =
            self.client.request(request).await.map_err(|error| unreachable(error.to_string()))?;
        if response.status() != StatusCode::OK {
            return Err(ProxyError::Status { url, status: response.status() });
        }
        let declared = response.headers().get(header::CONTENT_LENGTH);
        let declared = declared.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
        if let Some(actual) = declared.filter(|actual| *actual != size) {
            return Err(ProxyError::Size { url, expected: size, actual });
        }
        if size == 0 && manifest.checksum().0[..] != Blake2b256::digest([])[..] {
            return Err(ProxyError::EmptyChecksum);
        }
        let body = response.into_body().into_data_stream();
        let verified = verified(body, size, manifest.checksum());
        let octets = HeaderValue::from_static("application/octet-stream");
        let headers =
            [(header::CONTENT_TYPE, octets), (header::CONTENT_LENGTH, HeaderValue::from(size))];
        Ok((headers, Body::from_stream(verified)).into_response())
    }
}

/// The weights that a model has committed to, revealed or not.
const fn manifest_of(model: &Model) -> Option<&Manifest> {
    match model.state() {
        ModelStateV1::Created(_) => None,
        ModelStateV1::Pending(model) => Some(&model.manifest),
        ModelStateV1::Active(model) => Some(&model.manifest),
        ModelStateV1::Inactive(model) => Some(&model.manifest),
    }
}

/// The bytes as they come, but the last of them only once all were the right ones: a file that is
/// not what its manifest says breaks off, and cannot be taken for whole.
fn verified<E: std::error::Error + Send + Sync + 'static>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    size: u64,
    checksum: Checksum,
) -> impl Stream<Item = io::Result<Bytes>> {
    use futures::StreamExt as _;
    struct Passage<S> {
        body: S,
        hasher: Blake2b256,
        seen: u64,
        held: Option<Bytes>,
    }
    let passage = Passage { body, hasher: Blake2b256::new(), seen: 0, held: None };
    stream::try_unfold(passage, move |mut passage| async move {
        while let Some(chunk) = passage.body.next().await {
            let chunk = chunk.map_err(io::Error::other)?;
            passage.hasher.update(&chunk);
            passage.seen += chunk.len() as u64;
            if passage.seen > size {
                return Err(io::Error::other("the file is longer than its manifest says"));
            }
            if let Some(earlier) = passage.held.replace(chunk) {
                return Ok(Some((earlier, passage)));
            }
        }
        let Some(last) = passage.held.take() else { return Ok(None) };
        let digest = passage.hasher.finalize_reset();
        if passage.seen != size || digest[..] != checksum.0[..] {
            return Err(io::Error::other("the file is not the one its manifest names"));
        }
        Ok(Some((last, passage)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt as _;
    use std::convert::Infallible;

    async fn pass(chunks: &'static [&'static str], size: u64, of: &str) -> io::Result<Vec<Bytes>> {
        let body =
            chunks.iter().map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk.as_bytes())));
        let checksum = Checksum(Blake2b256::digest(of).into());
        verified(stream::iter(body), size, checksum).try_collect().await
    }

    #[tokio::test]
    async fn the_right_bytes_pass_whatever_their_chunks() {
        assert_eq!(
            pass(&["wei", "gh", "ts"], 7, "weights").await.expect("passed").concat(),
            b"weights"
        );
        assert_eq!(pass(&["weights"], 7, "weights").await.expect("passed").concat(), b"weights");
        assert_eq!(pass(&[], 0, "").await.expect("passed").concat(), b"");
    }

    #[tokio::test]
    async fn wrong_bytes_break_off_before_their_end() {
        assert!(pass(&["wei", "ghtz"], 7, "weights").await.is_err());
        assert!(pass(&["wei", "ght"], 7, "weights").await.is_err());
        assert!(pass(&["wei", "ghts", "!"], 7, "weights").await.is_err());
    }

    #[test]
    fn an_id_has_64_digits() {
        let digits = "Ab".repeat(32);
        assert!(parse_id(&digits).is_ok());
        assert!(parse_id(&format!("0x{digits}")).is_ok());
        for text in
            ["", "0x", "0x12", &"a".repeat(63), &format!("{digits}0"), &format!("0X{digits}")]
        {
            assert!(matches!(parse_id(text), Err(ProxyError::Id(_))), "{text}");
        }
    }
}
