//! The bytes of a vault or a backup.
//!
//! ```text
//! offset  bytes  what
//!      0      1  format version, 1
//!      1     11  mark: "SOMA-VAULT\0" or "SOMA-BACKUP"
//!     12      4  Argon2id memory in KiB, little-endian, like the next two
//!     16      4  Argon2id passes
//!     20      4  Argon2id lanes
//!     24     16  salt
//!     40     12  nonce
//!     52      n  contents, encrypted with AES-256-GCM
//! 52 + n     16  tag, over the contents and the 52 bytes before them
//! ```
//!
//! Later versions keep version and mark where they are.

use super::kdf::{KdfParameters, check_new_password};
use super::{SealError, UnlockError};
use crate::digest::blake2b256;
use aes_gcm::{AeadInOut as _, Aes256Gcm, KeyInit as _};
use std::fmt;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const HEADER_LENGTH: usize = 52;

/// What an envelope is for. Its mark is authenticated, so one kind never opens as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Vault,
    Backup,
}

impl Purpose {
    const fn mark(self) -> &'static [u8; 11] {
        match self {
            Self::Vault => b"SOMA-VAULT\0",
            Self::Backup => b"SOMA-BACKUP",
        }
    }
}

/// A key derived from a password, with what is needed to derive it again.
pub(super) struct VaultKey {
    purpose: Purpose,
    parameters: KdfParameters,
    salt: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

impl VaultKey {
    /// Makes a key from a new password and a fresh salt.
    pub(super) fn make(
        password: &str,
        purpose: Purpose,
        parameters: KdfParameters,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Result<Self, SealError> {
        check_new_password(password)?;
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        let key = parameters
            .derive(password, &salt)
            .map_err(|_| SealError::OutOfMemory { mebibytes: parameters.mebibytes() })?;
        Ok(Self { purpose, parameters, salt, key })
    }

    /// Seals contents under a fresh nonce. Random nonces of 96 bits do for more seals than a
    /// wallet makes in all its life.
    pub(super) fn seal(
        &self,
        mut contents: Zeroizing<Vec<u8>>,
        rng: &mut impl rand_core::CryptoRng,
    ) -> Vec<u8> {
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let Self { purpose, parameters, salt, .. } = *self;
        let header = Header { parameters, salt, nonce }.encode(purpose);
        let tag = self
            .cipher()
            .encrypt_inout_detached(&nonce.into(), &header, contents.as_mut_slice().into())
            .expect("the secrets of a wallet are shorter than 64 GiB");
        [&header[..], &contents[..], &tag[..]].concat()
    }

    /// Whether another derivation from this password gives this key.
    pub(super) fn check_password(&self, password: &str) -> Result<(), UnlockError> {
        let key = derive(password, self.parameters, &self.salt)?;
        // Hashes are compared, so that time tells nothing about the key.
        if blake2b256(&[key.as_ref()]) == blake2b256(&[self.key.as_ref()]) {
            Ok(())
        } else {
            Err(UnlockError::WrongPassword)
        }
    }

    /// A key that was derived before.
    pub(super) const fn of_parts(
        purpose: Purpose,
        parameters: KdfParameters,
        salt: [u8; 16],
        key: Zeroizing<[u8; 32]>,
    ) -> Self {
        Self { purpose, parameters, salt, key }
    }

    /// What trying out one password costs.
    pub(super) const fn parameters(&self) -> KdfParameters {
        self.parameters
    }

    /// What makes the key another one than that of the same password elsewhere.
    pub(super) const fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The key itself, to be wrapped under another.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.key
    }

