//! The time, in seconds from some moment on.

/// Now.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn seconds() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// Now.
#[cfg(target_arch = "wasm32")]
pub(crate) fn seconds() -> f64 {
    js_sys::Date::now() / 1000.0
}
