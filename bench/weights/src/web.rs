//! The same in a browser's worker.

use crate::sealer;
use browser::copyist::Copyist;
use browser::file_chunks::{CHUNK, FileChunks};
use browser::sealing::Pass;
use browser::web_cipher::WebCipher;
use js_sys::Uint8Array;
use std::fmt::Display;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::weights::{Meter, Sealer};
use web_sys::File;

/// Where the copy is kept, where one is.
const COPY: &str = "sealed";

fn failed(error: impl Display) -> JsError {
    JsError::new(&error.to_string())
}

/// A pass that only waits for its bytes.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Ready(Pass);

/// Gets a pass ready, with its second worker. `keep` says whether a copy goes to the private file system.
#[wasm_bindgen]
pub async fn ready(keep: bool) -> Result<Ready, JsError> {
    let (sealer, key) = sealer();
    let cipher = WebCipher::new(&key).await.map_err(failed)?;
    let copyist = Copyist::start(keep.then_some(COPY)).await.map_err(failed)?;
    Ok(Ready(Pass::new(cipher, copyist, sealer.watch())))
}

/// Seals bytes that lie in memory, from their beginning again until `total` are sealed. Returns the hash.
#[wasm_bindgen]
pub async fn seal_memory(ready: Ready, plain: Uint8Array, total: f64) -> Result<String, JsError> {
    let Ready(mut pass) = ready;
    for chunk in chunks(&plain, total) {
        pass.seal(&chunk, &mut async |_: &Uint8Array, _| ()).await.map_err(failed)?;
    }
    let measured = pass.finish(&mut async |_: &Uint8Array, _| ()).await.map_err(failed)?;
    Ok(hex::encode(measured.checksum.0))
}

/// Seals a file. Returns the hash.
#[wasm_bindgen]
pub async fn seal_file(ready: Ready, file: File) -> Result<String, JsError> {
    let Ready(mut pass) = ready;
    let mut chunks = FileChunks::begin(&file);
    while let Some(chunk) = chunks.next().await.map_err(failed)? {
        pass.seal(&chunk, &mut async |_: &Uint8Array, _| ()).await.map_err(failed)?;
        chunks.give_back(&chunk);
    }
    let measured = pass.finish(&mut async |_: &Uint8Array, _| ()).await.map_err(failed)?;
    Ok(hex::encode(measured.checksum.0))
}

/// Seals bytes that lie in memory by the core's own AES, in this one worker.
#[wasm_bindgen]
#[must_use]
pub fn seal_alone(plain: &Uint8Array, total: f64) -> String {
    let mut sealer: Sealer = sealer().0;
    each_chunk(plain, total, |bytes| sealer.update(bytes));
    hex::encode(sealer.finish().checksum.0)
}

/// Hashes bytes that lie in memory.
#[wasm_bindgen]
#[must_use]
pub fn hash(plain: &Uint8Array, total: f64) -> String {
    let mut meter = Meter::new();
    each_chunk(plain, total, |bytes| meter.update(bytes));
    hex::encode(meter.finish().checksum.0)
}

fn each_chunk(plain: &Uint8Array, total: f64, mut take: impl FnMut(&mut [u8])) {
    let mut bytes = vec![0; CHUNK as usize];
    for chunk in chunks(plain, total) {
        chunk.copy_to(&mut bytes);
        take(&mut bytes);
    }
}

/// Whole chunks of the bytes, round and round.
fn chunks(plain: &Uint8Array, total: f64) -> impl Iterator<Item = Uint8Array> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand chunks at most; the cast saturates"
    )]
    let count = (total / f64::from(CHUNK)) as u32;
    (0..count).map(move |at| {
        let start = at % (plain.length() / CHUNK) * CHUNK;
        plain.subarray(start, start + CHUNK)
    })
}
