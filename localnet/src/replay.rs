//! Recorded truth: scenarios of the reference's executor, executed again and compared to the byte.

use crate::execute::{Context, Inputs, Outcome, adjust_difficulty, adjust_value_fee, execute};
use crate::protocol_config;
use crate::targets::embedding;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wasm_core::address::ObjectId;
use wasm_core::digest::blake2b256;
use wasm_core::fees::FeeParameters;
use wasm_core::object::Object;
use wasm_core::selection::{Candidate, select_models};
use wasm_core::system_state::{ModelStateV1, SystemStateV1, TargetState, Validator};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::TransactionData;

/// Why a recording was not reproduced, with the place.
pub type Mismatch = String;

#[derive(Deserialize)]
struct Scenario {
    genesis: ScenarioGenesis,
    objects: BTreeMap<String, String>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct ScenarioGenesis {
    objects: Vec<String>,
}

#[derive(Deserialize)]
struct Step {
    name: String,
    transaction_data_bcs: String,
    digest: String,
    epoch: String,
    execution_version: String,
    fee_parameters: RecordedFees,
    inputs: Vec<String>,
    written: Vec<String>,
    deleted: Vec<String>,
    effects: RecordedEffects,
    system_state_after: Option<Value>,
}

#[derive(Deserialize)]
struct RecordedFees {
    base_fee: String,
    write_object_fee: String,
    value_fee_bps: String,
}

#[derive(Deserialize)]
struct RecordedEffects {
    bcs: String,
    digest: String,
}

fn number(text: &str) -> Result<u64, Mismatch> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

fn bytes(text: &str) -> Result<Vec<u8>, Mismatch> {
    hex::decode(text).map_err(|error| error.to_string())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, theirs: &T) -> Result<(), Mismatch> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!("{what} differ\n  ours:   {ours:?}\n  theirs: {theirs:?}"))
}

fn encoded(object: &Object) -> String {
    hex::encode(bcs::to_bytes(object).expect("an object has no unsupported part"))
}

/// The objects as they are between two steps.
struct Replay<'a> {
    recorded: &'a BTreeMap<String, String>,
    current: BTreeMap<ObjectId, Object>,
}

