//! gRPC-web: how gRPC travels where a program sees neither HTTP/2 nor trailers.
//!
//! The answer's trailers come as a last frame of the body. Frames are taken apart here as they
//! arrive, wherever the pieces end; messages pass through unbuffered.

use crate::transport::Fault;
use bytes::{Buf, Bytes, BytesMut};
use futures::Stream;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, header};
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tonic::body::Body;

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/grpc-web+proto");
const HEADER: usize = 5;
const TRAILERS: u8 = 0x80;
/// Far beyond any status, its message and its details.
const MAX_TRAILERS: usize = 1 << 20;

/// A request of gRPC as one of gRPC-web, its body in one piece.
///
/// # Errors
/// Where the body cannot be produced.
pub async fn encode_request(request: Request<Body>) -> Result<Request<Bytes>, Fault> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map_err(|status| Fault::of(&status))?.to_bytes();
    head.version = http::Version::HTTP_11;
    head.headers.remove(header::TE);
    head.headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    head.headers.insert(header::ACCEPT, CONTENT_TYPE);
    head.headers.insert("x-grpc-web", HeaderValue::from_static("1"));
    Ok(Request::from_parts(head, body))
}

/// An answer of gRPC-web as one of gRPC. The pieces of its body may end anywhere.
///
/// # Errors
/// Where the answer is in the text form, which was not asked for.
pub fn decode_response<S>(response: Response<S>) -> Result<Response<Body>, Fault>
where
    S: Stream<Item = Result<Bytes, Fault>> + Send + Unpin + 'static,
{
    let content_type = response.headers().get(header::CONTENT_TYPE);
    if content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc-web-text"))
    {
        return Err(Fault::Garbage("the answer is in text form".to_owned()));
    }
    Ok(response.map(|pieces| Body::new(Unframed::new(pieces))))
}

enum State {
    /// Some of the five bytes before each frame.
    Header(BytesMut),
    /// What is left of a message.
    Message(usize),
    /// Some of the trailers, and how long they will be.
    Trailers(BytesMut, usize),
    /// The trailers were the end.
    Done,
}

struct Unframed<S> {
    pieces: S,
    piece: Bytes,
    state: State,
}

impl<S> Unframed<S> {
    fn new(pieces: S) -> Self {
        Self { pieces, piece: Bytes::new(), state: State::Header(BytesMut::new()) }
    }

    fn take(&mut self, most: usize) -> Bytes {
        self.piece.split_to(most.min(self.piece.len()))
    }

    /// Works on the piece at hand: a frame for the reader, or nothing yet.
    fn step(&mut self) -> Result<Option<Frame<Bytes>>, Fault> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Header(mut header) => {
                header.extend_from_slice(&self.take(HEADER - header.len()));
                if header.len() < HEADER {
                    self.state = State::Header(header);
                    return Ok(None);
                }
                let mut fields = &header[..];
                let flags = fields.get_u8();
                let length = usize::try_from(fields.get_u32())
                    .map_err(|_| garbage("a frame of more than this machine can count"))?;
                match flags {
                    0 => {
                        self.state = message(length);
                        Ok(Some(Frame::data(header.freeze())))
                    }
                    TRAILERS if length > MAX_TRAILERS => {
                        Err(garbage(&format!("trailers of {length} bytes")))
                    }
                    TRAILERS => {
                        self.state = State::Trailers(BytesMut::new(), length);
                        self.step_trailers()
                    }
                    _ => Err(garbage(&format!("a frame with flags {flags:#04x}"))),
                }
            }
            State::Message(left) => {
                let data = self.take(left);
                self.state = message(left - data.len());
                Ok(Some(Frame::data(data)))
            }
            state @ State::Trailers(..) => {
                self.state = state;
                self.step_trailers()
            }
            State::Done => Err(garbage("more after the trailers")),
        }
    }

    fn step_trailers(&mut self) -> Result<Option<Frame<Bytes>>, Fault> {
        let State::Trailers(mut trailers, length) = std::mem::replace(&mut self.state, State::Done)
        else {
            return Ok(None);
        };
        trailers.extend_from_slice(&self.take(length - trailers.len()));
        if trailers.len() < length {
            self.state = State::Trailers(trailers, length);
            return Ok(None);
        }
        parse_trailers(&trailers).map(|trailers| Some(Frame::trailers(trailers)))
    }

    /// Whether the answer may end here.
    fn is_whole(&self) -> bool {
        match &self.state {
            State::Header(header) => header.is_empty(),
            State::Message(_) | State::Trailers(..) => false,
            State::Done => true,
        }
    }
}

fn message(left: usize) -> State {
    if left == 0 { State::Header(BytesMut::new()) } else { State::Message(left) }
}

fn garbage(text: &str) -> Fault {
    Fault::Garbage(text.to_owned())
}

