//! Our side of the interoperability tests: reads one JSON request a line, answers with one JSON line.
//!
//! It does nothing of its own: keys, bytes and weights are `wasm-core`'s, the network is reached
//! through `rpc`. What it answers is what the wallet would know.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "lines are how a test speaks to it")]

mod keys;
mod multisig;
mod network;
mod operation;
mod random;
mod weights;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::BufRead as _;
use std::process::ExitCode;

/// What a test asks. Bytes are Base64, amounts whole shannons.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Request {
    /// About keys and signatures.
    Keys(keys::Request),
    /// About signing together.
    Multisig(multisig::Request),
    /// About weights and commitments.
    Weights(weights::Request),
    /// About the network at this address.
    Network {
        /// The node's.
        node: String,
        /// What is asked.
        #[serde(flatten)]
        request: network::Request,
    },
}

async fn answer(line: &str) -> Result<Value> {
    match serde_json::from_str(line).context("not a request")? {
        Request::Keys(request) => keys::answer(request),
        Request::Multisig(request) => multisig::answer(request),
        Request::Weights(request) => weights::answer(request),
        Request::Network { node, request } => network::answer(&node, request).await,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    for line in std::io::stdin().lock().lines() {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                eprintln!("ours: {error}");
                return ExitCode::FAILURE;
            }
        };
        let said = match answer(&line).await {
            Ok(answer) => json!({ "ok": answer }),
            Err(error) => json!({ "error": format!("{error:#}") }),
        };
        println!("{said}");
    }
    ExitCode::SUCCESS
}
