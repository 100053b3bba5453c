//! Targets as a node lists them, and which of them are asked for.

use crate::address::{Address, ModelId, TargetId};
use crate::manifest::Url;
use crate::target::{TargetStage, TargetStatus, TargetV1};
use serde::{Deserialize, Serialize};

/// What a node calls the state of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListedStatus {
    /// Waits for data, in this epoch.
    Open,
    /// Has data, and an audit that is not over.
    Filled,
    /// Expired, or filled with its audit over.
    Claimable,
    /// Is settled.
    Claimed,
}

impl ListedStatus {
    /// The node's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Filled => "filled",
            Self::Claimable => "claimable",
            Self::Claimed => "claimed",
        }
    }

    /// The state of a node's word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Filled, Self::Claimable, Self::Claimed]
            .into_iter()
            .find(|status| status.name() == name)
    }

    /// The state of a target in an epoch.
    #[must_use]
    pub const fn of(target: &TargetV1, current_epoch: u64) -> Self {
        match target.status.stage(target.generation_epoch, current_epoch) {
            TargetStage::Open => Self::Open,
            TargetStage::Filled | TargetStage::Audited => Self::Filled,
            TargetStage::Expired | TargetStage::Due => Self::Claimable,
            TargetStage::Settled => Self::Claimed,
        }
    }
}

/// Which states are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StatusFilter {
    /// Those that wait for data, in this epoch.
    Open,
    /// Those that have data, whether their audit is over or not.
    Filled,
    /// Those that are settled.
    Claimed,
    /// Those that nobody filled in their epoch.
    Expired,
    /// Expired ones, and filled ones with their audit over.
    Claimable,
}

impl StatusFilter {
    /// Every filter.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Filled, Self::Claimed, Self::Expired, Self::Claimable];

    /// The node's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Filled => "filled",
            Self::Claimed => "claimed",
            Self::Expired => "expired",
            Self::Claimable => "claimable",
        }
    }

    /// Whether a target that is listed in a state can have passed. A node calls every target that
    /// can be claimed claimable, whichever way it was asked for.
    #[must_use]
    pub const fn passes(self, listed: ListedStatus) -> bool {
        match self {
            Self::Open => matches!(listed, ListedStatus::Open),
            Self::Filled => matches!(listed, ListedStatus::Filled | ListedStatus::Claimable),
            Self::Claimed => matches!(listed, ListedStatus::Claimed),
            Self::Expired | Self::Claimable => matches!(listed, ListedStatus::Claimable),
        }
    }
}

/// Which targets are listed. Nothing chosen lists all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TargetFilter {
    /// In which states.
    pub status: Option<StatusFilter>,
    /// The epoch of generation.
    pub epoch: Option<u64>,
    /// Who filled them.
    pub submitter: Option<Address>,
}

/// A target in a long list: the least that a row of a table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// Its id.
    pub id: TargetId,
    /// How far it has come.
    pub status: ListedStatus,
    /// The only epoch in which it can be filled.
    pub generation_epoch: u64,
    /// Shannons it pays.
    pub reward_pool: u64,
}

/// A target as a node lists it.
///
/// The data's checksum and size, its embedding, its scores and the reports are only in the object of
/// that id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListedTarget {
    /// Its id.
    pub id: TargetId,
    /// How far it has come.
    pub status: ListedStatus,
    /// The only epoch in which it can be filled.
    pub generation_epoch: u64,
    /// Shannons it pays.
    pub reward_pool: u64,
    /// How near data must come.
    pub distance_threshold: f32,
    /// Where it is. Empty in a listing that leaves embeddings out.
    pub embedding: Vec<f32>,
    /// Models that data is scored with.
    pub model_ids: Vec<ModelId>,
    /// When it was filled.
    pub fill_epoch: Option<u64>,
    /// Who filled it.
    pub submitter: Option<Address>,
    /// With which model.
    pub winning_model_id: Option<ModelId>,
    /// Whose model.
    pub winning_model_owner: Option<Address>,
    /// Shannons at stake for the data's honesty.
    pub bond_amount: u64,
    /// Where the data lies.
    pub data_url: Option<Url>,
}

impl ListedTarget {
    /// Its status as its object has it. Only time makes a target claimable.
    #[must_use]
    pub const fn target_status(&self) -> TargetStatus {
        match (self.status, self.fill_epoch) {
            (ListedStatus::Claimed, _) => TargetStatus::Claimed,
            (_, Some(fill_epoch)) => TargetStatus::Filled { fill_epoch },
            (_, None) => TargetStatus::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ListedStatus, StatusFilter};
    use crate::address::{Address, ModelId};
    use crate::target::{TargetStatus, TargetV1};
    use crate::tensor::SomaTensor;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn target(status: TargetStatus) -> TargetV1 {
        TargetV1 {
            embedding: SomaTensor::vector(vec![0.5, -1.0]),
            model_ids: vec![ModelId::SYSTEM_STATE],
            distance_threshold: SomaTensor::scalar(1.05),
            reward_pool: 7,
            generation_epoch: 4,
            status,
            submitter: Some(Address([1; 32])),
            winning_model_id: Some(ModelId::SYSTEM_STATE),
            winning_model_owner: None,
            bond_amount: 9,
            winning_data_manifest: None,
            winning_embedding: None,
            winning_distance_score: None,
            winning_loss_score: None,
            submission_reports: std::collections::BTreeSet::new(),
        }
    }

    #[test]
    fn a_target_is_claimable_once_it_expired_or_its_audit_is_over() {
        let filled = target(TargetStatus::Filled { fill_epoch: 4 });
        assert_eq!(ListedStatus::of(&target(TargetStatus::Open), 4), ListedStatus::Open);
        assert_eq!(ListedStatus::of(&target(TargetStatus::Open), 5), ListedStatus::Claimable);
        assert_eq!(ListedStatus::of(&filled, 5), ListedStatus::Filled);
        assert_eq!(ListedStatus::of(&filled, 6), ListedStatus::Claimable);
        assert_eq!(ListedStatus::of(&target(TargetStatus::Claimed), 9), ListedStatus::Claimed);
    }

    #[test]
    fn a_state_survives_the_nodes_word() {
        use ListedStatus as S;
        for status in [S::Open, S::Filled, S::Claimable, S::Claimed] {
            assert_eq!(ListedStatus::from_name(status.name()), Some(status));
        }
        assert_eq!(ListedStatus::from_name("melted"), None);
    }

    #[test]
    fn what_can_be_claimed_passes_as_expired_filled_and_claimable() {
        let passing: Vec<_> = StatusFilter::ALL
            .into_iter()
            .filter(|filter| filter.passes(ListedStatus::Claimable))
            .collect();
        assert_eq!(passing, [StatusFilter::Filled, StatusFilter::Expired, StatusFilter::Claimable]);
        assert!(StatusFilter::Open.passes(ListedStatus::Open));
        assert!(!StatusFilter::Claimed.passes(ListedStatus::Filled));
    }
}
