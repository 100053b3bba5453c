//! What lies inside an envelope: JSON with a version of its own, so that a later program can add
//! to it and still read what an earlier one sealed.
//!
//! A program refuses contents that it knows only in part: sealing them again would drop the rest.

use super::{ModelSecrets, Secrets, UnlockError};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::io;
use zeroize::Zeroizing;

const VERSION: u32 = 1;

/// The contents of an envelope, to be sealed (borrowed) or just opened (owned).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Contents<S, M> {
    Wallet(S),
    Model(M),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Versioned<C> {
    version: u32,
    contents: C,
}

/// Reads the version alone and skips the rest.
#[derive(Deserialize)]
struct VersionOnly {
    version: u32,
}

impl<'a> Contents<&'a Secrets, &'a ModelSecrets> {
    pub(super) const fn wallet(secrets: &'a Secrets) -> Self {
        Self::Wallet(secrets)
    }

    pub(super) const fn model(model: &'a ModelSecrets) -> Self {
        Self::Model(model)
    }

    /// The bytes to be sealed. They are measured first, so that no copy is left behind by growing.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let versioned = Versioned { version: VERSION, contents: self };
        let mut length = Length(0);
        serde_json::to_writer(&mut length, &versioned).expect("secrets always have a JSON");
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *bytes, &versioned).expect("secrets always have a JSON");
        bytes
    }
}

impl Contents<Secrets, ModelSecrets> {
    /// Reads what an envelope held. The parser's own error is dropped: it may repeat a secret.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, UnlockError> {
        let VersionOnly { version } =
            serde_json::from_slice(bytes).map_err(|_| UnlockError::UnknownContents)?;
        if version != VERSION {
            return Err(UnlockError::UnsupportedVersion(version));
        }
        let Versioned { contents, .. } =
            serde_json::from_slice(bytes).map_err(|_| UnlockError::UnknownContents)?;
        Ok(contents)
    }
}

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes as Base64, with no copy left behind; for `#[serde(with)]`.
pub(super) mod secret_bytes {
    use super::{Deserializer, Error, Serializer, Visitor, Zeroizing, fmt};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    pub(crate) fn serialize<S: Serializer>(
        bytes: &impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(bytes)))
    }

    pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: FromSecret,
    {
        struct Base64;
        impl Visitor<'_> for Base64 {
            type Value = Zeroizing<Vec<u8>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes in Base64")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let bytes = STANDARD.decode(text).map_err(|_| E::custom("not Base64"))?;
                Ok(Zeroizing::new(bytes))
            }
        }
        let bytes = deserializer.deserialize_str(Base64)?;
        T::from_secret(&bytes).ok_or_else(|| D::Error::custom("another number of bytes"))
    }

    /// What secret bytes can be read into.
    pub(crate) trait FromSecret: Sized {
        fn from_secret(bytes: &[u8]) -> Option<Self>;
    }

    impl FromSecret for Zeroizing<Vec<u8>> {
        fn from_secret(bytes: &[u8]) -> Option<Self> {
            Some(Self::new(bytes.to_vec()))
        }
    }

    impl FromSecret for Zeroizing<[u8; 32]> {
        fn from_secret(bytes: &[u8]) -> Option<Self> {
            bytes.try_into().ok().map(Self::new)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Contents, UnlockError};
    use crate::vault::Secrets;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_newer_version_is_named_and_not_guessed_at() {
        let newer = br#"{"version":2,"contents":{"wallet":{"keys":[]}},"new":{"a":["b"]}}"#;
        assert_eq!(Contents::parse(newer).err(), Some(UnlockError::UnsupportedVersion(2)));
    }

    #[test]
    fn contents_known_only_in_part_are_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"version":1}"#,
            r#"{"version":1,"contents":{}}"#,
            r#"{"version":1,"contents":{"wallet":{}},"more":1}"#,
            r#"{"version":1,"contents":{"wallet":{"more":1}}}"#,
            r#"{"version":1,"contents":{"wallet":{"accounts":[{"label":"a"}]}}}"#,
        ] {
            let parsed = Contents::parse(text.as_bytes());
            assert_eq!(parsed.err(), Some(UnlockError::UnknownContents), "{text}");
        }
    }

    #[test]
    fn the_buffer_of_secrets_does_not_grow() {
        let secrets = Secrets::default();
        let bytes = Contents::wallet(&secrets).to_bytes();
        assert_eq!(bytes.capacity(), bytes.len());
    }
}
