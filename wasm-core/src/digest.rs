//! Blake2b-256 digests, each kind a type of its own so that none can stand in for another.

use blake2::digest::Digest as _;
use blake2::digest::consts::U32;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Unkeyed `BLAKE2b` with a 32-byte output.
pub type Blake2b256 = blake2::Blake2b<U32>;

/// The Blake2b-256 of some parts, one after the other.
#[must_use]
pub fn blake2b256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Blake2b256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Text that is not the Base58 of 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestParseError {
    /// A character outside the Bitcoin Base58 alphabet.
    #[error("a digest is written in Base58 letters and digits")]
    NotBase58,
    /// Another number of bytes than 32.
    #[error("a digest has 32 bytes, this one has {0}")]
    Length(usize),
}

/// Reads the Base58 text of 32 bytes.
///
/// # Errors
/// Where the text is not Base58, or not of 32 bytes.
pub fn parse_base58(text: &str) -> Result<[u8; 32], DigestParseError> {
    // 32 bytes never need more than 44 digits; the bound keeps hostile input from costing time.
    if text.len() > 64 {
        return Err(DigestParseError::Length(text.len()));
    }
    let bytes = bs58::decode(text).into_vec().map_err(|_| DigestParseError::NotBase58)?;
    let length = bytes.len();
    bytes.try_into().map_err(|_| DigestParseError::Length(length))
}

/// Writes 32 bytes with a length prefix, `20 || bytes`, as the chain does for every digest.
pub(crate) fn serialize_prefixed<S: Serializer>(
    bytes: &[u8; 32],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(&bs58::encode(bytes).into_string())
    } else {
        serializer.serialize_bytes(bytes)
    }
}

/// Reads what [`serialize_prefixed`] writes.
pub(crate) fn deserialize_prefixed<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; 32], D::Error> {
    struct Prefixed;
    impl Visitor<'_> for Prefixed {
        type Value = [u8; 32];
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("32 bytes with a length prefix")
        }
        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; 32], E> {
            bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
        }
        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<[u8; 32], E> {
            self.visit_bytes(&bytes)
        }
    }
    if deserializer.is_human_readable() {
        let text = String::deserialize(deserializer)?;
        return parse_base58(&text).map_err(Error::custom);
    }
    deserializer.deserialize_byte_buf(Prefixed)
}

macro_rules! digests {
    ($($(#[$doc:meta])* $name:ident $debug:literal)*) => {$(
        $(#[$doc])*
        ///
        /// BCS: `20 || 32 bytes`. Text: Base58.
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&bs58::encode(self.0).into_string())
            }
        }

        impl fmt::Debug for $name {
            /// As the node's error texts have it.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $debug, self)
            }
        }

        impl FromStr for $name {
            type Err = DigestParseError;
            fn from_str(text: &str) -> Result<Self, DigestParseError> {
                parse_base58(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize_prefixed(&self.0, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_prefixed(deserializer).map(Self)
            }
        }
    )*};
}

digests! {
    /// What a transaction is known by: Blake2b-256 of `TransactionData::` and its BCS.
    TransactionDigest "TransactionDigest({})"
    /// What a version of an object is known by: Blake2b-256 of `Object::` and its BCS.
    ObjectDigest "o#{}"
    /// Blake2b-256 of `TransactionEffects::` and the effects' BCS.
    EffectsDigest "EffectsDigest({})"
    /// Blake2b-256 of `CheckpointSummary::` and the summary's BCS. That of checkpoint 0 is the chain id.
    CheckpointDigest "CheckpointDigest({})"
    /// The Merkle root of a checkpoint's transactions.
    CheckpointContentsDigest "CheckpointContentsDigest({})"
    /// A digest the chain carries and no client computes (consensus commits, state roots).
    OpaqueDigest "OpaqueDigest({})"
    /// Blake2b-256 of a file as it is served; for weights, of the encrypted file.
    Checksum "Checksum({})"
    /// Blake2b-256 of an encrypted weights file.
    WeightsCommitment "WeightsCommitment({})"
    /// Blake2b-256 of the BCS of an embedding.
    EmbeddingCommitment "EmbeddingCommitment({})"
    /// Blake2b-256 of a decryption key's 32 bytes.
    DecryptionKeyCommitment "DecryptionKeyCommitment({})"
}

impl ObjectDigest {
    /// Stands for a deleted object in effects.
    pub const DELETED: Self = Self([99; 32]);
    /// Stands for a wrapped object in effects.
    pub const WRAPPED: Self = Self([88; 32]);
    /// Stands for an object of a cancelled transaction.
    pub const CANCELLED: Self = Self([77; 32]);
}

/// Blake2b-256 over an ASCII type name, `::` and the BCS of a value: how the chain digests what it types.
pub(crate) fn typed_digest<T: Serialize>(name: &str, value: &T) -> [u8; 32] {
    let bytes = bcs::to_bytes(value).expect("chain types have no unsupported or over-long part");
    blake2b256(&[name.as_bytes(), b"::", &bytes])
}

#[cfg(test)]
mod tests {
    use super::{Checksum, DigestParseError, ObjectDigest, TransactionDigest, blake2b256};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_digest_has_a_length_before_its_bytes() {
        let bytes = bcs::to_bytes(&Checksum([5; 32])).unwrap();
        assert_eq!(bytes, [&[32][..], &[5; 32]].concat());
    }

    #[test]
    fn another_length_is_refused() {
        for length in [0_u8, 31, 33] {
            let bytes = [&[length][..], &vec![5; usize::from(length)]].concat();
            assert!(bcs::from_bytes::<Checksum>(&bytes).is_err(), "{length}");
        }
    }

    #[test]
    fn text_that_is_no_digest_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", DigestParseError::Length(0)),
            ("2", DigestParseError::Length(1)),
            ("O0Il", DigestParseError::NotBase58),
            (" 11111111111111111111111111111111", DigestParseError::NotBase58),
            (&"1".repeat(33), DigestParseError::Length(33)),
            (&"z".repeat(1000), DigestParseError::Length(1000)),
        ] {
            assert_eq!(text.parse::<TransactionDigest>(), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn leading_zeros_are_ones() {
        assert_eq!(TransactionDigest::default().to_string(), "1".repeat(32));
        assert_eq!("1".repeat(32).parse(), Ok(TransactionDigest::default()));
    }

    #[test]
    fn debug_is_the_nodes_text() {
        let ones = "1".repeat(32);
        assert_eq!(format!("{:?}", ObjectDigest::default()), format!("o#{ones}"));
        let transaction = format!("{:?}", TransactionDigest::default());
        assert_eq!(transaction, format!("TransactionDigest({ones})"));
    }

    #[test]
    fn parts_are_digested_as_one() {
        assert_eq!(blake2b256(&[b"so", b"", b"ma"]), blake2b256(&[b"soma"]));
    }
}
