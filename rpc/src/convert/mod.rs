//! The way between the wire's messages and the core's types, both ways.
//!
//! To the wire is total wherever the wire can say it; from the wire every field is checked, and an
//! error names the field as the node does.

pub mod checkpoint;
pub mod effects;
pub mod effects_whole;
pub mod epoch;
pub mod object;
pub mod protocol_config;
pub mod signature;
pub mod system_state;
pub mod target;
pub mod transaction;

use crate::proto::Timestamp;
use std::fmt::Display;
use std::str::FromStr;
use wasm_core::address::{Address, ObjectId};
use wasm_core::bytes::FixedBytes;

/// A message that does not say what it must.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    /// The field is absent.
    #[error("the field {field} is missing")]
    Missing {
        /// Its name in the message.
        field: &'static str,
    },
    /// The field holds something else.
    #[error("the field {field} is not valid: {reason}")]
    Invalid {
        /// Its name in the message.
        field: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl ConvertError {
    /// The field that something else stands in.
    pub fn invalid(field: &'static str, reason: impl Display) -> Self {
        Self::Invalid { field, reason: reason.to_string() }
    }

    /// The field at fault.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Missing { field } | Self::Invalid { field, .. } => field,
        }
    }

    /// The node's name of what is wrong with it.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "FIELD_MISSING",
            Self::Invalid { .. } => "FIELD_INVALID",
        }
    }
}

/// How a node writes ids. It reads all forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdForm {
    /// 64 digits: objects, and transactions of checkpoints.
    Bare,
    /// `0x` and 64 digits: what was executed or simulated.
    Prefixed,
}

impl IdForm {
    fn object_id(self, id: ObjectId) -> String {
        match self {
            Self::Bare => id.to_bare_hex(),
            Self::Prefixed => id.to_string(),
        }
    }

    fn address(self, address: Address) -> String {
        match self {
            Self::Bare => address.to_bare_hex(),
            Self::Prefixed => address.to_string(),
        }
    }
}

fn required<T>(value: Option<T>, field: &'static str) -> Result<T, ConvertError> {
    value.ok_or(ConvertError::Missing { field })
}

fn text<'a>(value: Option<&'a String>, field: &'static str) -> Result<&'a str, ConvertError> {
    required(value, field).map(String::as_str)
}

fn parse_address(text: &str, field: &'static str) -> Result<Address, ConvertError> {
    Address::parse_lenient(text).map_err(|error| ConvertError::invalid(field, error))
}

fn parse_object_id(text: &str, field: &'static str) -> Result<ObjectId, ConvertError> {
    ObjectId::parse_lenient(text).map_err(|error| ConvertError::invalid(field, error))
}

fn address(value: Option<&String>, field: &'static str) -> Result<Address, ConvertError> {
    parse_address(text(value, field)?, field)
}

fn object_id(value: Option<&String>, field: &'static str) -> Result<ObjectId, ConvertError> {
    parse_object_id(text(value, field)?, field)
}

/// Reads anything with a text form, such as a digest.
fn parsed<T: FromStr<Err: Display>>(
    value: Option<&String>,
    field: &'static str,
) -> Result<T, ConvertError> {
    text(value, field)?.parse().map_err(|error| ConvertError::invalid(field, error))
}

fn fixed<const N: usize>(bytes: &[u8], field: &'static str) -> Result<[u8; N], ConvertError> {
    bytes.try_into().map_err(|_| {
        ConvertError::invalid(field, format!("{} bytes, where {N} are expected", bytes.len()))
    })
}

fn fixed_bytes<const N: usize>(
    value: Option<&Vec<u8>>,
    field: &'static str,
) -> Result<FixedBytes<N>, ConvertError> {
    fixed(required(value, field)?, field).map(FixedBytes)
}

/// A moment, of milliseconds since 1970.
#[must_use]
pub fn timestamp(milliseconds: u64) -> Timestamp {
    let seconds = milliseconds / 1000;
    let nanos = u32::try_from(milliseconds % 1000).expect("below a thousand") * 1_000_000;
    Timestamp {
        seconds: i64::try_from(seconds).expect("a thousandth of a u64 fits"),
        nanos: i32::try_from(nanos).expect("below a thousand million"),
    }
}

/// Milliseconds since 1970 of a moment; what is finer is dropped.
///
/// # Errors
/// Where the moment lies before 1970, or after what 64 bits can count.
pub fn milliseconds(value: Timestamp, field: &'static str) -> Result<u64, ConvertError> {
    let invalid = || ConvertError::invalid(field, "not a time since 1970");
    let seconds = u64::try_from(value.seconds).map_err(|_| invalid())?;
    let nanos = u32::try_from(value.nanos).ok().filter(|&nanos| nanos < 1_000_000_000);
    let thousandths = u64::from(nanos.ok_or_else(invalid)? / 1_000_000);
    seconds.checked_mul(1000).and_then(|ms| ms.checked_add(thousandths)).ok_or_else(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_the_wire() {
        for ms in [0, 1, 999, 1000, 1_760_000_000_123, u64::MAX] {
            assert_eq!(milliseconds(timestamp(ms), "timestamp"), Ok(ms));
        }
    }

    #[test]
    fn moments_that_cannot_be_are_refused() {
        for (seconds, nanos) in [(-1, 0), (0, -1), (0, 1_000_000_000), (i64::MAX, 0)] {
            let error = milliseconds(Timestamp { seconds, nanos }, "timestamp").unwrap_err();
            assert_eq!((error.field(), error.reason()), ("timestamp", "FIELD_INVALID"));
        }
    }

    #[test]
    fn ids_are_read_in_every_form() {
        let id = ObjectId::SYSTEM_STATE;
        for text in ["0x5", "5", "0x05", &id.to_string(), &id.to_bare_hex()] {
            assert_eq!(object_id(Some(&text.to_owned()), "object_id"), Ok(id));
        }
        let error = object_id(Some(&"0X5".to_owned()), "object_id").unwrap_err();
        assert_eq!(error.reason(), "FIELD_INVALID");
        assert_eq!(object_id(None, "id"), Err(ConvertError::Missing { field: "id" }));
    }
}
