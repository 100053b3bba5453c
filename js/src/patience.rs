//! Waiting for a node only as long as the caller does.

use crate::codes::Coded;
use crate::error::{thrown, told};
use futures::channel::oneshot;
use futures::future::{Either, select};
use std::pin::pin;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::AbortSignal;

/// Waits for an answer, or until the signal says to give up; what is under way is then dropped.
pub(crate) async fn until<T, E: Coded>(
    signal: Option<AbortSignal>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, JsValue> {
    let Some(signal) = signal else { return work.await.map_err(thrown) };
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
    let first = match select(pin!(work), told_so).await {
        Either::Left((answer, _)) => answer.map_err(thrown),
        Either::Right(_) => Err(aborted(&signal)),
    };
    signal.remove_event_listener_with_callback("abort", function)?;
    first
}

fn aborted(signal: &AbortSignal) -> JsValue {
    told("aborted", "the caller gave up", &signal.reason())
}
