//! What carries a call, and the checks that every answer passes whatever carried it.
//!
//! An answer's status is read here and nowhere else. Everything that goes wrong is a [`Fault`].

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tonic::body::Body;
use tower::Service;

const GRPC_STATUS: &str = "grpc-status";
const GRPC_MESSAGE: &str = "grpc-message";
const GRPC_DETAILS: &str = "grpc-status-details-bin";

/// Carries requests of gRPC to one node, and tells time.
pub trait Transport: Clone + 'static {
    /// Sends a request and gives the answer, its body still under way. Dropping the future, or the
    /// answer's body, ends the exchange.
    fn send(&self, request: Request<Body>) -> impl Future<Output = Result<Response<Body>, Fault>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}

/// Why an exchange brought no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody answered, or the connection broke.
    #[error("{0}")]
    Unreachable(String),
    /// The answer is not of the protocol.
    #[error("{0}")]
    Garbage(String),
    /// An empty answer without a status.
    #[error("an empty answer without a status")]
    Hidden,
    /// The node answered with an error.
    #[error("{0:?}")]
    Status(NodeStatus),
}

/// An error that a node answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// gRPC status code.
    pub code: i32,
    /// What the node says. May be empty.
    pub message: String,
    /// An encoded `google.rpc.Status`, or nothing.
    pub details: Vec<u8>,
}

impl Fault {
    /// The fault behind an error of a client stub.
    pub(crate) fn of(status: &tonic::Status) -> Self {
        // The node's own statuses never get as far as a stub: it could not read the message.
        Self::find(status).unwrap_or_else(|| Self::Garbage(status.message().to_owned()))
    }

    fn find(error: &dyn std::error::Error) -> Option<Self> {
        let mut source = error.source();
        while let Some(error) = source {
            if let Some(fault) = error.downcast_ref::<Self>() {
                return Some(fault.clone());
            }
            source = error.source();
        }
        None
    }
}

/// A transport whose answers are checked.
#[derive(Clone, Debug)]
pub(crate) struct Checked<T>(pub(crate) T);

impl<T: Transport> Service<Request<Body>> for Checked<T> {
    type Response = Response<Body>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Fault>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move { check(transport.send(request).await?) })
    }
}

fn check(response: Response<Body>) -> Result<Response<Body>, Fault> {
    let (mut head, body) = response.into_parts();
    let status = take_status(&mut head.headers)?;
    if status.is_none() {
        check_http(head.status, &head.headers)?;
    }
    let body = CheckedBody { inner: body, status_seen: status.is_some(), data_seen: false };
    Ok(Response::from_parts(head, Body::new(body)))
}

fn check_http(status: StatusCode, headers: &HeaderMap) -> Result<(), Fault> {
    if status != StatusCode::OK {
        let text = format!("HTTP status {}", status.as_u16());
        return Err(match status {
            // How a node answers for a service it does not have.
            StatusCode::NOT_FOUND => Fault::Status(NodeStatus {
                code: tonic::Code::Unimplemented.into(),
                message: text,
                details: Vec::new(),
            }),
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Fault::Unreachable(text),
            _ => Fault::Garbage(text),
        });
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .map_or("", |value| value.to_str().unwrap_or("unreadable"));
    if content_type.starts_with("application/grpc") {
        Ok(())
    } else {
        Err(Fault::Garbage(format!("content of type {content_type:?} instead of gRPC")))
    }
}

/// Takes the status out of headers or trailers: nothing where there is none, an error where it is one.
///
/// The details are taken out in any case, for the stubs panic where they are not Base64.
fn take_status(headers: &mut HeaderMap) -> Result<Option<()>, Fault> {
    let details = headers.remove(GRPC_DETAILS);
    let Some(code) = headers.get(GRPC_STATUS) else {
        return Ok(None);
    };
    let code = code.to_str().ok().and_then(|text| text.parse::<i32>().ok());
    let code = code.ok_or_else(|| Fault::Garbage("a status that is no number".to_owned()))?;
    if code == 0 {
        return Ok(Some(()));
    }
    let message = headers.get(GRPC_MESSAGE).map_or_else(String::new, |value| {
        percent_encoding::percent_decode(value.as_bytes()).decode_utf8_lossy().into_owned()
    });
    // Details only add to code and message, so broken ones take nothing from the answer.
    let details = details.and_then(|value| decode_details(value.as_bytes())).unwrap_or_default();
    Err(Fault::Status(NodeStatus { code, message, details }))
}

/// Base64, with padding or without.
fn decode_details(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let unpadded =
        text.trim_ascii_end().iter().rposition(|&byte| byte != b'=').map_or(0, |n| n + 1);
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(text.get(..unpadded)?).ok()
}

/// A body that ends with a status of zero, or with a fault.
struct CheckedBody {
    inner: Body,
    status_seen: bool,
    data_seen: bool,
}

impl HttpBody for CheckedBody {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                let fault = Fault::find(&error);
                let fault = fault.unwrap_or_else(|| Fault::Unreachable(with_causes(&error)));
                return Poll::Ready(Some(Err(fault)));
            }
            None if self.status_seen => return Poll::Ready(None),
            None => {
                self.status_seen = true;
                let fault = if self.data_seen {
                    Fault::Garbage("the answer ends without a status".to_owned())
                } else {
                    Fault::Hidden
                };
                return Poll::Ready(Some(Err(fault)));
            }
        };
        Poll::Ready(Some(match frame.into_trailers() {
            Ok(mut trailers) => take_status(&mut trailers).map(|status| {
                self.status_seen |= status.is_some();
                Frame::trailers(trailers)
            }),
            Err(frame) => {
                self.data_seen |= frame.data_ref().is_some_and(|data| !data.is_empty());
                Ok(frame)
            }
        }))
    }
}

/// An error's text with those of its causes, which is where connections say what happened.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
