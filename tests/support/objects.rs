//! `objects.json`: coins, stakes and targets.

use crate::Count;
use crate::effects::OwnerJson;
use crate::read::{
    Hex, ManifestJson, TensorJson, Text, file, round_trip, same, same_bytes, values,
};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::{Address, ModelId, ObjectId};
use wasm_core::digest::{ObjectDigest, TransactionDigest};
use wasm_core::manifest::SubmissionManifest;
use wasm_core::object::{Object, ObjectType, StakedSoma};
use wasm_core::target::{TargetStatus, TargetV1};

/// An object, and what it says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub object_id: Text<ObjectId>,
    pub version: Text<u64>,
    pub object_type: String,
    pub owner: OwnerJson,
    pub previous_transaction: Text<TransactionDigest>,
    /// Read by type: [`Coin`], [`Stake`] or [`Target`].
    pub decoded: serde_json::Value,
    pub contents_without_id: Hex,
    pub object_bcs: Hex,
    pub digest: Text<ObjectDigest>,
    pub digest_hex: Hex,
    /// The same in protobuf; for the room that speaks it.
    pub proto: Hex,
    /// The same in protobuf's JSON; for the room that speaks it.
    pub proto_json: serde_json::Value,
    /// A target as the node lists it; for the room that speaks it.
    pub target_proto: Option<Hex>,
    /// A target as the node lists it; for the room that speaks it.
    pub target_proto_json: Option<serde_json::Value>,
}

/// A coin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Coin {
    pub balance: Text<u64>,
}

/// A stake.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Stake {
    pub pool_id: Text<ObjectId>,
    pub stake_activation_epoch: Text<u64>,
    pub principal: Text<u64>,
}

/// A target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Target {
    pub embedding: TensorJson,
    pub model_ids: Vec<Text<ModelId>>,
    pub distance_threshold: TensorJson,
    pub reward_pool: Text<u64>,
    pub generation_epoch: Text<u64>,
    pub status: Status,
    pub submitter: Option<Text<Address>>,
    pub winning_model_id: Option<Text<ModelId>>,
    pub winning_model_owner: Option<Text<Address>>,
    pub bond_amount: Text<u64>,
    pub winning_data_manifest: Option<ManifestJson>,
    pub winning_embedding: Option<TensorJson>,
    pub winning_distance_score: Option<TensorJson>,
    pub winning_loss_score: Option<TensorJson>,
    pub submission_reports: Vec<Text<Address>>,
}

/// How far a target has come.
#[derive(Clone, Copy, Debug, Deserialize)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Status {
    Open,
    Filled(Text<u64>),
    Claimed,
}

impl TryFrom<&Target> for TargetV1 {
    type Error = anyhow::Error;
    fn try_from(json: &Target) -> Result<Self> {
        let tensor = |json: &Option<TensorJson>| json.as_ref().map(TryInto::try_into).transpose();
        let manifest = json.winning_data_manifest.as_ref().map(TryInto::try_into).transpose()?;
        Ok(Self {
            embedding: (&json.embedding).try_into()?,
            model_ids: values(&json.model_ids),
            distance_threshold: (&json.distance_threshold).try_into()?,
            reward_pool: json.reward_pool.0,
            generation_epoch: json.generation_epoch.0,
            status: match json.status {
                Status::Open => TargetStatus::Open,
                Status::Filled(epoch) => TargetStatus::Filled { fill_epoch: epoch.0 },
                Status::Claimed => TargetStatus::Claimed,
            },
            submitter: json.submitter.map(|text| text.0),
            winning_model_id: json.winning_model_id.map(|text| text.0),
            winning_model_owner: json.winning_model_owner.map(|text| text.0),
            bond_amount: json.bond_amount.0,
            winning_data_manifest: manifest.map(|manifest| SubmissionManifest { manifest }),
            winning_embedding: tensor(&json.winning_embedding)?,
            winning_distance_score: tensor(&json.winning_distance_score)?,
            winning_loss_score: tensor(&json.winning_loss_score)?,
            submission_reports: json.submission_reports.iter().map(|text| text.0).collect(),
        })
    }
}

/// Reads what an object says, compares it, and gives the payload that says it.
fn check_decoded(vector: &Vector, object: &Object) -> Result<Vec<u8>> {
    let decoded = vector.decoded.clone();
    Ok(match object.data.object_type {
        ObjectType::Coin => {
            let coin: Coin = serde_json::from_value(decoded)?;
            same("balance", object.coin_balance()?, coin.balance.0)?;
            bcs::to_bytes(&coin.balance.0)?
        }
        ObjectType::StakedSoma => {
            let stake: Stake = serde_json::from_value(decoded)?;
            let stake = StakedSoma {
                pool_id: stake.pool_id.0,
                stake_activation_epoch: stake.stake_activation_epoch.0,
                principal: stake.principal.0,
            };
            same("stake", object.staked_soma()?, stake)?;
            bcs::to_bytes(&stake)?
        }
        ObjectType::Target => {
            let target: Target = serde_json::from_value(decoded)?;
            let target = TargetV1::try_from(&target)?;
            same("target", &object.target()?, &target)?;
            bcs::to_bytes(&target)?
        }
        ObjectType::SystemState => anyhow::bail!("the file records no system state"),
    })
}

fn check_one(vector: &Vector) -> Result<()> {
    let object: Object = round_trip("object", &vector.object_bcs.0)?;
    let object_type = ObjectType::from_name(&vector.object_type).context("object type")?;
    same("type", object.data.object_type, object_type)?;
    let payload = check_decoded(vector, &object)?;
    same_bytes("payload", &payload, &vector.contents_without_id.0)?;
    same_bytes("payload", object.payload(), &payload)?;

    let (id, version) = (vector.object_id.0, vector.version.0);
    let previous = vector.previous_transaction.0;
    let built = Object::new(id, version, object_type, &payload, vector.owner.into(), previous);
    same("object", &built, &object)?;
    let reference = object.reference()?;
    same("id", reference.id, id)?;
    same("version", reference.version, version)?;
    same("digest", reference.digest, vector.digest.0)?;
    same_bytes("digest", reference.digest, &vector.digest_hex.0)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.object_id.0.to_string())?;
    }
    Ok(vec![Count::of("objects", vectors.len())])
}