impl Replay<'_> {
    fn recorded(&self, key: &str) -> Result<Object, Mismatch> {
        let text = self.recorded.get(key).ok_or_else(|| format!("object {key} is not recorded"))?;
        bcs::from_bytes(&bytes(text)?).map_err(|error| format!("object {key}: {error}"))
    }

    fn put(&mut self, object: Object) -> Result<(), Mismatch> {
        let id = object.id().map_err(|error| error.to_string())?;
        self.current.insert(id, object);
        Ok(())
    }

    fn input(&self, key: &str) -> Result<Object, Mismatch> {
        let object = self.recorded(key)?;
        let id = object.id().map_err(|error| error.to_string())?;
        same(&format!("inputs {key}"), &self.current.get(&id), &Some(&object))?;
        Ok(object)
    }

    fn step(&mut self, step: &Step) -> Result<(), Mismatch> {
        let transaction = TransactionData::from_bytes(&bytes(&step.transaction_data_bcs)?)
            .map_err(|error| error.to_string())?;
        same("digests", &transaction.digest().to_string(), &step.digest)?;
        let fees = FeeParameters {
            base_fee: number(&step.fee_parameters.base_fee)?,
            write_object_fee: number(&step.fee_parameters.write_object_fee)?,
            value_fee_bps: number(&step.fee_parameters.value_fee_bps)?,
        };
        let context = Context {
            epoch: number(&step.epoch)?,
            execution_version: number(&step.execution_version)?,
            fees,
        };
        let objects =
            step.inputs.iter().map(|key| self.input(key)).collect::<Result<Vec<_>, _>>()?;
        let inputs = Inputs { objects, deleted: Vec::new() };
        let outcome = execute(&context, &transaction, &inputs);
        self.compare(step, &outcome)?;
        for id in &outcome.deleted {
            self.current.remove(id);
        }
        outcome.written.into_values().try_for_each(|object| self.put(object))
    }

    fn compare(&self, step: &Step, outcome: &Outcome) -> Result<(), Mismatch> {
        let recorded: BTreeSet<&String> = step.written.iter().collect();
        let key = |(id, object): (&ObjectId, &Object)| format!("{id}@{}", object.data.version);
        let written: Vec<(String, &Object)> =
            outcome.written.iter().map(|entry| (key(entry), entry.1)).collect();
        for (key, object) in &written {
            let theirs = self.recorded(key)?;
            if encoded(object) != self.recorded.get(key).cloned().unwrap_or_default() {
                return Err(describe_difference(key, object, &theirs));
            }
        }
        let effects = bcs::to_bytes(&outcome.effects).map_err(|error| error.to_string())?;
        if hex::encode(effects) != step.effects.bcs {
            let theirs: wasm_core::effects::TransactionEffects =
                bcs::from_bytes(&bytes(&step.effects.bcs)?).map_err(|error| error.to_string())?;
            same("effects", &outcome.effects, &theirs)?;
        }
        same("effects digests", &outcome.effects.digest().to_string(), &step.effects.digest)?;
        same("written objects", &written.iter().map(|(key, _)| key).collect(), &recorded)?;
        let deleted: BTreeSet<String> = outcome.deleted.iter().map(ObjectId::to_string).collect();
        same("deleted objects", &deleted, &step.deleted.iter().cloned().collect())?;
        let Some(after) = &step.system_state_after else { return Ok(()) };
        let state = outcome
            .written
            .get(&ObjectId::SYSTEM_STATE)
            .ok_or("the system state was not written")?
            .system_state()
            .map_err(|error| error.to_string())?;
        same("system states", &summary(state.as_v1()), after)
    }
}

fn describe_difference(key: &str, ours: &Object, theirs: &Object) -> Mismatch {
    let payload = |object: &Object| match (object.target(), object.system_state()) {
        (Ok(target), _) => format!("{target:#?}"),
        (_, Ok(state)) => format!("{state:#?}"),
        _ => hex::encode(object.payload()),
    };
    let heads =
        format!("{:?} {:?}", (ours.owner, ours.data.version), (theirs.owner, theirs.data.version));
    let (ours, theirs) = (payload(ours), payload(theirs));
    let lines: Vec<String> = ours
        .lines()
        .zip(theirs.lines())
        .filter(|(a, b)| a != b)
        .take(12)
        .map(|(a, b)| format!("  ours:   {a}\n  theirs: {b}"))
        .collect();
    format!("object {key} differs ({heads})\n{}", lines.join("\n"))
}

fn epoch_text(epoch: Option<u64>) -> Value {
    epoch.map_or(Value::Null, |epoch| json!(epoch.to_string()))
}

fn bits(tensor: &SomaTensor) -> String {
    tensor.as_scalar().map(|value| hex::encode(value.to_be_bytes())).unwrap_or_default()
}

fn validator_summary(validator: &Validator) -> Value {
    json!({
        "address": validator.metadata.soma_address.to_string(),
        "commission_rate": validator.commission_rate.to_string(),
        "next_epoch_stake": validator.next_epoch_stake.to_string(),
        "pool_tokens": validator.staking_pool.pool_token_balance.to_string(),
        "rewards_pool": validator.staking_pool.rewards_pool.to_string(),
        "stake": validator.staking_pool.soma_balance.to_string(),
        "voting_power": validator.voting_power.to_string(),
    })
}

fn model_summary((id, model): (&ObjectId, &wasm_core::system_state::Model)) -> Value {
    let (state, commission_rate, has_pending_update) = match model.state() {
        ModelStateV1::Created(model) => ("created", model.commission_rate, false),
        ModelStateV1::Pending(model) => ("pending", model.commission_rate, false),
        ModelStateV1::Active(model) => {
            ("active", model.commission_rate, model.pending_update.is_some())
        }
        ModelStateV1::Inactive(model) => ("inactive", model.commission_rate, false),
    };
    json!({
        "commission_rate": commission_rate.to_string(),
        "deactivation_epoch": epoch_text(model.staking_pool().deactivation_epoch),
        "has_pending_update": has_pending_update,
        "id": id.to_string(),
        "stake": model.staking_pool().soma_balance.to_string(),
        "state": state,
    })
}

