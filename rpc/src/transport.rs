//! What carries a call, and the checks that every answer passes whatever carried it.
//!
//! An answer's status is read here and nowhere else. Everything that goes wrong is a [`Fault`]. Browsers get
//! by with what is here; programs speak HTTP through [`Transport`].

#[cfg(not(target_arch = "wasm32"))]
mod http;
mod messages;

#[cfg(not(target_arch = "wasm32"))]
pub use self::http::Transport;
pub(crate) use messages::{Messages, framed};

use crate::codes;
use base64ct::{Base64, Encoding as _};
use bytes::Bytes;
use futures::Stream;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

const GRPC_STATUS: &str = "grpc-status";
const GRPC_MESSAGE: &str = "grpc-message";
const GRPC_DETAILS: &str = "grpc-status-details-bin";
const CONTENT_TYPE: &str = "content-type";
/// Fields of an answer's head that are looked at. A node of another origin may hide all but the first.
#[cfg(target_arch = "wasm32")]
pub(crate) const FIELDS: [&str; 4] = [CONTENT_TYPE, GRPC_STATUS, GRPC_MESSAGE, GRPC_DETAILS];

/// Carries calls of gRPC to one node, and tells time.
pub trait Carrier: Clone + 'static {
    /// Calls a method, such as `/soma.rpc.LedgerService/GetObject`, with a message in its frame, and gives
    /// the answer, its body still under way. Dropping the future, or the answer's body, ends the exchange.
    fn call(
        &self,
        path: &'static str,
        framed: Bytes,
    ) -> impl Future<Output = Result<Answer, Fault>>;

    /// Waits.
    fn wait(&self, duration: Duration) -> impl Future<Output = ()>;
}

/// An answer, its body still under way.
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// The head, as far as it can be seen.
    pub head: Fields,
    /// Messages in their frames, and trailers.
    pub body: Body,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The pieces of a body. Frames may begin and end anywhere in them.
pub type Body = Pin<Box<dyn Stream<Item = Result<Piece, Fault>> + Send>>;

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Some of the messages in their frames.
    Data(Bytes),
    /// What follows them.
    Trailers(Fields),
}

/// Names in small letters, and values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, Vec<u8>)>);

impl Fields {
    /// The first value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_slice())
    }
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

/// Checks the head of an answer. Tells whether it has a status already.
fn check_head(answer: &Answer) -> Result<bool, Fault> {
    if status_in(&answer.head)? {
        return Ok(true);
    }
    check_http(answer.status, &answer.head)?;
    Ok(false)
}

fn check_http(status: u16, head: &Fields) -> Result<(), Fault> {
    if status != 200 {
        let text = format!("HTTP status {status}");
        return Err(match status {
            // How a node answers for a service it does not have.
            404 => Fault::Status(NodeStatus {
                code: codes::UNIMPLEMENTED,
                message: text,
                details: Vec::new(),
            }),
            429 | 502..=504 => Fault::Unreachable(text),
            _ => Fault::Garbage(text),
        });
    }
    let content_type = head.get(CONTENT_TYPE).unwrap_or_default();
    if content_type.starts_with(b"application/grpc") {
        Ok(())
    } else {
        let readable = std::str::from_utf8(content_type).unwrap_or("unreadable");
        Err(Fault::Garbage(format!("content of type {readable:?} instead of gRPC")))
    }
}

/// Whether headers or trailers have a status of zero. Another one is an error.
fn status_in(fields: &Fields) -> Result<bool, Fault> {
    let Some(code) = fields.get(GRPC_STATUS) else {
        return Ok(false);
    };
    let code = std::str::from_utf8(code).ok().and_then(|text| text.parse::<i32>().ok());
    let code = code.ok_or_else(|| Fault::Garbage("a status that is no number".to_owned()))?;
    if code == 0 {
        return Ok(true);
    }
    let message = fields.get(GRPC_MESSAGE).map_or_else(String::new, |value| {
        percent_encoding::percent_decode(value).decode_utf8_lossy().into_owned()
    });
    // Details only add to code and message, so broken ones take nothing from the answer.
    let details = fields.get(GRPC_DETAILS).and_then(decode_details).unwrap_or_default();
    Err(Fault::Status(NodeStatus { code, message, details }))
}

/// Base64, with padding or without: filled up, it is read by the one decoder that keys and signatures need, too. A second
/// one would be a kilobyte of every program that speaks with a node.
fn decode_details(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut padded = text.trim_ascii_end().trim_end_matches('=').to_owned();
    while padded.len() % 4 != 0 {
        padded.push('=');
    }
    Base64::decode_vec(&padded).ok()
}

/// An error's text with those of its causes, which is where connections say what happened.
#[cfg(not(target_arch = "wasm32"))]
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
