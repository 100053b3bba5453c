//! Reading a person's file from end to end in whole chunks, each while the one before is worked on.

use crate::dead_end::DeadEnd;
use crate::file::{FileReadError, slice};
use crate::garbage::Garbage;
use crate::js;
use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, ReadableStreamByobReader};

/// Bytes of a chunk; the last one may have fewer.
pub const CHUNK: u32 = 1024 * 1024;
/// One is being read, one worked on.
const BUFFERS: usize = 2;

#[wasm_bindgen]
extern "C" {
    /// The same reader, with the options that say how much to wait for.
    #[wasm_bindgen(js_name = ReadableStreamBYOBReader)]
    type FillingReader;

    #[wasm_bindgen(method, js_name = read)]
    fn read_into(this: &FillingReader, view: &Uint8Array, options: &Object) -> Promise;
}

/// A file on its way through two buffers that go round.
#[derive(Debug)]
pub struct FileChunks {
    filled: mpsc::Receiver<Result<Uint8Array, FileReadError>>,
    spare: mpsc::Sender<ArrayBuffer>,
}

impl FileChunks {
    /// Begins to read.
    #[must_use]
    pub fn begin(file: &File) -> Self {
        let (chunks, filled) = mpsc::channel(BUFFERS);
        let (mut spare, buffers) = mpsc::channel(BUFFERS);
        let source = match ReadableStreamByobReader::new(&file.stream()) {
            Ok(reader) => {
                for _ in 0..BUFFERS {
                    let _ = spare.try_send(ArrayBuffer::new(CHUNK));
                }
                Source::Stream(reader)
            }
            // A browser whose streams fill no buffers of others.
            Err(_) => {
                for _ in 0..BUFFERS {
                    let _ = spare.try_send(ArrayBuffer::new(0));
                }
                Source::Slices(file.clone(), 0)
            }
        };
        wasm_bindgen_futures::spawn_local(read(source, chunks, buffers));
        Self { filled, spare }
    }

    /// The next chunk; none at the end.
    ///
    /// # Errors
    /// Where the file cannot be read any more.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, FileReadError> {
        self.filled.next().await.transpose()
    }

    /// Takes a chunk back that is not needed any more, for its buffer to be filled again.
    pub fn give_back(&mut self, chunk: &Uint8Array) {
        // Nobody reads any more after the end of the file.
        let _ = self.spare.try_send(chunk.buffer());
    }
}

/// Where chunks come from.
enum Source {
    /// Fills the buffers that it is given.
    Stream(ReadableStreamByobReader),
    /// Brings a buffer of its own for each chunk, from this byte on.
    Slices(File, u64),
}

/// Fills buffers until the file ends, or nobody wants more of it.
async fn read(
    mut source: Source,
    mut chunks: mpsc::Sender<Result<Uint8Array, FileReadError>>,
    mut buffers: mpsc::Receiver<ArrayBuffer>,
) {
    let (dead_end, mut garbage) = (DeadEnd::new(), Garbage::default());
    while let Some(buffer) = buffers.next().await {
        let chunk = match &mut source {
            Source::Stream(reader) => fill(reader, buffer).await,
            Source::Slices(file, at) => {
                dead_end.swallow(&buffer);
                take(file, at).await
            }
        };
        let chunk = chunk.map_err(|thrown| FileReadError::from(&thrown));
        garbage.passed(CHUNK);
        let last = !matches!(&chunk, Ok(chunk) if chunk.length() == CHUNK);
        let is_something = !matches!(&chunk, Ok(chunk) if chunk.length() == 0);
        if (is_something && chunks.send(chunk).await.is_err()) || last {
            break;
        }
    }
    if let Source::Stream(reader) = source {
        js::forget(reader.cancel());
    }
}

/// Fills a buffer as far as the file goes.
async fn fill(
    reader: &ReadableStreamByobReader,
    mut buffer: ArrayBuffer,
) -> Result<Uint8Array, JsValue> {
    let mut filled = 0;
    while filled < CHUNK {
        let view = Uint8Array::new_with_byte_offset(&buffer, filled);
        // Where the browser knows this option, it answers once, and not for every 64 KiB.
        let options = Object::new();
        Reflect::set(&options, &"min".into(), &view.length().into())?;
        let reading = reader.unchecked_ref::<FillingReader>().read_into(&view, &options);
        let answer: JsValue = JsFuture::from(reading).await?;
        let value = Reflect::get(&answer, &"value".into())?;
        // The buffer went in with the question, and comes back with the answer.
        let Ok(piece) = value.dyn_into::<Uint8Array>() else { return Ok(Uint8Array::default()) };
        buffer = piece.buffer();
        filled += piece.length();
        if Reflect::get(&answer, &"done".into())?.is_truthy() {
            break;
        }
    }
    Ok(Uint8Array::new_with_byte_offset_and_length(&buffer, 0, filled))
}

/// Reads the next slice of a file.
async fn take(file: &File, at: &mut u64) -> Result<Uint8Array, JsValue> {
    let end = (*at + u64::from(CHUNK)).min(crate::file::size(file));
    let blob = slice(file, *at, end).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let reading: JsValue = blob.array_buffer().into();
    let buffer = JsFuture::from(Promise::from(reading)).await?;
    *at = end;
    Ok(Uint8Array::new(&buffer))
}
