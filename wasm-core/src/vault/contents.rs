//! What lies inside an envelope: JSON with a version of its own, so that a later program can add
//! to it and still read what an earlier one sealed.
//!
//! A program refuses contents that it knows only in part: sealing them again would drop the rest.

use super::{ModelSecrets, SealError, Secrets, UnlockError, version_1};
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::io;
use zeroize::Zeroizing;

/// What is written where nothing is approved for web sites. Version 1 had no colours, no accounts without a
/// key and no address book.
const VERSION: u32 = 2;
/// What is written where something is: a program that knows nothing of it says so, and leaves it alone.
const VERSION_WITH_POLICIES: u32 = 3;

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

    /// The bytes to be sealed, once they were read again: sealed contents that nobody can read would lose
    /// everything.
    pub(super) fn to_readable_bytes(&self) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let bytes = self.to_bytes();
        Contents::parse(&bytes).map_err(|_| SealError::Unreadable)?;
        Ok(bytes)
    }

    /// The bytes. They are measured first, so that no copy is left behind by growing.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let version = match self {
            Self::Wallet(secrets) if !secrets.policies().is_empty() => VERSION_WITH_POLICIES,
            Self::Wallet(_) | Self::Model(_) => VERSION,
        };
        let versioned = Versioned { version, contents: self };
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
        let contents = match version {
            1 => read(bytes).and_then(|contents| version_1::today(contents).ok()),
            VERSION => read(bytes).filter(|contents: &Self| !contents.has_policies()),
            VERSION_WITH_POLICIES => read(bytes),
            newer => return Err(UnlockError::UnsupportedVersion(newer)),
        };
        contents.ok_or(UnlockError::UnknownContents)
    }
}

impl Contents<Secrets, ModelSecrets> {
    fn has_policies(&self) -> bool {
        match self {
            Self::Wallet(secrets) => !secrets.policies().is_empty(),
            Self::Model(_) => false,
        }
    }
}

fn read<C: DeserializeOwned>(bytes: &[u8]) -> Option<C> {
    serde_json::from_slice(bytes).map(|Versioned { contents, .. }| contents).ok()
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
    use base64ct::{Base64, Encoding as _};

    pub(crate) fn serialize<S: Serializer>(
        bytes: &impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(Base64::encode_string(bytes.as_ref())))
    }

    pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: FromSecret,
    {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Zeroizing<Vec<u8>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes in Base64")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let mut bytes = Zeroizing::new(vec![0; text.len() / 4 * 3]);
                let decoded = Base64::decode(text, &mut bytes).map(<[u8]>::len);
                bytes.truncate(decoded.map_err(|_| E::custom("not Base64"))?);
                Ok(bytes)
            }
        }
        let bytes = deserializer.deserialize_str(Text)?;
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
    use crate::address::Address;
    use crate::amount::Shannons;
    use crate::dapp::{Scope, Spent, UserKind};
    use crate::digest::CheckpointDigest;
    use crate::vault::Secrets;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_newer_version_is_named_and_not_guessed_at() {
        let newer = br#"{"version":4,"contents":{"wallet":{"keys":[]}},"new":{"a":["b"]}}"#;
        assert_eq!(Contents::parse(newer).err(), Some(UnlockError::UnsupportedVersion(4)));
        let never = br#"{"version":0,"contents":{"wallet":{"keys":[]}}}"#;
        assert_eq!(Contents::parse(never).err(), Some(UnlockError::UnsupportedVersion(0)));
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
            r#"{"version":2}"#,
            r#"{"version":2,"contents":{"wallet":{"more":1}}}"#,
            r#"{"version":3,"contents":{"wallet":{"more":1}}}"#,
        ] {
            let parsed = Contents::parse(text.as_bytes());
            assert_eq!(parsed.err(), Some(UnlockError::UnknownContents), "{text}");
        }
    }

    #[test]
    fn each_version_is_read_as_it_was_and_not_as_another() {
        let account = |more: &str, source: &str| {
            let address = "0".repeat(64);
            format!(r#"{{"address":"{address}","label":"a",{more}"source":{source}}}"#)
        };
        let seed = format!(r#"{{"seed":"{}="}}"#, "A".repeat(43));
        let wallet = |version: u32, account: &str, more: &str| {
            let text = format!(
                r#"{{"version":{version},"contents":{{"wallet":{{"phrases":[],"accounts":[{account}],"models":[]{more}}}}}}}"#
            );
            Contents::parse(text.as_bytes()).map(drop)
        };
        let (old, new) = (account("", &seed), account(r#""colour":"teal","#, &seed));
        let watched = account("", r#""watched""#);
        let book = r#","contacts":[]"#;
        assert_eq!(wallet(1, &old, ""), Ok(()));
        assert_eq!(wallet(2, &new, book), Ok(()));
        assert_eq!(wallet(2, &watched, book), Ok(()));
        for (version, account, more) in
            [(1, &new, ""), (1, &watched, ""), (1, &old, book), (2, &old, ""), (2, &new, "")]
        {
            let refused = Err(UnlockError::UnknownContents);
            assert_eq!(wallet(version, account, more), refused, "{version} {account} {more}");
        }
    }

    #[test]
    fn what_is_approved_for_sites_is_kept_under_a_version_of_its_own() {
        let mut secrets = Secrets::default();
        let plain = Contents::wallet(&secrets).to_bytes();
        assert!(
            plain.starts_with(br#"{"version":2,"#) && !plain.windows(8).any(|it| it == b"policies")
        );
        let scope = Scope {
            origin: "https://example.com".parse().unwrap(),
            account: Address([1; 32]),
            chain: CheckpointDigest([2; 32]),
            kinds: [UserKind::SubmitData].into(),
            models: None,
            recipients: [].into(),
            budget: Shannons(9),
            count: 3,
            expires_ms: 4,
        };
        let id = secrets.add_policy(scope, 5);
        assert!(secrets.spend_policy(id, Spent { amount: Shannons(7), count: 2 }));
        let bytes = Contents::wallet(&secrets).to_bytes();
        assert!(bytes.starts_with(br#"{"version":3,"#));
        let Ok(Contents::Wallet(read)) = Contents::parse(&bytes) else { panic!() };
        assert_eq!(read.policies(), secrets.policies());
        let text = std::str::from_utf8(&bytes).unwrap();
        let older = text.replacen("\"version\":3", "\"version\":2", 1);
        let refused = Contents::parse(older.as_bytes()).err();
        assert_eq!(refused, Some(UnlockError::UnknownContents));
        assert_eq!(secrets.into_parts().policies, []);
    }

    #[test]
    fn the_buffer_of_secrets_does_not_grow() {
        let secrets = Secrets::default();
        let bytes = Contents::wallet(&secrets).to_bytes();
        assert_eq!(bytes.capacity(), bytes.len());
    }
}
