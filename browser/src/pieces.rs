//! Reading a stream piece by piece, through one buffer that goes round where the browser can.
//!
//! Fresh buffers would pile up: Chromium lets hundreds of megabytes of them stand before it collects
//! garbage.

use crate::js;
use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader};

/// A stream of bytes, read to its end.
#[derive(Debug)]
pub(crate) enum Pieces {
    /// The buffer goes in with each question and comes back with the answer; none once it ended.
    OneBuffer(ReadableStreamByobReader, Option<JsValue>),
    /// A stream that fills no buffers of others.
    OwnBuffers(ReadableStreamDefaultReader),
}

impl Pieces {
    /// Begins to read, in pieces of at most `piece` bytes where the stream lets us say so.
    pub(crate) fn new(stream: &ReadableStream, piece: u32) -> Result<Self, JsValue> {
        match ReadableStreamByobReader::new(stream) {
            Ok(reader) => Ok(Self::OneBuffer(reader, Some(ArrayBuffer::new(piece).into()))),
            Err(_) => ReadableStreamDefaultReader::new(stream).map(Self::OwnBuffers),
        }
    }

    /// The next piece, valid until the next call; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let promise: JsValue = match self {
            Self::OneBuffer(reader, buffer) => {
                let Some(buffer) = buffer.take() else { return Ok(None) };
                let view = Uint8Array::new(&buffer);
                reader.read_with_array_buffer_view(view.unchecked_ref::<Object>()).into()
            }
            Self::OwnBuffers(reader) => reader.read().into(),
        };
        let result = JsFuture::from(js_sys::Promise::from(promise)).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        let piece: Uint8Array = Reflect::get(&result, &"value".into())?.unchecked_into();
        if let Self::OneBuffer(_, buffer) = self {
            *buffer = Some(piece.buffer().into());
        }
        Ok(Some(piece))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        // Nobody waits for the answer; the stream is given up.
        js::forget(match self {
            Self::OneBuffer(reader, _) => reader.cancel(),
            Self::OwnBuffers(reader) => reader.cancel(),
        });
    }
}
