//! The wire's messages against recorded ones.

use prost::Message;
use rpc::convert::effects::{effects_to_proto, status_to_proto};
use rpc::convert::object::object_to_proto;
use rpc::convert::transaction::{is_expressible, transaction_to_proto};
use rpc::convert::{ConvertError, IdForm};
use rpc::proto::soma as proto;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use wasm_core::address::{Address, ObjectId};
use wasm_core::effects::{ExecutionStatus, TransactionEffects};
use wasm_core::object::Object;
use wasm_core::ports::Executed;
use wasm_core::system_state::{
    ActiveModel, CreatedModel, InactiveModel, Model, ModelStateV1, PendingModel,
    PendingModelUpdate, PoolTokenExchangeRate, SystemState,
};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::UserSignature;

fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/protocol").join(name);
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are there"))
        .expect("the vectors are JSON")
}

fn list(value: &Value) -> &Vec<Value> {
    let list = value.as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("a text")).expect("hex")
}

#[test]
fn transactions_are_written_as_the_reference_client_writes_them() {
    for vector in list(&vectors("transactions.json")) {
        let name = &vector["name"];
        let data = TransactionData::from_bytes(&bytes(&vector["transaction_data_bcs"])).unwrap();
        let message = transaction_to_proto(&data).unwrap();
        assert_eq!(message.encode_to_vec(), bytes(&vector["proto_transaction"]), "{name}");

        let signature = UserSignature::from_bytes(&bytes(&vector["signature"])).unwrap();
        let request = proto::ExecuteTransactionRequest {
            transaction: Some(message),
            signatures: vec![(&signature).into()],
            read_mask: None,
        };
        let expected = bytes(&vector["proto_execute_request_no_mask"]);
        assert_eq!(request.encode_to_vec(), expected, "{name}");
    }
}

#[test]
fn transactions_are_rebuilt_as_the_server_rebuilds_them() {
    for vector in list(&vectors("transactions.json")) {
        let name = &vector["name"];
        let expected = bytes(&vector["transaction_data_bcs"]);
        let wire = bytes(&vector["proto_execute_request_no_mask"]);
        let request = proto::ExecuteTransactionRequest::decode(wire.as_slice()).unwrap();
        let rebuilt = TransactionData::try_from(&request.transaction.unwrap()).unwrap();
        let equal = vector["server_roundtrip_equal"].as_bool().unwrap();
        assert_eq!(rebuilt.to_bytes() == expected, equal, "{name}");

        let data = TransactionData::from_bytes(&expected).unwrap();
        assert_eq!(is_expressible(&data), equal, "{name}");
        let signature = UserSignature::try_from(&request.signatures[0]).unwrap();
        assert_eq!(signature.to_bytes(), bytes(&vector["signature"]), "{name}");
        assert_eq!(signature.verify(&rebuilt).is_ok(), equal, "{name}");
    }
}

#[test]
fn a_transaction_without_a_required_field_is_refused_by_that_field() {
    let vectors = vectors("transactions.json");
    let named = |name: &str| {
        let vector = list(&vectors).iter().find(|vector| vector["name"] == name).unwrap();
        proto::Transaction::decode(bytes(&vector["proto_transaction"]).as_slice()).unwrap()
    };
    let refused = |message: &proto::Transaction| TransactionData::try_from(message).unwrap_err();

    let whole = named("transfer_coin_all");
    assert_eq!(
        refused(&proto::Transaction { kind: None, ..whole.clone() }),
        ConvertError::Missing { field: "kind" }
    );
    let empty = Some(proto::TransactionKind { kind: None });
    assert_eq!(refused(&proto::Transaction { kind: empty, ..whole.clone() }).field(), "kind");
    let no_sender = proto::Transaction { sender: None, ..whole.clone() };
    assert_eq!(refused(&no_sender).field(), "sender");
    let bad = proto::Transaction { sender: Some("zz".to_owned()), ..whole.clone() };
    assert_eq!((refused(&bad).field(), refused(&bad).reason()), ("sender", "FIELD_INVALID"));

    let mut no_coin = whole;
    let Some(proto::transaction_kind::Kind::TransferCoin(transfer)) =
        no_coin.kind.as_mut().and_then(|kind| kind.kind.as_mut())
    else {
        panic!("not a transfer");
    };
    transfer.coin = None;
    assert_eq!((refused(&no_coin).field(), refused(&no_coin).reason()), ("coin", "FIELD_MISSING"));
}

#[test]
fn multisig_signatures_survive_the_wire() {
    for vector in list(&vectors("multisig.json")) {
        let signature = UserSignature::from_bytes(&bytes(&vector["serialized_signature"])).unwrap();
        let message = proto::UserSignature::from(&signature);
        let wire = bytes(&vector["proto_user_signature"]);
        assert_eq!(message.encode_to_vec(), wire);
        let back = proto::UserSignature::decode(wire.as_slice()).unwrap();
        assert_eq!(UserSignature::try_from(&back).unwrap(), signature);
    }
}

