//! Decrypting a weights file as it streams by.

use super::measure::{ManifestMismatch, Measured, Verifier};
use super::{DecryptionKey, WeightCipher};
use crate::manifest::Manifest;
use std::fmt;

/// Decrypts a file and measures it on the way in.
///
/// The cipher does not authenticate. What [`update`](Self::update) leaves behind is untrusted until
/// [`finish`](Self::finish) has returned [`Verified`]; so is every part that a [`WeightCipher`]
/// decrypts alone.
pub struct Opener {
    cipher: WeightCipher,
    verifier: Verifier,
    manifest: Manifest,
}

/// A file went through an [`Opener`] and was the file that its manifest names.
///
/// This says nothing about the key: a wrong one makes noise of a right file.
#[must_use = "what is computed without this witness is computed from unknown weights"]
#[derive(Debug, PartialEq, Eq)]
pub struct Verified(Manifest);

impl Verified {
    /// The manifest that the file fulfils.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.0
    }
}

impl Opener {
    /// Opens the file that a manifest names with the key that its owner revealed.
    #[must_use]
    pub fn new(key: &DecryptionKey, manifest: Manifest) -> Self {
        let verifier = Verifier::new(Measured::from(&manifest));
        Self { cipher: WeightCipher::new(key), verifier, manifest }
    }

    /// Turns the next chunk of ciphertext into plaintext, not to be trusted yet.
    ///
    /// # Errors
    /// As soon as the file is longer than it should be; the chunk is then left as it was.
    pub fn update(&mut self, chunk: &mut [u8]) -> Result<(), ManifestMismatch> {
        let position = self.verifier.size();
        self.verifier.update(chunk)?;
        self.cipher.apply(position, chunk);
        Ok(())
    }

    /// Bytes so far.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.verifier.size()
    }

    /// Ends the file, which was the one that the manifest names.
    ///
    /// # Errors
    /// Where it was not, and nothing of it is to be used.
    pub fn finish(self) -> Result<Verified, ManifestMismatch> {
        self.verifier.finish().map(|_| Verified(self.manifest))
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("position", &self.position()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Opener;
    use crate::digest::{Checksum, blake2b256};
    use crate::keys::tests::Counter;
    use crate::manifest::Manifest;
    use crate::weights::{DecryptionKey, ManifestMismatch, Sealer};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn sealed() -> (Vec<u8>, Manifest, DecryptionKey) {
        let (mut sealer, key) = Sealer::make(&mut Counter(0));
        let mut file = b"not quite five gigabytes of weights".to_vec();
        sealer.update(&mut file);
        let url = "https://example.org/model".parse().unwrap();
        (file, sealer.finish().manifest(url), key)
    }

    #[test]
    fn a_flipped_bit_is_refused() {
        let (mut file, manifest, key) = sealed();
        file[3] ^= 4;
        let actual = Checksum(blake2b256(&[&file]));
        let mut opener = Opener::new(&key, manifest.clone());
        opener.update(&mut file).unwrap();
        let expected = manifest.checksum();
        assert_eq!(opener.finish(), Err(ManifestMismatch::Checksum { expected, actual }));
    }

    #[test]
    fn a_file_cut_short_is_refused() {
        let (mut file, manifest, key) = sealed();
        let expected = file.len() as u64;
        file.pop();
        let mut opener = Opener::new(&key, manifest);
        opener.update(&mut file).unwrap();
        let actual = expected - 1;
        assert_eq!(opener.finish(), Err(ManifestMismatch::Size { expected, actual }));
    }

    #[test]
    fn a_file_too_long_is_refused_at_once() {
        let (mut file, manifest, key) = sealed();
        let expected = file.len() as u64;
        file.push(0);
        let untouched = file.clone();
        let mut opener = Opener::new(&key, manifest);
        assert_eq!(opener.update(&mut file), Err(ManifestMismatch::TooLong { expected }));
        assert_eq!(file, untouched);
    }

    #[test]
    fn an_opener_prints_only_how_far_it_is() {
        let (_, manifest, key) = sealed();
        assert_eq!(format!("{:?}", Opener::new(&key, manifest)), "Opener { position: 0, .. }");
    }
}
