//! Recovery phrases (BIP-39, English) and the keys that they stand for (SLIP-0010).
//!
//! The optional BIP-39 passphrase is always empty, as in every other program of the network.

use crate::keys::Keypair;
use bip39::Language;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha512;
use std::fmt;
use std::str::FromStr;
use zeroize::{Zeroize as _, Zeroizing};

/// How many words a phrase has. More words hold more randomness; twelve hold 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordCount {
    /// 128 bits, the default.
    #[default]
    Twelve,
    /// 160 bits.
    Fifteen,
    /// 192 bits.
    Eighteen,
    /// 224 bits.
    TwentyOne,
    /// 256 bits.
    TwentyFour,
}

impl WordCount {
    /// Every length, shortest first.
    pub const ALL: [Self; 5] =
        [Self::Twelve, Self::Fifteen, Self::Eighteen, Self::TwentyOne, Self::TwentyFour];

    /// The number.
    #[must_use]
    pub const fn words(self) -> usize {
        match self {
            Self::Twelve => 12,
            Self::Fifteen => 15,
            Self::Eighteen => 18,
            Self::TwentyOne => 21,
            Self::TwentyFour => 24,
        }
    }

    /// Bytes of randomness behind so many words.
    #[must_use]
    pub const fn entropy_bytes(self) -> usize {
        self.words() / 3 * 4
    }
}

/// Why text is not a recovery phrase. No variant repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MnemonicError {
    /// Another number of words than 12, 15, 18, 21 or 24.
    #[error("a recovery phrase has 12, 15, 18, 21 or 24 words, this one has {0}")]
    WordCount(usize),
    /// A word that is not in the list; the first word has number 1.
    #[error("word {number} is not in the list of recovery words")]
    UnknownWord {
        /// Where it stands, counted from 1.
        number: usize,
    },
    /// All words are known, but do not belong together.
    #[error("these words do not belong together: one of them is wrong, or their order is")]
    Checksum,
    /// Another number of random bytes than a phrase can hold.
    #[error("a recovery phrase holds 16, 20, 24, 28 or 32 bytes, not {0}")]
    EntropyLength(usize),
}

/// A recovery phrase: whoever has the words has the money. It does not print.
pub struct Mnemonic(bip39::Mnemonic);

impl Mnemonic {
    /// Makes a fresh phrase from the caller's randomness.
    pub fn make(rng: &mut impl rand_core::CryptoRng, count: WordCount) -> Self {
        let mut entropy = Zeroizing::new([0; 32]);
        let (entropy, _) = entropy.split_at_mut(count.entropy_bytes());
        rng.fill_bytes(entropy);
        let phrase = bip39::Mnemonic::from_entropy_in(Language::English, entropy);
        Self(phrase.expect("each word count has a length that BIP-39 knows"))
    }

    /// Reads the words that a person wrote down, in any case and with any white space between.
    ///
    /// # Errors
    /// Where their number, one of them, or their checksum is wrong.
    pub fn parse(text: &str) -> Result<Self, MnemonicError> {
        // Room for every word and a space, so that no copy is left behind by growing.
        let mut phrase = Zeroizing::new(String::with_capacity(text.len() + 1));
        for word in text.split_whitespace() {
            phrase.push_str(word);
            phrase.push(' ');
        }
        phrase.make_ascii_lowercase();
        bip39::Mnemonic::parse_in_normalized(Language::English, phrase.trim_end())
            .map(Self)
            .map_err(|error| match error {
                bip39::Error::BadWordCount(count) => MnemonicError::WordCount(count),
                bip39::Error::UnknownWord(at) => MnemonicError::UnknownWord { number: at + 1 },
                _ => MnemonicError::Checksum,
            })
    }

    /// The phrase that some entropy stands for.
    ///
    /// # Errors
    /// Where it has another length than 16, 20, 24, 28 or 32 bytes.
    pub fn from_entropy(entropy: &[u8]) -> Result<Self, MnemonicError> {
        bip39::Mnemonic::from_entropy_in(Language::English, entropy)
            .map(Self)
            .map_err(|_| MnemonicError::EntropyLength(entropy.len()))
    }

