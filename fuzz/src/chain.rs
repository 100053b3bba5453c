//! BCS of the chain.

use rpc::convert::IdForm;
use rpc::convert::effects::effects_to_proto;
use rpc::convert::object::object_to_proto;
use rpc::convert::transaction::{is_expressible, transaction_to_proto};
use rpc::proto::soma as proto;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::describe::Description;
use wasm_core::effects::TransactionEffects;
use wasm_core::object::{Object, ObjectType};
use wasm_core::services::{
    AdvanceEpochRequest, AdvanceEpochResponse, GasRequest, GasResponse, HealthRequest,
    HealthResponse, ScoreRequest, ScoreResponse,
};
use wasm_core::system_state::{ModelStateV1, SystemState};
use wasm_core::target::TargetV1;
use wasm_core::tx::multisig::MultiSig;
use wasm_core::tx::sign::{SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};

/// A value of which there is only one encoding.
trait Value: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug {}
impl<T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug> Value for T {}

fn encode<T: Value>(value: &T) -> Vec<u8> {
    bcs::to_bytes(value).expect("what was decoded encodes")
}

/// Decodes; what decodes has exactly these bytes.
fn canonical<T: Value>(bytes: &[u8]) -> Option<T> {
    let value: T = bcs::from_bytes(bytes).ok()?;
    assert_eq!(encode(&value), bytes, "{value:?} has other bytes");
    Some(value)
}

/// Decodes; what decodes has exactly these bytes, or, where it holds a URL, the bytes of its normal form.
fn normal<T: Value>(bytes: &[u8], holds_url: impl Fn(&T) -> bool) -> Option<T> {
    let value: T = bcs::from_bytes(bytes).ok()?;
    let again = encode(&value);
    if again != bytes {
        assert!(holds_url(&value), "{value:?} has other bytes");
        let back: T = bcs::from_bytes(&again).expect("and decodes again");
        assert_eq!(back, value);
    }
    Some(value)
}

fn names_url(transaction: &TransactionData) -> bool {
    matches!(transaction.kind(), TransactionKind::CommitModel(_) | TransactionKind::SubmitData(_))
}

pub(crate) fn transaction(bytes: &[u8]) {
    let Some(transaction) = normal(bytes, names_url) else {
        return;
    };
    let _ = format!("{transaction:?} {:?}", Description::of(&transaction));
    assert_eq!(TransactionData::from_bytes(&transaction.to_bytes()).as_ref(), Ok(&transaction));
    survives_the_wire(&transaction);
}

/// What the wire can say of a transaction, it says without loss.
pub(crate) fn survives_the_wire(transaction: &TransactionData) {
    let Ok(message) = transaction_to_proto(transaction) else {
        assert!(matches!(transaction.kind(), TransactionKind::Genesis(_)));
        return;
    };
    // The wire has no place for tensors of other shapes, and none for an absent list of amounts: there
    // a node reads another transaction, but the same one every time.
    if let Ok(read) = TransactionData::try_from(&message) {
        assert_eq!(read == *transaction, is_expressible(transaction));
        assert!(is_expressible(&read), "{read:?}");
    } else {
        assert!(!is_expressible(transaction));
    }
}

pub(crate) fn signed_transaction(bytes: &[u8]) {
    let Ok(signed) = SignedTransaction::from_bytes(bytes) else {
        return;
    };
    let again = signed.to_bytes();
    assert!(again == bytes || names_url(&signed.transaction), "{signed:?} has other bytes");
    assert_eq!(SignedTransaction::from_bytes(&again).as_ref(), Ok(&signed));
    // The seeds are good; what grows out of them is not, except for bytes that do not matter.
    let _ = signed.signature.verify(&signed.transaction);
}

pub(crate) fn signature(bytes: &[u8]) {
    let Ok(signature) = UserSignature::from_bytes(bytes) else {
        return;
    };
    assert_eq!(signature.to_bytes(), bytes, "{signature:?} has other bytes");
    let message = proto::UserSignature::from(&signature);
    assert_eq!(UserSignature::try_from(&message).as_ref(), Ok(&signature));
    let _ = (signature.signer(), format!("{signature:?}"));
    if let UserSignature::MultiSig(multisig) = signature {
        let digest = [7; 32];
        if multisig.verify(&digest).is_ok() {
            multisig.multisig_pk.check().expect("only members of a good account verify");
        }
        assert_eq!(canonical::<MultiSig>(&encode(&multisig)), Some(multisig));
    }
}

