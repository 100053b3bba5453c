//! Posting to the page: one JSON text, with at most one file beside it.

use bridge::protocol::Event;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, File};
use zeroize::Zeroizing;

pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Says something to the page.
pub(crate) fn post(event: &Event) {
    post_with_file(event, None);
}

/// Says something to the page, with a file beside it.
pub(crate) fn post_with_file(event: &Event, file: Option<&File>) {
    // A new phrase crosses this way.
    let text = Zeroizing::new(serde_json::to_string(event).expect("events are plain data"));
    let file = file.map_or(JsValue::UNDEFINED, JsValue::from);
    let parcel = js_sys::Array::of2(&JsValue::from_str(&text), &file);
    // A page that is gone cannot be told; the worker ends with it.
    let _ = scope().post_message(&parcel);
}
