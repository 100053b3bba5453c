//! Rates: basis points, written as percent.

use crate::intent::MAX_COMMISSION_BPS;

/// A commission above this deserves a second look; basis points.
pub const HIGH_COMMISSION_BPS: u64 = 5_000;

/// Text that is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateParseError {
    /// Nothing was given.
    #[error("enter a percentage")]
    Empty,
    /// Something else than digits and one point.
    #[error("a percentage has digits and at most one point, such as 2.5")]
    NotDecimal,
    /// Finer than a basis point.
    #[error("a percentage has at most 2 digits after the point")]
    TooPrecise,
    /// More than everything.
    #[error("a commission cannot be more than 100 %")]
    TooHigh,
}

/// Reads a percentage such as `2.5` or `2.5%` as basis points: exact, at most all of it.
///
/// # Errors
/// Where the text is no such percentage.
pub fn parse_percent(text: &str) -> Result<u64, RateParseError> {
    let text = text.trim();
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    if text.is_empty() {
        return Err(RateParseError::Empty);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
        return Err(RateParseError::NotDecimal);
    }
    if fraction.len() > 2 {
        return Err(RateParseError::TooPrecise);
    }
    // Only digits are left, so what does not fit is too much.
    let bps: u64 = format!("{whole}{fraction:0<2}").parse().map_err(|_| RateParseError::TooHigh)?;
    if bps > MAX_COMMISSION_BPS { Err(RateParseError::TooHigh) } else { Ok(bps) }
}

#[cfg(test)]
mod tests {
    use super::{RateParseError, parse_percent};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_percentage_is_exact_to_the_basis_point() {
        for (text, bps) in [
            ("0", 0),
            ("5", 500),
            ("2.5", 250),
            (".01", 1),
            ("3.", 300),
            ("0.05 %", 5),
            (" 12.34% ", 1_234),
            ("100", 10_000),
        ] {
            assert_eq!(parse_percent(text), Ok(bps), "{text}");
        }
    }

    #[test]
    fn what_is_no_percentage_is_refused() {
        for (text, error) in [
            ("", RateParseError::Empty),
            ("%", RateParseError::Empty),
            (".", RateParseError::NotDecimal),
            ("-1", RateParseError::NotDecimal),
            ("1,5", RateParseError::NotDecimal),
            ("5%%", RateParseError::NotDecimal),
            ("1.234", RateParseError::TooPrecise),
            ("100.01", RateParseError::TooHigh),
            ("99999999999999999999999", RateParseError::TooHigh),
        ] {
            assert_eq!(parse_percent(text), Err(error), "{text}");
        }
    }
}
