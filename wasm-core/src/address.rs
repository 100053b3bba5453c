//! Addresses and object ids: 32 bytes, written as hex in several ways.

use crate::digest::{TransactionDigest, blake2b256};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Text that is not an address or an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressParseError {
    /// Nothing was given.
    #[error("an address is missing")]
    Empty,
    /// Something else than a hex digit. An upper-case `0X` counts as such.
    #[error("an address has only the digits 0-9 and a-f after its 0x")]
    NotHex,
    /// More than 64 digits.
    #[error("an address has 64 digits, this one has {0}")]
    TooLong(usize),
    /// Fewer than 64 digits and no `0x` before them.
    #[error("an address without 0x has 64 digits, this one has {0}")]
    TooShort(usize),
}

fn parse_padded(digits: &str) -> Result<[u8; 32], AddressParseError> {
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(AddressParseError::NotHex);
    }
    if digits.len() > 64 {
        return Err(AddressParseError::TooLong(digits.len()));
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(format!("{digits:0>64}"), &mut bytes)
        .map_err(|_| AddressParseError::NotHex)?;
    Ok(bytes)
}

/// The parser of addresses: `0x` and up to 64 digits, or exactly 64 digits.
fn parse_strict(text: &str) -> Result<[u8; 32], AddressParseError> {
    if text.is_empty() {
        return Err(AddressParseError::Empty);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return parse_padded(digits);
    }
    let bytes = parse_padded(text)?;
    if text.len() < 64 { Err(AddressParseError::TooShort(text.len())) } else { Ok(bytes) }
}

/// The parser of most fields of the node's API, where digits without `0x` may also be short.
fn parse_lenient(text: &str) -> Result<[u8; 32], AddressParseError> {
    if text.is_empty() {
        return Err(AddressParseError::Empty);
    }
    parse_padded(text.strip_prefix("0x").unwrap_or(text))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $debug:literal)*) => {$(
        $(#[$doc])*
        ///
        /// BCS: 32 raw bytes. Text: `0x` and 64 lower-case hex digits.
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// Thirty-two zero bytes.
            pub const ZERO: Self = Self([0; 32]);

            /// Reads a field as the node's API does: digits without `0x` may be fewer than 64.
            ///
            /// # Errors
            /// Where the text is empty, not hex or too long.
            pub fn parse_lenient(text: &str) -> Result<Self, AddressParseError> {
                parse_lenient(text).map(Self)
            }

            /// The 64 digits without `0x`.
            #[must_use]
            pub fn to_bare_hex(self) -> String {
                hex::encode(self.0)
            }

            /// `0x` and the digits without leading zeros, as the node writes the ids of targets.
            #[must_use]
            pub fn to_trimmed_hex(self) -> String {
                let digits = self.to_bare_hex();
                let trimmed = digits.trim_start_matches('0');
                format!("0x{}", if trimmed.is_empty() { "0" } else { trimmed })
            }

            /// The first and last digits, for a place where the whole does not fit.
            #[must_use]
            pub fn to_short(self) -> String {
                let digits = self.to_bare_hex();
                let (head, tail) = (digits.get(..6).unwrap_or(""), digits.get(58..).unwrap_or(""));
                format!("0x{head}…{tail}")
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "0x{}", hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            /// As the node's error texts have it.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $debug, hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = AddressParseError;
            fn from_str(text: &str) -> Result<Self, AddressParseError> {
                parse_strict(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(Error::custom)
                } else {
                    <[u8; 32]>::deserialize(deserializer).map(Self)
                }
            }
        }
    )*};
}

ids! {
    /// Who owns objects and signs: Blake2b-256 of a key's scheme flag and bytes.
    Address "{}"
    /// What an object is known by.
    ObjectId "0x{}"
}

/// A model's id is the object id allotted when it was created.
pub type ModelId = ObjectId;
/// A target is an object.
pub type TargetId = ObjectId;

impl ObjectId {
    /// The one object that holds epoch, parameters, validators, models and targets' state.
    pub const SYSTEM_STATE: Self = {
        let mut bytes = [0; 32];
        bytes[31] = 5;
        Self(bytes)
    };

    /// The id of the `n`-th object that a transaction creates, counted from 0:
    /// Blake2b-256 of the digest and `n` as a little-endian u64.
    #[must_use]
    pub fn derive(transaction: &TransactionDigest, n: u64) -> Self {
        Self(blake2b256(&[&transaction.0, &n.to_le_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressParseError, ObjectId};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn short_digits_need_their_prefix() {
        assert_eq!("0x5".parse(), Ok(ObjectId::SYSTEM_STATE));
        assert_eq!("5".parse::<ObjectId>(), Err(AddressParseError::TooShort(1)));
        assert_eq!(ObjectId::parse_lenient("5"), Ok(ObjectId::SYSTEM_STATE));
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_reason() {
        let long = format!("0x{}", "0".repeat(65));
        let other_letters = format!("{}é", "0".repeat(62));
        for (text, reason) in [
            ("", AddressParseError::Empty),
            ("0X5", AddressParseError::NotHex),
            ("0x5 ", AddressParseError::NotHex),
            ("0xg", AddressParseError::NotHex),
            ("0x0x5", AddressParseError::NotHex),
            (&other_letters, AddressParseError::NotHex),
            (&long, AddressParseError::TooLong(65)),
        ] {
            assert_eq!(text.parse::<Address>(), Err(reason.clone()), "{text:?}");
            assert_eq!(Address::parse_lenient(text), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn every_form_reads_back() {
        let mut id = ObjectId([0xab; 32]);
        id.0[0] = 0;
        id.0[1] = 0x0c;
        assert_eq!(id.to_trimmed_hex().len(), 63);
        for text in [id.to_string(), id.to_bare_hex(), id.to_trimmed_hex()] {
            assert_eq!(text.parse(), Ok(id));
            assert_eq!(text.to_uppercase().replace("0X", "0x").parse(), Ok(id));
        }
        assert_eq!(ObjectId::ZERO.to_trimmed_hex(), "0x0");
    }

    #[test]
    fn an_id_is_thirty_two_raw_bytes() {
        assert_eq!(bcs::to_bytes(&Address([3; 32])).unwrap(), [3; 32]);
    }
}
