//! What a network says of itself when it is ready: to a person, and to a script.

use crate::genesis::GenesisValidator;
use crate::network::{Config, EpochLength, RunningNetwork};
use serde_json::{Value, json};
use std::fmt::Write as _;
use wasm_core::keys::Keypair;

fn account(key: &Keypair) -> Value {
    json!({
        "address": key.address().to_string(),
        "private_key": key.expose_bech32().as_str(),
    })
}

/// A validator with its keys, and the file that it would join with.
fn validator(validator: &GenesisValidator) -> Value {
    let metadata = validator.metadata();
    json!({
        "address": validator.account.address().to_string(),
        "private_key": validator.account.expose_bech32().as_str(),
        "protocol_private_key": validator.protocol.expose_base64().as_str(),
        "protocol_public_key": metadata.protocol_pubkey,
        "proof_of_possession": metadata.proof_of_possession,
        "network_private_key": validator.network.expose_bech32().as_str(),
        "network_public_key": metadata.network_pubkey,
        "worker_private_key": validator.worker.expose_bech32().as_str(),
        "worker_public_key": metadata.worker_pubkey,
        "validator_info": validator.info(),
    })
}

/// One line that a script or a test reads.
#[must_use]
pub fn as_json(network: &RunningNetwork) -> String {
    json!({
        "rpc_url": network.rpc_url,
        "faucet_url": network.faucet_url,
        "scoring_url": network.scoring_url,
        "admin_url": network.admin_url,
        "chain_id": network.chain_id.to_string(),
        "account_balance": network.account_balance.0.to_string(),
        "accounts": network.accounts.iter().map(account).collect::<Vec<_>>(),
        "validators": network.validators.iter().map(validator).collect::<Vec<_>>(),
        "models": network.models.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
    .to_string()
}

/// What a person wants to know at the start.
#[must_use]
pub fn as_text(network: &RunningNetwork, config: &Config) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    line("A local SOMA network is running. Its keys are for play: never send real coins to them.");
    line("");
    line(&format!("  Node     {}   (gRPC, gRPC-web, /model, /data, /blobs)", network.rpc_url));
    let amount = config.faucet_amount;
    line(&format!("  Faucet   {}   ({amount} SOMA a request)", network.faucet_url));
    let scores = if config.scoring.is_some() { "scores data" } else { "does not score" };
    line(&format!("  Scoring  {}   ({scores})", network.scoring_url));
    line(&format!("  Admin    {}   (ends the epoch)", network.admin_url));
    line(&format!("  Chain    {}", network.chain_id));
    line(&match config.epoch_length {
        EpochLength::ByAdmin => "  Epochs   end when the admin says so".to_owned(),
        EpochLength::Milliseconds(length) => {
            format!("  Epochs   end every {} s, or when the admin says so", length / 1000)
        }
    });
    if !network.models.is_empty() {
        let count = network.models.len();
        line(&format!("  Models   {count} active ones, of the first accounts, and open targets"));
    }
    line("");
    line(&format!("Accounts, {} SOMA each, with their private keys:", network.account_balance));
    for key in &network.accounts {
        line(&format!("  {}   {}", key.address(), key.expose_bech32().as_str()));
    }
    line("");
    line("Validators' accounts, with their private keys, and below each its protocol key (BLS,");
    line("Base64) and the proof that it holds it (hex):");
    for validator in &network.validators {
        let (account, metadata) = (&validator.account, validator.metadata());
        line(&format!("  {}   {}", account.address(), account.expose_bech32().as_str()));
        line(&format!("    key    {}", validator.protocol.expose_base64().as_str()));
        line(&format!("    proof  {:?}", metadata.proof_of_possession));
    }
    line("`localnet validator-info HOST` makes the keys of a new one.");
    line("");
    let url = &network.rpc_url;
    line(&format!("In the wallet choose the network `localnet`, or a custom one at {url}."));
    line("For the command line set `active_env: local` in ~/.soma/soma_config/client.yaml; the");
    line(&format!("environment `local` there has `rpc: \"{url}\"`."));
    line("Ctrl-C ends the network.");
    text
}
