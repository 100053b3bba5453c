//! A worker beside ours that hashes the sealed bytes and keeps a copy of them: on another processor core,
//! the two together take no longer than the hash alone. It sees no key and no plain byte.
//!
//! To it go: the file's name (a string, or null for none), pieces (buffers, transferred), then whether the file is whole (a
//! boolean). From it comes what it says, as JSON.

mod far;
mod near;

pub use far::serve;
pub use near::Copyist;

use crate::private_file::PrivateFileError;
use serde::{Deserialize, Serialize};
use wasm_core::weights::Measured;

/// Why sealed bytes were not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyistError {
    /// The browser did not start it: nothing has been written yet.
    #[error("the browser did not start a second worker: {0}")]
    NotStarted(String),
    /// It broke off.
    #[error("the worker that keeps the sealed file has stopped: {0}")]
    Ended(String),
    /// The private file system refused.
    #[error(transparent)]
    File(#[from] PrivateFileError),
}

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Said {
    /// It hears from now on.
    Ready,
    /// The file is there, and empty.
    Created,
    /// It is done with a piece.
    Taken,
    /// The file is whole, and this is what was written.
    Finished(Measured),
    /// The file is closed, unfinished.
    Abandoned,
    /// The file system refused; nothing more will be said.
    Failed(PrivateFileError),
}
