//! Values for nodes to answer with, from the recorded vectors where there are any.

use rpc::convert::IdForm;
use rpc::convert::effects::effects_to_proto;
use rpc::convert::object::object_to_proto;
use rpc::proto::soma as proto;
use serde_json::Value;
use std::path::Path;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::{ObjectDigest, TransactionDigest};
use wasm_core::effects::{
    EffectsObjectChange, ExecutionStatus, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, TransactionFee,
};
use wasm_core::keys::Keypair;
use wasm_core::object::{Object, ObjectRef, ObjectType, Owner};
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::tx::{TransactionData, TransactionKind};

pub(crate) fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/protocol").join(name);
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are there"))
        .expect("the vectors are JSON")
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("a text")).expect("hex")
}

pub(crate) fn coin(id: u8, version: u64, balance: u64, owner: Address) -> Object {
    Object::new(
        ObjectId([id; 32]),
        version,
        ObjectType::Coin,
        &balance.to_le_bytes(),
        Owner::AddressOwner(owner),
        TransactionDigest([7; 32]),
    )
}

pub(crate) fn on_wire(object: &Object) -> proto::Object {
    object_to_proto(object).expect("an object with an id")
}

pub(crate) fn transfer() -> SignedTransaction {
    let key = Keypair::derive(&[42; 32]);
    let coin = ObjectRef { id: ObjectId([1; 32]), version: 3, digest: ObjectDigest([2; 32]) };
    let kind = TransactionKind::TransferCoin { coin, amount: Some(5), recipient: Address([9; 32]) };
    TransactionData::new(kind, key.address(), vec![coin]).sign(&key)
}

pub(crate) fn effects_of(
    transaction: &TransactionData,
    status: ExecutionStatus,
) -> TransactionEffects {
    let owner = Owner::AddressOwner(transaction.sender());
    let change = EffectsObjectChange {
        input_state: ObjectIn::Exist(((3, ObjectDigest([2; 32])), owner)),
        output_state: ObjectOut::ObjectWrite((ObjectDigest([4; 32]), owner)),
        id_operation: IdOperation::None,
    };
    TransactionEffects::V1(TransactionEffectsV1 {
        status,
        executed_epoch: 8,
        transaction_fee: TransactionFee::new(1000, 300, 5),
        transaction_digest: transaction.digest(),
        gas_object_index: Some(0),
        dependencies: Vec::new(),
        version: 4,
        changed_objects: vec![(ObjectId([1; 32]), change)],
        unchanged_shared_objects: Vec::new(),
    })
}

pub(crate) fn executed(effects: &TransactionEffects) -> proto::ExecutedTransaction {
    proto::ExecutedTransaction {
        effects: Some(effects_to_proto(effects, IdForm::Prefixed, |_| Some(ObjectType::Coin))),
        ..Default::default()
    }
}
