//! Weights as an engine reads them: ranges of a file on disk or of a private one.

use browser::file;
use wasm_core::score::{ReadError, WeightSource};
use web_sys::File;

/// A file, read range by range.
#[derive(Clone, Debug)]
pub(super) struct FileSource(pub(super) File);

impl WeightSource for FileSource {
    fn size(&self) -> u64 {
        file::size(&self.0)
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let end = offset.saturating_add(buffer.len() as u64);
        if end > self.size() {
            return Err(ReadError::PastTheEnd { end, size: self.size() });
        }
        let bytes = file::read_range(&self.0, offset, end).await;
        let bytes = bytes.map_err(|error| ReadError::Failed(error.to_string()))?;
        if bytes.len() != buffer.len() {
            return Err(ReadError::PastTheEnd { end, size: offset + bytes.len() as u64 });
        }
        buffer.copy_from_slice(&bytes);
        Ok(())
    }
}
