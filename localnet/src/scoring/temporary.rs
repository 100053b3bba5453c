//! Weights on disk while they are used: a file without a name, gone when it is dropped.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};
use wasm_core::score::{ReadError, WeightSource};

/// A file that is written from its beginning and then read in any order.
#[derive(Debug)]
pub(super) struct TemporaryFile {
    file: Mutex<File>,
    size: u64,
}

impl TemporaryFile {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: Mutex::new(tempfile::tempfile()?), size: 0 })
    }

    /// Writes bytes from a position on. They become the end of the file.
    pub(super) fn write(&mut self, position: u64, bytes: &[u8]) -> io::Result<()> {
        let end = position.saturating_add(bytes.len() as u64);
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        if position < self.size {
            file.set_len(position)?;
        }
        file.seek(SeekFrom::Start(position))?;
        file.write_all(bytes)?;
        self.size = end;
        Ok(())
    }
}

impl WeightSource for TemporaryFile {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let end = offset.saturating_add(buffer.len() as u64);
        if end > self.size {
            return Err(ReadError::PastTheEnd { end, size: self.size });
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(buffer))
            .map_err(|error| ReadError::Failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::TemporaryFile;
    use wasm_core::score::{ReadError, WeightSource as _};

    #[tokio::test]
    async fn what_was_written_is_read_in_any_order_and_a_new_beginning_replaces_it() {
        let mut file = TemporaryFile::new().expect("a file");
        file.write(0, b"abc").expect("written");
        file.write(3, b"def").expect("written");
        let mut buffer = [0; 2];
        for (offset, expected) in [(4, b"ef"), (0, b"ab"), (2, b"cd")] {
            file.read(offset, &mut buffer).await.expect("read");
            assert_eq!(&buffer, expected);
        }
        file.write(0, b"xyz").expect("written");
        assert_eq!(file.size(), 3);
        let refused = file.read(2, &mut buffer).await.expect_err("past the end");
        assert_eq!(refused, ReadError::PastTheEnd { end: 4, size: 3 });
    }
}
