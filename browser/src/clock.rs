//! The time of day, and waiting.

use futures::channel::oneshot;
use futures::future::pending;
use js_sys::Function;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout, catch)]
    fn set_timeout(call: &Function, milliseconds: i32) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timeout: &JsValue);
}

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    crate::js::bytes(js_sys::Date::now())
}

/// Waits. The worker serves others meanwhile.
///
/// A worker that the browser is ending waits for ever: Firefox may refuse it a timer, and nobody is left to hear of that.
pub async fn sleep_ms(milliseconds: u32) {
    let (over, is_over) = oneshot::channel();
    let wake = Closure::once(move || {
        // Whoever waits no more has dropped the other end.
        let _ = over.send(());
    });
    let milliseconds = i32::try_from(milliseconds).unwrap_or(i32::MAX);
    let Ok(timeout) = set_timeout(wake.as_ref().unchecked_ref(), milliseconds) else {
        return pending().await;
    };
    let _ends_with_us = Timeout(timeout);
    let _ = is_over.await;
}

/// Waits, as [`sleep_ms`] does.
pub async fn sleep(duration: Duration) {
    sleep_ms(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)).await;
}

/// What would call; dropping it, it does not.
struct Timeout(JsValue);

impl Drop for Timeout {
    fn drop(&mut self) {
        clear_timeout(&self.0);
    }
}
