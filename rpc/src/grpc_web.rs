//! gRPC-web: how gRPC travels where a program sees neither HTTP/2 nor trailers.
//!
//! The answer's trailers come as a last frame of the body. Frames are taken apart here as they
//! arrive, wherever the pieces end; messages pass through unbuffered.

#[cfg(not(target_arch = "wasm32"))]
mod http;

#[cfg(not(target_arch = "wasm32"))]
pub use self::http::{decode_response, encode_request};

use crate::transport::{Fault, Fields, Piece};
use bytes::{Buf, Bytes, BytesMut};
use futures::Stream;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What a request says of itself.
pub(crate) const REQUEST: [(&str, &str); 3] = [
    ("content-type", "application/grpc-web+proto"),
    ("accept", "application/grpc-web+proto"),
    ("x-grpc-web", "1"),
];
const HEADER: usize = 5;
const TRAILERS: u8 = 0x80;
/// Far beyond any status, its message and its details.
const MAX_TRAILERS: usize = 1 << 20;

/// Refuses an answer in the text form, which was not asked for.
pub(crate) fn check_form(content_type: Option<&[u8]>) -> Result<(), Fault> {
    if content_type.is_some_and(|value| value.starts_with(b"application/grpc-web-text")) {
        return Err(Fault::Garbage("the answer is in text form".to_owned()));
    }
    Ok(())
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

/// Messages in their frames, and trailers, out of the pieces of a body.
pub(crate) struct Unframed<S> {
    pieces: S,
    piece: Bytes,
    state: State,
}

impl<S> Unframed<S> {
    pub(crate) fn new(pieces: S) -> Self {
        Self { pieces, piece: Bytes::new(), state: State::Header(BytesMut::new()) }
    }

    fn take(&mut self, most: usize) -> Bytes {
        self.piece.split_to(most.min(self.piece.len()))
    }

    /// Works on the piece at hand: a frame for the reader, or nothing yet.
    fn step(&mut self) -> Result<Option<Piece>, Fault> {
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
                        Ok(Some(Piece::Data(header.freeze())))
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
                Ok(Some(Piece::Data(data)))
            }
            state @ State::Trailers(..) => {
                self.state = state;
                self.step_trailers()
            }
            State::Done => Err(garbage("more after the trailers")),
        }
    }

    fn step_trailers(&mut self) -> Result<Option<Piece>, Fault> {
        let State::Trailers(mut trailers, length) = std::mem::replace(&mut self.state, State::Done)
        else {
            return Ok(None);
        };
        trailers.extend_from_slice(&self.take(length - trailers.len()));
        if trailers.len() < length {
            self.state = State::Trailers(trailers, length);
            return Ok(None);
        }
        parse_trailers(&trailers).map(|trailers| Some(Piece::Trailers(trailers)))
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

fn parse_trailers(block: &[u8]) -> Result<Fields, Fault> {
    let mut trailers = Fields::default();
    for line in block.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        let colon = line.iter().position(|&byte| byte == b':');
        let (name, value) = colon
            .and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?)))
            .ok_or_else(|| garbage("a trailer without a name"))?;
        let (name, value) = (name.trim_ascii(), value.trim_ascii());
        if name.is_empty() || !name.iter().all(|&byte| is_of_a_name(byte)) {
            return Err(garbage("a trailer with an impossible name"));
        }
        if value.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
            return Err(garbage("a trailer with an impossible value"));
        }
        let name = name.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
        trailers.0.push((name, value.to_vec()));
    }
    Ok(trailers)
}

/// Whether names of headers may have it (RFC 9110, "token").
fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

impl<S> Stream for Unframed<S>
where
    S: Stream<Item = Result<Bytes, Fault>> + Unpin,
{
    type Item = Result<Piece, Fault>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Piece, Fault>>> {
        loop {
            while !self.piece.is_empty() {
                if let Some(piece) = self.step().transpose() {
                    return Poll::Ready(Some(piece));
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
    use futures::StreamExt;
    use futures::executor::block_on;

    const MESSAGE: &[u8] = b"\0\0\0\0\x03abc";
    const OK: &[u8] = b"\x80\0\0\0\x0fgrpc-status:0\r\n";

    type Read = Result<(Vec<u8>, Option<Fields>), Fault>;

    fn read(pieces: Vec<&[u8]>) -> Read {
        let pieces: Vec<_> =
            pieces.into_iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        block_on(async {
            let mut body = Unframed::new(futures::stream::iter(pieces));
            let (mut data, mut trailers) = (Vec::new(), None);
            while let Some(piece) = body.next().await {
                match piece? {
                    Piece::Data(piece) => data.extend_from_slice(&piece),
                    Piece::Trailers(fields) => trailers = Some(fields),
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
        assert_eq!(expected.1.as_ref().unwrap().get("grpc-status"), Some(&b"0"[..]));
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
        assert_eq!(trailers.get("grpc-status"), Some(&b"5"[..]));
        assert_eq!(trailers.get("grpc-message"), Some(&b"a%3A b:c"[..]));
        assert_eq!(trailers.get("empty"), Some(&b""[..]));
    }

    #[test]
    fn empty_trailers_are_no_status() {
        assert_eq!(read(vec![b"\x80\0\0\0\0"]).unwrap().1, Some(Fields::default()));
    }
}
