//! Weights as an engine reads them: ranges of a person's file or of a private one.

use browser::file_ranges::FileRanges;
use browser::private_file::PrivateFileWriter;
use wasm_core::score::{ReadError, WeightSource};

/// A file, read range by range.
#[derive(Debug)]
pub(crate) enum FileSource {
    /// A person's file.
    Chosen(FileRanges),
    /// A private one, which fills the engine's own buffer.
    Private(PrivateFileWriter),
}

impl WeightSource for FileSource {
    fn size(&self) -> u64 {
        match self {
            Self::Chosen(file) => file.size(),
            Self::Private(file) => file.size(),
        }
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let (end, size) = (offset.saturating_add(buffer.len() as u64), self.size());
        if end > size {
            return Err(ReadError::PastTheEnd { end, size });
        }
        let read = match self {
            Self::Chosen(file) => {
                let read = file.read(offset, buffer).await;
                read.map_err(|error| ReadError::Failed(error.to_string()))?
            }
            Self::Private(file) => {
                file.read(offset, buffer).map_err(|error| ReadError::Failed(error.to_string()))?
            }
        };
        // The file has become shorter since it was opened.
        if read < buffer.len() {
            return Err(ReadError::PastTheEnd { end, size: offset + read as u64 });
        }
        Ok(())
    }
}