fn holds_data(target: &TargetV1) -> bool {
    target.winning_data_manifest.is_some()
}

fn holds_weights(state: &SystemState) -> bool {
    let models = &state.as_v1().model_registry.models;
    models.values().any(|model| !matches!(model.state(), ModelStateV1::Created(_)))
}

pub(crate) fn object(bytes: &[u8]) {
    let Some(object) = canonical::<Object>(bytes) else {
        return;
    };
    let _ = format!("{object:?}");
    let payload = object.payload();
    let read = match object.data.object_type {
        ObjectType::Coin => object.coin_balance().map(|balance| {
            assert_eq!(balance.to_le_bytes(), payload);
        }),
        ObjectType::StakedSoma => object.staked_soma().map(|stake| {
            assert_eq!(encode(&stake), payload);
        }),
        ObjectType::Target => object.target().map(|target| {
            assert_eq!(normal(payload, holds_data), Some(target));
        }),
        ObjectType::SystemState => object.system_state().map(|state| {
            // A state made at genesis has no tag before it.
            let untagged = [&[0], payload].concat();
            let with_tag = bcs::from_bytes::<SystemState>(payload).is_ok();
            let bytes = if with_tag { payload } else { &untagged };
            assert_eq!(normal(bytes, holds_weights), Some(state));
        }),
    };
    match (object.id(), object_to_proto(&object)) {
        (Ok(_), Ok(message)) => assert_eq!(Object::try_from(&message), Ok(object)),
        (Err(_), Err(_)) => assert!(read.is_err(), "contents without an id"),
        (id, message) => panic!("{id:?} and {message:?}"),
    }
}

pub(crate) fn effects(bytes: &[u8]) {
    let Some(effects) = canonical::<TransactionEffects>(bytes) else {
        return;
    };
    let _ = format!("{effects:?} {}", effects.digest());
    let wire = effects_to_proto(&effects, IdForm::Prefixed, |_| None);
    let message = proto::ExecutedTransaction {
        digest: Some(effects.as_v1().transaction_digest.to_string()),
        effects: Some(wire),
        ..proto::ExecutedTransaction::default()
    };
    super::wire::check_executed(&message);
}

pub(crate) fn system_state(bytes: &[u8]) {
    let Some(state) = normal(bytes, holds_weights) else {
        return;
    };
    let _ = format!("{state:?}");
    // A threshold that is not a single number has no form on the wire.
    if let Ok(message) = proto::SystemState::try_from(&state)
        && let Ok(read) = SystemState::try_from(&message)
    {
        super::wire::same_state_on_the_wire(&read);
    }
}

pub(crate) fn checkpoint(bytes: &[u8]) {
    if let Some(summary) = canonical::<CheckpointSummary>(bytes) {
        let message = proto::CheckpointSummary::from(&summary);
        // The wire has no tables of a committee, and nothing for what no version explains.
        if let Ok(read) = CheckpointSummary::try_from(&message) {
            let again = proto::CheckpointSummary::from(&read);
            assert_eq!(CheckpointSummary::try_from(&again).as_ref(), Ok(&read));
            assert_eq!(read.sequence_number, summary.sequence_number);
        }
    }
    if let Some(contents) = canonical::<CheckpointContents>(bytes) {
        let message = proto::CheckpointContents::from(&contents);
        let CheckpointContents::V1 { transactions, user_signatures } = &contents;
        // On the wire every transaction has its list of signatures.
        if transactions.len() == user_signatures.len() {
            assert_eq!(CheckpointContents::try_from(&message), Ok(contents));
        }
    }
}

pub(crate) fn services(bytes: &[u8]) {
    // The first byte says which message follows.
    let Some((which, bytes)) = bytes.split_first() else {
        return;
    };
    let _ = match which % 8 {
        0 => canonical::<GasRequest>(bytes).is_some(),
        1 => canonical::<GasResponse>(bytes).is_some(),
        2 => canonical::<ScoreRequest>(bytes).is_some(),
        3 => canonical::<ScoreResponse>(bytes).is_some(),
        4 => canonical::<HealthRequest>(bytes).is_some(),
        5 => canonical::<HealthResponse>(bytes).is_some(),
        6 => canonical::<AdvanceEpochRequest>(bytes).is_some(),
        _ => canonical::<AdvanceEpochResponse>(bytes).is_some(),
    };
}
