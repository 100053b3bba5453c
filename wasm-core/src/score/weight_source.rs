//! Where weights come from: any byte range of a file, in any order, encrypted or not.

use crate::weights::{DecryptionKey, WeightCipher};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why bytes of a weights file could not be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ReadError {
    /// The file is shorter than it was said to be.
    #[error("the weights end at byte {size}, before byte {end}")]
    PastTheEnd {
        /// Where the range ends.
        end: u64,
        /// Where the file ends.
        size: u64,
    },
    /// Whatever keeps the file did not give the bytes.
    #[error("the weights could not be read: {0}")]
    Failed(String),
}

/// A weights file that can be read in any order: a file, a browser's private files, ranges of a
/// download, memory. A file's integrity is not its concern: ranges cannot be verified alone.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait WeightSource {
    /// Bytes of the file.
    fn size(&self) -> u64;

    /// Fills the buffer with the file's bytes from an offset on.
    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError>;

    /// Fills the buffer with pieces of the file: some columns of a matrix.
    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        for (offset, piece) in pieces.offsets().zip(pieces.cut(buffer)) {
            self.read(offset, piece).await?;
        }
        Ok(())
    }
}

/// Pieces of a file, each as far behind the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// Where the first begins.
    pub offset: u64,
    /// Bytes of each.
    pub length: usize,
    /// Bytes from one's beginning to the next's.
    pub stride: u64,
}

impl Pieces {
    /// Where each begins, without end.
    pub fn offsets(self) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(self.offset), move |at| at.checked_add(self.stride))
    }

    /// The places of the pieces in a buffer.
    pub fn cut(self, buffer: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
        buffer.chunks_exact_mut(self.length.max(1))
    }
}

impl<S: WeightSource> WeightSource for &S {
    fn size(&self) -> u64 {
        S::size(self)
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        S::read(self, offset, buffer).await
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        S::read_pieces(self, pieces, buffer).await
    }
}

/// A whole file in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct InMemory<B>(pub B);

impl<B: AsRef<[u8]>> WeightSource for InMemory<B> {
    fn size(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let end = offset.saturating_add(buffer.len() as u64);
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| self.0.as_ref().get(start..)?.get(..buffer.len()))
            .ok_or(ReadError::PastTheEnd { end, size: self.size() })?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for InMemory<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InMemory({} bytes)", self.size())
    }
}

/// An encrypted file, decrypted range by range. A wrong key makes noise of it, which shows in the
/// header.
pub struct Decrypting<S> {
    source: S,
    key: DecryptionKey,
}

impl<S> Decrypting<S> {
    /// Decrypts what is read with the key that the model's owner revealed.
    pub const fn new(source: S, key: DecryptionKey) -> Self {
        Self { source, key }
    }
}

impl<S: WeightSource> WeightSource for Decrypting<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        self.source.read(offset, buffer).await?;
        WeightCipher::new(&self.key).apply(offset, buffer);
        Ok(())
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        self.source.read_pieces(pieces, buffer).await?;
        let mut cipher = WeightCipher::new(&self.key);
        for (offset, piece) in pieces.offsets().zip(pieces.cut(buffer)) {
            cipher.apply(offset, piece);
        }
        Ok(())
    }
}

impl<S: fmt::Debug> fmt::Debug for Decrypting<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypting").field("source", &self.source).finish_non_exhaustive()
    }
}

/// A file that may be encrypted.
#[derive(Debug)]
pub enum MaybeEncrypted<S> {
    /// It is not.
    Plain(S),
    /// It is, and is decrypted range by range.
    Encrypted(Decrypting<S>),
}

impl<S> MaybeEncrypted<S> {
    /// Decrypts what is read where there is a key.
    pub fn new(source: S, key: Option<DecryptionKey>) -> Self {
        match key {
            Some(key) => Self::Encrypted(Decrypting::new(source, key)),
            None => Self::Plain(source),
        }
    }
}

impl<S: WeightSource> WeightSource for MaybeEncrypted<S> {
    fn size(&self) -> u64 {
        match self {
            Self::Plain(source) => source.size(),
            Self::Encrypted(source) => source.size(),
        }
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        match self {
            Self::Plain(source) => source.read(offset, buffer).await,
            Self::Encrypted(source) => source.read(offset, buffer).await,
        }
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        match self {
            Self::Plain(source) => source.read_pieces(pieces, buffer).await,
            Self::Encrypted(source) => source.read_pieces(pieces, buffer).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decrypting, InMemory, MaybeEncrypted, Pieces, ReadError, WeightSource as _};
    use crate::score::cpu::testing::block_on;
    use crate::weights::{DecryptionKey, WeightCipher};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn bytes_past_the_end_are_refused() {
        let source = InMemory([1_u8, 2, 3]);
        let mut buffer = [0; 2];
        block_on(source.read(1, &mut buffer)).unwrap();
        assert_eq!(buffer, [2, 3]);
        for (offset, end) in [(2, 4), (4, 6), (u64::MAX, u64::MAX)] {
            let refused = block_on(source.read(offset, &mut buffer)).unwrap_err();
            assert_eq!(refused, ReadError::PastTheEnd { end, size: 3 });
        }
        assert_eq!(format!("{source:?}"), "InMemory(3 bytes)");
    }

    proptest! {
        #[test]
        fn any_range_of_an_encrypted_file_is_decrypted_alone(
            file in prop::collection::vec(any::<u8>(), 1..200),
            start in any::<prop::sample::Index>(),
            length in any::<prop::sample::Index>(),
        ) {
            let key = DecryptionKey([9; 32]);
            let mut sealed = file.clone();
            WeightCipher::new(&key).apply(0, &mut sealed);
            let start = start.index(file.len());
            let length = length.index(file.len() - start + 1);
            let mut buffer = vec![0; length];
            let source = Decrypting::new(InMemory(sealed), key);
            block_on(source.read(start as u64, &mut buffer)).unwrap();
            prop_assert_eq!(&buffer, &file[start..start + length]);
        }

        #[test]
        fn pieces_of_an_encrypted_file_are_decrypted_alone(
            file in prop::collection::vec(any::<u8>(), 100..200),
            offset in 0_usize..20,
            length in 1_usize..9,
            more in 0_usize..9,
            count in 0_usize..5,
        ) {
            let key = DecryptionKey([9; 32]);
            let mut sealed = file.clone();
            WeightCipher::new(&key).apply(0, &mut sealed);
            let stride = length + more;
            let expected: Vec<_> = (0..count)
                .flat_map(|at| file[offset + at * stride..][..length].to_vec())
                .collect();
            let pieces = Pieces { offset: offset as u64, length, stride: stride as u64 };
            let source = MaybeEncrypted::new(InMemory(sealed), Some(key));
            let mut buffer = vec![0; count * length];
            block_on(source.read_pieces(pieces, &mut buffer)).unwrap();
            prop_assert_eq!(buffer, expected);
        }
    }
}
