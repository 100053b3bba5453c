//! Model weights: sealed, opened, measured, committed to.

use crate::digest::{deserialize_prefixed, serialize_prefixed};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// The key of one encrypted weights file, 32 bytes. BCS: `20 || 32 bytes`.
///
/// It is a secret until the reveal makes it public, so it does not print.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct DecryptionKey(pub [u8; 32]);

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey(..)")
    }
}

impl Serialize for DecryptionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_prefixed(&self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for DecryptionKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_prefixed(deserializer).map(Self)
    }
}
