//! The node's gRPC services over one shared ledger.

pub(crate) mod admin;
mod answer;
mod bcs_call;
mod errors;
pub(crate) mod execution;
pub(crate) mod faucet;
pub(crate) mod health;
pub(crate) mod ledger;
mod mask;
pub mod node;
mod page;
pub(crate) mod scoring;
pub(crate) mod state;
pub(crate) mod subscription;
