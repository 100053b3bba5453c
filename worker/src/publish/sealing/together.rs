//! Sealing on two processor cores: the browser's AES here, hash and copy in a worker beside.

use super::{Watch, file_changed};
use crate::refusal::{Refusal, sentence};
use browser::copyist::CopyistError;
use browser::file;
use browser::file_chunks::FileChunks;
use browser::sealing::{Pass, SealError};
use js_sys::Uint8Array;
use wasm_core::weights::Sealed;
use web_sys::File;

/// Seals a file.
pub(super) async fn seal(
    source: &File,
    mut pass: Pass,
    watch: &mut Watch<'_, impl FnMut(u64, Option<u64>)>,
) -> Result<Sealed, Refusal> {
    let abort = watch.abort;
    let mut on_sealed = async |sealed: &Uint8Array, end: u64| {
        if let Some(uploader) = watch.uploader {
            uploader.offer(sealed).await;
        }
        watch.sealed(end);
    };
    let mut chunks = FileChunks::begin(source);
    let all = async {
        while let Some(chunk) = chunks.next().await? {
            abort.check()?;
            pass.seal(&chunk, &mut on_sealed).await?;
            chunks.give_back(&chunk);
        }
        Ok(abort.check()?)
    };
    if let Err(refusal) = all.await {
        pass.abandon().await;
        return Err(refusal);
    }
    let sealed = Sealed::from(pass.finish(&mut on_sealed).await?);
    if sealed.size == file::size(source) { Ok(sealed) } else { Err(file_changed()) }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Copyist(error) => error.into(),
            SealError::Cipher(_) => Self::passing(
                "seal/encryption",
                sentence(&error),
                "Choose the weights file again: it is sealed anew, under a new key.",
            ),
            SealError::Engine(_) => Self::passing(
                "seal/encryption",
                sentence(&error),
                "Nothing was signed. Use another browser, or another version of this one.",
            ),
        }
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
