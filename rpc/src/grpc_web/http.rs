//! Requests and answers of gRPC-web over HTTP, for programs.

use super::{REQUEST, Unframed, check_form};
use crate::transport::{Fault, Fields, Piece};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tonic::body::Body;

/// A request of gRPC as one of gRPC-web, its body in one piece.
///
/// # Errors
/// Where the body cannot be produced.
pub async fn encode_request(request: Request<Body>) -> Result<Request<Bytes>, Fault> {
    let (mut head, body) = request.into_parts();
    let body =
        body.collect().await.map_err(|status| Fault::Garbage(status.message().to_owned()))?;
    head.version = http::Version::HTTP_11;
    head.headers.remove(header::TE);
    for (name, value) in REQUEST {
        head.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Ok(Request::from_parts(head, body.to_bytes()))
}

/// An answer of gRPC-web as one of gRPC. The pieces of its body may end anywhere.
///
/// # Errors
/// Where the answer is in the text form, which was not asked for.
pub fn decode_response<S>(response: Response<S>) -> Result<Response<Body>, Fault>
where
    S: Stream<Item = Result<Bytes, Fault>> + Send + Unpin + 'static,
{
    check_form(response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes))?;
    Ok(response.map(|pieces| {
        let frames = Unframed::new(pieces).map(|piece| match piece? {
            Piece::Data(data) => Ok(Frame::data(data)),
            Piece::Trailers(fields) => headers(fields).map(Frame::trailers),
        });
        Body::new(StreamBody::new(frames))
    }))
}

fn headers(fields: Fields) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields.0 {
        let impossible = |_| Fault::Garbage("a trailer with an impossible name".to_owned());
        let name = HeaderName::try_from(name).map_err(impossible)?;
        let impossible = |_| Fault::Garbage("a trailer with an impossible value".to_owned());
        headers.append(name, HeaderValue::try_from(value).map_err(impossible)?);
    }
    Ok(headers)
}
