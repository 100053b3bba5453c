//! The chain's own effects out of a node's answer, for those who want their bytes.

use super::{ConvertError, object_id, parsed, required};
use crate::proto::soma as proto;
use proto::unchanged_shared_object::UnchangedSharedObjectKind as Wire;
use wasm_core::address::ObjectId;
use wasm_core::effects::{
    EffectsObjectChange, ExecutionStatus, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, UnchangedSharedKind,
};
use wasm_core::object::Version;
use wasm_core::ports::ChangedObject;

/// The effects of a transaction that did what it says. None of one that failed: a node tells the failure in
/// words, which do not always give its bytes.
///
/// # Errors
/// Where a part is missing or cannot be read.
pub fn whole_effects(
    message: &proto::TransactionEffects,
) -> Result<Option<TransactionEffects>, ConvertError> {
    let status = required(message.status.as_ref(), "status")?;
    if !required(status.success, "success")? {
        return Ok(None);
    }
    let version = required(message.lamport_version, "lamport_version")?;
    let changed: Result<Vec<_>, _> =
        message.changed_objects.iter().map(|object| changed(object, version)).collect();
    let unchanged: Result<Vec<_>, _> =
        message.unchanged_shared_objects.iter().map(unchanged).collect();
    let dependencies: Result<Vec<_>, _> =
        message.dependencies.iter().map(|text| parsed(Some(text), "dependencies")).collect();
    Ok(Some(TransactionEffects::V1(TransactionEffectsV1 {
        status: ExecutionStatus::Success,
        executed_epoch: required(message.epoch, "epoch")?,
        transaction_fee: required(message.fee.as_ref(), "fee")?.try_into()?,
        transaction_digest: parsed(message.transaction_digest.as_ref(), "transaction_digest")?,
        gas_object_index: message.gas_object_index,
        dependencies: dependencies?,
        version,
        changed_objects: changed?,
        unchanged_shared_objects: unchanged?,
    })))
}

fn changed(
    message: &proto::ChangedObject,
    version: Version,
) -> Result<(ObjectId, EffectsObjectChange), ConvertError> {
    let ChangedObject { id, before, after, id_operation, .. } = message.try_into()?;
    let input_state = before.map_or(ObjectIn::NotExist, |(reference, owner)| {
        ObjectIn::Exist(((reference.version, reference.digest), owner))
    });
    let output_state = match after {
        None => ObjectOut::NotExist,
        // All that is written has the version of the whole; another one has no place in the bytes.
        Some((reference, owner)) if reference.version == version => {
            ObjectOut::ObjectWrite((reference.digest, owner))
        }
        Some(_) => return Err(ConvertError::invalid("output_version", "not that of the effects")),
    };
    Ok((id, EffectsObjectChange { input_state, output_state, id_operation }))
}

fn unchanged(
    message: &proto::UnchangedSharedObject,
) -> Result<(ObjectId, UnchangedSharedKind), ConvertError> {
    let id = object_id(message.object_id.as_ref(), "object_id")?;
    let version = required(message.version, "version")?;
    let kind = match Wire::try_from(required(message.kind, "kind")?) {
        Ok(Wire::ReadOnlyRoot) => {
            let digest = parsed(message.digest.as_ref(), "digest")?;
            UnchangedSharedKind::ReadOnlyRoot((version, digest))
        }
        Ok(Wire::MutatedDeleted) => UnchangedSharedKind::MutateDeleted(version),
        Ok(Wire::ReadDeleted) => UnchangedSharedKind::ReadDeleted(version),
        Ok(Wire::Canceled) => UnchangedSharedKind::Cancelled(version),
        Ok(Wire::Unknown) | Err(_) => return Err(ConvertError::invalid("kind", "an unknown kind")),
    };
    Ok((id, kind))
}

#[cfg(test)]
mod tests {
    use super::whole_effects;
    use crate::convert::IdForm;
    use crate::convert::effects::effects_to_proto;
    use wasm_core::effects::{ExecutionStatus, TransactionEffects};

    #[test]
    fn the_bytes_come_back_of_every_recorded_success_and_of_no_failure() {
        let text = include_str!("../../../tests/vectors/protocol/effects.json");
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let (mut whole, mut failed) = (0, 0);
        for vector in vectors.as_array().unwrap() {
            let bytes = hex::decode(vector["effects_bcs"].as_str().unwrap()).unwrap();
            let effects: TransactionEffects = bcs::from_bytes(&bytes).unwrap();
            for form in [IdForm::Bare, IdForm::Prefixed] {
                let message = effects_to_proto(&effects, form, |_| None);
                let read = whole_effects(&message).unwrap();
                if matches!(effects.as_v1().status, ExecutionStatus::Success) {
                    assert_eq!(bcs::to_bytes(&read.unwrap()).unwrap(), bytes);
                    whole += 1;
                } else {
                    assert_eq!(read, None);
                    failed += 1;
                }
            }
        }
        assert!(whole > 4 && failed > 4, "{whole} {failed}");
    }
}
