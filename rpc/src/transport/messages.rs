//! Messages out of the frames of gRPC, and the status that ends them.

use super::{Answer, Body, Fault, Piece, check_head, status_in};
use bytes::{Buf, Bytes, BytesMut};
use futures::StreamExt;

/// Before each message: whether it is compressed, and its length.
const HEADER: usize = 5;
/// The system state of many models is large, and so is a busy checkpoint.
const MAX_MESSAGE: usize = 128 << 20;

/// A message in its frame.
pub(crate) fn framed(message: &[u8]) -> Option<Bytes> {
    let length = u32::try_from(message.len()).ok()?;
    let mut frame = Vec::with_capacity(HEADER + message.len());
    frame.push(0);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(message);
    Some(frame.into())
}

/// The messages of an answer, which ends with a status of zero or with a fault.
pub(crate) struct Messages {
    body: Body,
    buffer: BytesMut,
    status_seen: bool,
    data_seen: bool,
    is_over: bool,
}

impl Messages {
    /// Checks the head of an answer.
    pub(crate) fn of(answer: Answer) -> Result<Self, Fault> {
        let status_seen = check_head(&answer)?;
        Ok(Self {
            body: answer.body,
            buffer: BytesMut::new(),
            status_seen,
            data_seen: false,
            is_over: false,
        })
    }

    /// The next message; none at a good end. After a fault there is nothing more.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let message = self.advance().await;
        self.is_over = !matches!(message, Ok(Some(_)));
        message
    }

    async fn advance(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            if let Some(message) = self.take()? {
                return Ok(Some(message));
            }
            match self.body.next().await.transpose()? {
                Some(Piece::Data(data)) => {
                    self.data_seen |= !data.is_empty();
                    self.buffer.extend_from_slice(&data);
                }
                Some(Piece::Trailers(trailers)) => self.status_seen |= status_in(&trailers)?,
                None if !self.status_seen && self.data_seen => {
                    return Err(garbage("the answer ends without a status"));
                }
                None if !self.status_seen => return Err(Fault::Hidden),
                None if !self.buffer.is_empty() => {
                    return Err(garbage("the answer ends within a message"));
                }
                None => return Ok(None),
            }
        }
    }

    /// A message, if all of it is there.
    fn take(&mut self) -> Result<Option<Bytes>, Fault> {
        let Some(mut header) = self.buffer.get(..HEADER) else { return Ok(None) };
        if header.get_u8() != 0 {
            return Err(garbage("a compressed message, which was not asked for"));
        }
        let length = usize::try_from(header.get_u32()).unwrap_or(usize::MAX);
        if length > MAX_MESSAGE {
            return Err(garbage(&format!("a message of {length} bytes")));
        }
        if self.buffer.len() - HEADER < length {
            return Ok(None);
        }
        self.buffer.advance(HEADER);
        Ok(Some(self.buffer.split_to(length).freeze()))
    }
}

fn garbage(text: &str) -> Fault {
    Fault::Garbage(text.to_owned())
}
