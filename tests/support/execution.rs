//! `execution/*.json`: whole runs of a network, step by step.
//!
//! This checks what needs no executor: that every object, transaction, effect and state decodes,
//! encodes to the same bytes, has the digest it should and agrees with the others of its step.

use crate::Count;
use crate::effects;
use crate::read::{Hex, Text, file, round_trip, same};
use crate::state::Summary;
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::{Address, ObjectId};
use wasm_core::checkpoint::{CheckpointContents, CheckpointSummary};
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::effects::{
    IdOperation, ObjectIn, ObjectOut, TransactionEffects, TransactionEffectsV1,
};
use wasm_core::keys::Keypair;
use wasm_core::object::{MAX_VERSION, Object, ObjectType};
use wasm_core::system_state::SystemStateV1;
use wasm_core::tx::TransactionData;

/// A run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Scenario {
    pub scenario: String,
    pub genesis: Genesis,
    /// Every version of every object, by `id@version`.
    pub objects: BTreeMap<String, Hex>,
    pub steps: Vec<Step>,
}

/// How a run begins.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Genesis {
    pub checkpoint_contents_bcs: Option<Hex>,
    pub checkpoint_digest: Option<Text<CheckpointDigest>>,
    pub checkpoint_summary_bcs: Option<Hex>,
    pub effects_bcs: Option<Hex>,
    pub embedding_dim: Text<u64>,
    pub objects: Vec<String>,
    pub protocol_version: Text<u64>,
    pub state: Summary,
    pub transaction_digest: Text<TransactionDigest>,
    pub users: Vec<Account>,
    pub validators: Vec<Account>,
}

/// Who takes part.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Account {
    pub address: Text<Address>,
    pub secret_key: Hex,
}

/// A transaction and what it did.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Step {
    pub name: String,
    pub kind: String,
    pub sender: Text<Address>,
    pub epoch: Text<u64>,
    pub protocol_version: Text<u64>,
    pub execution_version: Text<u64>,
    pub fee_parameters: FeeParameters,
    pub transaction_data_bcs: Hex,
    pub digest: Text<TransactionDigest>,
    pub inputs: Vec<String>,
    pub written: Vec<String>,
    pub deleted: Vec<Text<ObjectId>>,
    pub effects: effects::Vector,
    pub system_state_after: Option<Summary>,
    /// In protobuf; for the room that speaks it.
    pub system_state_before_proto: Option<Hex>,
    /// In protobuf; for the room that speaks it.
    pub system_state_after_proto: Option<Hex>,
}

/// Fees in force.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct FeeParameters {
    pub base_fee: Text<u64>,
    pub value_fee_bps: Text<u64>,
    pub write_object_fee: Text<u64>,
}

/// A short run on an odd corner.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Quirk {
    pub name: String,
    /// Whether the reference's executor crashes after these steps.
    pub panicked: bool,
    pub steps: Vec<QuirkStep>,
}

/// A transaction of a short run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct QuirkStep {
    pub name: String,
    pub transaction_data_bcs: Hex,
    pub effects: effects::Vector,
    pub written: Vec<String>,
    pub deleted: Vec<Text<ObjectId>>,
}

impl Scenario {
    /// The system state among some objects.
    ///
    /// # Errors
    /// Where there is none, or where it does not decode.
    pub fn system_state(&self, keys: &[String]) -> Result<Object> {
        let key = state_key(keys)?;
        let bytes = self.objects.get(key).with_context(|| format!("no object {key}"))?;
        round_trip("system state", &bytes.0)
    }
}

type Objects = BTreeMap<String, Object>;

fn decode_objects(objects: &BTreeMap<String, Hex>) -> Result<Objects> {
    let decode = |(key, bytes): (&String, &Hex)| {
        let object: Object = round_trip("object", &bytes.0).with_context(|| key.clone())?;
        same("key", key, &format!("{}@{}", object.id()?, object.data.version))?;
        check_payload(&object).with_context(|| key.clone())?;
        Ok((key.clone(), object))
    };
    objects.iter().map(decode).collect()
}

