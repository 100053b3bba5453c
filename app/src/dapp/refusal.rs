//! The one answer that is written here: a no to a request that no worker knows, as when its window is closed.

use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// What the Wallet Standard says of a person who refuses.
const REJECTED: f64 = 4_001_000.0;

/// A no to a request, under its own id. Of one that cannot be read, without.
pub(super) fn text(request: &str) -> String {
    let id = JSON::parse(request)
        .ok()
        .filter(JsValue::is_object)
        .and_then(|request| Reflect::get(&request, &"id".into()).ok())
        .filter(JsValue::is_string)
        .unwrap_or(JsValue::NULL);
    let error = object(&[
        ("code", REJECTED.into()),
        ("reason", "rejected".into()),
        ("message", "the person refused, or closed the wallet's window".into()),
    ]);
    let answer = object(&[("version", 1.into()), ("id", id), ("error", error.into())]);
    JSON::stringify(&answer).map(String::from).unwrap_or_default()
}

/// An object of plain values.
pub(super) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A fresh object takes anything.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.unchecked_into()
}
