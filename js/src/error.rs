//! Errors on their way to JavaScript: a stable code, a sentence, and what was behind it.

use crate::codes::Coded;
use std::error::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "../error.js")]
extern "C" {
    /// The package's own error class.
    type SomaError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str, cause: &JsValue) -> SomaError;
}

/// An error with its code, and the errors behind it as its causes.
#[expect(clippy::needless_pass_by_value, reason = "the form that map_err takes")]
pub(crate) fn thrown<E: Coded>(error: E) -> JsValue {
    told(error.code(), &error.to_string(), &cause_of(error.source()))
}

/// An error of a code that this room gives itself.
pub(crate) fn told(code: &str, message: &str, cause: &JsValue) -> JsValue {
    SomaError::new(code, message, cause).into()
}

/// Where a caller gave something of another shape.
#[cfg(any(feature = "keys", feature = "multisig", feature = "network", feature = "scoring"))]
pub(crate) fn argument(message: &str) -> JsValue {
    told("argument/invalid", message, &JsValue::UNDEFINED)
}

fn cause_of(source: Option<&(dyn Error + 'static)>) -> JsValue {
    source.map_or(JsValue::UNDEFINED, |source| {
        let cause = js_sys::Error::new(&source.to_string());
        let behind = cause_of(source.source());
        if !behind.is_undefined() {
            cause.set_cause(&behind);
        }
        cause.into()
    })
}
