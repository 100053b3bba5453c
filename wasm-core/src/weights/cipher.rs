//! AES-256 in counter mode as the network encrypts weights: the counter is a 128-bit big-endian
//! number that starts at zero.

use super::DecryptionKey;
use aes::Aes256;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _};
use std::fmt;

/// Bytes that one value of the counter covers.
pub const BLOCK_SIZE: u64 = 16;

/// The counter at a byte offset of a file, for an engine that is told where to start, such as
/// WebCrypto (`AES-CTR`, `length: 128`). What that engine is given must begin at a multiple of
/// [`BLOCK_SIZE`].
#[must_use]
pub const fn counter_block(offset: u64) -> [u8; 16] {
    ((offset / BLOCK_SIZE) as u128).to_be_bytes()
}

/// The keystream of one weights file. Encrypting and decrypting are the same operation.
///
/// Every file's keystream starts at zero, so a key must **never** encrypt a second file: use a
/// [`Sealer`](super::Sealer), which brings its own. Nothing here detects a changed byte.
pub struct WeightCipher(ctr::Ctr128BE<Aes256>);

impl WeightCipher {
    /// The keystream of a key.
    #[must_use]
    pub fn new(key: &DecryptionKey) -> Self {
        Self(ctr::Ctr128BE::new((&key.0).into(), &[0; 16].into()))
    }

    /// Encrypts or decrypts, in place, the part of the file that begins at a byte offset.
    pub fn apply(&mut self, offset: u64, part: &mut [u8]) {
        self.0.seek(offset);
        self.0.apply_keystream(part);
    }
}

impl fmt::Debug for WeightCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeightCipher(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::{WeightCipher, counter_block};
    use crate::weights::DecryptionKey;
    use aes::Aes256;
    use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const KEY: [u8; 32] = [7; 32];

    /// Counter mode written out: the file xor the encryption of 0, 1, 2, …
    fn by_the_book(offset: u64, part: &mut [u8]) {
        let cipher = Aes256::new(&KEY.into());
        for (byte, at) in part.iter_mut().zip(offset..) {
            let mut block = counter_block(at).into();
            cipher.encrypt_block(&mut block);
            *byte ^= block[usize::try_from(at % 16).unwrap()];
        }
    }

    #[test]
    fn the_block_cipher_is_that_of_fips_197() {
        let key: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let mut block = std::array::from_fn(|at| u8::try_from(at * 0x11).unwrap()).into();
        Aes256::new(&key.into()).encrypt_block(&mut block);
        assert_eq!(hex::encode(block), "8ea2b7ca516745bfeafc49904b496089");
    }

    #[test]
    fn a_counter_block_counts_blocks_big_endian() {
        assert_eq!(counter_block(0), [0; 16]);
        assert_eq!(counter_block(15), [0; 16]);
        assert_eq!(counter_block(16 * 0x0102), 0x0102_u128.to_be_bytes());
        assert_eq!(counter_block(u64::MAX), (u128::from(u64::MAX) >> 4).to_be_bytes());
    }

    #[test]
    fn the_keystream_goes_on_past_four_gibibytes_and_to_the_end() {
        for offset in [(1 << 36) - 3, (1 << 32) - 1, u64::MAX - 40] {
            let mut part = [0; 40];
            let mut expected = part;
            WeightCipher::new(&DecryptionKey(KEY)).apply(offset, &mut part);
            by_the_book(offset, &mut expected);
            assert_eq!(part, expected, "{offset}");
        }
    }

    proptest! {
        #[test]
        fn any_part_decrypts_alone(
            file in prop::collection::vec(any::<u8>(), 0..600),
            start in 0_usize..600,
            length in 0_usize..600,
        ) {
            let mut cipher = WeightCipher::new(&DecryptionKey(KEY));
            let mut sealed = file.clone();
            cipher.apply(0, &mut sealed);
            let mut expected = file.clone();
            by_the_book(0, &mut expected);
            prop_assert_eq!(&sealed, &expected);

            let start = start.min(file.len());
            let end = (start + length).min(file.len());
            let mut part = sealed[start..end].to_vec();
            cipher.apply(start as u64, &mut part);
            prop_assert_eq!(&part[..], &file[start..end]);
        }
    }

    #[test]
    fn a_cipher_does_not_print() {
        assert_eq!(format!("{:?}", WeightCipher::new(&DecryptionKey(KEY))), "WeightCipher(..)");
    }
}
