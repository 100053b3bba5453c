//! Weights as a scoring worker reads them: ranges of a file.

use crate::file;
use wasm_core::score::{ReadError, WeightSource};
use web_sys::File;

/// A file, read range by range.
#[derive(Debug)]
pub(super) struct FileWeights(pub(super) File);

impl WeightSource for FileWeights {
    fn size(&self) -> u64 {
        file::size(&self.0)
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let (end, size) = (offset.saturating_add(buffer.len() as u64), self.size());
        if end > size {
            return Err(ReadError::PastTheEnd { end, size });
        }
        let bytes = file::read_range(&self.0, offset, end).await;
        let bytes = bytes.map_err(|error| ReadError::Failed(error.to_string()))?;
        // The file has become shorter since it was opened.
        if bytes.len() != buffer.len() {
            return Err(ReadError::PastTheEnd { end, size: offset + bytes.len() as u64 });
        }
        buffer.copy_from_slice(&bytes);
        Ok(())
    }
}
