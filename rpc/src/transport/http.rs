//! Calls as requests of HTTP, for programs.

use super::{Answer, Carrier, Fault, Fields, Piece, with_causes};
use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full};
use std::future::Future;
use std::time::Duration;
use tonic::body::Body;

/// Carries requests of gRPC over HTTP to one node, and tells time.
pub trait Transport: Clone + 'static {
    /// Sends a request and gives the answer, its body still under way. Dropping the future, or the
    /// answer's body, ends the exchange.
    fn send(&self, request: Request<Body>) -> impl Future<Output = Result<Response<Body>, Fault>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}

impl<T: Transport> Carrier for T {
    async fn call(&self, path: &'static str, framed: Bytes) -> Result<Answer, Fault> {
        let mut request = Request::new(Body::new(Full::new(framed)));
        *request.method_mut() = http::Method::POST;
        *request.version_mut() = http::Version::HTTP_2;
        *request.uri_mut() = Uri::from_static(path);
        let headers = request.headers_mut();
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        let (head, body) = self.send(request).await?.into_parts();
        let pieces = stream::unfold(body, |mut body| async move {
            let frame = body.frame().await?;
            let piece = frame.map_err(|error| fault(&error)).map(|frame| match frame.into_data() {
                Ok(data) => Piece::Data(data),
                Err(frame) => {
                    Piece::Trailers(frame.trailers_ref().map(Fields::from).unwrap_or_default())
                }
            });
            Some((piece, body))
        });
        let status = head.status.as_u16();
        Ok(Answer { status, head: (&head.headers).into(), body: Box::pin(pieces) })
    }

    fn wait(&self, duration: Duration) -> impl Future<Output = ()> {
        self.sleep(duration)
    }
}

impl From<&HeaderMap> for Fields {
    fn from(headers: &HeaderMap) -> Self {
        let fields = headers.iter();
        Self(fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect())
    }
}

/// The fault behind an error of a body.
fn fault(error: &tonic::Status) -> Fault {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(fault) = cause.downcast_ref::<Fault>() {
            return fault.clone();
        }
        source = cause.source();
    }
    Fault::Unreachable(with_causes(error))
}
