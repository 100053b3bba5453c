//! Waiting for a node only as long as the caller does.
//!
//! Every wait is one and the same function: what is compiled for each method is only its own work.

use crate::error::told;
use futures::channel::oneshot;
use futures::future::{Either, select};
use js_sys::Promise;
use std::pin::Pin;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

/// Work that ends with a value for JavaScript.
pub(crate) type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// Promises what work comes to, unless the signal says to give up; what is under way is then dropped.
pub(crate) fn promise(
    signal: Option<AbortSignal>,
    work: impl Future<Output = Result<JsValue, JsValue>> + 'static,
) -> Promise {
    promise_of(signal, Box::pin(work))
}

fn promise_of(signal: Option<AbortSignal>, work: Work) -> Promise {
    future_to_promise(async { until(signal, work).await? })
}

/// What work comes to; an error where the signal says to give up.
pub(crate) async fn until(
    signal: Option<AbortSignal>,
    work: Work,
) -> Result<Result<JsValue, JsValue>, JsValue> {
    let Some(signal) = signal else { return Ok(work.await) };
    if signal.aborted() {
        return Err(aborted(&signal));
    }
    let (given_up, told_so) = oneshot::channel();
    let listener = Closure::once(move || {
        // Nobody listens once there is an answer.
        let _ = given_up.send(());
    });
    let function = listener.as_ref().unchecked_ref();
    signal.add_event_listener_with_callback("abort", function)?;
    let first = match select(work, told_so).await {
        Either::Left((answer, _)) => Ok(answer),
        Either::Right(_) => Err(aborted(&signal)),
    };
    signal.remove_event_listener_with_callback("abort", function)?;
    first
}

fn aborted(signal: &AbortSignal) -> JsValue {
    told("aborted", "the caller gave up", &signal.reason())
}
