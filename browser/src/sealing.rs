//! Encrypting a stream of chunks: the browser's AES here, hash and copy in a worker beside.
//!
//! What the browser makes is held against the core's own AES: all of the first part, then both ends of
//! every part.

use crate::copyist::{Copyist, CopyistError};
use crate::web_cipher::{WebCipher, WebCipherError};
use futures::future::LocalBoxFuture;
use js_sys::{ArrayBuffer, Uint8Array};
use std::collections::VecDeque;
use std::fmt;
use wasm_core::weights::{EngineDisagrees, Measured, Witness};
use zeroize::Zeroizing;

/// Bytes encrypted at once: from 1 MiB on Chromium takes twice as long, as it asks the system for memory
/// each time.
const PART: u32 = 512 * 1024;
/// Parts that the browser encrypts while one before them is taken away.
const UNDER_WAY: usize = 2;
/// Bytes compared at either end of a part.
const SAMPLE: u32 = 64;

/// Why a pass broke off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The browser does not encrypt.
    #[error(transparent)]
    Cipher(#[from] WebCipherError),
    /// It encrypts wrongly.
    #[error(transparent)]
    Engine(#[from] EngineDisagrees),
    /// What was encrypted was not kept.
    #[error(transparent)]
    Copyist(#[from] CopyistError),
}

/// One pass over one file.
pub struct Pass {
    cipher: WebCipher,
    copyist: Copyist,
    witness: Witness,
    parts: VecDeque<Part>,
    /// Bytes of the file whose encryption has begun.
    begun: u64,
}

/// A part that is being encrypted.
struct Part {
    sealing: LocalBoxFuture<'static, Result<ArrayBuffer, WebCipherError>>,
    /// Where it ends in the file.
    end: u64,
    length: u32,
    samples: Vec<Sample>,
}

/// Some plain bytes of a part.
struct Sample {
    /// Where they lie in the file, and in the part.
    offset: u64,
    start: u32,
    plain: Zeroizing<Vec<u8>>,
}

impl Sample {
    fn of(part: &Uint8Array, offset: u64, start: u32, end: u32) -> Self {
        let plain = Zeroizing::new(part.subarray(start, end).to_vec());
        Self { offset: offset + u64::from(start), start, plain }
    }
}

impl Pass {
    /// Begins a pass with a cipher, and the witness, of one fresh key.
    #[must_use]
    pub const fn new(cipher: WebCipher, copyist: Copyist, witness: Witness) -> Self {
        Self { cipher, copyist, witness, parts: VecDeque::new(), begun: 0 }
    }

    /// Encrypts the next chunk of the file: a multiple of 16 bytes, but for the last. It is copied before
    /// this returns. Of each part that is done, perhaps of an earlier chunk, `on_sealed` is given the
    /// sealed bytes and where in the file they end.
    ///
    /// # Errors
    /// Where the pass cannot go on.
    pub async fn seal(
        &mut self,
        chunk: &Uint8Array,
        on_sealed: &mut impl AsyncFnMut(&Uint8Array, u64),
    ) -> Result<(), SealError> {
        let mut start = 0;
        while start < chunk.length() {
            if self.parts.len() == UNDER_WAY {
                self.take_away(on_sealed).await?;
            }
            let end = (start + PART).min(chunk.length());
            self.begin(&chunk.subarray(start, end))?;
            start = end;
        }
        Ok(())
    }

    /// Ends the file. Returns what the copyist has.
    ///
    /// # Errors
    /// Where the rest of it could not be sealed or kept.
    pub async fn finish(
        mut self,
        on_sealed: &mut impl AsyncFnMut(&Uint8Array, u64),
    ) -> Result<Measured, SealError> {
        while !self.parts.is_empty() {
            if let Err(error) = self.take_away(on_sealed).await {
                self.abandon().await;
                return Err(error);
            }
        }
        Ok(self.copyist.finish().await?)
    }

    /// Gives up, and lets go of the copyist's file.
    pub async fn abandon(self) {
        self.copyist.abandon().await;
    }

    fn begin(&mut self, part: &Uint8Array) -> Result<(), SealError> {
        let (offset, length) = (self.begun, part.length());
        let ends = match offset {
            0 => vec![(0, length)],
            _ => vec![(0, SAMPLE.min(length)), (length.saturating_sub(SAMPLE), length)],
        };
        let sample = |(start, end)| Sample::of(part, offset, start, end);
        self.begun += u64::from(length);
        self.parts.push_back(Part {
            sealing: Box::pin(self.cipher.encrypt(offset, part)?),
            end: self.begun,
            length,
            samples: ends.into_iter().map(sample).collect(),
        });
        Ok(())
    }

    /// The oldest part: compared, shown, handed to the copyist.
    async fn take_away(
        &mut self,
        on_sealed: &mut impl AsyncFnMut(&Uint8Array, u64),
    ) -> Result<(), SealError> {
        let Some(part) = self.parts.pop_front() else { return Ok(()) };
        let buffer = part.sealing.await?;
        let sealed = Uint8Array::new(&buffer);
        if sealed.length() != part.length {
            return Err(EngineDisagrees { offset: part.end }.into());
        }
        for Sample { offset, start, plain } in part.samples {
            let end = start + u32::try_from(plain.len()).unwrap_or(u32::MAX);
            self.witness.compare(offset, &plain, &sealed.subarray(start, end).to_vec())?;
        }
        on_sealed(&sealed, part.end).await;
        self.copyist.take(&buffer).await?;
        Ok(())
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("begun", &self.begun).finish_non_exhaustive()
    }
}
