//! Transactions: what they say, how they are digested and signed.

pub mod data;
pub mod kind;
pub mod multisig;
pub mod possession;
pub mod sign;

pub use data::{TransactionData, TransactionDataV1};
pub use kind::TransactionKind;
