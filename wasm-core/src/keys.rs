//! Ed25519 keys and their text forms.

use crate::address::Address;
use crate::digest::blake2b256;
use base64ct::{Base64, Encoding as _};
use bech32::primitives::decode::{CheckedHrpstring, UncheckedHrpstring};
use bech32::{Bech32, Hrp};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

mod curve;

/// Scheme flag of Ed25519.
pub const ED25519_FLAG: u8 = 0;

/// An Ed25519 public key, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublicKey(pub [u8; 32]);

/// How the text of a private key begins, before its `1`.
const PRIVATE_KEY_PREFIX: Hrp = Hrp::parse_unchecked("somaprivkey");
/// Scheme flag and 32 bytes.
const FLAGGED_LENGTH: usize = 33;
/// Characters of 33 bytes in Base64.
const FLAGGED_BASE64_LENGTH: usize = 44;

/// Why text is not a private key. No variant repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyParseError {
    /// Nothing was given.
    #[error("enter a private key")]
    Empty,
    /// None of the known forms.
    #[error(
        "a private key is written as somaprivkey1…, as 44 characters of Base64 or as 64 hex digits"
    )]
    UnknownForm,
    /// Bech32 text with a wrong checksum or character.
    #[error("the private key was not copied exactly: its checksum is wrong")]
    Checksum,
    /// Bech32 text with another prefix than `somaprivkey`.
    #[error("this is a key of another network: a private key of this one begins somaprivkey1")]
    OtherNetwork,
    /// A scheme flag that is not Ed25519's.
    #[error("this key is not an Ed25519 key, and only those can sign here")]
    OtherScheme,
    /// Another number of bytes than 32.
    #[error("a private key has 32 bytes, this one has more or fewer")]
    Length,
}

/// Why text is not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyParseError {
    /// Not the Base64 of 33 bytes.
    #[error("a public key is written as 44 characters of Base64")]
    NotBase64,
    /// A scheme flag that is not Ed25519's.
    #[error("only Ed25519 keys are keys of accounts")]
    OtherScheme,
    /// The bytes are no point of the curve.
    #[error("these bytes are not an Ed25519 public key")]
    NotAKey,
}

/// Decodes the Base64 of a scheme flag and 32 bytes.
fn decode_flagged(text: &str) -> Option<Zeroizing<[u8; FLAGGED_LENGTH]>> {
    let mut flagged = Zeroizing::new([0; FLAGGED_LENGTH]);
    if text.len() != FLAGGED_BASE64_LENGTH {
        return None;
    }
    let length = Base64::decode(text, flagged.as_mut()).ok()?.len();
    (length == FLAGGED_LENGTH).then_some(flagged)
}

/// A signature that does not verify. There is one answer, whatever was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct InvalidSignature;

impl PublicKey {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether signatures of this key can be valid: it is a point of the curve, and not a weak one.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        ed25519_dalek::VerifyingKey::from_bytes(&self.0).is_ok_and(|key| !key.is_weak())
    }

    /// Blake2b-256 of the scheme flag and the key.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(blake2b256(&[&[ED25519_FLAG], &self.0]))
    }

    /// The Base64 of scheme flag and key, 44 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        let mut flagged = [ED25519_FLAG; FLAGGED_LENGTH];
        if let Some((_, key)) = flagged.split_first_mut() {
            key.copy_from_slice(&self.0);
        }
        Base64::encode_string(&flagged)
    }

    /// Reads the Base64 of scheme flag and key.
    ///
    /// # Errors
    /// Where it is not that, or the bytes are no key.
    pub fn parse_base64(text: &str) -> Result<Self, PublicKeyParseError> {
        let flagged = decode_flagged(text.trim()).ok_or(PublicKeyParseError::NotBase64)?;
        let [flag, key @ ..] = *flagged;
        if flag != ED25519_FLAG {
            return Err(PublicKeyParseError::OtherScheme);
        }
        ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| PublicKeyParseError::NotAKey)?;
        Ok(Self(key))
    }

    /// Reads what [`to_base64`](Self::to_base64) wrote, whatever the bytes are: see
    /// [`is_valid`](Self::is_valid).
    pub(crate) fn read_base64(text: &str) -> Option<Self> {
        let [flag, key @ ..] = *decode_flagged(text)?;
        (flag == ED25519_FLAG).then_some(Self(key))
    }

    /// Checks a signature of a 32-byte digest.
    ///
    /// # Errors
    /// Where key or signature are not valid.
    pub fn verify(&self, digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), InvalidSignature> {
        if curve::verify(&self.0, digest, signature) { Ok(()) } else { Err(InvalidSignature) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0))
    }
}

