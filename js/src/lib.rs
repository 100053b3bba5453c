//! The core for JavaScript: a conversion, one call, a conversion. `package/` shapes these names for people.
//!
//! It is compiled once for each program of the package: `keys`, `client` with keys in it, `weights` and
//! `scoring` alone; see `xtask/src/commands/npm`.
#![cfg(target_arch = "wasm32")]

pub mod address_reader;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
mod client_codes;
mod codes;
mod error;
#[cfg(feature = "keys")]
pub mod keys;
#[cfg(feature = "keys")]
pub mod message;
#[cfg(feature = "keys")]
pub mod multisig;
#[cfg(any(feature = "keys", feature = "scoring"))]
mod object;
#[cfg(feature = "client")]
mod patience;
#[cfg(feature = "client")]
pub mod prepared;
#[cfg(feature = "keys")]
pub mod promises;
#[cfg(feature = "scoring")]
pub mod scoring;
#[cfg(any(feature = "keys", feature = "weights"))]
mod text;
#[cfg(feature = "keys")]
pub mod transaction;
#[cfg(feature = "client")]
mod value;
#[cfg(feature = "weights")]
pub mod weights;
#[cfg(feature = "keys")]
mod words;
