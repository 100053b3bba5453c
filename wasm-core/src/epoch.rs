//! Epochs: who signs in them, which checkpoints they hold, and the constants in force.

use crate::checkpoint::Committee;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An epoch, as a node knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 0.
    pub epoch: u64,
    /// Who signs its checkpoints.
    pub committee: Option<Committee>,
    /// Its first checkpoint.
    pub first_checkpoint: Option<u64>,
    /// Its last checkpoint; none while it lasts.
    pub last_checkpoint: Option<u64>,
    /// When it began; milliseconds since 1970.
    pub start_ms: Option<u64>,
    /// When it ended; milliseconds since 1970; none while it lasts.
    pub end_ms: Option<u64>,
    /// The constants in force.
    pub protocol_config: Option<ProtocolConfig>,
}

/// The constants of a protocol version, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolConfig {
    /// Which version.
    pub protocol_version: u64,
    /// Switches.
    pub feature_flags: BTreeMap<String, bool>,
    /// Numbers, in text form.
    pub attributes: BTreeMap<String, String>,
}