/// An Ed25519 signing key. It does not print, compare, clone or serialise.
pub struct Keypair(curve::SigningKey);

impl Keypair {
    /// Derives the key that a seed stands for (RFC 8032).
    #[must_use]
    pub fn derive(seed: &[u8; 32]) -> Self {
        Self(curve::SigningKey::derive(seed))
    }

    /// Makes a fresh key from the caller's randomness.
    pub fn make(rng: &mut impl rand_core::CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::derive(&seed)
    }

    /// Reads a private key that a person pasted or a key file holds: `somaprivkey1…`, the Base64
    /// of flag and seed, or the seed's 64 hex digits with or without `0x`. White space around it
    /// does not matter.
    ///
    /// # Errors
    /// Where the text is none of these, or says something else than an Ed25519 seed.
    pub fn parse(text: &str) -> Result<Self, KeyParseError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyParseError::Empty);
        }
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let mut seed = Zeroizing::new([0; 32]);
            hex::decode_to_slice(digits, seed.as_mut()).map_err(|_| KeyParseError::UnknownForm)?;
            return Ok(Self::derive(&seed));
        }
        match decode_flagged(text) {
            Some(flagged) => Self::from_flagged(&flagged),
            None => Self::parse_bech32(text),
        }
    }

    fn parse_bech32(text: &str) -> Result<Self, KeyParseError> {
        // A mistyped 1 further on would end the prefix there.
        let begins = text.get(..12).is_some_and(|it| it.eq_ignore_ascii_case("somaprivkey1"));
        let unreadable = if begins { KeyParseError::Checksum } else { KeyParseError::UnknownForm };
        let prefix = UncheckedHrpstring::new(text).map(|text| text.hrp());
        let prefix = prefix.map_err(|_| unreadable)?;
        let checked = CheckedHrpstring::new::<Bech32>(text);
        match checked {
            Ok(_) if prefix != PRIVATE_KEY_PREFIX => Err(KeyParseError::OtherNetwork),
            Err(_) if prefix != PRIVATE_KEY_PREFIX => Err(unreadable),
            Err(_) => Err(KeyParseError::Checksum),
            Ok(checked) => {
                checked.validate_segwit_padding().map_err(|_| KeyParseError::Length)?;
                let mut bytes = checked.byte_iter();
                let mut flagged = Zeroizing::new([0; FLAGGED_LENGTH]);
                for byte in flagged.iter_mut() {
                    *byte = bytes.next().ok_or(KeyParseError::Length)?;
                }
                if bytes.next().is_some() {
                    return Err(KeyParseError::Length);
                }
                Self::from_flagged(&flagged)
            }
        }
    }

    fn from_flagged(flagged: &[u8; FLAGGED_LENGTH]) -> Result<Self, KeyParseError> {
        match flagged.split_first() {
            Some((&ED25519_FLAG, seed)) => {
                Ok(Self::derive(seed.try_into().map_err(|_| KeyParseError::Length)?))
            }
            _ => Err(KeyParseError::OtherScheme),
        }
    }

    fn expose_flagged(&self) -> Zeroizing<[u8; FLAGGED_LENGTH]> {
        let mut flagged = Zeroizing::new([ED25519_FLAG; FLAGGED_LENGTH]);
        if let Some((_, seed)) = flagged.split_first_mut() {
            seed.copy_from_slice(self.expose_seed().as_ref());
        }
        flagged
    }

    /// The seed leaves its type as `somaprivkey1…`, 71 characters, to be kept by its owner.
    #[must_use]
    pub fn expose_bech32(&self) -> Zeroizing<String> {
        // Room for all of it, so that no copy is left behind by growing.
        let mut text = Zeroizing::new(String::with_capacity(80));
        bech32::encode_to_fmt::<Bech32, _>(
            &mut *text,
            PRIVATE_KEY_PREFIX,
            self.expose_flagged().as_ref(),
        )
        .expect("33 bytes fit into Bech32, and a string takes any text");
        text
    }

    /// The seed leaves its type as the Base64 of flag and seed, 44 characters, as key files hold it.
    #[must_use]
    pub fn expose_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(Base64::encode_string(self.expose_flagged().as_ref()))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key())
    }

    /// Whose key it is.
    #[must_use]
    pub fn address(&self) -> Address {
        self.public_key().address()
    }

    /// Signs a 32-byte digest.
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; 64] {
        self.0.sign(digest)
    }

    /// The seed leaves its type: to be sealed in a vault, or written down by its owner.
    #[must_use]
    pub fn expose_seed(&self) -> Zeroizing<[u8; 32]> {
        self.0.seed()
    }
}