fn check_payload(object: &Object) -> Result<()> {
    let bytes = match object.data.object_type {
        ObjectType::Coin => bcs::to_bytes(&object.coin_balance()?)?,
        ObjectType::StakedSoma => bcs::to_bytes(&object.staked_soma()?)?,
        ObjectType::Target => bcs::to_bytes(&object.target()?)?,
        ObjectType::SystemState => bcs::to_bytes(&object.system_state()?)?,
    };
    ensure!(bytes == object.payload(), "the payload does not encode again");
    Ok(())
}

fn find<'a>(objects: &'a Objects, key: &str) -> Result<&'a Object> {
    objects.get(key).with_context(|| format!("no object {key}"))
}

fn state_key(keys: &[String]) -> Result<&str> {
    let is_state = |key: &&String| key.starts_with(&ObjectId::SYSTEM_STATE.to_string());
    keys.iter().find(is_state).map(String::as_str).context("no system state")
}

fn system_state<'a>(objects: &'a Objects, keys: &[String]) -> Result<&'a Object> {
    find(objects, state_key(keys)?)
}

fn check_genesis(genesis: &Genesis, objects: &Objects) -> Result<()> {
    for account in genesis.users.iter().chain(&genesis.validators) {
        let key = Keypair::derive(&account.secret_key.array()?);
        same("address", key.address(), account.address.0)?;
    }
    for key in &genesis.objects {
        let object = find(objects, key)?;
        same("creator", object.previous_transaction, genesis.transaction_digest.0)?;
    }
    let state = system_state(objects, &genesis.objects)?.system_state()?;
    genesis.state.check(state.as_v1())?;
    same(
        "embedding dimension",
        state.as_v1().parameters.target_embedding_dim,
        genesis.embedding_dim.0,
    )?;
    same("protocol version", state.as_v1().protocol_version, genesis.protocol_version.0)?;
    let (Some(contents), Some(digest), Some(summary), Some(effects)) = (
        &genesis.checkpoint_contents_bcs,
        &genesis.checkpoint_digest,
        &genesis.checkpoint_summary_bcs,
        &genesis.effects_bcs,
    ) else {
        ensure!(genesis.checkpoint_summary_bcs.is_none(), "half a genesis checkpoint");
        return Ok(());
    };
    let contents: CheckpointContents = round_trip("contents", &contents.0)?;
    let summary: CheckpointSummary = round_trip("summary", &summary.0)?;
    let effects: TransactionEffects = round_trip("effects", &effects.0)?;
    same("chain id", summary.digest(), digest.0)?;
    same("contents", contents.digest(), summary.content_digest)?;
    let CheckpointContents::V1 { transactions, .. } = &contents;
    same("transactions", &transactions[..], &[(genesis.transaction_digest.0, effects.digest())])
}

/// The version that a transaction gives to what it writes: beyond those of all its inputs.
fn lamport_version<'a>(inputs: impl Iterator<Item = &'a Object>) -> u64 {
    inputs.map(|input| input.data.version).max().unwrap_or(0) + 1
}

fn check_written(step: &Step, effects: &TransactionEffectsV1, objects: &Objects) -> Result<()> {
    let outputs: BTreeMap<_, _> = effects
        .changed_objects
        .iter()
        .filter_map(|(id, change)| match change.output_state {
            ObjectOut::ObjectWrite(output) => Some((*id, output)),
            ObjectOut::NotExist => None,
        })
        .collect();
    for key in &step.written {
        let object = find(objects, key)?;
        let id = object.id()?;
        same("version", object.data.version, effects.version)?;
        same("writer", object.previous_transaction, step.digest.0)?;
        same("output", outputs.get(&id), Some(&(object.digest(), object.owner)))
            .with_context(|| key.clone())?;
    }
    same("objects written", outputs.len(), step.written.len())
}

fn check_inputs(step: &Step, effects: &TransactionEffectsV1, objects: &Objects) -> Result<()> {
    let inputs: Vec<_> = step.inputs.iter().map(|key| find(objects, key)).collect::<Result<_>>()?;
    if effects.version != MAX_VERSION {
        same("version", effects.version, lamport_version(inputs.iter().copied()))?;
    }
    let writers: BTreeSet<_> = inputs.iter().map(|input| input.previous_transaction).collect();
    same("dependencies", &effects.dependencies, &writers.into_iter().collect())?;
    for (id, change) in &effects.changed_objects {
        if let ObjectIn::Exist(((version, digest), owner)) = change.input_state {
            let object = find(objects, &format!("{id}@{version}"))?;
            same("input", (object.digest(), object.owner), (digest, owner))?;
        }
    }
    Ok(())
}

