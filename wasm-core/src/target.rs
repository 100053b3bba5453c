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

/// Where a target stands in its life, in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TargetStage {
    /// Waits for data until its epoch ends.
    Open,
    /// Nobody filled it in its epoch: anybody may settle it.
    Expired,
    /// Has data, and its audit begins with the next epoch.
    Filled,
    /// Has data that validators may report in this epoch.
    Audited,
    /// Has data, and its audit is over: anybody may settle it.
    Due,
    /// Is settled.
    Settled,
}

impl TargetStage {
    /// Whether anybody may settle it now.
    #[must_use]
    pub const fn is_claimable(self) -> bool {
        matches!(self, Self::Expired | Self::Due)
    }

    /// Whether it has data that is not paid for yet.
    #[must_use]
    pub const fn has_data(self) -> bool {
        matches!(self, Self::Filled | Self::Audited | Self::Due)
    }
}

impl TargetStatus {
    /// Where a target of this status, made in an epoch, stands now.
    #[must_use]
    pub const fn stage(self, generation_epoch: u64, now: u64) -> TargetStage {
        match self {
            Self::Open if now > generation_epoch => TargetStage::Expired,
            Self::Open => TargetStage::Open,
            Self::Filled { fill_epoch } if now <= fill_epoch => TargetStage::Filled,
            Self::Filled { fill_epoch } if now - fill_epoch == 1 => TargetStage::Audited,
            Self::Filled { .. } => TargetStage::Due,
            Self::Claimed => TargetStage::Settled,
        }
    }

    /// The epoch from which on a target of this status, made in an epoch, may be settled; none where
    /// it is settled.
    #[must_use]
    pub const fn claimable_from(self, generation_epoch: u64) -> Option<u64> {
        match self {
            Self::Open => Some(generation_epoch.saturating_add(1)),
            Self::Filled { fill_epoch } => Some(fill_epoch.saturating_add(2)),
            Self::Claimed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TargetStage, TargetStatus};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_target_is_open_in_its_epoch_and_expired_after_it() {
        let stage = |now| TargetStatus::Open.stage(4, now);
        assert_eq!(
            [3, 4, 5].map(stage),
            [TargetStage::Open, TargetStage::Open, TargetStage::Expired]
        );
        assert_eq!(TargetStatus::Open.claimable_from(4), Some(5));
    }

    #[test]
    fn data_is_audited_in_the_next_epoch_and_due_in_the_one_after() {
        let filled = TargetStatus::Filled { fill_epoch: 4 };
        let stage = |now| filled.stage(4, now);
        assert_eq!(
            [4, 5, 6, 7].map(stage),
            [TargetStage::Filled, TargetStage::Audited, TargetStage::Due, TargetStage::Due]
        );
        assert_eq!(filled.claimable_from(4), Some(6));
        let last = TargetStatus::Filled { fill_epoch: u64::MAX };
        assert_eq!(last.stage(0, u64::MAX), TargetStage::Filled);
        assert_eq!(last.claimable_from(0), Some(u64::MAX));
    }

    #[test]
    fn what_may_be_settled_is_what_has_its_epoch_come() {
        for status in [TargetStatus::Open, TargetStatus::Filled { fill_epoch: 5 }] {
            for now in 3..9 {
                let due = status.claimable_from(4).is_some_and(|from| now >= from);
                assert_eq!(status.stage(4, now).is_claimable(), due, "{status:?} in {now}");
            }
        }
        assert_eq!(TargetStatus::Claimed.stage(4, 9), TargetStage::Settled);
        assert!(!TargetStage::Settled.is_claimable() && !TargetStage::Settled.has_data());
    }
}
