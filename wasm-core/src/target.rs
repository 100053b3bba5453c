//! Targets: points in embedding space that pay for data near them.

use crate::address::{Address, ModelId};
use crate::manifest::SubmissionManifest;
use crate::tensor::SomaTensor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A target. The payload of its object has no version tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetV1 {
    /// Where it is; shape `[n]`.
    pub embedding: SomaTensor,
    /// Models that data is scored with.
    pub model_ids: Vec<ModelId>,
    /// How near data must come; shape `[1]`.
    pub distance_threshold: SomaTensor,
    /// Shannons it pays.
    pub reward_pool: u64,
    /// The only epoch in which it can be filled.
    pub generation_epoch: u64,
    /// How far it has come.
    pub status: TargetStatus,
    /// Who filled it.
    pub submitter: Option<Address>,
    /// With which model.
    pub winning_model_id: Option<ModelId>,
    /// Whose model.
    pub winning_model_owner: Option<Address>,
    /// Shannons at stake for the data's honesty.
    pub bond_amount: u64,
    /// The data.
    pub winning_data_manifest: Option<SubmissionManifest>,
    /// Its embedding.
    pub winning_embedding: Option<SomaTensor>,
    /// Its distance.
    pub winning_distance_score: Option<SomaTensor>,
    /// Its losses.
    pub winning_loss_score: Option<SomaTensor>,
    /// Validators that say it is not honest.
    #[serde(deserialize_with = "crate::ordered::set")]
    pub submission_reports: BTreeSet<Address>,
}

/// How far a target has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetStatus {
    /// Waits for data.
    Open,
    /// Has data, and an audit.
    Filled {
        /// When.
        fill_epoch: u64,
    },
    /// Is settled.
    Claimed,
}
