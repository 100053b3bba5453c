//! Values on their way to JavaScript: whole numbers as `bigint`, ids and digests as their text.

use crate::error::argument;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// A value of the core as a plain object. Names are still Rust's; the package turns them.
pub(crate) fn plain<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = Serializer::new().serialize_large_number_types_as_bigints(true);
    value.serialize(&serializer).map_err(|error| argument(&error.to_string()))
}
