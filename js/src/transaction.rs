//! Transactions as bytes: built, told, verified.

use crate::error::{argument, thrown, told};
use crate::words::words;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::describe::{Description, UnknownTransaction};
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::UserSignature;

/// Throws where bytes are not exactly one transaction that people send, in the one way to write it.
#[wasm_bindgen(js_name = checkTransaction)]
pub fn check_transaction(bytes: &[u8]) -> Result<(), JsValue> {
    let transaction = read(bytes)?;
    if transaction.kind().is_system() {
        let text = "only the system sends transactions of this kind";
        return Err(told("transaction/system", text, &JsValue::UNDEFINED));
    }
    if transaction.to_bytes() != bytes {
        let reason = "there is another way to write them".to_owned();
        return Err(thrown(UnknownTransaction { reason }));
    }
    Ok(())
}

/// What a transaction says, in plain words.
#[wasm_bindgen(js_name = describe)]
pub fn describe(transaction: &[u8]) -> Result<JsValue, JsValue> {
    Ok(words(&Description::of(&read(transaction)?)))
}

/// What the network knows a transaction by.
#[wasm_bindgen(js_name = transactionDigest)]
pub fn transaction_digest(transaction: &[u8]) -> Result<String, JsValue> {
    Ok(read(transaction)?.digest().to_string())
}

/// Throws where a signature is not one of the transaction's sender.
#[wasm_bindgen(js_name = verifyTransaction)]
pub fn verify_transaction(transaction: &[u8], signature: &str) -> Result<(), JsValue> {
    read_signature(signature)?.verify(&read(transaction)?).map_err(thrown)
}

/// A transaction of its BCS.
pub(crate) fn read(bytes: &[u8]) -> Result<TransactionData, JsValue> {
    TransactionData::from_bytes(bytes)
        .map_err(|error| thrown(UnknownTransaction { reason: error.to_string() }))
}

/// A signature in Base64, flag first.
pub(crate) fn read_signature(text: &str) -> Result<UserSignature, JsValue> {
    let bytes = STANDARD.decode(text).map_err(|_| argument("a signature is written in Base64"))?;
    UserSignature::from_bytes(&bytes).map_err(thrown)
}
