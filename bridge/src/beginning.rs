//! What the page's first script began while the program was on its way: see `public/beginning.js`.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Worker, window};

/// Where the script leaves it, on the page's window.
const LEFT: &str = "walletBeginning";

#[wasm_bindgen]
extern "C" {
    /// A wallet's worker that was started before there was anybody to hear it.
    #[derive(Clone, Debug)]
    pub type EarlyWorker;

    /// Hands the worker over. What it said until now it says again once those who listen are there, which has to be
    /// before the next `await`.
    #[wasm_bindgen(method, js_name = takeOver)]
    pub(crate) fn take_over(this: &EarlyWorker) -> Worker;
}

/// How this page begins.
#[derive(Debug)]
pub enum Beginning {
    /// This browser holds nothing: whoever comes for the first time need not wait for a worker to hear so.
    Blank,
    /// It holds something or may do so, and the worker is on its way, unless the browser did not start it.
    Held(Option<EarlyWorker>),
}

impl Beginning {
    /// Waits until that is known.
    pub async fn of_this_page() -> Self {
        match left().await {
            Some(left) if left.is_null() => Self::Blank,
            Some(left) if left.is_object() => Self::Held(Some(left.unchecked_into())),
            _ => Self::Held(None),
        }
    }
}

async fn left() -> Option<JsValue> {
    let promised: Promise = Reflect::get(window()?.as_ref(), &LEFT.into()).ok()?.dyn_into().ok()?;
    JsFuture::from(promised).await.ok()
}
