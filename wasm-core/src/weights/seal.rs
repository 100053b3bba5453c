//! Encrypting a weights file as it streams by.

use super::measure::{Measured, Meter};
use super::{DecryptionKey, WeightCipher};
use crate::digest::{Checksum, WeightsCommitment};
use crate::manifest::{Manifest, Url};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// An encrypted weights file: what it must be, wherever it comes to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sealed {
    /// Blake2b-256 of the encrypted bytes.
    pub checksum: Checksum,
    /// How many there are.
    pub size: u64,
}

impl Sealed {
    /// The manifest of the file, served at this address.
    #[must_use]
    pub const fn manifest(&self, url: Url) -> Manifest {
        Manifest::new(url, self.checksum, self.size)
    }

    /// What the chain is told of the file before its key.
    #[must_use]
    pub const fn weights_commitment(&self) -> WeightsCommitment {
        WeightsCommitment::of(self.checksum)
    }
}

impl From<Sealed> for Measured {
    fn from(Sealed { checksum, size }: Sealed) -> Self {
        Self { checksum, size }
    }
}

/// Encrypts one file, chunk by chunk and in place, and measures what comes out.
///
/// A sealer is made with a fresh key and seals once: one key, one file. A file that is begun again
/// gets a new sealer and so a new key.
pub struct Sealer {
    cipher: WeightCipher,
    meter: Meter,
}

impl Sealer {
    /// Makes a sealer, and the one key it seals with. Keep the key safe before sealing a byte.
    pub fn make(rng: &mut impl rand_core::CryptoRng) -> (Self, DecryptionKey) {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        let key = DecryptionKey(*bytes);
        (Self { cipher: WeightCipher::new(&key), meter: Meter::new() }, key)
    }

    /// Turns the next chunk of the file into ciphertext.
    pub fn update(&mut self, chunk: &mut [u8]) {
        self.cipher.apply(self.meter.size(), chunk);
        self.meter.update(chunk);
    }

    /// Takes the next chunk as ciphertext that another engine made, such as WebCrypto.
    ///
    /// That engine must have used this sealer's key and the [`counter_block`] of
    /// [`position`](Self::position); nothing here can tell if it did not, so the caller compares a
    /// chunk of each engine first.
    ///
    /// [`counter_block`]: super::counter_block
    pub fn absorb(&mut self, ciphertext: &[u8]) {
        self.meter.update(ciphertext);
    }

    /// Bytes sealed so far, which is where the next chunk lies.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.meter.size()
    }

    /// Ends the file.
    #[must_use]
    pub fn finish(self) -> Sealed {
        let Measured { checksum, size } = self.meter.finish();
        Sealed { checksum, size }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("position", &self.position()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Sealer;
    use crate::digest::{Checksum, blake2b256};
    use crate::keys::tests::Counter;
    use crate::weights::{Opener, WeightCipher};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #[test]
        fn however_a_file_is_cut_it_seals_alike_and_opens_again(
            file in prop::collection::vec(any::<u8>(), 0..2000),
            sealing in 1_usize..300,
            opening in 1_usize..300,
        ) {
            let (mut sealer, key) = Sealer::make(&mut Counter(9));
            let mut sealed = file.clone();
            sealed.chunks_mut(sealing).for_each(|chunk| sealer.update(chunk));
            let outcome = sealer.finish();

            let mut whole = file.clone();
            WeightCipher::new(&key).apply(0, &mut whole);
            prop_assert_eq!(&sealed, &whole);
            prop_assert_eq!(outcome.checksum, Checksum(blake2b256(&[&sealed])));
            prop_assert_eq!(outcome.size, file.len() as u64);

            let manifest = outcome.manifest("https://example.org/model".parse().unwrap());
            let mut opener = Opener::new(&key, manifest.clone());
            for chunk in sealed.chunks_mut(opening) {
                opener.update(chunk).unwrap();
            }
            let verified = opener.finish().unwrap();
            prop_assert_eq!(verified.manifest(), &manifest);
            prop_assert_eq!(sealed, file);
        }

        #[test]
        fn chunks_of_another_engine_count_like_our_own(
            file in prop::collection::vec(any::<u8>(), 0..1000),
            foreign in prop::collection::vec(any::<bool>(), 64),
        ) {
            let (mut ours, key) = Sealer::make(&mut Counter(9));
            let (mut mixed, _) = Sealer::make(&mut Counter(9));
            let mut engine = WeightCipher::new(&key);
            for (chunk, foreign) in file.chunks(16).zip(foreign) {
                ours.update(&mut chunk.to_vec());
                let mut chunk = chunk.to_vec();
                if foreign {
                    engine.apply(mixed.position(), &mut chunk);
                    mixed.absorb(&chunk);
                } else {
                    mixed.update(&mut chunk);
                }
            }
            prop_assert_eq!(ours.finish(), mixed.finish());
        }
    }

    #[test]
    fn every_sealer_has_a_key_of_its_own() {
        let mut rng = Counter(0);
        let (_, first) = Sealer::make(&mut rng);
        let (_, second) = Sealer::make(&mut rng);
        assert_ne!(first, second);
    }

    #[test]
    fn a_sealer_prints_only_how_far_it_is() {
        let (mut sealer, _) = Sealer::make(&mut Counter(0));
        sealer.update(&mut [0; 5]);
        assert_eq!(format!("{sealer:?}"), "Sealer { position: 5, .. }");
    }
}
