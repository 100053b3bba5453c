//! The wallet's operations against the local network, over gRPC.

#![cfg(not(target_arch = "wasm32"))]

mod lives;
mod many;

use localnet::network::{Config, Network, RunningNetwork};
use std::time::Duration;
use wasm_core::keys::Keypair;
use wasm_core::ports::Pause;

/// Pauses of a wallet in a hurry: a tenth of what it asks for.
struct Hurried;

impl Pause for Hurried {
    async fn pause(&self, milliseconds: u64) {
        tokio::time::sleep(Duration::from_millis(milliseconds / 10 + 1)).await;
    }
}

async fn network() -> RunningNetwork {
    Network::start(Config::for_tests()).await.expect("a network")
}

fn key_of(network: &RunningNetwork, account: usize) -> Keypair {
    Keypair::derive(&network.accounts[account].expose_seed())
}
