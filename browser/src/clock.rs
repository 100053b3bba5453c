//! The time of day, and waiting.

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    crate::js::bytes(js_sys::Date::now())
}

/// Waits. The worker serves others meanwhile.
pub async fn sleep_ms(milliseconds: u32) {
    gloo_timers::future::TimeoutFuture::new(milliseconds).await;
}
