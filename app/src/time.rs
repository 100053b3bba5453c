//! What time it is, for the eye.

use gloo_timers::callback::Interval;
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Now; milliseconds since 1970.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the clock's milliseconds fit for ages"
)]
pub(crate) fn now_ms() -> u64 {
    Date::now().max(0.0) as u64
}

/// Now, renewed every `every` milliseconds as long as the caller is shown.
#[must_use]
pub(crate) fn use_now(every: u32) -> ReadSignal<u64> {
    let (now, set_now) = signal(now_ms());
    let ticking = Interval::new(every, move || {
        // The caller may be gone between two ticks.
        let _ = set_now.try_set(now_ms());
    });
    let ticking = StoredValue::new_local(Some(ticking));
    on_cleanup(move || {
        ticking.try_update_value(Option::take);
    });
    now
}

/// Day and time in the reader's own manner.
#[must_use]
pub(crate) fn day_and_time(at_ms: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in an f64")]
    let date = Date::new(&JsValue::from_f64(at_ms as f64));
    String::from(date.to_locale_string("default", &JsValue::UNDEFINED))
}

/// Hours, minutes and seconds in the reader's own manner.
#[must_use]
pub(crate) fn time_of_day(at_ms: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in an f64")]
    let date = Date::new(&JsValue::from_f64(at_ms as f64));
    String::from(date.to_locale_time_string("default"))
}