    /// How many words there are.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.0.word_count()
    }

    /// The words in order, to be shown to their owner.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// The words leave their type as one line, to be written down by their owner.
    #[must_use]
    pub fn expose_phrase(&self) -> Zeroizing<String> {
        // The longest English word has eight letters.
        let mut phrase = Zeroizing::new(String::with_capacity(self.word_count() * 9));
        for (at, word) in self.words().enumerate() {
            if at > 0 {
                phrase.push(' ');
            }
            phrase.push_str(word);
        }
        phrase
    }

    /// The entropy leaves its type: to be sealed in a vault.
    #[must_use]
    pub fn expose_entropy(&self) -> Zeroizing<Vec<u8>> {
        let (mut entropy, length) = self.0.to_entropy_array();
        let copy = Zeroizing::new(entropy.iter().copied().take(length).collect());
        entropy.zeroize();
        copy
    }

    /// Derives the key that lies at a path.
    #[must_use]
    pub fn derive(&self, path: &DerivationPath) -> Keypair {
        let seed = self.stretch();
        let mut node = Node::master(&seed);
        for index in path.indices() {
            node = node.hardened_child(index);
        }
        Keypair::derive(&node.key)
    }

    /// BIP-39's seed: PBKDF2-HMAC-SHA512 of the words with an empty passphrase.
    fn stretch(&self) -> Zeroizing<[u8; 64]> {
        let mut seed = Zeroizing::new([0; 64]);
        let phrase = self.expose_phrase();
        pbkdf2::pbkdf2_hmac::<Sha512>(phrase.as_bytes(), b"mnemonic", 2048, seed.as_mut());
        seed
    }
}

impl fmt::Debug for Mnemonic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mnemonic(..)")
    }
}

/// Whether a word, in lower case, is in the list of recovery words.
#[must_use]
pub fn is_recovery_word(word: &str) -> bool {
    Language::English.find_word(word).is_some()
}

/// The recovery words that begin so, in the order of the list.
pub fn recovery_words(prefix: &str) -> impl Iterator<Item = &'static str> + '_ {
    Language::English.words_by_prefix_iter(prefix)
}

/// A node of SLIP-0010's tree: the left half of an HMAC is the key, the right half the chain code.
struct Node {
    key: Zeroizing<[u8; 32]>,
    chain_code: Zeroizing<[u8; 32]>,
}

impl Node {
    fn master(seed: &[u8; 64]) -> Self {
        Self::hash(b"ed25519 seed", &[seed])
    }

    fn hardened_child(&self, index: u32) -> Self {
        let number = (HARDENED | index).to_be_bytes();
        Self::hash(self.chain_code.as_ref(), &[&[0], self.key.as_ref(), &number])
    }

    fn hash(key: &[u8], parts: &[&[u8]]) -> Self {
        let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(part);
        }
        let mut halves = mac.finalize().into_bytes();
        let mut node = Self { key: Zeroizing::default(), chain_code: Zeroizing::default() };
        let (left, right) = halves.split_at(32);
        node.key.copy_from_slice(left);
        node.chain_code.copy_from_slice(right);
        halves.as_mut_slice().zeroize();
        node
    }
}

/// The bit that marks an index as hardened.
const HARDENED: u32 = 1 << 31;

/// Why text is not a derivation path of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DerivationPathError {
    /// Not `m` and five components.
    #[error("a derivation path is written like m/44'/784'/0'/0'/0'")]
    Shape,
    /// It does not begin with `m/44'/784'`.
    #[error("a derivation path of this network begins m/44'/784'")]
    Purpose,
    /// A component without its mark.
    #[error("every number of a derivation path ends in '")]
    NotHardened,
    /// A component that is no number below 2³¹.
    #[error("a number of a derivation path lies between 0 and 2147483647")]
    Index,
}

/// Where in a phrase's tree a key lies: `m/44'/784'/account'/change'/address'`.
///
/// Text: that form, all five components hardened.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivationPath {
    account: u32,
    change: u32,
    address: u32,
}

