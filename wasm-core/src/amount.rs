//! Money: whole shannons, and exact decimal SOMA at the edges.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An amount of money. One SOMA is 1,000,000,000 shannons.
///
/// Text is decimal SOMA, exact: at most nine digits after the point. BCS: a little-endian u64.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shannons(pub u64);

/// Text that is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountParseError {
    /// Nothing was given.
    #[error("enter an amount")]
    Empty,
    /// Something else than digits and one point.
    #[error("an amount has digits and at most one point, such as 1.25")]
    NotDecimal,
    /// More than nine digits after the point.
    #[error("an amount has at most 9 digits after the point")]
    TooPrecise,
    /// More than fits into u64 shannons.
    #[error("this is more SOMA than can exist")]
    TooLarge,
}

impl Shannons {
    /// Shannons in one SOMA.
    pub const PER_SOMA: u64 = 1_000_000_000;
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or nothing where it would not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or nothing where it would be negative.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// A part in ten thousand, rounded down, as the chain computes fees and shares.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "saturated to u64 one step before")]
    pub const fn bps(self, rate: u64) -> Self {
        let part = self.0 as u128 * rate as u128 / 10_000;
        Self(if part > u64::MAX as u128 { u64::MAX } else { part as u64 })
    }
}

impl fmt::Display for Shannons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / Self::PER_SOMA, self.0 % Self::PER_SOMA);
        let digits = format!("{fraction:09}");
        match digits.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            fraction => write!(f, "{whole}.{fraction}"),
        }
    }
}

impl fmt::Debug for Shannons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shannons({})", self.0)
    }
}

impl FromStr for Shannons {
    type Err = AmountParseError;
    fn from_str(text: &str) -> Result<Self, AmountParseError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AmountParseError::Empty);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 {
            return Err(AmountParseError::NotDecimal);
        }
        if fraction.len() > 9 {
            return Err(AmountParseError::TooPrecise);
        }
        let number = |part: &str| match part {
            "" => Ok(0),
            part => part.parse::<u64>().map_err(|_| AmountParseError::TooLarge),
        };
        let fraction = number(&format!("{fraction:0<9}"))?;
        number(whole)?
            .checked_mul(Self::PER_SOMA)
            .and_then(|whole| whole.checked_add(fraction))
            .map(Self)
            .ok_or(AmountParseError::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::{AmountParseError, Shannons};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn decimal_text_is_exact() {
        for (text, shannons) in [
            ("1", 1_000_000_000),
            ("1.001", 1_001_000_000),
            (".5", 500_000_000),
            ("2.", 2_000_000_000),
            ("0.000000001", 1),
            ("18446744073.709551615", u64::MAX),
        ] {
            assert_eq!(text.parse(), Ok(Shannons(shannons)), "{text}");
        }
    }

    #[test]
    fn what_is_not_exact_money_is_refused() {
        for (text, error) in [
            ("", AmountParseError::Empty),
            (".", AmountParseError::NotDecimal),
            ("-1", AmountParseError::NotDecimal),
            ("+1", AmountParseError::NotDecimal),
            ("1e3", AmountParseError::NotDecimal),
            ("1,5", AmountParseError::NotDecimal),
            ("1.0000000001", AmountParseError::TooPrecise),
            ("18446744073.709551616", AmountParseError::TooLarge),
            ("99999999999999999999", AmountParseError::TooLarge),
        ] {
            assert_eq!(text.parse::<Shannons>(), Err(error), "{text}");
        }
    }

    #[test]
    fn printing_and_parsing_agree() {
        for shannons in [0, 1, 999_999_999, 1_000_000_000, 1_234_567_890, u64::MAX] {
            let text = Shannons(shannons).to_string();
            assert_eq!(text.parse(), Ok(Shannons(shannons)), "{text}");
        }
    }
}
