//! `/blobs/{name}`: files put here once and read by anyone who knows their name.
//!
//! The interface is small enough for any self-hosted store to copy; `README.md` describes it.

mod name;
mod piece;
mod store;

pub use name::{BlobName, InvalidBlobName};
pub use piece::{InvalidPiece, Piece};
pub use store::{BlobError, BlobStore, Stored};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::put;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use std::io;
use std::sync::Arc;
use tower::ServiceExt as _;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::services::ServeFile;

/// Bytes of an upload that are stored so far.
pub const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("x-upload-offset");

/// The routes of a store, readable from pages of any origin.
pub fn routes(store: Arc<BlobStore>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::HEAD, Method::PUT, Method::DELETE])
        .allow_headers(AllowHeaders::any())
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            UPLOAD_OFFSET,
        ])
        .max_age(std::time::Duration::from_secs(3600));
    Router::new()
        .route("/blobs/{name}", put(upload).get(download).delete(delete))
        .layer(cors)
        .with_state(store)
}

/// Why a request about a blob is refused.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Name(#[from] InvalidBlobName),
    #[error(transparent)]
    Piece(#[from] InvalidPiece),
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Name(_) | Self::Piece(_) => StatusCode::BAD_REQUEST,
            Self::Blob(error) => match error {
                BlobError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                BlobError::Offset { .. } | BlobError::Unfinished { .. } => StatusCode::CONFLICT,
                BlobError::Length { .. } | BlobError::BrokenOff { .. } => StatusCode::BAD_REQUEST,
                BlobError::Busy => StatusCode::LOCKED,
                BlobError::Missing => StatusCode::NOT_FOUND,
                BlobError::Disk(error) if error.kind() == io::ErrorKind::StorageFull => {
                    StatusCode::INSUFFICIENT_STORAGE
                }
                BlobError::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
            },
        };
        let offset = match &self {
            Self::Blob(
                BlobError::Offset { current }
                | BlobError::Length { current }
                | BlobError::BrokenOff { current, .. }
                | BlobError::Unfinished { current },
            ) => Some(*current),
            Self::Blob(BlobError::Missing) => Some(0),
            _ => None,
        };
        let mut response = (status, format!("{self}\n")).into_response();
        if let Some(offset) = offset {
            response.headers_mut().insert(UPLOAD_OFFSET, HeaderValue::from(offset));
        }
        response
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn upload(
    State(store): State<Arc<BlobStore>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let name: BlobName = name.parse()?;
    let piece = headers
        .get(header::CONTENT_RANGE)
        .map(|value| value.to_str().map_err(|_| InvalidPiece)?.parse::<Piece>())
        .transpose()?;
    let limit = store.limit();
    if declared_length(&headers).is_some_and(|length| length > limit) {
        return Err(BlobError::TooLarge { limit }.into());
    }
    // A task of its own: a connection that ends drops this handler, and what arrived must still
    // reach the file before anybody else may write.
    let stored = tokio::spawn(async move {
        match piece {
            None => store.put(&name, body).await,
            Some(piece) => store.put_piece(&name, piece, body).await,
        }
    });
    let stored = stored.await.map_err(|error| BlobError::Disk(io::Error::other(error)))??;
    let (status, offset) = match stored {
        Stored::Whole { size } => (StatusCode::CREATED, size),
        Stored::Part { current } => (StatusCode::ACCEPTED, current),
    };
    Ok((status, [(UPLOAD_OFFSET, HeaderValue::from(offset))]).into_response())
}

async fn download(
    State(store): State<Arc<BlobStore>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let path = store.finished(&name.parse()?).await?;
    let (mut head, _) = request.into_parts();
    let mut response = serve(&path, &head).await;
    // A range of another version would be glued to the wrong bytes: the whole is sent instead.
    let condition = head.headers.get(header::IF_RANGE);
    if condition.is_some() && condition != response.headers().get(header::ETAG) {
        head.headers.remove(header::RANGE);
        response = serve(&path, &head).await;
    }
    let headers = response.headers_mut();
    // Whatever the name says, a blob is never a page or a script.
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, octets);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    Ok(response)
}

async fn serve(path: &std::path::Path, head: &Parts) -> Response {
    let request = Request::from_parts(head.clone(), Body::empty());
    let Ok(response) = ServeFile::new(path).oneshot(request).await;
    response.map(Body::new)
}

async fn delete(
    State(store): State<Arc<BlobStore>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Refused> {
    store.delete(&name.parse()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