impl DerivationPath {
    const PURPOSE: u32 = 44;
    const COIN_TYPE: u32 = 784;

    /// The path of the `account`-th account of a phrase, counted from 0. The network has no rule
    /// for further accounts; we count where BIP-44 does, in its third component.
    ///
    /// # Errors
    /// Where the number is not below 2³¹.
    pub const fn of_account(account: u32) -> Result<Self, DerivationPathError> {
        if account >= HARDENED {
            return Err(DerivationPathError::Index);
        }
        Ok(Self { account, change: 0, address: 0 })
    }

    /// The number of the account, the third component.
    #[must_use]
    pub const fn account(&self) -> u32 {
        self.account
    }

    const fn indices(self) -> [u32; 5] {
        [Self::PURPOSE, Self::COIN_TYPE, self.account, self.change, self.address]
    }
}

impl fmt::Display for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("m")?;
        self.indices().iter().try_for_each(|index| write!(f, "/{index}'"))
    }
}

impl fmt::Debug for DerivationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DerivationPath({self})")
    }
}

impl FromStr for DerivationPath {
    type Err = DerivationPathError;
    fn from_str(text: &str) -> Result<Self, DerivationPathError> {
        let components = text.strip_prefix("m/").ok_or(DerivationPathError::Shape)?;
        let mut indices = [0; 5];
        let mut components = components.split('/');
        for index in &mut indices {
            *index = parse_component(components.next().ok_or(DerivationPathError::Shape)?)?;
        }
        if components.next().is_some() {
            return Err(DerivationPathError::Shape);
        }
        let [Self::PURPOSE, Self::COIN_TYPE, account, change, address] = indices else {
            return Err(DerivationPathError::Purpose);
        };
        Ok(Self { account, change, address })
    }
}

impl Serialize for DerivationPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DerivationPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn parse_component(text: &str) -> Result<u32, DerivationPathError> {
    let digits = text.strip_suffix('\'').ok_or(DerivationPathError::NotHardened)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DerivationPathError::Index);
    }
    let index = digits.parse().map_err(|_| DerivationPathError::Index)?;
    if index < HARDENED { Ok(index) } else { Err(DerivationPathError::Index) }
}

#[cfg(test)]
mod tests {
    use super::{
        DerivationPath, DerivationPathError, Mnemonic, MnemonicError, Node, WordCount,
        is_recovery_word, recovery_words,
    };
    use crate::keys::tests::Counter;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const PHRASE: &str =
        "interest radar prevent jacket radio tackle cost film whisper diesel shop jewel";

    #[test]
    fn words_become_the_key_that_the_network_derives() {
        let words = Mnemonic::parse(PHRASE).unwrap();
        assert_eq!(
            *words.expose_entropy(),
            hex::decode("75b616a93b8b0dba0c2ab2fa87b31abb").unwrap()
        );
        assert_eq!(
            words.derive(&DerivationPath::default()).address().to_string(),
            "0x8177af0892d7a7801ec76ce8d06cb4de8406b44fb5ae009d796feb91f15aa415"
        );
    }

    #[test]
    fn the_tree_is_that_of_slip_0010() {
        // Test vector 2 of SLIP-0010 for Ed25519 (its seed has 64 bytes), chain m/0'.
        let seed = hex::decode(concat!(
            "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2",
            "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542"
        ));
        let seed: [u8; 64] = seed.unwrap().try_into().unwrap();
        let child = Node::master(&seed).hardened_child(0);
        assert_eq!(
            hex::encode(child.chain_code.as_ref()),
            "0b78a3226f915c082bf118f83618a618ab6dec793752624cbeb622acb562862d"
        );
        assert_eq!(
            hex::encode(child.key.as_ref()),
            "1559eb2bbec5790b0c65d8693e4d0875b1747f4970ae8b650486ed7470845635"
        );
    }