#[test]
fn a_signature_that_does_not_name_its_scheme_is_refused() {
    let vectors = vectors("multisig.json");
    let wire = bytes(&list(&vectors)[0]["proto_user_signature"]);
    let whole = proto::UserSignature::decode(wire.as_slice()).unwrap();
    let nameless = proto::UserSignature { scheme: None, ..whole.clone() };
    assert_eq!(UserSignature::try_from(&nameless), Err(ConvertError::Missing { field: "scheme" }));
    for scheme in [0, 1, 7] {
        let other = proto::UserSignature { scheme: Some(scheme), ..whole.clone() };
        assert_eq!(UserSignature::try_from(&other).unwrap_err().reason(), "FIELD_INVALID");
    }
    let mut wide = whole;
    let Some(proto::user_signature::Signature::Multisig(multisig)) = wide.signature.as_mut() else {
        panic!("not a multisig");
    };
    multisig.bitmap = Some(1 << 16);
    assert_eq!(UserSignature::try_from(&wide).unwrap_err().field(), "bitmap");
}

#[test]
fn objects_survive_the_wire_with_their_digest() {
    for vector in list(&vectors("objects.json")) {
        let object: Object = bcs::from_bytes(&bytes(&vector["object_bcs"])).unwrap();
        let wire = bytes(&vector["proto"]);
        assert_eq!(object_to_proto(&object).unwrap().encode_to_vec(), wire);
        let message = proto::Object::decode(wire.as_slice()).unwrap();
        let back = Object::try_from(&message).unwrap();
        assert_eq!(back, object);
        assert_eq!(Some(back.digest().to_string()), message.digest);
    }
}

/// The description is a debug rendering for developers, and ours is our own.
fn without_description(mut status: proto::ExecutionStatus) -> proto::ExecutionStatus {
    if let Some(error) = &mut status.error {
        assert!(error.description.take().is_some_and(|text| !text.is_empty()));
    }
    status
}

#[test]
fn effects_are_written_as_a_checkpoint_holds_them() {
    for vector in list(&vectors("effects.json")) {
        let name = &vector["name"];
        let effects: TransactionEffects = bcs::from_bytes(&bytes(&vector["effects_bcs"])).unwrap();
        let mut ours = effects_to_proto(&effects, IdForm::Bare, |_| None);
        let wire = bytes(&vector["proto"]);
        let mut expected = proto::TransactionEffects::decode(wire.as_slice()).unwrap();
        // Nothing that is not understood hides in the recorded message.
        assert_eq!(expected.encode_to_vec(), wire, "{name}");
        ours.status = ours.status.map(without_description);
        expected.status = expected.status.map(without_description);
        assert_eq!(ours, expected, "{name}");
    }
}

#[test]
fn effects_are_read_from_both_forms_alike() {
    for vector in list(&vectors("effects.json")) {
        let effects: TransactionEffects = bcs::from_bytes(&bytes(&vector["effects_bcs"])).unwrap();
        let executed = |effects| {
            let message =
                proto::ExecutedTransaction { effects: Some(effects), ..Default::default() };
            Executed::try_from(&message).unwrap()
        };
        let wire = bytes(&vector["proto"]);
        let recorded = executed(proto::TransactionEffects::decode(wire.as_slice()).unwrap());
        let prefixed = executed(effects_to_proto(&effects, IdForm::Prefixed, |_| None));
        assert_eq!(recorded.changed_objects, prefixed.changed_objects);
        assert_eq!(recorded.digest, effects.as_v1().transaction_digest);
        assert_eq!(recorded.fee, effects.as_v1().transaction_fee);
        assert_eq!(recorded.changed_objects.len(), effects.as_v1().changed_objects.len());
        let failed = matches!(effects.as_v1().status, ExecutionStatus::Failure { .. });
        assert_eq!(recorded.failure.is_some(), failed);
        assert_eq!(
            recorded.failure.map(|failure| failure.kind),
            prefixed.failure.map(|failure| failure.kind)
        );
    }
}

#[test]
fn failures_carry_the_nodes_number_and_detail() {
    let vectors = vectors("execution_errors.json");
    for vector in list(&vectors["execution_failure_status"]) {
        let status: ExecutionStatus = bcs::from_bytes(&bytes(&vector["status_bcs"])).unwrap();
        let wire = bytes(&vector["proto"]);
        let expected = proto::ExecutionStatus::decode(wire.as_slice()).unwrap();
        assert_eq!(expected.encode_to_vec(), wire);
        let ours = status_to_proto(&status, IdForm::Bare);
        assert_eq!(without_description(ours), without_description(expected), "{vector}");
    }
}