    /// What is inside an envelope that this key sealed.
    pub(super) fn open(&self, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnlockError> {
        self.decrypt(&Parts::of(self.purpose, envelope)?)
    }

    fn decrypt(&self, parts: &Parts<'_>) -> Result<Zeroizing<Vec<u8>>, UnlockError> {
        let mut contents = Zeroizing::new(parts.ciphertext.to_vec());
        self.cipher()
            .decrypt_inout_detached(
                &parts.header.nonce.into(),
                parts.header_bytes,
                contents.as_mut_slice().into(),
                parts.tag.into(),
            )
            .map_err(|_| UnlockError::WrongPassword)?;
        Ok(contents)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.key).into())
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultKey").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

fn derive(
    password: &str,
    parameters: KdfParameters,
    salt: &[u8; 16],
) -> Result<Zeroizing<[u8; 32]>, UnlockError> {
    parameters
        .derive(password, salt)
        .map_err(|_| UnlockError::OutOfMemory { mebibytes: parameters.mebibytes() })
}

/// Opens an envelope: the key that seals it again, and what was inside.
pub(super) fn open(
    password: &str,
    purpose: Purpose,
    envelope: &[u8],
) -> Result<(VaultKey, Zeroizing<Vec<u8>>), UnlockError> {
    let parts = Parts::of(purpose, envelope)?;
    let Header { parameters, salt, .. } = parts.header;
    let key = VaultKey { purpose, parameters, salt, key: derive(password, parameters, &salt)? };
    let contents = key.decrypt(&parts)?;
    Ok((key, contents))
}

/// The cost and the salt that an envelope names.
pub(super) fn head(
    purpose: Purpose,
    envelope: &[u8],
) -> Result<(KdfParameters, [u8; 16]), UnlockError> {
    let Header { parameters, salt, .. } = Parts::of(purpose, envelope)?.header;
    Ok((parameters, salt))
}

/// Takes an envelope apart and puts it together again.
pub(super) fn parse_and_encode(purpose: Purpose, envelope: &[u8]) -> Result<Vec<u8>, UnlockError> {
    let Parts { header, ciphertext, tag, .. } = Parts::of(purpose, envelope)?;
    Ok([&header.encode(purpose)[..], ciphertext, tag].concat())
}

struct Header {
    parameters: KdfParameters,
    salt: [u8; 16],
    nonce: [u8; 12],
}

impl Header {
    fn encode(&self, purpose: Purpose) -> [u8; HEADER_LENGTH] {
        let parts: [&[u8]; 7] = [
            &[VERSION],
            purpose.mark(),
            &self.parameters.memory_kib().to_le_bytes(),
            &self.parameters.passes().to_le_bytes(),
            &self.parameters.lanes().to_le_bytes(),
            &self.salt,
            &self.nonce,
        ];
        let mut header = [0; HEADER_LENGTH];
        let mut rest = &mut header[..];
        for part in parts {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        header
    }
}

struct Parts<'a> {
    header: Header,
    header_bytes: &'a [u8; HEADER_LENGTH],
    ciphertext: &'a [u8],
    tag: &'a [u8; 16],
}

impl<'a> Parts<'a> {
    /// Takes an envelope apart. What cannot be an envelope of ours is told apart from a wrong
    /// password; what could have been one, and was changed, is not.
    fn of(purpose: Purpose, envelope: &'a [u8]) -> Result<Self, UnlockError> {
        let (version, rest) = envelope.split_first().ok_or(UnlockError::NotOurs)?;
        if !rest.starts_with(purpose.mark()) {
            return Err(UnlockError::NotOurs);
        }
        if *version != VERSION {
            return Err(UnlockError::UnsupportedVersion(u32::from(*version)));
        }
        Self::of_version_1(envelope).ok_or(UnlockError::WrongPassword)
    }

    fn of_version_1(envelope: &'a [u8]) -> Option<Self> {
        let (header_bytes, rest) = envelope.split_first_chunk::<HEADER_LENGTH>()?;
        let (ciphertext, tag) = rest.split_last_chunk::<16>()?;
        let (_, fields) = header_bytes.split_first_chunk::<12>()?;
        let (memory, fields) = fields.split_first_chunk::<4>()?;
        let (passes, fields) = fields.split_first_chunk::<4>()?;
        let (lanes, fields) = fields.split_first_chunk::<4>()?;
        let (salt, nonce) = fields.split_first_chunk::<16>()?;
        let [memory, passes, lanes] =
            [memory, passes, lanes].map(|bytes| u32::from_le_bytes(*bytes));
        let parameters = KdfParameters::new(memory, passes, lanes).ok()?;
        let header = Header { parameters, salt: *salt, nonce: nonce.try_into().ok()? };
        Some(Self { header, header_bytes, ciphertext, tag })
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER_LENGTH, Parts, Purpose, UnlockError, VaultKey, open};
    use crate::keys::tests::Counter;
    use crate::vault::KdfParameters;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;
    use zeroize::Zeroizing;

