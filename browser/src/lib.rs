//! What a worker has of the browser: files, storage, fetch, WebCrypto, clock and randomness.
//!
//! Nothing here decides anything. The crate is empty on other targets.
#![cfg(target_arch = "wasm32")]

pub mod abort;
pub mod clock;
pub mod download;
pub mod file;
mod js;
mod pieces;
pub mod private_file;
pub mod random;
pub mod store;
pub mod turn;
pub mod upload;