#[test]
fn the_system_state_survives_the_wire() {
    for vector in list(&vectors("system_state.json")) {
        let name = &vector["name"];
        let state: SystemState = bcs::from_bytes(&bytes(&vector["system_state_bcs"])).unwrap();
        let wire = bytes(&vector["proto"]);
        let message = proto::SystemState::decode(wire.as_slice()).unwrap();
        // The recorded order of map entries is arbitrary, the length is not.
        assert_eq!(message.encoded_len(), wire.len(), "{name}");
        assert_eq!(proto::SystemState::try_from(&state).unwrap(), message, "{name}");
        assert_eq!(SystemState::try_from(&message).unwrap(), state, "{name}");
    }
}

#[test]
fn a_system_state_with_a_hole_is_refused_by_the_field() {
    let vectors = vectors("system_state.json");
    let wire = bytes(&list(&vectors)[0]["proto"]);
    let whole = proto::SystemState::decode(wire.as_slice()).unwrap();
    let refused =
        |message: &proto::SystemState| SystemState::try_from(message).unwrap_err().field();

    assert_eq!(refused(&proto::SystemState { epoch: None, ..whole.clone() }), "epoch");
    let mut state = whole.clone();
    state.parameters.as_mut().unwrap().base_fee = None;
    assert_eq!(refused(&state), "base_fee");
    let mut state = whole.clone();
    let models = &mut state.model_registry.as_mut().unwrap().models;
    models.values_mut().next().unwrap().state = Some("melted".to_owned());
    assert_eq!(refused(&state), "state");
    // The same model under two spellings of its id.
    let mut state = whole;
    let models = &mut state.model_registry.as_mut().unwrap().models;
    let (id, model) = models.iter().next().map(|(id, model)| (id.clone(), model.clone())).unwrap();
    models.insert(id.trim_start_matches("0x").to_owned(), model);
    assert_eq!(refused(&state), "key");
}

#[test]
fn a_system_state_with_every_kind_of_entry_survives_the_wire() {
    let vectors = vectors("system_state.json");
    let mut state: SystemState =
        bcs::from_bytes(&bytes(&list(&vectors)[0]["system_state_bcs"])).unwrap();
    let v1 = state.as_v1_mut();
    let reporters: BTreeSet<_> = [Address([3; 32]), Address([4; 32])].into();
    let model = v1.model_registry.models.values().next().unwrap().clone();
    let ModelStateV1::Active(active) = model.state().clone() else {
        panic!("not an active model");
    };
    let update = PendingModelUpdate {
        manifest: active.manifest.clone(),
        weights_commitment: active.weights_commitment,
        embedding_commitment: active.embedding_commitment,
        decryption_key_commitment: active.decryption_key_commitment,
        commit_epoch: 7,
    };
    let states = [
        ModelStateV1::Created(CreatedModel {
            owner: active.owner,
            architecture_version: 1,
            staking_pool: active.staking_pool.clone(),
            commission_rate: 2,
            next_epoch_commission_rate: 3,
            create_epoch: 4,
        }),
        ModelStateV1::Pending(PendingModel {
            owner: active.owner,
            architecture_version: 1,
            staking_pool: active.staking_pool.clone(),
            commission_rate: 2,
            next_epoch_commission_rate: 3,
            manifest: active.manifest.clone(),
            weights_commitment: active.weights_commitment,
            embedding_commitment: active.embedding_commitment,
            decryption_key_commitment: active.decryption_key_commitment,
            commit_epoch: 5,
        }),
        ModelStateV1::Inactive(InactiveModel {
            owner: active.owner,
            architecture_version: 1,
            staking_pool: active.staking_pool.clone(),
            commission_rate: 2,
            next_epoch_commission_rate: 3,
            manifest: active.manifest.clone(),
            weights_commitment: active.weights_commitment,
            embedding_commitment: active.embedding_commitment,
            decryption_key_commitment: active.decryption_key_commitment,
            decryption_key: active.decryption_key.clone(),
            embedding: active.embedding.clone(),
        }),
        ModelStateV1::Active(ActiveModel { pending_update: Some(update), ..active }),
    ];
    for (state, byte) in states.into_iter().zip(1..) {
        let id = ObjectId([byte; 32]);
        v1.model_registry.models.insert(id, Model::V1(state));
        v1.model_registry.model_report_records.insert(id, reporters.clone());
    }
    let validator = v1.validators.validators[0].clone();
    v1.validator_report_records.insert(validator.metadata.soma_address, reporters);
    v1.validators.pending_validators.push(validator.clone());
    v1.validators.inactive_validators.insert(ObjectId([9; 32]), validator);
    v1.validators.pending_removals.push(1);
    v1.validators.at_risk_validators.insert(Address([3; 32]), 2);
    let pool = &mut v1.validators.validators[1].staking_pool;
    pool.deactivation_epoch = Some(8);
    pool.exchange_rates.insert(256, PoolTokenExchangeRate { soma_amount: 1, pool_token_amount: 2 });

    let message = proto::SystemState::try_from(&state).unwrap();
    assert_eq!(SystemState::try_from(&message).unwrap(), state);
}
