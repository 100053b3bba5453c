//! A SOMA network for development, in memory: what a node would answer, without consensus.
//!
//! [`genesis`] makes the first objects, [`admission`] says what may be executed, [`execute`] is the
//! pure function from a transaction and its inputs to effects, [`ledger`] keeps what comes out, and
//! [`checkpoints`] seals it. Time comes in as a parameter: nothing here reads a clock.

// Money and rules
pub mod bls;
pub mod pools;
pub mod protocol_config;
pub mod targets;
// One transaction
pub mod admission;
pub mod execute;
// A network
pub mod checkpoints;
pub mod demo;
pub mod genesis;
pub mod ledger;
pub mod supply;
pub mod validator_info;
// Recorded truth
pub mod replay;

// Its ports, and those of networks elsewhere
pub mod announce;
pub mod gateway;
pub mod http;
pub mod network;
pub mod scoring;
pub mod services;
