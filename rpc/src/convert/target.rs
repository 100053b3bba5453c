//! Targets as a node lists them.

use super::{ConvertError, address, object_id, parse_object_id, required, text};
use crate::proto::soma as proto;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
pub use wasm_core::listing::{ListedStatus, ListedTarget, TargetRow};
use wasm_core::target::{TargetStatus, TargetV1};

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

fn status(message: &proto::Target) -> Result<ListedStatus, ConvertError> {
    ListedStatus::from_name(text(message.status.as_ref(), "status")?)
        .ok_or_else(|| ConvertError::invalid("status", "an unknown status"))
}

fn optional_id(
    value: Option<&String>,
    field: &'static str,
) -> Result<Option<ObjectId>, ConvertError> {
    value.map(|text| parse_object_id(text, field)).transpose()
}

fn optional_address(
    value: Option<&String>,
    field: &'static str,
) -> Result<Option<Address>, ConvertError> {
    value.map(|text| address(Some(text), field)).transpose()
}

/// A target of an answer that holds at least id, status, epoch and reward.
impl TryFrom<&proto::Target> for TargetRow {
    type Error = ConvertError;
    fn try_from(message: &proto::Target) -> Result<Self, ConvertError> {
        Ok(Self {
            id: object_id(message.id.as_ref(), "id")?,
            status: status(message)?,
            generation_epoch: required(message.generation_epoch, "generation_epoch")?,
            reward_pool: required(message.reward_pool, "reward_pool")?,
        })
    }
}

/// A target of an answer that holds all its fields, the embedding perhaps left out.
impl TryFrom<&proto::Target> for ListedTarget {
    type Error = ConvertError;
    fn try_from(message: &proto::Target) -> Result<Self, ConvertError> {
        let TargetRow { id, status, generation_epoch, reward_pool } = message.try_into()?;
        let model_ids: Result<_, _> =
            message.model_ids.iter().map(|text| parse_object_id(text, "model_ids")).collect();
        let data_url = message.data_url.as_ref().map(|text| text.parse()).transpose();
        Ok(Self {
            id,
            status,
            generation_epoch,
            reward_pool,
            distance_threshold: required(message.distance_threshold, "distance_threshold")?,
            embedding: message.embedding.clone(),
            model_ids: model_ids?,
            fill_epoch: message.fill_epoch,
            submitter: optional_address(message.submitter.as_ref(), "submitter")?,
            winning_model_id: optional_id(message.winning_model_id.as_ref(), "winning_model_id")?,
            winning_model_owner: optional_address(
                message.winning_model_owner.as_ref(),
                "winning_model_owner",
            )?,
            bond_amount: required(message.bond_amount, "bond_amount")?,
            data_url: data_url.map_err(|error| ConvertError::invalid("data_url", error))?,
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
    fn a_listed_target_is_read_with_its_trimmed_ids() {
        let id = TargetId::SYSTEM_STATE;
        let wire = target_to_proto(id, &target(TargetStatus::Filled { fill_epoch: 4 }), 5).unwrap();
        assert_eq!(wire.id.as_deref(), Some("0x5"));
        let listed = ListedTarget::try_from(&wire).unwrap();
        assert_eq!(listed.id, id);
        assert_eq!(listed.model_ids, vec![ModelId::SYSTEM_STATE]);
        assert_eq!(listed.fill_epoch, Some(4));
        assert_eq!(listed.submitter, Some(Address([1; 32])));
        assert_eq!(listed.embedding, [0.5, -1.0]);
        assert_eq!(listed.status, ListedStatus::Filled);
    }

    #[test]
    fn a_status_the_wallet_does_not_know_is_refused() {
        let mut wire = target_to_proto(TargetId::ZERO, &target(TargetStatus::Open), 4).unwrap();
        wire.status = Some("melted".to_owned());
        assert_eq!(ListedTarget::try_from(&wire).unwrap_err().field(), "status");
    }
}
