//! The worker of a wallet page: it holds the unlocked vault, and does all heavy and all network work.
//!
//! It hears requests and says events, as `bridge::protocol` names them. Keys never leave it. Under the
//! name `scoring` the same program scores data, and holds no vault.

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

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        console_error_panic_hook::set_once();
        if post::scope().name() == bridge::score::WORKER_NAME {
            score::begin();
        } else {
            wasm_bindgen_futures::spawn_local(serve::begin());
        }
    }
}