    const PASSWORD: &str = "a long password";

    fn key() -> VaultKey {
        let mut rng = Counter(0);
        VaultKey::make(PASSWORD, Purpose::Vault, KdfParameters::DEFAULT, &mut rng).unwrap()
    }

    fn contents() -> Zeroizing<Vec<u8>> {
        Zeroizing::new(b"the contents".to_vec())
    }

    fn fault(envelope: &[u8]) -> UnlockError {
        Parts::of(Purpose::Vault, envelope).err().expect("it was damaged")
    }

    #[test]
    fn an_envelope_is_laid_out_as_written_above() {
        let sealed = key().seal(contents(), &mut Counter(100));
        assert_eq!(sealed.len(), HEADER_LENGTH + contents().len() + 16);
        let mut expected =
            b"\x01SOMA-VAULT\0\x00\x00\x01\x00\x03\x00\x00\x00\x01\x00\x00\x00".to_vec();
        expected.extend(1..=16);
        expected.extend(101..=112);
        assert_eq!(sealed[..HEADER_LENGTH], expected);
    }

    #[test]
    fn no_bit_of_an_envelope_can_be_flipped() {
        let key = key();
        let sealed = key.seal(contents(), &mut Counter(100));
        // The password is stretched once; what a changed salt or cost does is another test's.
        let decrypt = |envelope: &[u8]| key.open(envelope);
        assert_eq!(decrypt(&sealed).unwrap(), contents());
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut damaged = sealed.clone();
                damaged[at] ^= 1 << bit;
                let expected = match at {
                    0 => UnlockError::UnsupportedVersion(u32::from(damaged[0])),
                    1..=11 => UnlockError::NotOurs,
                    _ => UnlockError::WrongPassword,
                };
                assert_eq!(decrypt(&damaged), Err(expected), "bit {bit} of byte {at}");
            }
        }
        for length in 0..sealed.len() {
            let expected =
                if length < 12 { UnlockError::NotOurs } else { UnlockError::WrongPassword };
            assert_eq!(decrypt(&sealed[..length]), Err(expected), "{length} bytes");
        }
    }

    #[test]
    fn costs_out_of_bounds_are_refused_before_they_are_paid() {
        let sealed = key().seal(contents(), &mut Counter(100));
        for (at, value) in [(12, 65_535), (12, u32::MAX), (16, 2), (16, u32::MAX), (20, 0), (20, 5)]
        {
            let mut damaged = sealed.clone();
            damaged[at..at + 4].copy_from_slice(&u32::to_le_bytes(value));
            assert_eq!(fault(&damaged), UnlockError::WrongPassword, "{at} {value}");
        }
    }

    #[test]
    fn a_wrong_password_and_a_changed_salt_get_the_same_answer() {
        let mut sealed = key().seal(contents(), &mut Counter(100));
        let opened = |password: &str, sealed: &[u8]| {
            open(password, Purpose::Vault, sealed).map(|(_, contents)| contents)
        };
        assert_eq!(opened(PASSWORD, &sealed), Ok(contents()));
        assert_eq!(opened("another password", &sealed), Err(UnlockError::WrongPassword));
        sealed[24] ^= 1;
        assert_eq!(opened(PASSWORD, &sealed), Err(UnlockError::WrongPassword));
    }

    #[test]
    fn a_vault_is_no_backup() {
        let sealed = key().seal(contents(), &mut Counter(100));
        let as_backup = Parts::of(Purpose::Backup, &sealed).err();
        assert_eq!(as_backup, Some(UnlockError::NotOurs));
    }

    #[test]
    fn a_key_checks_its_password_and_does_not_print() {
        let key = key();
        assert_eq!(key.check_password(PASSWORD), Ok(()));
        assert_eq!(key.check_password("another password"), Err(UnlockError::WrongPassword));
        assert_eq!(format!("{key:?}"), "VaultKey { purpose: Vault, .. }");
    }
}
