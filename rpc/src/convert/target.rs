//! Targets as a node lists them.

use super::{ConvertError, address, object_id, parse_object_id, required, text};
use crate::proto::soma as proto;
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::target::{TargetStatus, TargetV1};

/// What a node calls the state of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The state of a target in an epoch.
    #[must_use]
    pub const fn of(target: &TargetV1, current_epoch: u64) -> Self {
        match target.status {
            TargetStatus::Open if target.generation_epoch < current_epoch => Self::Claimable,
            TargetStatus::Open => Self::Open,
            TargetStatus::Filled { fill_epoch } if current_epoch > fill_epoch.saturating_add(1) => {
                Self::Claimable
            }
            TargetStatus::Filled { .. } => Self::Filled,
            TargetStatus::Claimed => Self::Claimed,
        }
    }

    fn from_name(name: &str) -> Result<Self, ConvertError> {
        [Self::Open, Self::Filled, Self::Claimable, Self::Claimed]
            .into_iter()
            .find(|status| status.name() == name)
            .ok_or_else(|| ConvertError::invalid("status", "an unknown status"))
    }
}

/// A target as a node lists it. The whole target is the object of that id.
#[derive(Clone, Debug, PartialEq)]
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
    /// Models that data is scored with.
    pub model_ids: Vec<ModelId>,
    /// When it was filled.
    pub fill_epoch: Option<u64>,
    /// Who filled it.
    pub submitter: Option<Address>,
    /// With which model.
    pub winning_model_id: Option<ModelId>,
    /// Shannons at stake for the data's honesty.
    pub bond_amount: u64,
}

/// A target as a node answers: ids with `0x` and no leading zeros.
///
/// # Errors
/// Where the distance threshold is not a single number.
pub fn target_to_proto(
    id: TargetId,
    target: &TargetV1,
    current_epoch: u64,
) -> Result<proto::Target, ConvertError> {
    let threshold = target
        .distance_threshold
        .as_scalar()
        .ok_or_else(|| ConvertError::invalid("distance_threshold", "not a single number"))?;
    let fill_epoch = match target.status {
        TargetStatus::Filled { fill_epoch } => Some(fill_epoch),
        _ => None,
    };
    let data = target.winning_data_manifest.as_ref();
    Ok(proto::Target {
        id: Some(id.to_trimmed_hex()),
        embedding: target.embedding.values().to_vec(),
        model_ids: target.model_ids.iter().map(|id| id.to_trimmed_hex()).collect(),
        distance_threshold: Some(threshold),
        reward_pool: Some(target.reward_pool),
        generation_epoch: Some(target.generation_epoch),
        status: Some(ListedStatus::of(target, current_epoch).name().to_owned()),
        fill_epoch,
        submitter: target.submitter.map(Address::to_bare_hex),
        winning_model_id: target.winning_model_id.map(ModelId::to_trimmed_hex),
        winning_model_owner: target.winning_model_owner.map(Address::to_bare_hex),
        bond_amount: Some(target.bond_amount),
        data_url: data.map(|data| data.manifest.url().as_str().to_owned()),
    })
}

impl TryFrom<&proto::Target> for ListedTarget {
    type Error = ConvertError;
    fn try_from(message: &proto::Target) -> Result<Self, ConvertError> {
        let model_ids: Result<_, _> =
            message.model_ids.iter().map(|text| parse_object_id(text, "model_ids")).collect();
        let submitter = message.submitter.as_ref().map(|text| address(Some(text), "submitter"));
        let winner =
            message.winning_model_id.as_ref().map(|text| object_id(Some(text), "winning_model_id"));
        Ok(Self {
            id: object_id(message.id.as_ref(), "id")?,
            status: ListedStatus::from_name(text(message.status.as_ref(), "status")?)?,
            generation_epoch: required(message.generation_epoch, "generation_epoch")?,
            reward_pool: required(message.reward_pool, "reward_pool")?,
            distance_threshold: required(message.distance_threshold, "distance_threshold")?,
            model_ids: model_ids?,
            fill_epoch: message.fill_epoch,
            submitter: submitter.transpose()?,
            winning_model_id: winner.transpose()?,
            bond_amount: required(message.bond_amount, "bond_amount")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_core::tensor::SomaTensor;

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
    fn a_listed_target_is_read_with_its_trimmed_ids() {
        let id = TargetId::SYSTEM_STATE;
        let wire = target_to_proto(id, &target(TargetStatus::Filled { fill_epoch: 4 }), 5).unwrap();
        assert_eq!(wire.id.as_deref(), Some("0x5"));
        let listed = ListedTarget::try_from(&wire).unwrap();
        assert_eq!(listed.id, id);
        assert_eq!(listed.model_ids, vec![ModelId::SYSTEM_STATE]);
        assert_eq!(listed.fill_epoch, Some(4));
        assert_eq!(listed.submitter, Some(Address([1; 32])));
        assert_eq!(listed.status, ListedStatus::Filled);
    }

    #[test]
    fn a_status_the_wallet_does_not_know_is_refused() {
        let mut wire = target_to_proto(TargetId::ZERO, &target(TargetStatus::Open), 4).unwrap();
        wire.status = Some("melted".to_owned());
        assert_eq!(ListedTarget::try_from(&wire).unwrap_err().field(), "status");
    }
}
