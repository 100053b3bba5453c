//! What the ledger holds, as the API tells it.

use crate::checkpoints::Checkpoint;
use crate::ledger::{Executed, Ledger};
use crate::services::mask::Selection;
use rpc::convert::effects::{balance_change_to_proto, effects_to_proto};
use rpc::convert::object::{object_to_proto as convert_object, owner_to_proto};
use rpc::convert::transaction::transaction_to_proto;
use rpc::convert::{IdForm, timestamp};
use rpc::proto::soma as proto;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_core::address::ObjectId;
use wasm_core::object::{Object, ObjectType};

/// An object with its ids as listings write them.
pub(crate) fn object_to_proto(object: &Object) -> proto::Object {
    convert_object(object).expect("the ledger's objects have ids")
}

/// An object with its ids as answers to execution write them.
fn prefixed_object_to_proto(object: &Object) -> proto::Object {
    let id = object.id().expect("the ledger's objects have ids");
    proto::Object {
        object_id: Some(id.to_string()),
        owner: Some(owner_to_proto(&object.owner, IdForm::Prefixed)),
        ..object_to_proto(object)
    }
}

/// Types of all objects that a transaction read or wrote.
fn types(executed: &Executed) -> BTreeMap<ObjectId, ObjectType> {
    let objects = executed.inputs.iter().chain(&executed.written);
    objects.filter_map(|object| Some((object.id().ok()?, object.data.object_type))).collect()
}

/// A transaction with all that it did. The digests are the real ones, where the node's own would be
/// those of another encoding.
pub(crate) fn executed_to_proto(executed: &Executed, form: IdForm) -> proto::ExecutedTransaction {
    let object = match form {
        IdForm::Bare => object_to_proto,
        IdForm::Prefixed => prefixed_object_to_proto,
    };
    let changes = executed.balance_changes.iter();
    let changes = changes.map(|change| balance_change_to_proto(change.address, change.amount));
    // Checkpoints leave the types of changed objects out.
    let types = if form == IdForm::Prefixed { types(executed) } else { BTreeMap::new() };
    proto::ExecutedTransaction {
        digest: Some(executed.digest.to_string()),
        transaction: Some(
            transaction_to_proto(&executed.transaction).expect("the ledger's objects have ids"),
        ),
        signatures: executed.signature.iter().map(Into::into).collect(),
        effects: Some(effects_to_proto(&executed.effects, form, |id| types.get(&id).copied())),
        checkpoint: None,
        timestamp: None,
        balance_changes: changes.collect(),
        objects: Some(proto::ObjectSet {
            objects: executed.inputs.iter().chain(&executed.written).map(object).collect(),
        }),
    }
}

/// A transaction with all that it did, and the checkpoint that holds it once there is one.
pub(crate) fn sealed_to_proto(
    ledger: &Ledger,
    executed: &Executed,
    form: IdForm,
) -> proto::ExecutedTransaction {
    let mut message = executed_to_proto(executed, form);
    if let Some(checkpoint) = ledger.checkpoint_of(&executed.digest) {
        message.checkpoint = Some(checkpoint.summary.sequence_number);
        message.timestamp = Some(timestamp(checkpoint.summary.timestamp_ms));
    }
    message
}

/// What is selected of a checkpoint. Its transactions and objects are written out only when something
/// of them is wanted: a subscriber may follow every checkpoint for its number alone.
pub(crate) fn selected_checkpoint(
    ledger: &Ledger,
    checkpoint: &Checkpoint,
    selection: &Selection,
) -> proto::Checkpoint {
    let transactions = if selection.wants("transactions") {
        let sealed = |executed: &Arc<Executed>| sealed_to_proto(ledger, executed, IdForm::Bare);
        checkpoint.transactions.iter().map(sealed).collect()
    } else {
        Vec::new()
    };
    let message = proto::Checkpoint {
        sequence_number: Some(checkpoint.summary.sequence_number),
        digest: Some(checkpoint.digest.to_string()),
        summary: Some((&checkpoint.summary).into()),
        signature: Some(proto::ValidatorAggregatedSignature {
            epoch: Some(checkpoint.signature.epoch),
            signature: Some(checkpoint.signature.signature.to_vec()),
            bitmap: checkpoint.signature.signers.clone(),
        }),
        contents: selection.wants("contents").then(|| (&checkpoint.contents).into()),
        transactions,
        objects: selection.wants("objects").then(|| objects_of(checkpoint)),
    };
    selection.of("Checkpoint", message)
}

/// Everything that a checkpoint's transactions read or wrote, each version once: what one wrote the
/// next may have read.
fn objects_of(checkpoint: &Checkpoint) -> proto::ObjectSet {
    let objects: BTreeMap<(ObjectId, u64), &Object> = checkpoint
        .transactions
        .iter()
        .flat_map(|executed| executed.inputs.iter().chain(&executed.written))
        .filter_map(|object| Some(((object.id().ok()?, object.data.version), object)))
        .collect();
    proto::ObjectSet { objects: objects.into_values().map(object_to_proto).collect() }
}
