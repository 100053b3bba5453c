//! Weights as they are once their key is known. The browser decrypts, where it can: it has the processor's
//! own instructions for that, and is several times as fast as the core.

use crate::dead_end::DeadEnd;
use crate::web_cipher::{WebCipher, WebCipherError};
use js_sys::{ArrayBuffer, Uint8Array};
use std::collections::VecDeque;
use std::ops::Range;
use wasm_core::score::{Pieces, ReadError, WeightSource};
use wasm_core::weights::{DecryptionKey, WeightCipher};

/// Bytes that are worth the browser's trouble.
const WORTH: usize = 16 << 10;
/// Bytes that it decrypts at a time: more at once, and it is slower.
const CHUNK: usize = 256 << 10;
/// Chunks that it has at a time.
const IN_FLIGHT: usize = 2;
/// Bytes of others' columns that it decrypts in passing for each that is wanted, at most.
const IN_PASSING: u64 = 4;
/// Bytes of a block of the cipher.
const BLOCK: u64 = 16;

/// A file that may be encrypted.
#[derive(Debug)]
pub struct Unsealed<S> {
    source: S,
    sealed: Option<Sealed>,
}

/// What opens a file.
struct Sealed {
    key: DecryptionKey,
    /// None where the browser does not decrypt for us; then the core does.
    browser: Option<WebCipher>,
    dead_end: DeadEnd,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("browser", &self.browser).finish_non_exhaustive()
    }
}

impl<S> Unsealed<S> {
    /// Decrypts what is read where there is a key.
    pub async fn new(source: S, key: Option<DecryptionKey>) -> Self {
        let Some(key) = key else { return Self { source, sealed: None } };
        let browser = WebCipher::new(&key).await.ok();
        Self { source, sealed: Some(Sealed { key, browser, dead_end: DeadEnd::new() }) }
    }
}

impl<S: WeightSource> WeightSource for Unsealed<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        self.source.read(offset, buffer).await?;
        match &self.sealed {
            Some(sealed) => sealed.open(offset, buffer).await,
            None => Ok(()),
        }
    }

    async fn read_pieces(&self, pieces: Pieces, buffer: &mut [u8]) -> Result<(), ReadError> {
        let Some(sealed) = &self.sealed else {
            return self.source.read_pieces(pieces, buffer).await;
        };
        let in_passing = pieces.stride.saturating_sub(pieces.length as u64);
        let is_near = in_passing <= IN_PASSING * pieces.length as u64;
        if sealed.browser.is_none() || buffer.len() < WORTH || !is_near {
            self.source.read_pieces(pieces, buffer).await?;
            sealed.open_pieces(pieces, buffer);
            return Ok(());
        }
        // Only what lies together can the browser decrypt at once.
        let Pieces { mut offset, length, stride } = pieces;
        let at_once = usize::try_from(buffer.len() as u64 / stride).unwrap_or(1).max(1);
        let mut span = Vec::new();
        for part in buffer.chunks_mut(at_once * length) {
            let count = part.len() / length;
            let bytes = (count as u64 - 1) * stride + length as u64;
            span.resize(usize::try_from(bytes).unwrap_or(usize::MAX), 0);
            self.read(offset, &mut span).await?;
            let rows = span.chunks(usize::try_from(stride).unwrap_or(usize::MAX));
            for (row, piece) in rows.zip(part.chunks_exact_mut(length)) {
                piece.copy_from_slice(&row[..length]);
            }
            offset += count as u64 * stride;
        }
        Ok(())
    }
}

impl Sealed {
    /// Decrypts bytes of the file from an offset on.
    async fn open(&self, offset: u64, bytes: &mut [u8]) -> Result<(), ReadError> {
        let Some(browser) = self.browser.as_ref().filter(|_| bytes.len() >= WORTH) else {
            WeightCipher::new(&self.key).apply(offset, bytes);
            return Ok(());
        };
        let failed = |error: WebCipherError| ReadError::Failed(error.to_string());
        let mut chunks = chunks(offset, bytes.len());
        let mut opening = VecDeque::new();
        loop {
            while opening.len() < IN_FLIGHT
                && let Some(chunk) = chunks.next()
            {
                let begin = offset + chunk.start as u64;
                let before = u32::try_from(begin % BLOCK).unwrap_or_default();
                let part = Uint8Array::new_with_length(before + length(&chunk));
                part.subarray(before, part.length()).copy_from(&bytes[chunk.clone()]);
                let opened = browser.encrypt(begin - u64::from(before), &part).map_err(failed)?;
                self.dead_end.swallow(&part.buffer());
                opening.push_back((chunk, before, opened));
            }
            let Some((chunk, before, opened)) = opening.pop_front() else { return Ok(()) };
            let opened: ArrayBuffer = opened.await.map_err(failed)?;
            let end = before + length(&chunk);
            Uint8Array::new(&opened).subarray(before, end).copy_to(&mut bytes[chunk]);
            self.dead_end.swallow(&opened);
        }
    }

    /// The core decrypts pieces.
    fn open_pieces(&self, pieces: Pieces, bytes: &mut [u8]) {
        let mut cipher = WeightCipher::new(&self.key);
        for (offset, piece) in pieces.offsets().zip(pieces.cut(bytes)) {
            cipher.apply(offset, piece);
        }
    }
}

/// Ranges of so many bytes from an offset in a file on. All but the first begin with a block of the cipher.
fn chunks(offset: u64, bytes: usize) -> impl Iterator<Item = Range<usize>> {
    let before = usize::try_from(offset % BLOCK).unwrap_or_default();
    let starts = (0..before + bytes).step_by(CHUNK);
    starts.map(move |start| start.saturating_sub(before)..bytes.min(start + CHUNK - before))
}

fn length(chunk: &Range<usize>) -> u32 {
    u32::try_from(chunk.len()).unwrap_or(u32::MAX)
}
