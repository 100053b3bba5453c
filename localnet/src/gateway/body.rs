//! Bodies on their way through: those of requests may not grow without end, and those of answers end
//! with a status even where the upstream breaks off.

use axum::BoxError;
use axum::body::{Body, Bytes};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tonic::Status;

/// The most bytes of a call's request. A transaction has some hundred KiB at most.
pub(crate) const REQUEST_LIMIT: u64 = 4 << 20;

/// Whether a request's body went beyond the limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overflow(Arc<AtomicBool>);

impl Overflow {
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A request's body, up to the limit. Its length is not known beforehand: translation changes it.
pub(crate) struct Limited {
    inner: Body,
    left: u64,
    overflow: Overflow,
}

impl Limited {
    pub(crate) fn new(inner: Body) -> (Self, Overflow) {
        let overflow = Overflow::default();
        (Self { inner, left: REQUEST_LIMIT, overflow: overflow.clone() }, overflow)
    }
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(frame) = ready!(Pin::new(&mut self.inner).poll_frame(context)) else {
            return Poll::Ready(None);
        };
        let frame = frame?;
        if let Some(data) = frame.data_ref() {
            let Some(left) = self.left.checked_sub(data.len() as u64) else {
                self.overflow.0.store(true, Ordering::Release);
                return Poll::Ready(Some(Err("the request is too large".into())));
            };
            self.left = left;
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// How a status ends a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As trailers.
    Trailers,
    /// As a last frame of gRPC-web.
    Frame,
    /// Not at all: the body is text or compressed, and where its frames end cannot be seen.
    Unseen,
}

/// Counts frames as they pass.
#[derive(Debug, Default)]
struct Frames {
    /// Bytes of the next frame's head.
    head: [u8; 5],
    have: usize,
    /// Bytes until the frame ends.
    rest: u64,
    /// The frame that is passing, or the last one, holds trailers.
    trailers: bool,
}

const TRAILERS: u8 = 0x80;

impl Frames {
    fn pass(&mut self, mut data: &[u8]) {
        loop {
            let within = usize::try_from(self.rest).unwrap_or(usize::MAX).min(data.len());
            self.rest -= within as u64;
            let (_, behind) = data.split_at(within);
            let Some((&byte, behind)) = behind.split_first() else { return };
            self.head[self.have] = byte;
            self.have += 1;
            if let (5, [flags, a, b, c, d]) = (self.have, self.head) {
                self.have = 0;
                self.rest = u32::from_be_bytes([a, b, c, d]).into();
                self.trailers = flags & TRAILERS != 0;
            }
            data = behind;
        }
    }

    const fn are_whole(&self) -> bool {
        self.have == 0 && self.rest == 0
    }
}

/// An answer's body. Where the upstream breaks off between two messages, a status says so; within a
/// message nothing could be said that would not be taken for a part of it, so the body breaks off too.
pub(crate) struct Answer {
    inner: Body,
    ending: Ending,
    frames: Frames,
    told: bool,
    done: bool,
    /// Whose answer it is, in words.
    source: String,
}

impl Answer {
    /// `told`: the status came before the body, so nothing is missing at its end.
    pub(crate) fn new(inner: Body, ending: Ending, told: bool, source: String) -> Self {
        Self { inner, ending, frames: Frames::default(), told, done: false, source }
    }

