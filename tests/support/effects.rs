//! `effects.json`, and the effects within scenarios.

use crate::Count;
use crate::read::{Hex, Text, file, round_trip, same, values};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::{EffectsDigest, ObjectDigest, TransactionDigest};
use wasm_core::effects::{
    EffectsObjectChange, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, TransactionFee, UnchangedSharedKind,
};
use wasm_core::object::Owner;

/// Effects, and what they say. Scenarios name some fields more shortly and leave others out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    #[serde(default)]
    pub name: String,
    #[serde(alias = "bcs")]
    pub effects_bcs: Hex,
    #[serde(alias = "digest")]
    pub effects_digest: Text<EffectsDigest>,
    /// The node's `Debug` of the status.
    #[serde(alias = "status")]
    pub status_debug: String,
    pub executed_epoch: Option<Text<u64>>,
    pub fee: Fee,
    pub transaction_digest: Option<Text<TransactionDigest>>,
    pub gas_object_index: Option<u32>,
    pub dependencies: Vec<Text<TransactionDigest>>,
    pub lamport_version: Text<u64>,
    pub changed_objects: Vec<Change>,
    #[serde(default)]
    pub unchanged_shared_objects: Vec<Unchanged>,
    /// The same in protobuf; for the room that speaks it.
    pub proto: Option<Hex>,
    /// The same in protobuf's JSON; for the room that speaks it.
    pub proto_json: Option<serde_json::Value>,
}

/// What it cost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Fee {
    pub base_fee: Text<u64>,
    pub operation_fee: Text<u64>,
    pub value_fee: Text<u64>,
    pub total_fee: Text<u64>,
}

/// An object before and after.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Change {
    pub object_id: Text<ObjectId>,
    pub id_operation: String,
    pub input_state: Before,
    pub output_state: After,
}

/// An object before.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Before {
    Missing(Missing),
    Exist { version: Text<u64>, digest: Text<ObjectDigest>, owner: OwnerJson },
}

/// An object after.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum After {
    Missing(Missing),
    Write { digest: Text<ObjectDigest>, owner: OwnerJson },
}

/// No object.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Missing {
    NotExist,
}

/// Who may use an object.
#[derive(Clone, Copy, Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum OwnerJson {
    AddressOwner(Text<Address>),
    Shared(Text<u64>),
    Immutable,
}

impl From<OwnerJson> for Owner {
    fn from(json: OwnerJson) -> Self {
        match json {
            OwnerJson::AddressOwner(address) => Self::AddressOwner(address.0),
            OwnerJson::Shared(version) => Self::Shared { initial_shared_version: version.0 },
            OwnerJson::Immutable => Self::Immutable,
        }
    }
}

/// A shared object that is not written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Unchanged {
    pub object_id: Text<ObjectId>,
    /// The node's `Debug` of the reason.
    pub kind: String,
}

fn change(json: &Change) -> Result<(ObjectId, EffectsObjectChange)> {
    let input_state = match json.input_state {
        Before::Missing(_) => ObjectIn::NotExist,
        Before::Exist { version, digest, owner } => {
            ObjectIn::Exist(((version.0, digest.0), owner.into()))
        }
    };
    let output_state = match json.output_state {
        After::Missing(_) => ObjectOut::NotExist,
        After::Write { digest, owner } => ObjectOut::ObjectWrite((digest.0, owner.into())),
    };
    let id_operation = [IdOperation::None, IdOperation::Created, IdOperation::Deleted]
        .into_iter()
        .find(|operation| format!("{operation:?}") == json.id_operation)
        .with_context(|| format!("id operation {:?}", json.id_operation))?;
    Ok((json.object_id.0, EffectsObjectChange { input_state, output_state, id_operation }))
}

fn debug(kind: &UnchangedSharedKind) -> String {
    match kind {
        UnchangedSharedKind::ReadOnlyRoot((version, digest)) => {
            format!("ReadOnlyRoot((Version({version}), {digest:?}))")
        }
        UnchangedSharedKind::MutateDeleted(version) => format!("MutateDeleted(Version({version}))"),
        UnchangedSharedKind::ReadDeleted(version) => format!("ReadDeleted(Version({version}))"),
        UnchangedSharedKind::Cancelled(version) => format!("Cancelled(Version({version}))"),
    }
}

/// Decodes the effects and compares every field.
///
/// # Errors
/// Where something differs.
pub fn check_one(vector: &Vector) -> Result<TransactionEffectsV1> {
    let effects: TransactionEffects = round_trip("effects", &vector.effects_bcs.0)?;
    same("digest", effects.digest(), vector.effects_digest.0)?;
    let TransactionEffects::V1(effects) = effects;
    same("status", &format!("{:?}", effects.status), &vector.status_debug)?;
    let Fee { base_fee, operation_fee, value_fee, total_fee } = &vector.fee;
    let fee = TransactionFee::new(base_fee.0, operation_fee.0, value_fee.0);
    same("fee", effects.transaction_fee, fee)?;
    same("total fee", fee.total_fee, total_fee.0)?;
    if let Some(epoch) = vector.executed_epoch {
        same("epoch", effects.executed_epoch, epoch.0)?;
    }
    if let Some(digest) = vector.transaction_digest {
        same("transaction", effects.transaction_digest, digest.0)?;
    }
    same("gas index", effects.gas_object_index, vector.gas_object_index)?;
    same("dependencies", &effects.dependencies, &values(&vector.dependencies))?;
    same("version", effects.version, vector.lamport_version.0)?;
    let changes: Vec<_> = vector.changed_objects.iter().map(change).collect::<Result<_>>()?;
    same("changes", &effects.changed_objects, &changes)?;
    same("order of changes", effects.changed_objects.is_sorted_by_key(|(id, _)| *id), true)?;
    let unchanged: Vec<_> =
        effects.unchanged_shared_objects.iter().map(|(id, kind)| (*id, debug(kind))).collect();
    let wanted: Vec<_> = vector
        .unchanged_shared_objects
        .iter()
        .map(|unchanged| (unchanged.object_id.0, unchanged.kind.clone()))
        .collect();
    same("unchanged shared objects", unchanged, wanted)?;
    Ok(effects)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.name.clone())?;
    }
    Ok(vec![Count::of("effects", vectors.len())])
}
