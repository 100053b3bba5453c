//! `execution_errors.json`: why transactions fail, as bytes and as the node's texts.

use crate::Count;
use crate::read::{Hex, file, round_trip, same, same_bytes};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::effects::ExecutionStatus;
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::soma_error::SomaError;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vectors {
    pub execution_failure_status: Vec<Failure>,
    pub soma_error: Vec<Error>,
}

/// A failure of execution.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Failure {
    pub name: String,
    pub debug: String,
    pub display: String,
    pub failure_bcs: Hex,
    pub status_bcs: Hex,
    /// The same in protobuf; for the room that speaks it.
    pub proto: Hex,
    /// The same in protobuf's JSON; for the room that speaks it.
    pub proto_json: serde_json::Value,
}

/// An error of the node.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Error {
    pub debug: String,
    pub display: String,
    pub bcs: Hex,
}

fn check_failure(vector: &Failure) -> Result<()> {
    let failure: ExecutionFailureStatus = round_trip("failure", &vector.failure_bcs.0)?;
    let debug = format!("{failure:?}");
    same("name", debug.split([' ', '(']).next(), Some(vector.name.as_str()))?;
    same("Debug", &debug, &vector.debug)?;
    same("Display", &failure.to_string(), &vector.display)?;
    let status = ExecutionStatus::Failure { error: failure };
    same_bytes("status", bcs::to_bytes(&status)?, &vector.status_bcs.0)?;
    same("status", &round_trip::<ExecutionStatus>("status", &vector.status_bcs.0)?, &status)
}

fn check_error(vector: &Error) -> Result<()> {
    let error: SomaError = round_trip("error", &vector.bcs.0)?;
    same("Debug", &format!("{error:?}"), &vector.debug)?;
    same("Display", &error.to_string(), &vector.display)
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vectors = file(json)?;
    for vector in &vectors.execution_failure_status {
        check_failure(vector).with_context(|| vector.debug.clone())?;
    }
    for vector in &vectors.soma_error {
        check_error(vector).with_context(|| vector.debug.clone())?;
    }
    Ok(vec![
        Count::of("execution failures", vectors.execution_failure_status.len()),
        Count::of("errors of the node", vectors.soma_error.len()),
    ])
}
