//! Weights as engines read them out of a person's file.

use crate::file_ranges::FileRanges;
use wasm_core::score::{Pieces, ReadError, WeightSource};
use web_sys::File;

/// Bytes of a file that pieces are read out of at once, beside those that are asked for at once.
const SPAN: u64 = 2;

/// A file, read range by range.
#[derive(Debug)]
pub struct FileWeights(FileRanges);

impl FileWeights {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self(FileRanges::new(file))
    }
}

impl WeightSource for FileWeights {
    fn size(&self) -> u64 {
        self.0.size()
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let (end, size) = (offset.saturating_add(buffer.len() as u64), self.size());
        if end > size {
            return Err(ReadError::PastTheEnd { end, size });
        }
        let read = self.0.read(offset, buffer).await;
        let read = read.map_err(|error| ReadError::Failed(error.to_string()))?;
        // The file has become shorter since it was opened.
        if read < buffer.len() {
            return Err(ReadError::PastTheEnd { end, size: offset + read as u64 });
        }
        Ok(())
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        // A question to the browser for each row would take longer than reading what lies between.
        let Pieces { mut offset, length, stride } = pieces;
        let span = SPAN * buffer.len() as u64;
        let at_once = usize::try_from(span / stride.max(1)).unwrap_or(usize::MAX).max(1);
        for part in buffer.chunks_mut(at_once.saturating_mul(length.max(1))) {
            let count = (part.len() / length.max(1)) as u64;
            let end = offset + count.saturating_sub(1) * stride + length as u64;
            let read = self.0.read_pieces(Pieces { offset, length, stride }, part).await;
            let read = read.map_err(|error| ReadError::Failed(error.to_string()))?;
            if offset + read < end {
                return Err(ReadError::PastTheEnd { end, size: offset + read });
            }
            offset += count * stride;
        }
        Ok(())
    }
}
