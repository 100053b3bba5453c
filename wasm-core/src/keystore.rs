//! The files in which the network's command-line wallet keeps keys: `soma.keystore` and its
//! `soma.aliases`. Neither is encrypted.

use crate::keys::{KeyParseError, Keypair, PublicKey, PublicKeyParseError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// Why text is not a keystore file. No variant repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeystoreError {
    /// Not a JSON array of strings.
    #[error("this is not a keystore file, which is a list of keys in JSON")]
    NotAKeystore,
    /// An entry that is no private key; the first has number 1.
    #[error("key {number} of the keystore cannot be read: {error}")]
    Key {
        /// Which one, counted from 1.
        number: usize,
        /// What is wrong with it.
        error: KeyParseError,
    },
}

/// Reads a `soma.keystore`: each of its keys once, in the order of their addresses.
///
/// # Errors
/// Where it is not a JSON array of private keys.
pub fn parse_keystore(text: &str) -> Result<Vec<Keypair>, KeystoreError> {
    // The error of the JSON parser is dropped because it repeats what it read.
    let entries: Vec<Zeroizing<String>> =
        serde_json::from_str(text).map_err(|_| KeystoreError::NotAKeystore)?;
    let mut keys = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let key =
            Keypair::parse(entry).map_err(|error| KeystoreError::Key { number: at + 1, error })?;
        keys.insert(key.address(), key);
    }
    Ok(keys.into_values().collect())
}

/// Writes keys as a `soma.keystore`, ordered by address as the command-line wallet orders them.
/// The text is as good as the keys; whoever keeps it keeps it from others.
#[must_use]
pub fn expose_keystore(keys: &[Keypair]) -> Zeroizing<String> {
    const LINE: usize = "  \"\",\n".len() + 44;
    let ordered: BTreeMap<_, _> = keys.iter().map(|key| (key.address(), key)).collect();
    if ordered.is_empty() {
        return Zeroizing::new("[]".to_owned());
    }
    // Room for all of it, so that no copy is left behind by growing. Base64 needs no escaping.
    let mut text = Zeroizing::new(String::with_capacity(4 + ordered.len() * LINE));
    for (at, key) in ordered.into_values().enumerate() {
        text.push_str(if at == 0 { "[\n  \"" } else { ",\n  \"" });
        text.push_str(&key.expose_base64());
        text.push('"');
    }
    text.push_str("\n]");
    text
}

/// The name of a key: a letter, then letters, digits, `-`, `_` and `.`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Alias(String);

/// Text that the command-line wallet would not take as the name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name begins with a letter, and goes on with letters, digits, - _ and .")]
pub struct InvalidAlias;

impl Alias {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Alias {
    /// The name nearest to what a person calls a key: what the command-line wallet does not take
    /// becomes `-`. It differs from all names that are taken.
    ///
    /// # Panics
    /// Never: it begins with a letter, and goes on as a name may.
    #[must_use]
    pub fn near(label: &str, taken: &[Self]) -> Self {
        let plain = |letter: char| match letter {
            '-' | '_' | '.' => letter,
            _ if letter.is_ascii_alphanumeric() => letter,
            _ => '-',
        };
        let mut name: String = label.trim().chars().map(plain).collect();
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            name.insert_str(0, "key-");
        }
        let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names.find(|name| taken.iter().all(|taken| taken.as_str() != name));
        Self(free.expect("there are more numbers than names"))
    }
}

impl TryFrom<String> for Alias {
    type Error = InvalidAlias;
    fn try_from(text: String) -> Result<Self, InvalidAlias> {
        let mut bytes = text.bytes();
        let begins = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
        let goes_on = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if begins && goes_on { Ok(Self(text)) } else { Err(InvalidAlias) }
    }
}

impl FromStr for Alias {
    type Err = InvalidAlias;
    fn from_str(text: &str) -> Result<Self, InvalidAlias> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alias({self})")
    }
}

/// Why text is not an aliases file. No variant repeats any of it but names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AliasesError {
    /// Not a JSON array of names and keys.
    #[error("this is not an aliases file, which is a list of names and public keys in JSON")]
    NotAliases,
    /// A name whose key is none.
    #[error("the key that is named {alias} cannot be read: {error}")]
    Key {
        /// The name.
        alias: Alias,
        /// What is wrong with the key.
        error: PublicKeyParseError,
    },
    /// A name that stands for two keys.
    #[error("the name {0} is given twice")]
    Repeated(Alias),
}

#[derive(Serialize, Deserialize)]
struct AliasEntry {
    alias: Alias,
    public_key_base64: String,
}

/// Reads a `soma.aliases`: which public key each name stands for, in the order of the names.
///
/// # Errors
/// Where it is not a JSON array of different names and public keys.
pub fn parse_aliases(text: &str) -> Result<Vec<(Alias, PublicKey)>, AliasesError> {
    // The parser's own error repeats what it read, and that may be a keystore taken by mistake.
    let entries: Vec<AliasEntry> =
        serde_json::from_str(text).map_err(|_| AliasesError::NotAliases)?;
    let mut aliases = BTreeMap::new();
    for AliasEntry { alias, public_key_base64 } in entries {
        let key = PublicKey::parse_base64(&public_key_base64)
            .map_err(|error| AliasesError::Key { alias: alias.clone(), error })?;
        if aliases.insert(alias.clone(), key).is_some() {
            return Err(AliasesError::Repeated(alias));
        }
    }
    Ok(aliases.into_iter().collect())
}

