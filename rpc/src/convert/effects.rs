//! What a transaction did: the chain's effects for those who answer, the wallet's view for those who ask.

use super::{ConvertError, IdForm, milliseconds, object_id, parse_address, parsed, required, text};
use crate::convert::object::{object_type, owner_to_proto};
use crate::convert::transaction::references;
use crate::proto::soma as proto;
use proto::changed_object::{IdOperation as WireOperation, InputObjectState, OutputObjectState};
use proto::execution_error::ErrorDetails;
use proto::unchanged_shared_object::UnchangedSharedObjectKind;
use wasm_core::address::{Address, ObjectId};
use wasm_core::effects::{
    EffectsObjectChange, ExecutionStatus, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionFee, UnchangedSharedKind,
};
use wasm_core::failure::{ExecutionFailureStatus, FailureKind};
use wasm_core::object::{ObjectRef, ObjectType, Version};
use wasm_core::ports::{ChangedObject, Executed, ExecutionFailure};

impl From<&TransactionFee> for proto::TransactionFee {
    fn from(fee: &TransactionFee) -> Self {
        Self {
            base_fee: Some(fee.base_fee),
            operation_fee: Some(fee.operation_fee),
            value_fee: Some(fee.value_fee),
            total_fee: Some(fee.total_fee),
        }
    }
}

impl TryFrom<&proto::TransactionFee> for TransactionFee {
    type Error = ConvertError;
    fn try_from(message: &proto::TransactionFee) -> Result<Self, ConvertError> {
        Ok(Self {
            base_fee: required(message.base_fee, "base_fee")?,
            operation_fee: required(message.operation_fee, "operation_fee")?,
            value_fee: required(message.value_fee, "value_fee")?,
            total_fee: required(message.total_fee, "total_fee")?,
        })
    }
}

/// Effects as a node writes them: bare ids in checkpoints, prefixed ones where it has executed.
///
/// `types` names the type of an object where it is known; checkpoints leave it out.
pub fn effects_to_proto(
    effects: &TransactionEffects,
    form: IdForm,
    types: impl Fn(ObjectId) -> Option<ObjectType>,
) -> proto::TransactionEffects {
    let effects = effects.as_v1();
    let type_name = |id| types(id).map(|kind| kind.name().to_owned());
    let changed_objects = effects
        .changed_objects
        .iter()
        .map(|(id, change)| proto::ChangedObject {
            object_id: Some(form.object_id(*id)),
            object_type: type_name(*id),
            ..changed_object(change, effects.version, form)
        })
        .collect();
    let unchanged_shared_objects = effects
        .unchanged_shared_objects
        .iter()
        .map(|(id, kind)| proto::UnchangedSharedObject {
            object_id: Some(form.object_id(*id)),
            object_type: type_name(*id),
            ..unchanged_object(kind)
        })
        .collect();
    proto::TransactionEffects {
        status: Some(status_to_proto(&effects.status, form)),
        epoch: Some(effects.executed_epoch),
        fee: Some((&effects.transaction_fee).into()),
        transaction_digest: Some(effects.transaction_digest.to_string()),
        gas_object_index: effects.gas_object_index,
        dependencies: effects.dependencies.iter().map(ToString::to_string).collect(),
        lamport_version: Some(effects.version),
        changed_objects,
        unchanged_shared_objects,
    }
}

fn changed_object(
    change: &EffectsObjectChange,
    version: Version,
    form: IdForm,
) -> proto::ChangedObject {
    let mut message = proto::ChangedObject::default();
    match &change.input_state {
        ObjectIn::NotExist => message.set_input_state(InputObjectState::DoesNotExist),
        ObjectIn::Exist(((version, digest), owner)) => {
            message.set_input_state(InputObjectState::Exists);
            message.input_version = Some(*version);
            message.input_digest = Some(digest.to_string());
            message.input_owner = Some(owner_to_proto(owner, form));
        }
    }
    match &change.output_state {
        ObjectOut::NotExist => message.set_output_state(OutputObjectState::DoesNotExist),
        ObjectOut::ObjectWrite((digest, owner)) => {
            message.set_output_state(OutputObjectState::ObjectWrite);
            message.output_version = Some(version);
            message.output_digest = Some(digest.to_string());
            message.output_owner = Some(owner_to_proto(owner, form));
        }
    }
    message.set_id_operation(match change.id_operation {
        IdOperation::None => WireOperation::None,
        IdOperation::Created => WireOperation::Created,
        IdOperation::Deleted => WireOperation::Deleted,
    });
    message
}

