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

impl From<Measured> for Sealed {
    fn from(Measured { checksum, size }: Measured) -> Self {
        Self { checksum, size }
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

    /// Bytes sealed so far, which is where the next chunk lies.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.meter.size()
    }

    /// Ends the file.
    #[must_use]
    pub fn finish(self) -> Sealed {
        self.meter.finish().into()
    }

    /// Lets another engine, such as WebCrypto, seal the file in this sealer's place, from its first byte
    /// on and with this sealer's key, and becomes the witness of what it does.
    #[must_use]
    pub fn watch(self) -> Witness {
        Witness(self.cipher)
    }
}

/// Another engine's ciphertext is not what the core makes of the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the browser's encryption is not the network's at byte {offset} of the file")]
pub struct EngineDisagrees {
    /// Where in the file the compared bytes begin.
    pub offset: u64,
}

/// Compares what another engine seals with what the core would have made of it.
///
/// An engine goes wrong at the beginning, or where it counts wrongly, hence in all of a chunk: its ends
/// tell as much as all of it does, and cost nothing.
pub struct Witness(WeightCipher);

impl Witness {
    /// Holds sealed bytes against the plain ones that lie at this byte offset of the file.
    ///
    /// # Errors
    /// Where the core makes something else of them.
    pub fn compare(
        &mut self,
        offset: u64,
        plain: &[u8],
        sealed: &[u8],
    ) -> Result<(), EngineDisagrees> {
        let mut expected = Zeroizing::new(plain.to_vec());
        self.0.apply(offset, &mut expected);
        if *expected == sealed { Ok(()) } else { Err(EngineDisagrees { offset }) }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Witness(..)")
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("position", &self.position()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{EngineDisagrees, Sealer};
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
        fn a_witness_takes_the_core_s_bytes_and_no_others(
            file in prop::collection::vec(any::<u8>(), 1..300),
            offset in any::<u32>(),
            flipped in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let (sealer, key) = Sealer::make(&mut Counter(9));
            let (mut witness, offset) = (sealer.watch(), u64::from(offset) << 8);
            let mut sealed = file.clone();
            WeightCipher::new(&key).apply(offset, &mut sealed);
            prop_assert_eq!(witness.compare(offset, &file, &sealed), Ok(()));

            let disagrees = Err(EngineDisagrees { offset });
            prop_assert_eq!(witness.compare(offset, &file, &sealed[1..]), disagrees);
            let elsewhere = witness.compare(offset + 16, &file, &sealed);
            prop_assert!(elsewhere.is_err() || file.len() < 4);
            sealed[flipped.index(file.len())] ^= 1 << bit;
            prop_assert_eq!(witness.compare(offset, &file, &sealed), disagrees);
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
    fn a_sealer_prints_only_how_far_it_is_and_a_witness_nothing() {
        let (mut sealer, _) = Sealer::make(&mut Counter(0));
        sealer.update(&mut [0; 5]);
        assert_eq!(format!("{sealer:?}"), "Sealer { position: 5, .. }");
        assert_eq!(format!("{:?}", sealer.watch()), "Witness(..)");
    }
}
