//! A sealed vault as it is laid down: with a number that grows, what passkeys need, and a checksum.
//!
//! ```text
//! offset  bytes  what
//!      0      1  format version, 1
//!      1     11  mark: "SOMA-COPY\0\0"
//!     12      n  BCS: generation (u64), envelope (bytes), passkeys (list)
//! 12 + n     32  Blake2b-256 of everything before it
//! ```
//!
//! The checksum tells what rotted or was cut off. What somebody changed on purpose the envelope's own
//! tag tells, once there is a password. Wallets before this format laid down the envelope alone.

use super::passkey::Passkey;
use crate::digest::blake2b256;
use serde::{Deserialize, Serialize};

const HEAD: &[u8; 12] = b"\x01SOMA-COPY\0\0";
/// How the envelope of a vault begins, after its version.
const BARE: &[u8; 11] = b"SOMA-VAULT\0";
/// Passkeys that one vault can have.
pub const MOST_PASSKEYS: usize = 8;

/// A sealed vault as it is laid down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCopy {
    /// Grows with every change. Zero for one laid down before there were numbers.
    pub generation: u64,
    /// The vault under its password.
    pub envelope: Vec<u8>,
    /// Passkeys that open it too.
    pub passkeys: Vec<Passkey>,
}

/// Why a copy cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// It begins as nothing of ours does.
    #[error("its beginning is not that of a wallet")]
    NotOurs,
    /// A program newer than this one wrote it.
    #[error("a newer version of the wallet wrote it (format {0})")]
    UnsupportedVersion(u8),
    /// Bytes are missing or were changed.
    #[error("bytes are missing or were changed")]
    Checksum,
}

impl SealedCopy {
    /// The bytes to lay down.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        bytes.extend(bcs::to_bytes(self).expect("numbers and bytes have an encoding"));
        let sum = blake2b256(&[&bytes]);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// Reads what was laid down.
    ///
    /// # Errors
    /// Where it is not whole.
    pub fn decode(bytes: &[u8]) -> Result<Self, CopyError> {
        let (version, rest) = bytes.split_first().ok_or(CopyError::NotOurs)?;
        if rest.starts_with(BARE) {
            // The envelope says by itself which versions of it are known.
            return Ok(Self { generation: 0, envelope: bytes.to_vec(), passkeys: Vec::new() });
        }
        if rest.get(..11) != HEAD.get(1..) {
            return Err(CopyError::NotOurs);
        }
        if *version != HEAD[0] {
            return Err(CopyError::UnsupportedVersion(*version));
        }
        let (covered, sum) = bytes.split_last_chunk::<32>().ok_or(CopyError::Checksum)?;
        if blake2b256(&[covered]) != *sum {
            return Err(CopyError::Checksum);
        }
        let body = covered.get(HEAD.len()..).ok_or(CopyError::Checksum)?;
        bcs::from_bytes(body).map_err(|_| CopyError::Checksum)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{CopyError, SealedCopy};
    use crate::keys::tests::Counter;
    use crate::vault::passkey::{NewPasskey, PrfOutput};
    use crate::vault::{Secrets, Unlocked, seal};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    pub(in crate::vault) fn copy(generation: u64) -> SealedCopy {
        let unlocked =
            Unlocked::make("a long password", Secrets::default(), &mut Counter(0)).unwrap();
        let new = NewPasskey { credential_id: vec![1, 2], prf_salt: [3; 32], made_ms: 4 };
        let passkey = unlocked.wrap_for(new, &PrfOutput([5; 32]), &mut Counter(60));
        let envelope = unlocked.seal(&mut Counter(30)).unwrap();
        SealedCopy { generation, envelope, passkeys: vec![passkey] }
    }

    #[test]
    fn a_copy_is_read_as_it_was_laid_down() {
        let copy = copy(7);
        let bytes = copy.encode();
        assert_eq!(bytes[..12], *b"\x01SOMA-COPY\0\0");
        assert_eq!(bytes[12..20], 7_u64.to_le_bytes());
        assert_eq!(SealedCopy::decode(&bytes), Ok(copy));
    }

    #[test]
    fn no_bit_of_a_copy_can_be_flipped_and_no_byte_cut_off() {
        let bytes = copy(7).encode();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let expected = match at {
                    0 => CopyError::UnsupportedVersion(damaged[0]),
                    1..=11 => CopyError::NotOurs,
                    _ => CopyError::Checksum,
                };
                assert_eq!(SealedCopy::decode(&damaged), Err(expected), "bit {bit} of byte {at}");
            }
        }
        for length in 0..bytes.len() {
            let expected = if length < 12 { CopyError::NotOurs } else { CopyError::Checksum };
            assert_eq!(SealedCopy::decode(&bytes[..length]), Err(expected), "{length} bytes");
        }
        assert_eq!(SealedCopy::decode(&[&bytes[..], &[0]].concat()), Err(CopyError::Checksum));
    }

    #[test]
    fn what_was_laid_down_before_there_were_copies_is_taken_over() {
        let envelope = seal("a long password", &Secrets::default(), &mut Counter(0)).unwrap();
        let copy = SealedCopy::decode(&envelope).unwrap();
        assert_eq!((copy.generation, copy.passkeys.len()), (0, 0));
        assert_eq!(copy.envelope, envelope);
    }

    #[derive(serde::Deserialize)]
    struct Recorded {
        copy: String,
        generation: u64,
        envelope: String,
        credential_id: String,
        prf_salt: String,
        prf_output: String,
    }

    #[test]
    fn what_version_1_laid_down_opens_for_ever() {
        let text = include_str!("../../../tests/vectors/vault-copies/version-1.json");
        let recorded: Recorded = serde_json::from_str(text).unwrap();
        let bytes = hex::decode(recorded.copy).unwrap();
        let copy = SealedCopy::decode(&bytes).unwrap();
        assert_eq!(copy.generation, recorded.generation);
        assert_eq!(hex::encode(&copy.envelope), recorded.envelope);
        let [passkey] = copy.passkeys.as_slice() else { panic!("one passkey was recorded") };
        assert_eq!(hex::encode(&passkey.credential_id), recorded.credential_id);
        assert_eq!(hex::encode(passkey.prf_salt), recorded.prf_salt);
        let output = hex::decode(recorded.prf_output).unwrap();
        let output = PrfOutput(output.try_into().unwrap());
        let opened = crate::vault::open_with_passkey(passkey, &output, &copy.envelope).unwrap();
        assert_eq!(opened.check_password("a long password"), Ok(()));
        assert_eq!(copy.encode(), bytes);
    }
}