fn unchanged_object(kind: &UnchangedSharedKind) -> proto::UnchangedSharedObject {
    use UnchangedSharedObjectKind as Wire;
    let (kind, version, digest) = match kind {
        UnchangedSharedKind::ReadOnlyRoot((version, digest)) => {
            (Wire::ReadOnlyRoot, version, Some(digest.to_string()))
        }
        UnchangedSharedKind::MutateDeleted(version) => (Wire::MutatedDeleted, version, None),
        UnchangedSharedKind::ReadDeleted(version) => (Wire::ReadDeleted, version, None),
        UnchangedSharedKind::Cancelled(version) => (Wire::Canceled, version, None),
    };
    proto::UnchangedSharedObject {
        kind: Some(kind.into()),
        version: Some(*version),
        digest,
        ..Default::default()
    }
}

/// Whether a transaction did what it says, as a node writes it.
#[must_use]
pub fn status_to_proto(status: &ExecutionStatus, form: IdForm) -> proto::ExecutionStatus {
    let error = match status {
        ExecutionStatus::Success => None,
        ExecutionStatus::Failure { error } => Some(proto::ExecutionError {
            description: Some(format!("{error:?}")),
            kind: Some(error.kind() as i32),
            error_details: failure_details(error, form),
        }),
    };
    proto::ExecutionStatus { success: Some(error.is_none()), error }
}

fn failure_details(error: &ExecutionFailureStatus, form: IdForm) -> Option<ErrorDetails> {
    use ExecutionFailureStatus as E;
    match (error, form) {
        (
            E::InvalidOwnership { object_id, .. }
            | E::ObjectNotFound { object_id }
            | E::InvalidObjectType { object_id, .. },
            IdForm::Bare,
        ) => Some(ErrorDetails::OtherError(object_id.to_bare_hex())),
        (
            E::InvalidOwnership { object_id, .. }
            | E::ObjectNotFound { object_id }
            | E::InvalidObjectType { object_id, .. },
            IdForm::Prefixed,
        ) => Some(ErrorDetails::ObjectId(object_id.to_string())),
        _ => error.detail().map(ErrorDetails::OtherError),
    }
}

/// A gain or loss of shannons.
#[must_use]
pub fn balance_change_to_proto(address: Address, amount: i128) -> proto::BalanceChange {
    proto::BalanceChange { address: Some(address.to_bare_hex()), amount: Some(amount.to_string()) }
}

/// What a transaction did, as far as the answer says: without its effects it says nothing.
impl TryFrom<&proto::ExecutedTransaction> for Executed {
    type Error = ConvertError;
    fn try_from(message: &proto::ExecutedTransaction) -> Result<Self, ConvertError> {
        let effects = required(message.effects.as_ref(), "effects")?;
        let changed: Result<_, _> =
            effects.changed_objects.iter().map(ChangedObject::try_from).collect();
        let balances: Result<_, _> = message.balance_changes.iter().map(balance_change).collect();
        let gas_payment =
            message.transaction.as_ref().map_or(&[][..], |transaction| &transaction.gas_payment);
        let timestamp = message.timestamp.map(|value| milliseconds(value, "timestamp"));
        Ok(Self {
            digest: parsed(effects.transaction_digest.as_ref(), "transaction_digest")?,
            failure: failure(required(effects.status.as_ref(), "status")?)?,
            epoch: required(effects.epoch, "epoch")?,
            fee: required(effects.fee.as_ref(), "fee")?.try_into()?,
            changed_objects: changed?,
            balance_changes: balances?,
            gas_payment: references(gas_payment)?,
            checkpoint: message.checkpoint,
            timestamp_ms: timestamp.transpose()?,
        })
    }
}

