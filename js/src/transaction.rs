//! Transactions as bytes: built, told, verified.

use crate::error::{thrown, told};
use crate::reading::{read, read_signature};
use crate::words::words;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::describe::{Description, UnknownTransaction};

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