/// The system state in the form in which scenarios sum it up.
#[must_use]
pub fn summary(state: &SystemStateV1) -> Value {
    let registry = &state.model_registry;
    let targets = &state.target_state;
    let validators = &state.validators;
    json!({
        "emission_per_epoch": state.emission_pool.emission_per_epoch.to_string(),
        "emission_pool_balance": state.emission_pool.balance.to_string(),
        "epoch": state.epoch.to_string(),
        "epoch_start_timestamp_ms": state.epoch_start_timestamp_ms.to_string(),
        "inactive_validators": validators.inactive_validators.len(),
        "models": registry.models.iter().map(model_summary).collect::<Vec<_>>(),
        "pending_validators": validators.pending_validators.len(),
        "protocol_version": state.protocol_version.to_string(),
        "safe_mode": state.safe_mode,
        "target_state": {
            "distance_threshold_bits": bits(&targets.distance_threshold),
            "hits_ema": targets.hits_ema.to_string(),
            "hits_this_epoch": targets.hits_this_epoch.to_string(),
            "reward_per_target": targets.reward_per_target.to_string(),
            "targets_generated_this_epoch": targets.targets_generated_this_epoch.to_string(),
        },
        "total_model_stake": registry.total_model_stake.to_string(),
        "total_stake": validators.total_stake.to_string(),
        "validators": validators.validators.iter().map(validator_summary).collect::<Vec<_>>(),
        "value_fee_bps": state.parameters.value_fee_bps.to_string(),
    })
}

/// Executes a scenario again: effects, digests, written and deleted objects and the system state
/// must be the recorded ones. Gives the number of steps.
///
/// # Errors
/// At the first step that differs, with its name and what differs.
pub fn check_scenario(json: &str) -> Result<usize, Mismatch> {
    let scenario: Scenario = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut replay = Replay { recorded: &scenario.objects, current: BTreeMap::new() };
    for key in &scenario.genesis.objects {
        let object = replay.recorded(key)?;
        replay.put(object)?;
    }
    for step in &scenario.steps {
        replay.step(step).map_err(|mismatch| format!("step \"{}\": {mismatch}", step.name))?;
    }
    Ok(scenario.steps.len())
}

fn floats(texts: &[String]) -> Result<Vec<f32>, Mismatch> {
    let value = |text: &String| {
        u32::from_str_radix(text, 16).map(f32::from_bits).map_err(|error| error.to_string())
    };
    texts.iter().map(value).collect()
}

/// Draws the recorded embeddings again. Gives their number.
///
/// # Errors
/// At the first that differs.
pub fn check_target_embeddings(json: &str) -> Result<usize, Mismatch> {
    #[derive(Deserialize)]
    struct Recorded {
        seed: String,
        dim16: Vec<String>,
        dim2048_blake2b256_of_le_bytes: String,
    }
    let recorded: Vec<Recorded> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    for vector in &recorded {
        let seed = number(&vector.seed)?;
        let ours: Vec<u32> = embedding(seed, 16).into_iter().map(f32::to_bits).collect();
        let theirs: Vec<u32> = floats(&vector.dim16)?.into_iter().map(f32::to_bits).collect();
        same(&format!("embeddings of seed {seed}"), &ours, &theirs)?;
        let long: Vec<u8> = embedding(seed, 2_048).into_iter().flat_map(f32::to_le_bytes).collect();
        let digest = hex::encode(blake2b256(&[&long]));
        same("long embeddings", &digest, &vector.dim2048_blake2b256_of_le_bytes)?;
    }
    Ok(recorded.len())
}