/// Compares the rules that a step names with those of the system state.
fn check_rules(step: &Step, state: &SystemStateV1) -> Result<()> {
    let FeeParameters { base_fee, write_object_fee, value_fee_bps } = &step.fee_parameters;
    let SystemStateV1 { parameters, .. } = state;
    same("epoch", step.epoch.0, state.epoch)?;
    same("protocol version", step.protocol_version.0, state.protocol_version)?;
    let execution_version = state.protocol_version.saturating_sub(1).min(2);
    same("execution version", step.execution_version.0, execution_version)?;
    same("base fee", base_fee.0, parameters.base_fee)?;
    same("fee for objects", write_object_fee.0, parameters.write_object_fee)?;
    same("fee for value", value_fee_bps.0, parameters.value_fee_bps)
}

fn check_step(step: &Step, objects: &Objects) -> Result<()> {
    let transaction: TransactionData = round_trip("transaction", &step.transaction_data_bcs.0)?;
    same("digest", transaction.digest(), step.digest.0)?;
    same("kind", transaction.kind().name(), step.kind.as_str())?;
    same("sender", transaction.sender(), step.sender.0)?;
    let effects = effects::check_one(&step.effects)?;
    same("transaction", effects.transaction_digest, step.digest.0)?;
    same("epoch", effects.executed_epoch, step.epoch.0)?;
    check_written(step, &effects, objects)?;
    check_inputs(step, &effects, objects)?;
    check_deleted(&step.deleted, &effects)?;
    if let Some(summary) = &step.system_state_after {
        summary.check(system_state(objects, &step.written)?.system_state()?.as_v1())?;
    }
    Ok(())
}

fn check_deleted(deleted: &[Text<ObjectId>], effects: &TransactionEffectsV1) -> Result<()> {
    let wanted: BTreeSet<_> = deleted.iter().map(|id| id.0).collect();
    let gone = effects.changed_objects.iter().filter(|(_, change)| {
        change.id_operation == IdOperation::Deleted
            && matches!(change.input_state, ObjectIn::Exist(_))
    });
    same("deleted", gone.map(|(id, _)| *id).collect(), wanted)
}

/// Checks a run.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let scenario: Scenario = file(json)?;
    let objects = decode_objects(&scenario.objects)?;
    check_genesis(&scenario.genesis, &objects).context("genesis")?;
    let mut state = system_state(&objects, &scenario.genesis.objects)?.system_state()?;
    for (at, step) in scenario.steps.iter().enumerate() {
        check_rules(step, state.as_v1())
            .and_then(|()| check_step(step, &objects))
            .with_context(|| format!("step {at}, {}", step.name))?;
        if let Ok(written) = system_state(&objects, &step.written) {
            state = written.system_state()?;
        }
    }
    Ok(vec![
        Count::of("objects of runs", objects.len()),
        Count::of("steps of runs", scenario.steps.len()),
    ])
}

fn check_quirk_step(step: &QuirkStep) -> Result<()> {
    let transaction: TransactionData = round_trip("transaction", &step.transaction_data_bcs.0)?;
    let effects = effects::check_one(&step.effects)?;
    same("transaction", effects.transaction_digest, transaction.digest())?;
    let writes = |output: ObjectOut| matches!(output, ObjectOut::ObjectWrite(_));
    let outputs: BTreeSet<_> = effects
        .changed_objects
        .iter()
        .filter(|(_, change)| writes(change.output_state))
        .map(|(id, _)| format!("{id}@{}", effects.version))
        .collect();
    same("written", outputs, step.written.iter().cloned().collect())?;
    check_deleted(&step.deleted, &effects)
}

/// Checks short runs.
///
/// # Errors
/// Where something differs.
pub fn check_quirks(json: &str) -> Result<Vec<Count>> {
    let quirks: Vec<Quirk> = file(json)?;
    for quirk in &quirks {
        for step in &quirk.steps {
            check_quirk_step(step).with_context(|| format!("{}, {}", quirk.name, step.name))?;
        }
    }
    Ok(vec![
        Count::of("odd corners", quirks.len()),
        Count::of("steps of odd corners", quirks.iter().map(|quirk| quirk.steps.len()).sum()),
    ])
}
