//! Small steps between JavaScript's values and ours.

use wasm_bindgen::{JsCast, JsValue};

/// The message of a thrown value, as a part of a sentence: some browsers end theirs with a full stop.
pub(crate) fn message(error: &JsValue) -> String {
    let said = if let Some(error) = error.dyn_ref::<js_sys::Error>() {
        String::from(error.message())
    } else if let Some(error) = error.dyn_ref::<web_sys::DomException>() {
        error.message()
    } else {
        error.as_string().unwrap_or_else(|| "unknown reason".into())
    };
    said.trim_end_matches('.').to_owned()
}

/// The name of a thrown value, such as `AbortError`.
pub(crate) fn name(error: &JsValue) -> String {
    error
        .dyn_ref::<web_sys::DomException>()
        .map(web_sys::DomException::name)
        .or_else(|| error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name())))
        .unwrap_or_default()
}

/// Lets a promise go whose outcome does not matter. Without anybody to hear it, its failure would be
/// an error in the browser's console.
pub(crate) fn forget(promise: impl Into<JsValue>) {
    let promise = js_sys::Promise::from(promise.into());
    wasm_bindgen_futures::spawn_local(async move {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    });
}

/// The worker's global scope.
pub(crate) fn scope() -> web_sys::DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// A length or offset as JavaScript counts it: exact up to 2^53, which no file reaches.
#[expect(clippy::cast_precision_loss, reason = "files are shorter than 2^53 bytes")]
pub(crate) const fn number(bytes: u64) -> f64 {
    bytes as f64
}

/// A length or offset from JavaScript.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths are whole and not negative; the cast saturates"
)]
pub(crate) const fn bytes(number: f64) -> u64 {
    number as u64
}