/// Selects models again. Gives the number of selections.
///
/// # Errors
/// At the first that differs.
pub fn check_model_selection(json: &str) -> Result<usize, Mismatch> {
    #[derive(Deserialize)]
    struct Model {
        id: String,
        stake: String,
        embedding_bits: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Recorded {
        k: String,
        models: Vec<Model>,
        selected: Vec<String>,
        target_embedding_bits: Vec<String>,
        target_seed: String,
    }
    let recorded: Vec<Recorded> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    for vector in &recorded {
        let target = floats(&vector.target_embedding_bits)?;
        let drawn = embedding(number(&vector.target_seed)?, target.len());
        same("target embeddings", &drawn, &target)?;
        let mut models = Vec::new();
        for model in &vector.models {
            let id: ObjectId = model.id.parse().map_err(|_| format!("id {}", model.id))?;
            models.push((id, floats(&model.embedding_bits)?, number(&model.stake)?));
        }
        let candidates: Vec<Candidate<'_>> = models
            .iter()
            .map(|(id, embedding, stake)| Candidate { id: *id, embedding, stake: *stake })
            .collect();
        let count = usize::try_from(number(&vector.k)?).map_err(|error| error.to_string())?;
        let selected: Vec<String> =
            select_models(&target, &candidates, count).iter().map(ObjectId::to_string).collect();
        same("selected models", &selected, &vector.selected)?;
    }
    Ok(recorded.len())
}

/// Adjusts difficulty and value fee again, under protocol 5. Gives the number of adjustments.
///
/// # Errors
/// At the first that differs.
pub fn check_epoch_math(json: &str) -> Result<usize, Mismatch> {
    #[derive(Deserialize)]
    struct Recorded {
        hits: String,
        ema: String,
        fees: String,
        threshold_bits: String,
        value_fee_bps: String,
        after: Value,
    }
    let recorded: Vec<Recorded> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    for vector in &recorded {
        let mut parameters = protocol_config::parameters(5).ok_or("protocol 5 is unknown")?;
        parameters.value_fee_bps = number(&vector.value_fee_bps)?;
        let threshold = floats(std::slice::from_ref(&vector.threshold_bits))?;
        let mut targets = TargetState {
            distance_threshold: SomaTensor::vector(threshold),
            targets_generated_this_epoch: 0,
            hits_this_epoch: number(&vector.hits)?,
            hits_ema: number(&vector.ema)?,
            reward_per_target: 0,
        };
        adjust_difficulty(&mut targets, &parameters, 5);
        adjust_value_fee(&mut parameters, number(&vector.fees)?);
        let ours = json!([
            targets.hits_ema.to_string(),
            bits(&targets.distance_threshold),
            parameters.value_fee_bps.to_string(),
        ]);
        let after = &vector.after;
        let theirs = json!([
            after["target_state"]["hits_ema"],
            after["target_state"]["distance_threshold_bits"],
            after["value_fee_bps"],
        ]);
        same("adjustments", &ours, &theirs)?;
    }
    Ok(recorded.len())
}

/// Builds the parameters of every protocol version again. Gives the number of versions.
///
/// # Errors
/// At the first that differs.
pub fn check_protocol_configs(json: &str) -> Result<usize, Mismatch> {
    #[derive(Deserialize)]
    struct Recorded {
        version: u64,
        attributes: BTreeMap<String, String>,
        system_parameters_bcs: String,
    }
    let recorded: Vec<Recorded> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    for vector in &recorded {
        let parameters = protocol_config::parameters(vector.version)
            .ok_or_else(|| format!("protocol {} is unknown", vector.version))?;
        let ours = hex::encode(bcs::to_bytes(&parameters).map_err(|error| error.to_string())?);
        same("parameters", &ours, &vector.system_parameters_bcs)?;
        let attributes = protocol_config::attributes(vector.version);
        same("attributes", &attributes.as_ref(), &Some(&vector.attributes))?;
    }
    Ok(recorded.len())
}