    #[test]
    fn case_and_white_space_do_not_matter() {
        let spaced = format!("\n\t {} \u{3000}", PHRASE.to_uppercase().replace(' ', "  \r\n "));
        assert_eq!(*Mnemonic::parse(&spaced).unwrap().expose_phrase(), PHRASE);
    }

    #[test]
    fn what_is_wrong_with_words_is_named() {
        for (text, error) in [
            (String::new(), MnemonicError::WordCount(0)),
            (PHRASE.replace(" jewel", ""), MnemonicError::WordCount(11)),
            (format!("{PHRASE} {PHRASE} {PHRASE}"), MnemonicError::WordCount(36)),
            (PHRASE.replace("jacket", "jaket"), MnemonicError::UnknownWord { number: 4 }),
            (PHRASE.replace("jacket", "jäcket"), MnemonicError::UnknownWord { number: 4 }),
            (PHRASE.replace("jewel", "radar"), MnemonicError::Checksum),
        ] {
            assert_eq!(Mnemonic::parse(&text).err(), Some(error), "{text}");
        }
        assert_eq!(Mnemonic::from_entropy(&[1; 17]).err(), Some(MnemonicError::EntropyLength(17)));
    }

    #[test]
    fn a_phrase_of_each_length_survives_its_text_and_its_entropy() {
        for count in WordCount::ALL {
            let made = Mnemonic::make(&mut Counter(7), count);
            assert_eq!(made.word_count(), count.words());
            let phrase = made.expose_phrase();
            assert_eq!(*Mnemonic::parse(&phrase).unwrap().expose_entropy(), *made.expose_entropy());
            let sealed = Mnemonic::from_entropy(&made.expose_entropy()).unwrap();
            assert_eq!(*sealed.expose_phrase(), *phrase);
        }
    }

    #[test]
    fn only_paths_of_the_network_are_paths() {
        for good in ["m/44'/784'/0'/0'/0'", "m/44'/784'/2147483647'/1'/2'"] {
            assert_eq!(good.parse::<DerivationPath>().unwrap().to_string(), good);
        }
        for (bad, error) in [
            ("", DerivationPathError::Shape),
            ("44'/784'/0'/0'/0'", DerivationPathError::Shape),
            ("m/44'/784'/0'/0'", DerivationPathError::Shape),
            ("m/44'/784'/0'/0'/0'/0'", DerivationPathError::Shape),
            ("m/44'/784'/0'/0'/0'/", DerivationPathError::Shape),
            ("m/44'/784'/0'/0/0", DerivationPathError::NotHardened),
            ("m/44'/784'/0'/0'/0", DerivationPathError::NotHardened),
            ("m/54'/784'/0'/0'/0'", DerivationPathError::Purpose),
            ("m/44'/783'/0'/0'/0'", DerivationPathError::Purpose),
            ("m/44'/784'/+1'/0'/0'", DerivationPathError::Index),
            ("m/44'/784'/'/0'/0'", DerivationPathError::Index),
            ("m/44'/784'/2147483648'/0'/0'", DerivationPathError::Index),
            ("m/44'/784'/99999999999'/0'/0'", DerivationPathError::Index),
        ] {
            assert_eq!(bad.parse::<DerivationPath>(), Err(error), "{bad}");
        }
    }

    #[test]
    fn accounts_are_counted_in_the_third_component() {
        assert_eq!(DerivationPath::of_account(0), Ok(DerivationPath::default()));
        assert_eq!(DerivationPath::of_account(3).unwrap().to_string(), "m/44'/784'/3'/0'/0'");
        assert_eq!(DerivationPath::of_account(1 << 31), Err(DerivationPathError::Index));
    }

    #[test]
    fn words_are_offered_by_their_beginning() {
        assert_eq!(recovery_words("jew").collect::<Vec<_>>(), ["jewel"]);
        assert_eq!(recovery_words("").count(), 2048);
        assert!(is_recovery_word("zoo") && !is_recovery_word("zo"));
    }

    #[test]
    fn a_phrase_does_not_print() {
        assert_eq!(format!("{:?}", Mnemonic::parse(PHRASE).unwrap()), "Mnemonic(..)");
    }
}
