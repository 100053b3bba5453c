//! Transactions: what they say, how they are digested and signed.

pub mod data;
pub mod kind;
pub mod multisig;
pub mod possession;
pub mod sign;

pub use data::{TransactionData, TransactionDataV1};
pub use kind::TransactionKind;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod proptests;
