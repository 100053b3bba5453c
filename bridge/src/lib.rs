//! What crosses between a page and its worker, and the page's end of it.
//!
//! The worker holds the unlocked vault and does all heavy and all network work. The page shows and
//! asks. A file crosses as its handle, beside the message, and is read in the worker piece by piece.

pub mod network;
#[cfg(target_arch = "wasm32")]
pub mod page;
pub mod protocol;
pub mod publish;
pub mod score;
pub mod wallet;