fn failure(status: &proto::ExecutionStatus) -> Result<Option<ExecutionFailure>, ConvertError> {
    if required(status.success, "success")? {
        return Ok(None);
    }
    let error = required(status.error.as_ref(), "error")?;
    let kind = FailureKind::from_number(required(error.kind, "kind")?);
    let detail = error.error_details.as_ref().map(|details| match details {
        ErrorDetails::ObjectId(text) | ErrorDetails::OtherError(text) => text.clone(),
    });
    Ok(Some(ExecutionFailure { kind, detail }))
}

fn balance_change(message: &proto::BalanceChange) -> Result<(Address, i128), ConvertError> {
    let address = parse_address(text(message.address.as_ref(), "address")?, "address")?;
    Ok((address, parsed(message.amount.as_ref(), "amount")?))
}

impl TryFrom<&proto::ChangedObject> for ChangedObject {
    type Error = ConvertError;
    fn try_from(message: &proto::ChangedObject) -> Result<Self, ConvertError> {
        let id = object_id(message.object_id.as_ref(), "object_id")?;
        let before = match InputObjectState::try_from(required(message.input_state, "input_state")?)
        {
            Ok(InputObjectState::DoesNotExist) => None,
            Ok(InputObjectState::Exists) => {
                let version = required(message.input_version, "input_version")?;
                let digest = parsed(message.input_digest.as_ref(), "input_digest")?;
                let owner = required(message.input_owner.as_ref(), "input_owner")?;
                Some((ObjectRef { id, version, digest }, owner.try_into()?))
            }
            Ok(InputObjectState::Unknown) | Err(_) => {
                return Err(ConvertError::invalid("input_state", "an unknown state"));
            }
        };
        let output = required(message.output_state, "output_state")?;
        let after = match OutputObjectState::try_from(output) {
            Ok(OutputObjectState::DoesNotExist) => None,
            Ok(OutputObjectState::ObjectWrite) => {
                let version = required(message.output_version, "output_version")?;
                let digest = parsed(message.output_digest.as_ref(), "output_digest")?;
                let owner = required(message.output_owner.as_ref(), "output_owner")?;
                Some((ObjectRef { id, version, digest }, owner.try_into()?))
            }
            Ok(OutputObjectState::Unknown) | Err(_) => {
                return Err(ConvertError::invalid("output_state", "an unknown state"));
            }
        };
        let operation = required(message.id_operation, "id_operation")?;
        let id_operation = match WireOperation::try_from(operation) {
            Ok(WireOperation::None) => IdOperation::None,
            Ok(WireOperation::Created) => IdOperation::Created,
            Ok(WireOperation::Deleted) => IdOperation::Deleted,
            Ok(WireOperation::Unknown) | Err(_) => {
                return Err(ConvertError::invalid("id_operation", "an unknown operation"));
            }
        };
        let object_type = message.object_type.as_deref().map(object_type).transpose()?;
        Ok(Self { id, object_type, before, after, id_operation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::execution_error::ExecutionErrorKind;

    #[test]
    fn the_core_knows_every_failure_of_the_wire_by_its_number() {
        for number in 0..=64 {
            let Ok(wire) = ExecutionErrorKind::try_from(number) else {
                assert_eq!(FailureKind::from_number(number), FailureKind::Unknown);
                continue;
            };
            let kind = FailureKind::from_number(number);
            assert_eq!(kind as i32, number);
            let name = format!("{kind:?}");
            // The audit window kept the name of an older game on the wire.
            let wire = format!("{wire:?}").replace("ChallengeWindow", "AuditWindow");
            assert_eq!(name, wire);
        }
    }
}
