//! Sealing on two processor cores: the browser's AES here, hash and copy in a worker beside.
//!
//! What the browser makes is held against the core's own AES: all of the first part, then both ends of
//! every part.

use super::{Watch, file_changed};
use crate::refusal::{Refusal, sentence};
use browser::copyist::{Copyist, CopyistError};
use browser::file;
use browser::file_chunks::FileChunks;
use browser::web_cipher::{WebCipher, WebCipherError};
use futures::future::LocalBoxFuture;
use js_sys::{ArrayBuffer, Uint8Array};
use std::collections::VecDeque;
use wasm_core::weights::{EngineDisagrees, Sealed, Witness};
use web_sys::File;
use zeroize::Zeroizing;

/// Bytes encrypted at once: from 1 MiB on Chromium takes twice as long, as it asks the system for memory
/// each time.
const PART: u32 = 512 * 1024;
/// Parts that the browser encrypts while one before them is taken away.
const UNDER_WAY: usize = 2;
/// Bytes compared at either end of a part.
const SAMPLE: u32 = 64;

/// Seals a file.
pub(super) async fn seal(
    source: &File,
    cipher: &WebCipher,
    mut copyist: Copyist,
    witness: Witness,
    watch: &mut Watch<'_, impl FnMut(u64, Option<u64>)>,
) -> Result<Sealed, Refusal> {
    let mut pass = Pass { cipher, copyist: &mut copyist, witness, parts: VecDeque::new(), begun: 0 };
    if let Err(refusal) = pass.run(source, watch).await {
        copyist.abandon().await;
        return Err(refusal);
    }
    let sealed = Sealed::from(copyist.finish().await?);
    if sealed.size == file::size(source) { Ok(sealed) } else { Err(file_changed()) }
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

struct Pass<'a> {
    cipher: &'a WebCipher,
    copyist: &'a mut Copyist,
    witness: Witness,
    parts: VecDeque<Part>,
    /// Bytes of the file whose encryption has begun.
    begun: u64,
}

impl Pass<'_> {
    async fn run(
        &mut self,
        source: &File,
        watch: &mut Watch<'_, impl FnMut(u64, Option<u64>)>,
    ) -> Result<(), Refusal> {
        let mut chunks = FileChunks::begin(source);
        while let Some(chunk) = chunks.next().await? {
            let mut start = 0;
            while start < chunk.length() {
                watch.abort.check()?;
                if self.parts.len() == UNDER_WAY {
                    self.take_away(watch).await?;
                }
                let end = (start + PART).min(chunk.length());
                self.begin(&chunk.subarray(start, end))?;
                start = end;
            }
            chunks.give_back(&chunk);
        }
        while !self.parts.is_empty() {
            watch.abort.check()?;
            self.take_away(watch).await?;
        }
        Ok(())
    }

    fn begin(&mut self, part: &Uint8Array) -> Result<(), Refusal> {
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

    /// The oldest part: compared, uploaded, handed to the copyist.
    async fn take_away(
        &mut self,
        watch: &mut Watch<'_, impl FnMut(u64, Option<u64>)>,
    ) -> Result<(), Refusal> {
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
        if let Some(uploader) = watch.uploader {
            uploader.offer(&sealed).await;
        }
        self.copyist.take(&buffer).await?;
        watch.sealed(part.end);
        Ok(())
    }
}

impl From<CopyistError> for Refusal {
    fn from(error: CopyistError) -> Self {
        match error {
            CopyistError::File(error) => error.into(),
            CopyistError::NotStarted(_) | CopyistError::Ended(_) => Self::passing(
                "seal/stopped",
                sentence(&error),
                "Choose the weights file again: it is sealed anew, under a new key.",
            ),
        }
    }
}

impl From<WebCipherError> for Refusal {
    fn from(error: WebCipherError) -> Self {
        Self::passing(
            "seal/encryption",
            sentence(&error),
            "Choose the weights file again: it is sealed anew, under a new key.",
        )
    }
}

impl From<EngineDisagrees> for Refusal {
    fn from(error: EngineDisagrees) -> Self {
        Self::passing(
            "seal/encryption",
            sentence(&error),
            "Nothing was signed. Use another browser, or another version of this one.",
        )
    }
}
