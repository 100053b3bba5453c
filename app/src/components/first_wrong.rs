//! After a form was tried in vain: to the first field that is wrong.

use leptos::prelude::{document, request_animation_frame};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Puts the cursor into the first field of the page that says it is wrong, once it does.
pub(crate) fn focus_first_wrong() {
    request_animation_frame(|| {
        let field = document().query_selector("main form [aria-invalid='true']").ok().flatten();
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
            // An element that refuses focus is not worth a word.
            let _ = field.focus();
        }
    });
}
