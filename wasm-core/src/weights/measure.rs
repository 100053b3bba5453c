//! Size and checksum of a stream of bytes, and whether they are those that a manifest names.

use crate::digest::{Blake2b256, Checksum};
use crate::manifest::{Manifest, MetadataV1};
use blake2::Digest as _;
use serde::{Deserialize, Serialize};

/// What a stream of bytes turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Measured {
    /// Blake2b-256 of all bytes.
    pub checksum: Checksum,
    /// How many bytes there were.
    pub size: u64,
}

impl From<&Manifest> for Measured {
    fn from(manifest: &Manifest) -> Self {
        Self { checksum: manifest.checksum(), size: manifest.size() }
    }
}

impl From<MetadataV1> for Measured {
    fn from(MetadataV1 { checksum, size }: MetadataV1) -> Self {
        Self { checksum, size }
    }
}

/// Counts and hashes the bytes of a stream.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    hasher: Blake2b256,
    size: u64,
}

impl Meter {
    /// A meter that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk.
    pub fn update(&mut self, chunk: &[u8]) {
        self.hasher.update(chunk);
        self.size += chunk.len() as u64;
    }

    /// Bytes so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Ends the stream.
    #[must_use]
    pub fn finish(self) -> Measured {
        Measured { checksum: Checksum(self.hasher.finalize().into()), size: self.size }
    }
}

/// A stream that is not the file that its manifest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestMismatch {
    /// More bytes came than there should be; the rest need not be read.
    #[error("the file is longer than the {expected} bytes that it should have")]
    TooLong {
        /// Bytes that there should be.
        expected: u64,
    },
    /// The stream ended early.
    #[error("the file should have {expected} bytes and has only {actual}")]
    Size {
        /// Bytes that there should be.
        expected: u64,
        /// Bytes that there were.
        actual: u64,
    },
    /// The size is right and the bytes are not.
    #[error("the file has other content than it should: its checksum is {actual}, not {expected}")]
    Checksum {
        /// What it should be.
        expected: Checksum,
        /// What it is.
        actual: Checksum,
    },
}

/// Compares a stream, as it comes, with what it should be.
#[derive(Clone, Debug)]
pub struct Verifier {
    meter: Meter,
    expected: Measured,
}

impl Verifier {
    /// Expects bytes of this size and checksum.
    #[must_use]
    pub fn new(expected: Measured) -> Self {
        Self { meter: Meter::new(), expected }
    }

    /// Takes the next chunk.
    ///
    /// # Errors
    /// As soon as there are more bytes than there should be.
    pub fn update(&mut self, chunk: &[u8]) -> Result<(), ManifestMismatch> {
        let expected = self.expected.size;
        if chunk.len() as u64 > expected - self.meter.size {
            return Err(ManifestMismatch::TooLong { expected });
        }
        self.meter.update(chunk);
        Ok(())
    }

    /// Bytes so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.meter.size()
    }

    /// Ends the stream, which was what it should be.
    ///
    /// # Errors
    /// Where bytes are missing, or are others.
    pub fn finish(self) -> Result<Measured, ManifestMismatch> {
        self.meter.finish().expect_to_be(self.expected)
    }
}

impl Measured {
    /// Compares it with what it should be.
    ///
    /// # Errors
    /// Where there are more or fewer bytes, or others.
    pub fn expect_to_be(self, expected: Self) -> Result<Self, ManifestMismatch> {
        if self.size > expected.size {
            return Err(ManifestMismatch::TooLong { expected: expected.size });
        }
        if self.size < expected.size {
            let (expected, actual) = (expected.size, self.size);
            return Err(ManifestMismatch::Size { expected, actual });
        }
        if self.checksum != expected.checksum {
            let (expected, actual) = (expected.checksum, self.checksum);
            return Err(ManifestMismatch::Checksum { expected, actual });
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{ManifestMismatch, Measured, Meter, Verifier};
    use crate::digest::{Checksum, blake2b256};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn expected() -> Measured {
        Measured { checksum: Checksum(blake2b256(&[b"weights"])), size: 7 }
    }

    fn verify(chunks: &[&str]) -> Result<Measured, ManifestMismatch> {
        let mut verifier = Verifier::new(expected());
        for chunk in chunks {
            verifier.update(chunk.as_bytes())?;
        }
        verifier.finish()
    }

    #[test]
    fn a_stream_measures_the_same_however_it_is_cut() {
        for chunks in [&["weights"][..], &["", "wei", "", "ghts"]] {
            let mut meter = Meter::new();
            chunks.iter().for_each(|chunk| meter.update(chunk.as_bytes()));
            assert_eq!(meter.finish(), expected());
            assert_eq!(verify(chunks), Ok(expected()));
        }
    }

    #[test]
    fn a_file_that_is_not_the_one_named_is_told_by_its_fault() {
        let long = ManifestMismatch::TooLong { expected: 7 };
        assert_eq!(verify(&["weights", "!"]), Err(long));
        assert_eq!(verify(&["weights!"]), Err(long));
        assert_eq!(verify(&["weight"]), Err(ManifestMismatch::Size { expected: 7, actual: 6 }));
        assert_eq!(verify(&[]), Err(ManifestMismatch::Size { expected: 7, actual: 0 }));
        let actual = Checksum(blake2b256(&[b"Weights"]));
        let expected = expected().checksum;
        assert_eq!(verify(&["Weights"]), Err(ManifestMismatch::Checksum { expected, actual }));
    }
}
