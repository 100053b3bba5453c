//! Weights as an engine reads them: ranges of a person's file or of a private one.

use browser::file_weights::FileWeights;
use browser::private_file::PrivateFileWriter;
use wasm_core::score::{Pieces, ReadError, WeightSource};

/// A file, read range by range.
#[derive(Debug)]
pub(crate) enum FileSource {
    /// A person's file.
    Chosen(FileWeights),
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
        match self {
            Self::Chosen(file) => file.read(offset, buffer).await,
            Self::Private(file) => read_private(file, offset, buffer),
        }
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        match self {
            Self::Chosen(file) => file.read_pieces(pieces, buffer).await,
            // The browser is not asked for each, so nothing is gained by reading what lies between.
            Self::Private(file) => pieces
                .offsets()
                .zip(pieces.cut(buffer))
                .try_for_each(|(offset, piece)| read_private(file, offset, piece)),
        }
    }
}

fn read_private(file: &PrivateFileWriter, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
    let (end, size) = (offset.saturating_add(buffer.len() as u64), file.size());
    if end > size {
        return Err(ReadError::PastTheEnd { end, size });
    }
    let read = file.read(offset, buffer);
    let read = read.map_err(|error| ReadError::Failed(error.to_string()))?;
    // The file has become shorter since it was opened.
    if read < buffer.len() {
        return Err(ReadError::PastTheEnd { end, size: offset + read as u64 });
    }
    Ok(())
}
