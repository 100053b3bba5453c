//! From f64, in which tables and sums are made, to the f32 that models are made of.

/// The nearest f32.
#[inline]
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the definition rounds to the nearest f32")]
pub const fn narrow(value: f64) -> f32 {
    value as f32
}
