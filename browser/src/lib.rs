//! What a worker has of the browser: files, storage, fetch, WebCrypto, clock and randomness.
//!
//! Nothing here decides anything. The crate is empty on other targets.
#![cfg(target_arch = "wasm32")]

pub mod abort;
pub mod clock;
pub mod copyist;
mod dead_end;
pub mod download;
pub mod file;
pub mod file_chunks;
pub mod file_ranges;
pub mod file_weights;
mod garbage;
mod js;
mod pieces;
pub mod private_file;
pub mod program;
pub mod random;
pub mod rest_key;
pub mod scorers;
pub mod sealing;
pub mod store;
pub mod turn;
pub mod unsealed;
pub mod upload;
pub mod vault_shelf;
pub mod web_cipher;

/// The browser and its version, as it names itself.
#[must_use]
pub fn version() -> String {
    js::scope().navigator().user_agent().unwrap_or_default()
}
