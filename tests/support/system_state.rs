//! `system_state.json`: whole system states.

use crate::Count;
use crate::read::{Hex, file, round_trip};
use crate::state::Summary;
use anyhow::{Context as _, Result, bail, ensure};
use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use serde_json::Value;
use wasm_core::system_state::SystemState;

/// A state in all its forms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub name: String,
    pub system_state_bcs: Hex,
    /// The reference's own JSON, all fields.
    pub json: Value,
    pub summary: Summary,
    /// The same in protobuf; for the room that speaks it.
    pub proto: Hex,
    /// The same in protobuf's JSON; for the room that speaks it.
    pub proto_json: Value,
}

/// The bytes that a text stands for. Keys are hex here and Base64 there, addresses have `0x` or not.
fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).ok()
}

fn same_text(ours: &str, theirs: &str) -> bool {
    ours == theirs
        || bytes(ours).is_some_and(|ours| {
            bytes(theirs).is_some_and(|theirs| theirs == ours)
                || Base64::decode_vec(theirs).is_ok_and(|theirs| theirs == ours)
        })
}

/// Compares all fields, and that there are no others.
fn same_json(path: &str, ours: &Value, theirs: &Value) -> Result<()> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            ensure!(ours.len() == theirs.len(), "{path}: {ours:?} are not {theirs:?}");
            for (key, value) in theirs {
                let ours = ours.iter().find(|(ours, _)| same_text(ours, key));
                let (_, ours) = ours.with_context(|| format!("{path}: no {key}"))?;
                same_json(&format!("{path}.{key}"), ours, value)?;
            }
            Ok(())
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ensure!(ours.len() == theirs.len(), "{path}: {ours:?} are not {theirs:?}");
            let mut pairs = ours.iter().zip(theirs).enumerate();
            pairs.try_for_each(|(at, (ours, theirs))| {
                same_json(&format!("{path}[{at}]"), ours, theirs)
            })
        }
        (Value::String(ours), Value::String(theirs)) if same_text(ours, theirs) => Ok(()),
        _ if ours == theirs => Ok(()),
        _ => bail!("{path}: {ours} is not {theirs}"),
    }
}

fn check_one(vector: &Vector) -> Result<()> {
    let state: SystemState = round_trip("state", &vector.system_state_bcs.0)?;
    vector.summary.check(state.as_v1())?;
    same_json("state", &serde_json::to_value(&state)?, &vector.json)?;
    // Old data lacks the version tag.
    let untagged = vector.system_state_bcs.0.get(1..).context("a tag")?;
    let bare = round_trip("state without tag", untagged)?;
    ensure!(SystemState::V1(bare) == state, "the state differs without its tag");
    Ok(())
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
    Ok(vec![Count::of("system states", vectors.len())])
}
