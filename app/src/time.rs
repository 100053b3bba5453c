//! What time it is, for the eye.

use crate::languages::{Language, language};
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

/// The language in force, in the reader's own region where the browser names one: `en-GB`, say.
fn own_manner() -> String {
    let tags = window().navigator().languages();
    tags.iter()
        .filter_map(|tag| tag.as_string())
        .find(|tag| Language::of_tag(tag) == Some(language()))
        .unwrap_or_else(|| language().tag().to_owned())
}

/// Day and time in the reader's own manner.
#[must_use]
pub(crate) fn day_and_time(at_ms: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in an f64")]
    let date = Date::new(&JsValue::from_f64(at_ms as f64));
    String::from(date.to_locale_string(&own_manner(), &JsValue::UNDEFINED))
}

/// Hours, minutes and seconds in the reader's own manner.
#[must_use]
pub(crate) fn time_of_day(at_ms: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in an f64")]
    let date = Date::new(&JsValue::from_f64(at_ms as f64));
    String::from(date.to_locale_time_string(&own_manner()))
}

fn date_of(at_ms: u64) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in an f64")]
    Date::new(&JsValue::from_f64(at_ms as f64))
}

/// A moment in UTC: `2026-05-01T08:30:00.123Z`.
#[must_use]
pub(crate) fn utc_text(at_ms: u64) -> String {
    let date = date_of(at_ms);
    if date.get_time().is_nan() { String::new() } else { String::from(date.to_iso_string()) }
}

/// The day that a moment is in, on the reader's clock: `2026-05-01`.
#[must_use]
pub(crate) fn day_of(at_ms: u64) -> Option<String> {
    let date = date_of(at_ms);
    (!date.get_time().is_nan()).then(|| {
        format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
    })
}

/// A moment on the reader's clock, with its distance from UTC: `2026-05-01T10:30:00.123+02:00`.
#[must_use]
pub(crate) fn local_text(at_ms: u64) -> String {
    let date = date_of(at_ms);
    let Some(day) = day_of(at_ms) else { return String::new() };
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let behind = date.get_timezone_offset() as i32;
    let sign = if behind > 0 { '-' } else { '+' };
    format!(
        "{day}T{:02}:{:02}:{:02}.{:03}{sign}{:02}:{:02}",
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
        date.get_milliseconds(),
        behind.abs() / 60,
        behind.abs() % 60
    )
}

/// When a day such as `2026-05-01` begins on the reader's clock; milliseconds since 1970. None where the text is
/// no day.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds of a day that can be chosen, from 1970 on"
)]
pub(crate) fn start_of_day(day: &str) -> Option<u64> {
    if day.is_empty() {
        return None;
    }
    let start = Date::new(&JsValue::from_str(&format!("{day}T00:00:00"))).get_time();
    (!start.is_nan()).then(|| start.max(0.0) as u64)
}
