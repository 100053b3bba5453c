//! Ranges of a person's file, in any order. What the browser makes for each goes back to it at once, so that a
//! file of any size takes no more memory than one range.

use crate::dead_end::DeadEnd;
use crate::file::{self, FileReadError, slice};
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::score::Pieces;
use web_sys::File;

/// A file, read range by range.
#[derive(Debug)]
pub struct FileRanges {
    file: File,
    dead_end: DeadEnd,
}

impl FileRanges {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self { file, dead_end: DeadEnd::new() }
    }

    /// Bytes of the file.
    #[must_use]
    pub fn size(&self) -> u64 {
        file::size(&self.file)
    }

    /// Fills the buffer with the file's bytes from one on, as far as the file goes; returns how many.
    ///
    /// # Errors
    /// Where the file cannot be read any more.
    pub async fn read(&self, start: u64, buffer: &mut [u8]) -> Result<usize, FileReadError> {
        let end = start.saturating_add(buffer.len() as u64);
        let reading: JsValue = slice(&self.file, start, end)?.array_buffer().into();
        let bytes = JsFuture::from(Promise::from(reading)).await;
        let bytes: ArrayBuffer =
            bytes.map_err(|thrown| FileReadError::from(&thrown))?.unchecked_into();
        let read = buffer.len().min(bytes.byte_length() as usize);
        let length = u32::try_from(read).unwrap_or(u32::MAX);
        Uint8Array::new_with_byte_offset_and_length(&bytes, 0, length).copy_to(&mut buffer[..read]);
        self.dead_end.swallow(&bytes);
        Ok(read)
    }

    /// Fills the buffer with pieces of the file, which lies together so far that it is read at once;
    /// returns how many bytes were read of the file.
    ///
    /// # Errors
    /// Where the file cannot be read any more.
    pub async fn read_pieces(
        &self,
        pieces: Pieces,
        buffer: &mut [u8],
    ) -> Result<u64, FileReadError> {
        let count = (buffer.len() / pieces.length.max(1)) as u64;
        let whole = count.saturating_sub(1).saturating_mul(pieces.stride);
        let end = pieces.offset.saturating_add(whole).saturating_add(pieces.length as u64);
        let reading: JsValue = slice(&self.file, pieces.offset, end)?.array_buffer().into();
        let bytes = JsFuture::from(Promise::from(reading)).await;
        let bytes: ArrayBuffer =
            bytes.map_err(|thrown| FileReadError::from(&thrown))?.unchecked_into();
        let read = u64::from(bytes.byte_length());
        if read == end - pieces.offset {
            let all = Uint8Array::new(&bytes);
            for (offset, piece) in pieces.offsets().zip(pieces.cut(buffer)) {
                let start = u32::try_from(offset - pieces.offset).unwrap_or(u32::MAX);
                let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
                all.subarray(start, start.saturating_add(length)).copy_to(piece);
            }
        }
        self.dead_end.swallow(&bytes);
        Ok(read)
    }
}
