//! Posting to the page: one JSON text, with at most one file beside it.

use crate::guests;
use bridge::protocol::Event;
use browser::program;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, File};
use zeroize::Zeroizing;

pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Says something to the page, and to every guest.
pub(crate) fn post(event: &Event) {
    let text = Zeroizing::new(written(event));
    // A page that is gone cannot be told; the worker ends with it.
    let _ = scope().post_message(&parcel(&text, None));
    guests::tell(&text);
}

/// Says something to the page alone.
pub(crate) fn post_to_own(event: &Event) {
    post_with_file(event, None);
}

/// Says something to the page alone, with a file beside it.
pub(crate) fn post_with_file(event: &Event, file: Option<&File>) {
    let _ = scope().post_message(&packed(event, file));
}

/// Has the page start programs for this worker: Firefox (153) now and then freezes a worker that starts others.
pub(crate) fn start_programs_through_page() {
    program::start_through(Box::new(|script, port| {
        let event = Event::Program { script: script.to_owned() };
        let parcel = Array::of2(&written(&event).into(), port);
        // A page that is gone starts nothing; the worker ends with it.
        let _ = scope().post_message_with_transfer(&parcel, &Array::of1(port));
    }));
}

/// An event as it travels.
pub(crate) fn packed(event: &Event, file: Option<&File>) -> Array {
    // A new phrase crosses this way.
    parcel(&Zeroizing::new(written(event)), file)
}

/// A text as it travels, with at most one file beside it.
pub(crate) fn parcel(text: &str, file: Option<&File>) -> Array {
    Array::of2(&JsValue::from_str(text), &file.map_or(JsValue::UNDEFINED, JsValue::from))
}

fn written(event: &Event) -> String {
    serde_json::to_string(event).expect("events are plain data")
}