impl fmt::Debug for Keypair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keypair").field("address", &self.address()).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{KeyParseError, Keypair, PublicKey, PublicKeyParseError};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Bytes that count up from a number: repeatable, and of course not random.
    pub(crate) struct Counter(pub(crate) u8);

    impl rand_core::TryRng for Counter {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            let mut bytes = [0; 4];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            let mut bytes = [0; 8];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
            Ok(())
        }
    }

    impl rand_core::TryCryptoRng for Counter {}

    const HEX: &str = "2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a";
    const BECH32: &str = "somaprivkey1qq4z52329g4z52329g4z52329g4z52329g4z52329g4z52329g4z55w4f4k";
    const BASE64: &str = "ACoqKioqKioqKioqKioqKioqKioqKioqKioqKioqKioq";
    const PUBLIC: &str = "ABl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";

    #[test]
    fn every_form_of_a_private_key_is_read() {
        let prefixed = format!("0x{HEX}");
        let spaced = format!("\n {BASE64}\t");
        let upper = BECH32.to_uppercase();
        for text in [HEX, &prefixed, BECH32, &upper, BASE64, &spaced, &HEX.to_uppercase()] {
            let key = Keypair::parse(text).unwrap();
            assert_eq!(*key.expose_seed(), [42; 32], "{text}");
            assert_eq!(*key.expose_bech32(), BECH32);
            assert_eq!(*key.expose_base64(), BASE64);
            assert_eq!(key.public_key().to_base64(), PUBLIC);
        }
    }

    fn bech32_of<C: bech32::Checksum>(prefix: &str, bytes: &[u8]) -> String {
        bech32::encode::<C>(bech32::Hrp::parse(prefix).unwrap(), bytes).unwrap()
    }

    #[test]
    fn what_is_not_a_private_key_is_named() {
        use bech32::{Bech32, Bech32m};
        let flagged = [&[0][..], &[42; 32]].concat();
        let mistyped = BECH32.replace("z52329", "z52328");
        let impossible = BECH32.replace("z52329", "z523b9");
        for (text, error) in [
            ("  ", KeyParseError::Empty),
            ("hello", KeyParseError::UnknownForm),
            (&HEX.replacen("2a", "", 1), KeyParseError::UnknownForm),
            (&BASE64.replacen("Kioq", "", 1), KeyParseError::UnknownForm),
            ("ÄÖÜäöüÄÖÜäöüÄÖÜäöü", KeyParseError::UnknownForm),
            (&mistyped, KeyParseError::Checksum),
            (&impossible, KeyParseError::Checksum),
            (&BECH32.replace("z52329g4z55", "z52321g4z55"), KeyParseError::Checksum),
            (BECH32.trim_end_matches("z55w4f4k"), KeyParseError::Checksum),
            (&bech32_of::<Bech32m>("somaprivkey", &flagged), KeyParseError::Checksum),
            (&bech32_of::<Bech32>("suiprivkey", &flagged), KeyParseError::OtherNetwork),
            (&bech32_of::<Bech32>("somaprivkey", &flagged[..32]), KeyParseError::Length),
            (&bech32_of::<Bech32>("somaprivkey", &[0; 34]), KeyParseError::Length),
            (&bech32_of::<Bech32>("somaprivkey", &[1; 33]), KeyParseError::OtherScheme),
            (&BASE64.replacen('A', "B", 1), KeyParseError::OtherScheme),
        ] {
            assert_eq!(Keypair::parse(text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn a_public_key_survives_its_text() {
        let key = PublicKey::parse_base64(PUBLIC).unwrap();
        assert_eq!(key, Keypair::derive(&[42; 32]).public_key());
        for (text, error) in [
            ("", PublicKeyParseError::NotBase64),
            (&PUBLIC.replacen('A', "", 1), PublicKeyParseError::NotBase64),
            (&PUBLIC.replacen('A', "C", 1), PublicKeyParseError::OtherScheme),
            // y = 2 is on no point of the curve
            ("AAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", PublicKeyParseError::NotAKey),
        ] {
            assert_eq!(PublicKey::parse_base64(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_fresh_key_takes_all_its_randomness_from_the_caller() {
        let expected: [u8; 32] = std::array::from_fn(|at| u8::try_from(at + 1).unwrap());
        assert_eq!(*Keypair::make(&mut Counter(0)).expose_seed(), expected);
    }

    #[test]
    fn a_key_prints_only_its_address() {
        let printed = format!("{:?}", Keypair::derive(&[42; 32]));
        assert!(printed.contains("13054fec7a780ab4"), "{printed}");
        assert!(!printed.contains("2a2a") && !printed.contains("42, 42"), "{printed}");
    }
}
