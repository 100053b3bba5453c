//! `protocol_configs.json`: the parameters that each protocol version starts a network with.

use crate::Count;
use crate::read::{Hex, file, round_trip, same};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_core::system_state::SystemParameters;

/// A protocol version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub version: u64,
    /// As the node lists them. They include some that no parameter stands for.
    pub attributes: BTreeMap<String, String>,
    pub system_parameters_bcs: Hex,
}

/// Attributes that are no parameters of the system state.
const NOT_PARAMETERS: [&str; 13] = [
    "buffer_stake_for_protocol_upgrade_bps",
    "consensus_bad_nodes_stake_threshold",
    "consensus_commit_rate_estimation_window_size",
    "consensus_gc_depth",
    "consensus_max_num_transactions_in_block",
    "consensus_max_transaction_size_bytes",
    "consensus_max_transactions_in_block_bytes",
    "execution_version",
    "max_checkpoint_size_bytes",
    "max_transactions_per_checkpoint",
    "min_checkpoint_interval_ms",
    "mysticeti_num_leaders_per_round",
    "reward_slashing_rate_bps",
];

fn check_one(vector: &Vector) -> Result<()> {
    let parameters: SystemParameters = round_trip("parameters", &vector.system_parameters_bcs.0)?;
    let mut left = vector.attributes.clone();
    for name in NOT_PARAMETERS {
        left.remove(name);
    }
    let written = serde_json::to_value(&parameters)?;
    let written = written.as_object().context("parameters are a structure")?;
    let scalars = BTreeMap::from([
        ("target_initial_distance_threshold", &parameters.target_initial_distance_threshold),
        ("target_max_distance_threshold", &parameters.target_max_distance_threshold),
        ("target_min_distance_threshold", &parameters.target_min_distance_threshold),
    ]);
    for (name, value) in written {
        let attribute = if name == "value_fee_bps" { "initial_value_fee_bps" } else { name };
        let wanted = left.remove(attribute).with_context(|| format!("no attribute {attribute}"))?;
        let got = scalars.get(name.as_str()).map_or_else(|| value.to_string(), |t| t.to_string());
        same(name, got, wanted)?;
    }
    if !left.is_empty() {
        bail!("attributes that nothing stands for: {left:?}");
    }
    Ok(())
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| format!("version {}", vector.version))?;
    }
    Ok(vec![Count::of("protocol versions", vectors.len())])
}
