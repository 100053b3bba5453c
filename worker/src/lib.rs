//! The workers of a wallet page: one holds the unlocked vault and does all network work, one scores data.
//!
//! They hear requests and say events, as `bridge::protocol` names them. Keys never leave the first. Each is a
//! program of its own, so that a wallet that scores nothing does not fetch what scores.

#[cfg(target_arch = "wasm32")]
mod accounts;
mod activity;
#[cfg(target_arch = "wasm32")]
mod coins;
#[cfg(target_arch = "wasm32")]
mod context;
#[cfg(target_arch = "wasm32")]
mod damaged;
#[cfg(target_arch = "wasm32")]
mod dapp;
#[cfg(target_arch = "wasm32")]
mod epochs;
mod explore;
#[cfg(target_arch = "wasm32")]
mod guests;
#[cfg(target_arch = "wasm32")]
mod indexer;
#[cfg(target_arch = "wasm32")]
mod models;
#[cfg(target_arch = "wasm32")]
mod money;
mod multisig;
#[cfg(target_arch = "wasm32")]
mod network;
#[cfg(target_arch = "wasm32")]
mod post;
#[cfg(target_arch = "wasm32")]
mod publish;
#[cfg(target_arch = "wasm32")]
mod refusal;
#[cfg(target_arch = "wasm32")]
mod review;
#[cfg(target_arch = "wasm32")]
mod score;
#[cfg(target_arch = "wasm32")]
mod serve;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(target_arch = "wasm32")]
mod stakes;
#[cfg(target_arch = "wasm32")]
mod targets;
#[cfg(target_arch = "wasm32")]
mod validators;
#[cfg(target_arch = "wasm32")]
mod vault;
#[cfg(target_arch = "wasm32")]
mod wallet;
#[cfg(target_arch = "wasm32")]
mod watch;

/// The wallet's worker begins to hear requests.
#[cfg(target_arch = "wasm32")]
pub fn serve_wallet() {
    console_error_panic_hook::set_once();
    post::start_programs_through_page();
    wasm_bindgen_futures::spawn_local(serve::begin());
}

/// The worker that scores begins to hear requests.
#[cfg(target_arch = "wasm32")]
pub fn serve_scoring() {
    console_error_panic_hook::set_once();
    post::start_programs_through_page();
    score::begin();
}
