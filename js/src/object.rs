//! Plain objects.

use js_sys::Object;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

#[wasm_bindgen]
extern "C" {
    /// An object that takes any field.
    #[wasm_bindgen(extends = Object)]
    type PlainObject;

    #[wasm_bindgen(method, indexing_setter)]
    fn set(this: &PlainObject, name: &str, value: &JsValue);
}

/// An object of these fields.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object: PlainObject = Object::new().unchecked_into();
    for (name, value) in fields {
        object.set(name, value);
    }
    object.into()
}
