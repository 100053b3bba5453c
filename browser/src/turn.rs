//! One tab at a time: a lock of this origin that ends with the worker that holds it.

use crate::js;
use futures::future::{Either, select};
use js_sys::{Function, Promise, Reflect};
use std::pin::pin;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The browser has no locks, or refuses them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the browser's locks do not work: {0}")]
pub struct TurnError(String);

/// Waits until no other tab of this origin holds the lock of this name, then holds it until the
/// worker ends.
///
/// # Errors
/// Where the browser has no locks.
pub async fn take(name: &str) -> Result<(), TurnError> {
    // A promise that never settles keeps the lock.
    granted(name, || Promise::new(&mut |_, _| {})).await
}

/// Waits until nobody of this origin holds the lock of this name, and leaves it free.
///
/// # Errors
/// Where the browser has no locks.
pub async fn free(name: &str) -> Result<(), TurnError> {
    granted(name, || Promise::resolve(&JsValue::UNDEFINED)).await
}

/// Waits until the lock is granted, which then is kept until what `keep` gives settles.
async fn granted(name: &str, keep: impl Fn() -> Promise + 'static) -> Result<(), TurnError> {
    let failed = |thrown: JsValue| TurnError(js::message(&thrown));
    // The typed interface is not stable yet.
    let locks = Reflect::get(&js::scope().navigator(), &"locks".into()).map_err(failed)?;
    let request: Function = Reflect::get(&locks, &"request".into())
        .map_err(failed)?
        .dyn_into()
        .map_err(|_| TurnError("this browser has none".into()))?;
    let (granted, grant) = futures::channel::oneshot::channel();
    let mut granted = Some(granted);
    let callback = Closure::<dyn FnMut() -> Promise>::new(move || {
        if let Some(granted) = granted.take() {
            // Somebody who gave up waiting does not hear it.
            let _ = granted.send(());
        }
        keep()
    });
    let asked =
        request.call2(&locks, &JsValue::from_str(name), callback.as_ref()).map_err(failed)?;
    callback.forget();
    // Before it is granted, what is asked for ends only where it is refused.
    match select(grant, pin!(JsFuture::from(Promise::from(asked)))).await {
        Either::Left((Ok(()), _)) => Ok(()),
        Either::Right((Err(thrown), _)) => Err(failed(thrown)),
        Either::Left((Err(_), _)) | Either::Right((Ok(_), _)) => {
            Err(TurnError("it was refused".into()))
        }
    }
}