    fn broken(&mut self, error: axum::Error) -> Option<Result<Frame<Bytes>, BoxError>> {
        self.done = true;
        if self.told || self.frames.trailers && self.frames.are_whole() {
            return None;
        }
        if self.ending == Ending::Unseen || !self.frames.are_whole() {
            return Some(Err(error.into()));
        }
        let status = Status::unavailable(format!("{} broke off: {error}", self.source));
        let mut trailers = HeaderMap::new();
        if let Err(unwritable) = status.add_header(&mut trailers) {
            return Some(Err(unwritable.into()));
        }
        Some(Ok(match self.ending {
            Ending::Trailers | Ending::Unseen => Frame::trailers(trailers),
            Ending::Frame => Frame::data(web_trailers(&trailers)),
        }))
    }
}

/// Trailers as the last frame of gRPC-web.
fn web_trailers(trailers: &HeaderMap) -> Bytes {
    let mut lines = Vec::new();
    for (name, value) in trailers {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.push(b':');
        lines.extend_from_slice(value.as_bytes());
        lines.extend_from_slice(b"\r\n");
    }
    let length = u32::try_from(lines.len()).expect("a status is short");
    [&[TRAILERS][..], &length.to_be_bytes(), &lines].concat().into()
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(self.broken(error)),
            Some(Ok(frame)) => frame,
        };
        self.told |= frame.is_trailers();
        if let Some(data) = frame.data_ref().filter(|_| self.ending != Ending::Unseen) {
            self.frames.pass(data);
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.done || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // A status may come on top.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use http_body_util::BodyExt as _;

    /// What comes out when an upstream sends these pieces and then breaks off.
    async fn after(pieces: &[&'static [u8]], ending: Ending) -> Result<(Bytes, HeaderMap), String> {
        let sent = pieces.iter().map(|piece| Ok(Bytes::from_static(piece)));
        let broken = std::iter::once(Err(std::io::Error::other("the wire was cut")));
        let sent: Vec<_> = sent.chain(broken).collect();
        let body = Body::from_stream(stream::iter(sent));
        let answer = Answer::new(body, ending, false, "the node at http://n".to_owned());
        let got = answer.collect().await.map_err(|error| error.to_string())?;
        let trailers = got.trailers().cloned().unwrap_or_default();
        Ok((got.to_bytes(), trailers))
    }

    #[tokio::test]
    async fn between_messages_a_status_says_that_the_upstream_broke_off() {
        let pieces: [&[u8]; 3] = [b"\0\0", b"\0\0\x02ab\0\0", b"\0\0\0"];
        let (body, _) = after(&pieces, Ending::Frame).await.expect("an end");
        let (messages, last) = body.split_at(12);
        assert_eq!(messages, b"\0\0\0\0\x02ab\0\0\0\0\0");
        assert_eq!(last[0], 0x80);
        let length = u32::from_be_bytes(last[1..5].try_into().expect("a length"));
        assert_eq!(last.len(), 5 + usize::try_from(length).expect("short"));
        let told = std::str::from_utf8(&last[5..]).expect("text");
        assert!(told.contains("grpc-status:14\r\n"), "{told}");
        assert!(told.contains("the%20node%20at%20http://n") || told.contains("http://n"), "{told}");

        let (body, trailers) = after(&pieces, Ending::Trailers).await.expect("an end");
        assert_eq!(body, messages);
        assert_eq!(trailers.get("grpc-status").expect("a status"), "14");
    }

    #[tokio::test]
    async fn within_a_message_the_body_breaks_off_as_well() {
        for ending in [Ending::Frame, Ending::Trailers] {
            for piece in [&b"\0\0"[..], b"\0\0\0\0\x02", b"\0\0\0\0\x02a"] {
                let error = after(&[piece], ending).await.expect_err("broken");
                assert!(error.contains("cut"), "{error}");
            }
        }
        after(&[b""], Ending::Unseen).await.expect_err("broken");
    }

    #[tokio::test]
    async fn a_status_is_told_once() {
        let whole: &[u8] = b"\x80\0\0\0\x0fgrpc-status:0\r\n";
        let (body, _) = after(&[whole], Ending::Frame).await.expect("an end");
        assert_eq!(body, whole);
    }

    #[tokio::test]
    async fn a_request_has_a_limit() {
        let (small, overflow) = Limited::new(Body::from(vec![0; 1 << 20]));
        assert_eq!(small.collect().await.expect("passed").to_bytes().len(), 1 << 20);
        assert!(!overflow.happened());
        let piece = Bytes::from(vec![0; 3 << 20]);
        let pieces = [Ok::<_, BoxError>(piece.clone()), Ok(piece)];
        let (large, overflow) = Limited::new(Body::from_stream(stream::iter(pieces)));
        assert!(large.collect().await.is_err());
        assert!(overflow.happened());
    }
}
