//! `grpc_bcs_codec.json`: messages of faucet, scoring and admin, and their gRPC frames.

use crate::Count;
use crate::read::{Bits, Hex, Text, file, round_trip, same, same_bytes};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt::Debug;
use wasm_core::services::{
    ADVANCE_EPOCH, AdvanceEpochRequest, AdvanceEpochResponse, GasCoinInfo, GasRequest, GasResponse,
    HEALTH, HealthRequest, HealthResponse, ManifestInput, REQUEST_GAS, SCORE, ScoreRequest,
    ScoreResponse,
};

/// A message, its route and its bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Which message it is.
    pub message: String,
    /// What it says; together with its name it is read as a [`Message`].
    pub fields: serde_json::Value,
    /// Where it goes, or comes from.
    pub route: String,
    /// How it travels.
    pub encoded: Encoded,
}

/// Bytes of a message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Encoded {
    pub bcs: Hex,
    pub grpc_frame: Hex,
}

/// What a message says.
#[derive(Debug, Deserialize)]
#[serde(tag = "message", content = "fields", deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub enum Message {
    GasRequest {
        recipient: String,
    },
    GasResponse {
        status: String,
        coins_sent: Vec<Coin>,
    },
    ScoreRequest {
        data_url: String,
        data_checksum: String,
        data_size: Text<u64>,
        model_manifests: Vec<Manifest>,
        target_embedding_f32_bits: Vec<Bits>,
        seed: Text<u64>,
    },
    ScoreResponse {
        winner: Text<u64>,
        loss_score_f32_bits: Vec<Bits>,
        embedding_f32_bits: Vec<Bits>,
        distance_f32_bits: Vec<Bits>,
    },
    HealthRequest {},
    HealthResponse {
        ok: bool,
    },
    AdvanceEpochRequest {},
    AdvanceEpochResponse {
        epoch: Text<u64>,
    },
}

/// A coin of the faucet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Coin {
    pub amount: Text<u64>,
    pub id: String,
    pub transfer_tx_digest: String,
}

/// The weights of a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Manifest {
    pub url: String,
    pub checksum: String,
    pub size: Text<u64>,
    pub decryption_key: Option<String>,
}

fn bits(bits: Vec<Bits>) -> Vec<u32> {
    bits.into_iter().map(|bits| bits.0).collect()
}

fn check_message<T>(route: &str, message: &T, vector: &Vector) -> Result<()>
where
    T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug,
{
    same("route", route, &vector.route)?;
    let bytes = bcs::to_bytes(message)?;
    same_bytes("BCS", &bytes, &vector.encoded.bcs.0)?;
    same("message", &round_trip::<T>("BCS", &vector.encoded.bcs.0)?, message)?;
    let length = u32::try_from(bytes.len())?.to_be_bytes();
    same_bytes("frame", [&[0], &length[..], &bytes].concat(), &vector.encoded.grpc_frame.0)
}

fn check_one(vector: &Vector) -> Result<()> {
    let Vector { message, fields, .. } = vector;
    match serde_json::from_value(json!({ "message": message, "fields": fields }))? {
        Message::GasRequest { recipient } => {
            check_message(REQUEST_GAS, &GasRequest { recipient }, vector)
        }
        Message::GasResponse { status, coins_sent } => {
            let coins_sent = coins_sent
                .into_iter()
                .map(|Coin { amount, id, transfer_tx_digest }| GasCoinInfo {
                    amount: amount.0,
                    id,
                    transfer_tx_digest,
                })
                .collect();
            check_message(REQUEST_GAS, &GasResponse { status, coins_sent }, vector)
        }
        Message::ScoreRequest {
            data_url,
            data_checksum,
            data_size,
            model_manifests,
            target_embedding_f32_bits,
            seed,
        } => {
            let model_manifests = model_manifests
                .into_iter()
                .map(|Manifest { url, checksum, size, decryption_key }| ManifestInput {
                    url,
                    checksum,
                    size: size.0,
                    decryption_key,
                })
                .collect();
            let request = ScoreRequest {
                data_url,
                data_checksum,
                data_size: data_size.0,
                model_manifests,
                target_embedding: bits(target_embedding_f32_bits),
                seed: seed.0,
            };
            check_message(SCORE, &request, vector)
        }
        Message::ScoreResponse {
            winner,
            loss_score_f32_bits,
            embedding_f32_bits,
            distance_f32_bits,
        } => {
            let response = ScoreResponse {
                winner: winner.0,
                loss_score: bits(loss_score_f32_bits),
                embedding: bits(embedding_f32_bits),
                distance: bits(distance_f32_bits),
            };
            check_message(SCORE, &response, vector)
        }
        Message::HealthRequest {} => check_message(HEALTH, &HealthRequest {}, vector),
        Message::HealthResponse { ok } => check_message(HEALTH, &HealthResponse { ok }, vector),
        Message::AdvanceEpochRequest {} => {
            check_message(ADVANCE_EPOCH, &AdvanceEpochRequest {}, vector)
        }
        Message::AdvanceEpochResponse { epoch } => {
            check_message(ADVANCE_EPOCH, &AdvanceEpochResponse { epoch: epoch.0 }, vector)
        }
    }
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| format!("{} {}", vector.message, vector.fields))?;
    }
    Ok(vec![Count::of("messages of services", vectors.len())])
}
