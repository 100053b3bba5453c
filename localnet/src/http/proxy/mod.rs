//! `/model/{id}` and `/data/{id}`: the bytes that a manifest names, fetched and verified on the way.
//!
//! A network's full node asks its validators for these; the one process here is both. Whoever asks for
//! all bytes gets the right ones or a connection that breaks off. Of a part only place and length can
//! be told: whoever puts parts together verifies the whole.

mod passage;
mod range;

use crate::services::node::Node;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use blake2::digest::Digest as _;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use range::{Asked, Part};
use std::sync::Arc;
use wasm_core::address::ObjectId;
use wasm_core::digest::Blake2b256;
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
    #[error("{url} answers with another part than was asked for, or of another file")]
    OtherPart { url: String },
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
    async fn fetch(
        &self,
        manifest: &Manifest,
        headers: &HeaderMap,
    ) -> Result<Response, ProxyError> {
        if headers.contains_key(PROXIED) {
            return Err(ProxyError::Loop);
        }
        let size = manifest.size();
        let tag = format!("\"{}\"", hex::encode(manifest.checksum().0));
        let asked = range::asked(headers, &tag, size);
        let mut response = match asked {
            Asked::Unchanged => StatusCode::NOT_MODIFIED.into_response(),
            Asked::Beyond => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
            Asked::Whole => self.whole(manifest).await?,
            Asked::Part(part) => self.part(manifest, part).await?,
        };
        let headers = response.headers_mut();
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        let range = match asked {
            Asked::Beyond => Some(format!("bytes */{size}")),
            Asked::Part(part) => Some(part.of(size)),
            Asked::Unchanged | Asked::Whole => None,
        };
        if let Some(range) = range.and_then(|range| HeaderValue::from_str(&range).ok()) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        Ok(response)
    }

    async fn whole(&self, manifest: &Manifest) -> Result<Response, ProxyError> {
        let (size, checksum) = (manifest.size(), manifest.checksum());
        let response = self.request(manifest, None).await?;
        if response.status() != StatusCode::OK {
            let url = manifest.url().to_string();
            return Err(ProxyError::Status { url, status: response.status() });
        }
        check_length(manifest, &response, size)?;
        if size == 0 && checksum.0[..] != Blake2b256::digest([])[..] {
            return Err(ProxyError::EmptyChecksum);
        }
        let body = response.into_body().into_data_stream();
        let verified = passage::verified(body, size, checksum);
        Ok(octets(StatusCode::OK, size, Body::from_stream(verified)))
    }

    async fn part(&self, manifest: &Manifest, part: Part) -> Result<Response, ProxyError> {
        let size = manifest.size();
        let response = self.request(manifest, Some(part)).await?;
        let url = || manifest.url().to_string();
        let skipped = match response.status() {
            StatusCode::PARTIAL_CONTENT => {
                let given = response.headers().get(header::CONTENT_RANGE);
                if given.and_then(|it| it.to_str().ok()) != Some(&part.of(size)) {
                    return Err(ProxyError::OtherPart { url: url() });
                }
                check_length(manifest, &response, part.length())?;
                0
            }
            // It knows nothing of ranges: what comes before is passed over.
            StatusCode::OK => {
                check_length(manifest, &response, size)?;
                part.first
            }
            status => return Err(ProxyError::Status { url: url(), status }),
        };
        let body = response.into_body().into_data_stream();
        let body = Body::from_stream(passage::part(body, skipped, part.length()));
        Ok(octets(StatusCode::PARTIAL_CONTENT, part.length(), body))
    }

    async fn request(
        &self,
        manifest: &Manifest,
        part: Option<Part>,
    ) -> Result<http::Response<Body>, ProxyError> {
        let url = manifest.url().to_string();
        if !url.starts_with("http://") {
            return Err(ProxyError::Scheme(url));
        }
        let mut request = Request::get(&url).header(PROXIED, "1");
        if let Some(part) = part {
            request = request.header(header::RANGE, part.to_string());
        }
        let unreachable = |reason: String| ProxyError::Unreachable { url: url.clone(), reason };
        let request =
            request.body(Body::empty()).map_err(|error| unreachable(error.to_string()))?;
        let response = self.client.request(request).await;
        Ok(response.map_err(|error| unreachable(error.to_string()))?.map(Body::new))
    }
}

/// Checks the length that an answer declares, if it declares one.
fn check_length(
    manifest: &Manifest,
    response: &http::Response<Body>,
    expected: u64,
) -> Result<(), ProxyError> {
    let declared = response.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    match declared {
        Some(actual) if actual != expected => {
            Err(ProxyError::Size { url: manifest.url().to_string(), expected, actual })
        }
        _ => Ok(()),
    }
}

fn octets(status: StatusCode, length: u64, body: Body) -> Response {
    let octets = HeaderValue::from_static("application/octet-stream");
    let headers =
        [(header::CONTENT_TYPE, octets), (header::CONTENT_LENGTH, HeaderValue::from(length))];
    (status, headers, body).into_response()
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

#[cfg(test)]
mod tests {
    use super::{ProxyError, parse_id};

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
