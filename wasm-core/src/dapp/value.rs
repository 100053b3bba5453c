//! Values as they stand in JSON text: strictly, in one form each.

use crate::address::{Address, ObjectId};
use base64ct::Encoding as _;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The largest whole number that every program which reads JSON keeps exact: 2⁵³ − 1.
const SAFE: u64 = (1 << 53) - 1;

/// A whole number: decimal digits as text, or a number as long as that is exact everywhere. Written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole(pub u64);

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Whole;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number as decimal digits in quotes, or one up to 2^53 - 1")
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
                let exact = (number <= SAFE).then_some(Whole(number));
                exact.ok_or_else(|| E::custom("numbers above 2^53 - 1 are written in quotes"))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Whole, E> {
                let plain = text.bytes().all(|byte| byte.is_ascii_digit())
                    && (text == "0" || !text.starts_with('0'));
                let number = plain.then(|| text.parse().ok()).flatten();
                number.map(Whole).ok_or_else(|| E::custom("not a whole number below 2^64"))
            }
        }
        deserializer.deserialize_any(Digits)
    }
}

/// Bytes in Base64 with padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64ct::Base64::encode_string(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        base64ct::Base64::decode_vec(&text)
            .map(Self)
            .map_err(|_| D::Error::custom("not Base64 with padding"))
    }
}

/// An address or id with all of its digits: `0x` and 64 of them. Fewer would be filled up with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Full<T>(pub T);

impl<T: fmt::Display> Serialize for Full<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: From32> Deserialize<'de> for Full<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64);
        let read = digits.and_then(|digits| hex::decode_to_slice(digits, &mut bytes).ok());
        let read = read.map(|()| Self(T::from_32(bytes)));
        read.ok_or_else(|| D::Error::custom("not 0x and 64 hexadecimal digits"))
    }
}

/// What 32 bytes can name.
pub trait From32 {
    /// Of these bytes.
    fn from_32(bytes: [u8; 32]) -> Self;
}

impl From32 for Address {
    fn from_32(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From32 for ObjectId {
    fn from_32(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// A value of f32 as a JSON number. What is no number has no text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Float(pub f32);

impl Serialize for Float {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0))
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        #[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest f32, as meant")]
        let value = number as f32;
        if value.is_finite() {
            Ok(Self(value))
        } else {
            Err(D::Error::custom("too large for a 32-bit number"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Base64, Float, Full, Whole};
    use crate::address::Address;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
        serde_json::from_str(text).ok()
    }

    #[test]
    fn whole_numbers_are_exact_or_refused() {
        for (text, number) in [
            ("0", 0),
            ("\"0\"", 0),
            ("9007199254740991", 9_007_199_254_740_991),
            ("\"18446744073709551615\"", u64::MAX),
        ] {
            assert_eq!(read::<Whole>(text), Some(Whole(number)), "{text}");
        }
        for text in [
            "9007199254740992",
            "-1",
            "1.0",
            "1e3",
            "\"\"",
            "\"01\"",
            "\"+1\"",
            "\" 1\"",
            "\"1.0\"",
            "\"18446744073709551616\"",
            "null",
            "true",
            "[1]",
        ] {
            assert_eq!(read::<Whole>(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_has_all_of_its_digits() {
        let whole = format!("\"0x{}\"", "0a".repeat(32));
        assert_eq!(read(&whole), Some(Full(Address([10; 32]))));
        for text in
            ["\"0x1\"", "\"\"", "1", &whole.replace("0x", ""), &whole.replace("0a\"", "0\"")]
        {
            assert_eq!(read::<Full<Address>>(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_are_padded_base64_and_values_fit_into_32_bits() {
        assert_eq!(read("\"AQI=\""), Some(Base64(vec![1, 2])));
        for text in ["\"AQI\"", "\"AQ-_\"", "\" AQI=\"", "\"AQJ=\"", "[1,2]"] {
            assert_eq!(read::<Base64>(text), None, "{text}");
        }
        assert_eq!(read("0.1"), Some(Float(0.1)));
        assert_eq!(read("1"), Some(Float(1.0)));
        for text in ["1e39", "-1e39", "\"1\"", "null"] {
            assert_eq!(read::<Float>(text), None, "{text}");
        }
    }
}
