//! Reading a person's file piece by piece, through one buffer that goes round.

use crate::js;
use crate::pieces::Pieces;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

/// The file cannot be read any more: moved, changed or taken away since it was chosen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file cannot be read: {0}")]
pub struct FileReadError(String);

impl From<&JsValue> for FileReadError {
    fn from(thrown: &JsValue) -> Self {
        Self(js::message(thrown))
    }
}

/// Bytes of a file, or of a sealed file's copy.
#[must_use]
pub fn size(file: &File) -> u64 {
    js::bytes(file.size())
}

/// Some bytes of a file.
///
/// # Errors
/// Where the file cannot be read.
pub async fn read_range(file: &File, start: u64, end: u64) -> Result<Vec<u8>, FileReadError> {
    let failed = |error: JsValue| FileReadError(js::message(&error));
    let promise: JsValue = slice(file, start, end)?.array_buffer().into();
    let buffer = JsFuture::from(js_sys::Promise::from(promise)).await.map_err(failed)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A file of some bytes, held by the browser.
///
/// # Errors
/// Where the browser has no room for it.
pub fn of_bytes(name: &str, bytes: &[u8]) -> Result<File, FileReadError> {
    let parts = js_sys::Array::of1(&Uint8Array::from(bytes));
    File::new_with_u8_array_sequence(&parts, name)
        .map_err(|error| FileReadError(js::message(&error)))
}

/// A part of a file that stays on disk until somebody reads it.
///
/// # Errors
/// Where the file cannot be read.
pub fn slice(file: &File, start: u64, end: u64) -> Result<Blob, FileReadError> {
    file.slice_with_f64_and_f64(js::number(start), js::number(end))
        .map_err(|error| FileReadError(js::message(&error)))
}

/// Reads a file from its first byte to its last.
#[derive(Debug)]
pub struct FileReader(Pieces);

impl FileReader {
    /// Begins to read, in pieces of at most `piece` bytes.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn new(file: &File, piece: u32) -> Result<Self, FileReadError> {
        Pieces::new(&file.stream(), piece)
            .map(Self)
            .map_err(|thrown| FileReadError(js::message(&thrown)))
    }

    /// The next piece, valid until the next call; none at the end.
    ///
    /// # Errors
    /// Where the file cannot be read any more.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, FileReadError> {
        self.0.next().await.map_err(|thrown| FileReadError(js::message(&thrown)))
    }
}