/// Writes a `soma.aliases`, ordered by name.
///
/// # Panics
/// Never: text and lists always have a JSON.
#[must_use]
pub fn write_aliases(aliases: &[(Alias, PublicKey)]) -> String {
    let ordered: BTreeSet<_> = aliases.iter().collect();
    let entry = |(alias, key): &(Alias, PublicKey)| AliasEntry {
        alias: alias.clone(),
        public_key_base64: key.to_base64(),
    };
    let entries: Vec<_> = ordered.into_iter().map(entry).collect();
    serde_json::to_string_pretty(&entries).expect("text and lists always have a JSON")
}

#[cfg(test)]
mod tests {
    use super::{
        Alias, AliasesError, InvalidAlias, KeystoreError, expose_keystore, parse_aliases,
        parse_keystore, write_aliases,
    };
    use crate::keys::{KeyParseError, Keypair, PublicKeyParseError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    // Ordered by address: 0x13054f… before 0x7a1378….
    const KEYSTORE: &str = concat!(
        "[\n  \"ACoqKioqKioqKioqKioqKioqKioqKioqKioqKioqKioq\",\n",
        "  \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n]"
    );

    #[test]
    fn a_keystore_survives_and_is_written_as_the_network_writes_it() {
        let keys =
            [Keypair::derive(&[0; 32]), Keypair::derive(&[42; 32]), Keypair::derive(&[0; 32])];
        let text = expose_keystore(&keys);
        assert_eq!(*text, KEYSTORE);
        let read = parse_keystore(&text).unwrap();
        assert_eq!(*expose_keystore(&read), KEYSTORE);
        assert_eq!(read.len(), 2);
        assert_eq!(*expose_keystore(&[]), "[]");
        assert!(parse_keystore("[]").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_keystore_is_refused_without_repeating_it() {
        for text in ["", "{}", "\"AAAA\"", "[1]", "[\"a\"", "null"] {
            assert_eq!(parse_keystore(text).err(), Some(KeystoreError::NotAKeystore), "{text}");
        }
        let damaged = KEYSTORE.replacen("AAAAAAAA", "AAAA", 1);
        assert_eq!(
            parse_keystore(&damaged).err(),
            Some(KeystoreError::Key { number: 2, error: KeyParseError::UnknownForm })
        );
    }

    #[test]
    fn names_survive_and_are_ordered() {
        let [first, second] = [[0; 32], [42; 32]].map(|seed| Keypair::derive(&seed).public_key());
        let name = |text: &str| text.parse::<Alias>().unwrap();
        let aliases = [(name("zealous-opal"), first), (name("brave_amber.2"), second)];
        let text = write_aliases(&aliases);
        assert!(text.starts_with(
            "[\n  {\n    \"alias\": \"brave_amber.2\",\n    \"public_key_base64\": \"ABl/"
        ));
        let [first, second] = aliases;
        assert_eq!(parse_aliases(&text), Ok(vec![second, first]));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "1st", "-a", "a b", "ä", "a/b"] {
            assert_eq!(text.parse::<Alias>(), Err(InvalidAlias), "{text}");
        }
    }

    #[test]
    fn what_a_person_calls_a_key_becomes_a_name_of_its_own() {
        let mut taken = Vec::new();
        for (label, expected) in [
            ("Everyday", "Everyday"),
            ("Account 1", "Account-1"),
            ("Account 1", "Account-1-2"),
            ("Account-1", "Account-1-3"),
            ("2nd key", "key-2nd-key"),
            ("Zoë", "Zo-"),
            ("", "key-"),
        ] {
            let alias = Alias::near(label, &taken);
            assert_eq!(alias.as_str(), expected);
            assert_eq!(alias.as_str().parse(), Ok(alias.clone()));
            taken.push(alias);
        }
    }

    #[test]
    fn what_is_no_aliases_file_is_refused() {
        let entry = |alias: &str, key: &str| {
            format!("{{\"alias\":\"{alias}\",\"public_key_base64\":\"{key}\"}}")
        };
        let key = Keypair::derive(&[0; 32]).public_key().to_base64();
        for text in ["", "{}", "[{}]", KEYSTORE, &format!("[{}]", entry("1st", &key))] {
            assert_eq!(parse_aliases(text), Err(AliasesError::NotAliases), "{text}");
        }
        let alias: Alias = "a".parse().unwrap();
        let twice = format!("[{},{}]", entry("a", &key), entry("a", &key));
        assert_eq!(parse_aliases(&twice), Err(AliasesError::Repeated(alias.clone())));
        let error = PublicKeyParseError::NotBase64;
        let broken = format!("[{}]", entry("a", "AA=="));
        assert_eq!(parse_aliases(&broken), Err(AliasesError::Key { alias, error }));
    }
}
