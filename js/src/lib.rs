//! The core for JavaScript: a conversion, one call, a conversion. `package/` shapes these names for people.
//!
//! It is compiled once for each program of the package: `keys`, `client` with keys in it, `network`, `multisig`,
//! `weights` and `scoring` alone; see `xtask/src/commands/npm`.
#![cfg(target_arch = "wasm32")]

pub mod address_reader;
#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "node")]
mod client_codes;
mod codes;
mod error;
#[cfg(feature = "client")]
mod execution;
#[cfg(feature = "keys")]
pub mod keys;
#[cfg(feature = "keys")]
pub mod message;
#[cfg(feature = "multisig")]
pub mod multisig;
#[cfg(feature = "network")]
pub mod network;
#[cfg(any(feature = "keys", feature = "multisig", feature = "network", feature = "scoring"))]
mod object;
#[cfg(feature = "node")]
mod patience;
#[cfg(feature = "network")]
pub mod preparation;
#[cfg(feature = "network")]
pub mod prepared;
#[cfg(feature = "keys")]
pub mod promises;
#[cfg(any(feature = "keys", feature = "multisig", feature = "network"))]
mod reading;
#[cfg(feature = "scoring")]
pub mod scoring;
#[cfg(any(feature = "keys", feature = "multisig", feature = "network", feature = "weights"))]
mod text;
#[cfg(feature = "keys")]
pub mod transaction;
#[cfg(feature = "node")]
mod value;
#[cfg(feature = "weights")]
pub mod weights;
#[cfg(any(feature = "keys", feature = "network"))]
mod words;
