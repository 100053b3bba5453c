//! Transactions and signatures on their way in.

#[cfg(any(feature = "keys", feature = "network"))]
use crate::error::argument;
use crate::error::thrown;
#[cfg(any(feature = "keys", feature = "network"))]
use base64ct::{Base64, Encoding as _};
use wasm_bindgen::JsValue;
use wasm_core::describe::UnknownTransaction;
use wasm_core::tx::TransactionData;
#[cfg(any(feature = "keys", feature = "network"))]
use wasm_core::tx::sign::UserSignature;

/// A transaction of its BCS.
pub(crate) fn read(bytes: &[u8]) -> Result<TransactionData, JsValue> {
    TransactionData::from_bytes(bytes)
        .map_err(|error| thrown(UnknownTransaction { reason: error.to_string() }))
}

/// A signature in Base64, flag first.
#[cfg(any(feature = "keys", feature = "network"))]
pub(crate) fn read_signature(text: &str) -> Result<UserSignature, JsValue> {
    let bytes =
        Base64::decode_vec(text).map_err(|_| argument("a signature is written in Base64"))?;
    UserSignature::from_bytes(&bytes).map_err(thrown)
}
