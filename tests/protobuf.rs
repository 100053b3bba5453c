//! The protobuf columns of vectors, against the room that speaks protobuf.

use anyhow::{Context as _, Result, ensure};
use prost::Message;
use rpc::convert::IdForm;
use rpc::convert::effects::{effects_to_proto, status_to_proto};
use rpc::convert::object::object_to_proto;
use rpc::convert::target::target_to_proto;
use rpc::convert::transaction::{is_expressible, transaction_to_proto};
use rpc::proto::soma as proto;
use std::fmt::Debug;
use tests::read::{Hex, file, round_trip, same, same_bytes};
use tests::{Count, FileKind, effects, execution, execution_errors, multisig, objects};
use tests::{system_state, transactions};
use wasm_core::effects::{ExecutionStatus, TransactionEffects};
use wasm_core::object::{Object, ObjectType};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::UserSignature;

/// Checks the protobuf columns of a file, where it has any.
pub(crate) fn check(kind: FileKind, json: &str) -> Result<Option<Count>> {
    let (what, checked) = match kind {
        FileKind::Transactions => ("transactions in protobuf", check_all(json, check_transaction)),
        FileKind::Multisig => ("multisig signatures in protobuf", check_all(json, check_multisig)),
        FileKind::Objects => ("objects in protobuf", check_all(json, check_object)),
        FileKind::Effects => ("effects in protobuf", check_all(json, check_effects)),
        FileKind::SystemState => ("system states in protobuf", check_all(json, check_state)),
        FileKind::ExecutionErrors => ("failures in protobuf", check_failures(json)),
        FileKind::Scenario => ("states between epochs in protobuf", check_scenario(json)),
        _ => return Ok(None),
    };
    Ok(Some(Count::of(what, checked?)))
}

fn check_all<T>(json: &str, check: impl Fn(&T) -> Result<()>) -> Result<usize>
where
    T: for<'de> serde::Deserialize<'de> + Debug,
{
    let vectors: Vec<T> = file(json)?;
    for (at, vector) in vectors.iter().enumerate() {
        check(vector).with_context(|| format!("vector {at}"))?;
    }
    Ok(vectors.len())
}

/// Decodes a message, and requires that nothing in it is lost.
fn message<T: Message + Default>(what: &str, bytes: &Hex) -> Result<T> {
    let message = T::decode(&bytes.0[..]).with_context(|| what.to_owned())?;
    // The order of a map's entries is arbitrary, the length is not.
    same(what, message.encoded_len(), bytes.0.len())?;
    Ok(message)
}

fn check_transaction(vector: &transactions::Vector) -> Result<()> {
    let transaction: TransactionData = round_trip("transaction", &vector.transaction_data_bcs.0)?;
    let ours = transaction_to_proto(&transaction)?;
    same_bytes("message", ours.encode_to_vec(), &vector.proto_transaction.0)?;
    let signature = UserSignature::from_bytes(&vector.signature.0)?;
    let request = proto::ExecuteTransactionRequest {
        transaction: Some(ours),
        signatures: vec![(&signature).into()],
        read_mask: None,
    };
    same_bytes("request", request.encode_to_vec(), &vector.proto_execute_request_no_mask.0)?;

    // What a server makes of the request.
    let request: proto::ExecuteTransactionRequest =
        message("request", &vector.proto_execute_request_no_mask)?;
    let read = TransactionData::try_from(&request.transaction.context("a transaction")?)?;
    let equal = vector.server_roundtrip_equal;
    same("rebuilt as it was", read == transaction, equal)?;
    same("known beforehand", is_expressible(&transaction), equal)?;
    let read = UserSignature::try_from(request.signatures.first().context("a signature")?)?;
    same("signature", &read, &signature)
}

fn check_multisig(vector: &multisig::Vector) -> Result<()> {
    let signature = UserSignature::from_bytes(&vector.serialized_signature.0)?;
    let ours = proto::UserSignature::from(&signature);
    same_bytes("signature", ours.encode_to_vec(), &vector.proto_user_signature.0)?;
    let read: proto::UserSignature = message("signature", &vector.proto_user_signature)?;
    same("signature", &UserSignature::try_from(&read)?, &signature)
}

fn check_object(vector: &objects::Vector) -> Result<()> {
    let object: Object = round_trip("object", &vector.object_bcs.0)?;
    same_bytes("object", object_to_proto(&object)?.encode_to_vec(), &vector.proto.0)?;
    let read: proto::Object = message("object", &vector.proto)?;
    same("object", &Object::try_from(&read)?, &object)?;
    let is_target = object.data.object_type == ObjectType::Target;
    same("listed as a target", vector.target_proto.is_some(), is_target)?;
    if let Some(listed) = &vector.target_proto {
        let target = object.target()?;
        // Recorded while it could be filled.
        let ours = target_to_proto(object.id()?, &target, target.generation_epoch)?;
        same_bytes("target", ours.encode_to_vec(), &listed.0)?;
    }
    Ok(())
}

fn check_effects(vector: &effects::Vector) -> Result<()> {
    let effects: TransactionEffects = round_trip("effects", &vector.effects_bcs.0)?;
    let ours = effects_to_proto(&effects, IdForm::Bare, |_| None);
    let wanted = vector.proto.as_ref().context("a message")?;
    same_bytes("effects", ours.encode_to_vec(), &wanted.0)
}

fn check_failures(json: &str) -> Result<usize> {
    let vectors: execution_errors::Vectors = file(json)?;
    for vector in &vectors.execution_failure_status {
        let status: ExecutionStatus = round_trip("status", &vector.status_bcs.0)?;
        let ours = status_to_proto(&status, IdForm::Bare);
        same_bytes("status", ours.encode_to_vec(), &vector.proto.0)
            .with_context(|| vector.debug.clone())?;
    }
    Ok(vectors.execution_failure_status.len())
}

fn same_state(state: &SystemState, wanted: &Hex) -> Result<()> {
    let read: proto::SystemState = message("system state", wanted)?;
    ensure!(
        proto::SystemState::try_from(state)? == read,
        "the system state is written differently"
    );
    ensure!(SystemState::try_from(&read)? == *state, "the system state is read differently");
    Ok(())
}

fn check_state(vector: &system_state::Vector) -> Result<()> {
    same_state(&round_trip("state", &vector.system_state_bcs.0)?, &vector.proto)
        .with_context(|| vector.name.clone())
}

fn check_scenario(json: &str) -> Result<usize> {
    let scenario: execution::Scenario = file(json)?;
    let mut checked = 0;
    for step in &scenario.steps {
        for (keys, wanted) in [
            (&step.inputs, &step.system_state_before_proto),
            (&step.written, &step.system_state_after_proto),
        ] {
            if let Some(wanted) = wanted {
                let object = scenario.system_state(keys)?;
                same_state(&object.system_state()?, wanted).with_context(|| step.name.clone())?;
                checked += 1;
            }
        }
    }
    Ok(checked)
}
