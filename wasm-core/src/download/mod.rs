//! Fetching what a manifest names: from its URL, or through a node, going on where a connection broke.
//!
//! The core decides whom to ask, from which byte on, and whether what came is the file. Who performs
//! it implements [`Files`].

mod range;
mod run;
mod source;

pub use range::ContentRange;
pub use run::Download;
pub use source::{Resource, patience};

use crate::manifest::Url;
use crate::weights::ManifestMismatch;
use std::fmt;
use std::time::Duration;

/// Asks web servers for files.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Files {
    /// A file on its way.
    type Body: FileBody;

    /// Asks for a file, from a byte on: with a `Range` header where that is not the first one, never
    /// for a compressed form, and following redirects. Gives up after `patience`.
    ///
    /// # Errors
    /// Where nobody answers in time. A status of failure is an answer.
    async fn open(
        &self,
        url: &Url,
        from: u64,
        patience: Duration,
    ) -> Result<FileAnswer<Self::Body>, FetchError>;

    /// Waits.
    async fn pause(&self, duration: Duration);
}

/// The bytes of a file as they arrive. Dropping it ends the exchange.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait FileBody {
    /// Replaces the buffer's contents with the next bytes; false at the end. Gives up after
    /// `patience`.
    ///
    /// # Errors
    /// Where the connection breaks, or nothing comes in time.
    async fn next(&mut self, into: &mut Vec<u8>, patience: Duration) -> Result<bool, FetchError>;
}

/// The head of an answer, its body still under way.
#[derive(Debug)]
pub struct FileAnswer<B> {
    /// HTTP status.
    pub status: u16,
    /// Bytes of the body, where the server says so and the caller may read it.
    pub length: Option<u64>,
    /// Which part of the file the body is, where the server says so and the caller may read it.
    pub range: Option<ContentRange>,
    /// The bytes.
    pub body: B,
}

/// Why no bytes came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Nobody answers, or the connection broke.
    #[error("{0}")]
    Broke(String),
    /// Nothing came in time.
    #[error("nothing came for {} seconds", .0.as_secs())]
    Late(Duration),
    /// The caller gave up.
    #[error("the download was stopped")]
    Stopped,
}

/// Why a file did not come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The caller gave up.
    #[error("the download was stopped")]
    Stopped,
    /// No place gave the file.
    #[error("the file cannot be had: {}", Listed(.0))]
    NotToBeHad(Vec<SourceFailure>),
}

/// A place that did not give the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFailure {
    /// The place.
    pub url: Url,
    /// Why it did not.
    pub reason: FailureReason,
}

impl fmt::Display for SourceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.reason)
    }
}

/// Why a place did not give the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailureReason {
    /// Neither `http` nor `https`, which is all that is fetched.
    #[error("only http and https addresses are fetched")]
    Scheme,
    /// Nobody answered, or the connection broke again and again.
    #[error("{0}")]
    Fetch(FetchError),
    /// Another status than success.
    #[error("the server answers with status {0}")]
    Status(u16),
    /// A part of the file that was not asked for.
    #[error("the server sends another part of the file than was asked for")]
    Range,
    /// It is another file.
    #[error(transparent)]
    Mismatch(ManifestMismatch),
}

struct Listed<'a>(&'a [SourceFailure]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("there is no place to fetch it from");
        }
        for (number, failure) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{failure}")?;
        }
        Ok(())
    }
}
