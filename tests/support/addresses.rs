//! `addresses.json`: what each parser of the node takes, and how each place writes 32 bytes.

use crate::Count;
use crate::read::{Hex, file, same};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use wasm_core::address::{Address, ObjectId};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    /// Texts, and what becomes of them.
    pub parse: Vec<Parse>,
    /// Bytes, and how they are written.
    pub display: Vec<Display>,
}

/// A text and what the parsers make of it: nothing where they refuse.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Parse {
    pub text: String,
    pub soma_address: Option<String>,
    pub object_id: Option<String>,
    pub rpc_address: Option<String>,
}

/// Bytes and their texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Display {
    pub bytes: Hex,
    pub address_display: String,
    pub json_address: String,
    pub json_object_id: String,
    pub object_id_display: String,
    pub object_id_to_hex: String,
    pub object_id_to_hex_literal: String,
}

fn check_parse(vector: &Parse) -> Result<()> {
    let text = vector.text.as_str();
    let address = text.parse::<Address>().ok().map(|value| value.to_string());
    same("address", address, vector.soma_address.clone())?;
    let id = text.parse::<ObjectId>().ok().map(|value| value.to_string());
    same("object id", id, vector.object_id.clone())?;
    let lenient = Address::parse_lenient(text).ok().map(|value| value.to_string());
    same("address of a request", lenient, vector.rpc_address.clone())?;
    let lenient = ObjectId::parse_lenient(text).ok().map(|value| value.to_string());
    same("object id of a request", lenient, vector.rpc_address.clone())
}

fn check_display(vector: &Display) -> Result<()> {
    let (address, id) = (Address(vector.bytes.array()?), ObjectId(vector.bytes.array()?));
    same("Display of an address", &address.to_bare_hex(), &vector.address_display)?;
    same("JSON of an address", &address.to_bare_hex(), &vector.json_address)?;
    same("JSON of an id", serde_json::to_string(&id)?, format!("{:?}", vector.json_object_id))?;
    same("Display of an id", &id.to_string(), &vector.object_id_display)?;
    same("bare id", &id.to_bare_hex(), &vector.object_id_to_hex)?;
    same("trimmed id", &id.to_trimmed_hex(), &vector.object_id_to_hex_literal)?;
    for text in [&vector.json_address, &vector.json_object_id, &vector.object_id_to_hex_literal] {
        same("address read back", serde_json::from_str::<Address>(&format!("{text:?}"))?, address)?;
        same("id read back", serde_json::from_str::<ObjectId>(&format!("{text:?}"))?, id)?;
    }
    Ok(())
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vectors = file(json)?;
    for vector in &vectors.parse {
        check_parse(vector).with_context(|| format!("{:?}", vector.text))?;
    }
    for vector in &vectors.display {
        check_display(vector).with_context(|| format!("{:?}", vector.bytes))?;
    }
    Ok(vec![
        Count::of("texts of addresses", vectors.parse.len()),
        Count::of("addresses as text", vectors.display.len()),
    ])
}
