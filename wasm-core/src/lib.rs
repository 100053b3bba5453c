//! Every rule of a SOMA wallet, and no I/O.
//!
//! The core decides, the edges perform, the page shows. This crate builds for any target and knows
//! no browser, network, clock or random source: what it needs of those comes in as a parameter or
//! through a trait of [`ports`].

// The vocabulary
pub mod address;
pub mod amount;
pub mod bytes;
pub mod digest;
pub mod naming;
mod ordered;
pub mod rate;
pub mod tensor;
pub mod web_address;
// Keys
pub mod discovery;
pub mod identicon;
pub mod keys;
pub mod keystore;
pub mod mnemonic;
// What the chain says
pub mod checkpoint;
pub mod effects;
pub mod epoch;
mod exchange_rate;
pub mod failure;
pub mod listing;
pub mod manifest;
pub mod model;
pub mod multiaddr;
pub mod node;
pub mod object;
pub mod sealed;
pub mod selection;
pub mod services;
pub mod soma_error;
pub mod system_state;
pub mod target;
pub mod tx;
pub mod validator_info;
// What a person means, and what it would do
pub mod activity;
pub mod ancestry;
pub mod calendar;
pub mod coins;
pub mod describe;
pub mod explain;
pub mod fees;
pub mod holdings;
pub mod intent;
pub mod lookalike;
pub mod payment_link;
pub mod preview;
pub mod stakes;
pub mod targets;
// Weights, and the secrets of a wallet
pub mod download;
pub mod embedding;
pub mod safetensors;
pub mod vault;
pub mod weights;
// Models, evaluated
pub mod matching;
pub mod placement;
pub mod projection;
pub mod score;
// The world, as traits
pub mod ports;
// What a network looks like from afar
pub mod indexer;
pub mod network;
// What web sites may ask
pub mod dapp;
// Work of more than one step
pub mod job;
pub mod multisig;
pub mod wallet;

#[cfg(test)]
mod recorded;
