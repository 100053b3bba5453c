//! Model weights: sealed, opened, measured, committed to.

mod cipher;
mod commit;
mod measure;
mod open;
mod seal;

pub use cipher::{BLOCK_SIZE, WeightCipher, counter_block};
pub use commit::Commitments;
pub use measure::{ManifestMismatch, Measured, Meter, Verifier};
pub use open::{Opener, Verified};
pub use seal::{EngineDisagrees, Sealed, Sealer, Witness};

use crate::digest::{DigestParseError, deserialize_prefixed, parse_base58, serialize_prefixed};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// The key of one encrypted weights file, 32 bytes. BCS: `20 || 32 bytes`. Text: Base58.
///
/// It is a secret until the reveal makes it public, so it does not print.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct DecryptionKey(pub [u8; 32]);

/// Text that is no decryption key. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptionKeyParseError {
    /// A character outside the Bitcoin Base58 alphabet.
    #[error("a decryption key is written in Base58 letters and digits")]
    NotBase58,
    /// Another number of bytes than 32.
    #[error("a decryption key has 32 bytes, this one has more or fewer")]
    Length,
}

impl DecryptionKey {
    /// Reads the Base58 text of a key; white space around it does not matter.
    ///
    /// # Errors
    /// Where the text is not the Base58 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, DecryptionKeyParseError> {
        parse_base58(text.trim()).map(Self).map_err(|error| match error {
            DigestParseError::NotBase58 => DecryptionKeyParseError::NotBase58,
            DigestParseError::Length(_) => DecryptionKeyParseError::Length,
        })
    }

    /// The key leaves its type as Base58: to be written down by its owner.
    #[must_use]
    pub fn expose_base58(&self) -> Zeroizing<String> {
        Zeroizing::new(bs58::encode(&self.0).into_string())
    }
}

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

#[cfg(test)]
mod tests {
    use super::{DecryptionKey, DecryptionKeyParseError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const TEXT: &str = "2yD7YDv6RBao2Snf6sHT6AvTWDgvTzgFrUjcQoc819Sz";

    #[test]
    fn a_key_survives_its_text() {
        let key = DecryptionKey::parse(&format!(" {TEXT}\n")).unwrap();
        assert_eq!(
            hex::encode(key.0),
            "1d41e87bf91c2259018ba7fed86ce885c641884abb20e22ce150311c96e72b53"
        );
        assert_eq!(*key.expose_base58(), TEXT);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (text, error) in [
            ("", DecryptionKeyParseError::Length),
            ("111", DecryptionKeyParseError::Length),
            (&TEXT.repeat(3), DecryptionKeyParseError::Length),
            (&TEXT.replace('y', "0"), DecryptionKeyParseError::NotBase58),
        ] {
            assert_eq!(DecryptionKey::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", DecryptionKey([42; 32])), "DecryptionKey(..)");
    }
}
