//! What crosses between a page and its worker, and the page's end of it.
//!
//! The worker holds the unlocked vault and does all heavy and all network work. The page shows and
//! asks. A file crosses as its handle, beside the message, and is read in the worker piece by piece.

pub mod accounts;
#[cfg(target_arch = "wasm32")]
mod accounts_calls;
pub mod activity;
pub mod activity_export;
pub mod activity_kept;
pub mod activity_reach;
#[cfg(target_arch = "wasm32")]
pub mod beginning;
pub mod coins;
pub mod damaged;
pub mod dapp;
#[cfg(target_arch = "wasm32")]
mod dapp_calls;
pub mod explore;
pub mod guest;
#[cfg(target_arch = "wasm32")]
mod guest_page;
#[cfg(target_arch = "wasm32")]
mod holdings_calls;
pub mod indexer;
#[cfg(target_arch = "wasm32")]
mod indexer_calls;
pub mod late;
#[cfg(target_arch = "wasm32")]
mod lives;
#[cfg(target_arch = "wasm32")]
mod match_calls;
pub mod match_export;
pub mod match_ground;
pub mod matching;
pub mod models;
#[cfg(target_arch = "wasm32")]
mod models_page;
pub mod multisig;
#[cfg(target_arch = "wasm32")]
mod multisig_calls;
pub mod network;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
mod programs;
pub mod protocol;
pub mod publish;
#[cfg(target_arch = "wasm32")]
mod questions;
pub mod score;
pub mod stakes;
#[cfg(target_arch = "wasm32")]
mod target_calls;
pub mod targets;
pub mod validators;
pub mod vault;
#[cfg(target_arch = "wasm32")]
mod vault_calls;
pub mod wallet;