fn parse_trailers(block: &[u8]) -> Result<HeaderMap, Fault> {
    let mut trailers = HeaderMap::new();
    for line in block.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':');
        let (name, value) = colon
            .and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?)))
            .ok_or_else(|| garbage("a trailer without a name"))?;
        let name = HeaderName::from_bytes(name.trim_ascii())
            .map_err(|_| garbage("a trailer with an impossible name"))?;
        let value = HeaderValue::from_bytes(value.trim_ascii())
            .map_err(|_| garbage("a trailer with an impossible value"))?;
        trailers.append(name, value);
    }
    Ok(trailers)
}

impl<S> HttpBody for Unframed<S>
where
    S: Stream<Item = Result<Bytes, Fault>> + Unpin,
{
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        loop {
            while !self.piece.is_empty() {
                if let Some(frame) = self.step().transpose() {
                    return Poll::Ready(Some(frame));
                }
            }
            match ready!(Pin::new(&mut self.pieces).poll_next(context)) {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(fault)) => return Poll::Ready(Some(Err(fault))),
                None if self.is_whole() => return Poll::Ready(None),
                None => {
                    self.state = State::Done;
                    let fault = Fault::Unreachable("the answer was cut off".to_owned());
                    return Poll::Ready(Some(Err(fault)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;

    const MESSAGE: &[u8] = b"\0\0\0\0\x03abc";
    const OK: &[u8] = b"\x80\0\0\0\x0fgrpc-status:0\r\n";

    type Read = Result<(Vec<u8>, Option<HeaderMap>), Fault>;

    fn read(pieces: Vec<&[u8]>) -> Read {
        let pieces: Vec<_> =
            pieces.into_iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        block_on(async {
            let mut body = Unframed::new(futures::stream::iter(pieces));
            let (mut data, mut trailers) = (Vec::new(), None);
            while let Some(frame) = body.frame().await {
                match frame?.into_data() {
                    Ok(piece) => data.extend_from_slice(&piece),
                    Err(frame) => trailers = frame.into_trailers().ok(),
                }
            }
            Ok((data, trailers))
        })
    }

    fn whole() -> Vec<u8> {
        [MESSAGE, b"\0\0\0\0\0", MESSAGE, OK].concat()
    }

    #[test]
    fn an_answer_reads_the_same_wherever_its_pieces_end() {
        let whole = whole();
        let expected = read(vec![&whole]).unwrap();
        assert_eq!(expected.0, [MESSAGE, b"\0\0\0\0\0", MESSAGE].concat());
        assert_eq!(expected.1.as_ref().unwrap()["grpc-status"], "0");
        for first in 0..=whole.len() {
            for second in first..=whole.len() {
                let pieces = vec![&whole[..first], &whole[first..second], &whole[second..]];
                assert_eq!(read(pieces).unwrap(), expected, "{first} {second}");
            }
        }
        assert_eq!(read(whole.chunks(1).collect()).unwrap(), expected);
    }

    #[test]
    fn an_answer_that_is_cut_off_is_no_answer() {
        let whole = whole();
        let ends = [0, 8, 13, 21];
        for end in (0..whole.len()).filter(|end| !ends.contains(end)) {
            let cut = read(vec![&whole[..end]]);
            assert!(matches!(cut, Err(Fault::Unreachable(_))), "{end} {cut:?}");
        }
        // Between two frames, only the missing status tells.
        for end in ends {
            assert_eq!(read(vec![&whole[..end]]).unwrap().1, None);
        }
    }

    #[test]
    fn frames_that_were_not_asked_for_are_garbage() {
        let broken: [&[u8]; 6] = [
            b"\x01\0\0\0\x03abc",
            b"\x81\0\0\0\x0fgrpc-status:0\r\n",
            b"<html></html>",
            b"\x80\x7f\xff\xff\xff",
            b"\x80\0\0\0\x03abc",
            b"\x80\0\0\0\x05a b:c",
        ];
        for bytes in broken {
            assert!(matches!(read(vec![bytes]), Err(Fault::Garbage(_))), "{bytes:?}");
        }
        let more = [OK, MESSAGE].concat();
        assert!(matches!(read(vec![&more]), Err(Fault::Garbage(_))));
    }

    #[test]
    fn trailers_are_read_in_every_spelling() {
        let block = b"Grpc-Status: 5\r\ngrpc-message:a%3A b:c\n\r\nempty:\r\n";
        let trailers = parse_trailers(block).unwrap();
        assert_eq!(trailers["grpc-status"], "5");
        assert_eq!(trailers["grpc-message"], "a%3A b:c");
        assert_eq!(trailers["empty"], "");
    }

    #[test]
    fn empty_trailers_are_no_status() {
        assert_eq!(read(vec![b"\x80\0\0\0\0"]).unwrap().1, Some(HeaderMap::new()));
    }
}
