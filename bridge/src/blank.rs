//! A browser that holds nothing: whoever comes for the first time need not wait for a worker to hear so.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::window;

/// Whether this origin has neither a database nor a private file. No wallet is without either, not even a damaged one.
/// A browser that does not tell is taken to hold something.
pub async fn is_blank() -> bool {
    has_no_database().await == Some(true) && has_no_file().await == Some(true)
}

async fn has_no_database() -> Option<bool> {
    let factory = member(window()?.as_ref(), "indexedDB")?;
    let databases: Array = ask(&factory, "databases").await?.dyn_into().ok()?;
    Some(databases.length() == 0)
}

async fn has_no_file() -> Option<bool> {
    let navigator = member(window()?.as_ref(), "navigator")?;
    let storage = member(&navigator, "storage")?;
    let folder = ask(&storage, "getDirectory").await?;
    let names = call(&folder, "keys")?;
    let first = ask(&names, "next").await?;
    member(&first, "done")?.as_bool()
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|it| !it.is_undefined() && !it.is_null())
}

fn call(object: &JsValue, method: &str) -> Option<JsValue> {
    member(object, method)?.dyn_into::<Function>().ok()?.call0(object).ok()
}

async fn ask(object: &JsValue, method: &str) -> Option<JsValue> {
    let promised: Promise = call(object, method)?.dyn_into().ok()?;
    JsFuture::from(promised).await.ok()
}
