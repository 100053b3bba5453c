//! Plain objects.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// An object of these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from(*name), value)
            .expect("a plain object takes any field");
    }
    object.into()
}
