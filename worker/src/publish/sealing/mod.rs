//! One pass over a weights file: encrypt, hash, keep a copy here, and upload beside it.
//!
//! The browser encrypts here, and the copyist hashes and writes on another processor core. Buffers are
//! given back at once, so memory is a few pieces, whatever the file's size. Where a browser has not what
//! that takes, the core does all of it, alone and slowly.

mod alone;
mod together;
mod uploader;

pub(crate) use uploader::Alongside;

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::copyist::{Copyist, CopyistError};
use browser::file;
use browser::private_file::PrivateFileWriter;
use browser::sealing::Pass;
use browser::web_cipher::WebCipher;
use uploader::Uploader;
use wasm_core::weights::{DecryptionKey, Sealed, Sealer};
use web_sys::File;

/// Seals a file under the key of a fresh sealer.
///
/// The upload beside it is a convenience: where it fails, sealing goes on, and the upload continues
/// from the private copy later.
pub(crate) async fn seal(
    source: &File,
    (sealer, key): (Sealer, DecryptionKey),
    private_name: &str,
    alongside: Option<Alongside>,
    abort: &Abort,
    on_progress: impl Fn(Work),
) -> Result<Sealed, Refusal> {
    let total = file::size(source);
    let engines = engines(&key, private_name).await?;
    drop(key);
    let mut uploader = alongside.map(|alongside| Uploader::start(alongside, total, abort));
    let mut pace = Pace::new(total, 0);
    let one_core = engines.is_none();
    let mut watch = Watch {
        abort,
        uploader: &mut uploader,
        tell: |done, uploaded| {
            if let Some(work) = pace.due(done, uploaded) {
                on_progress(Work { one_core, ..work });
            }
        },
    };
    let sealed = match engines {
        Some((cipher, copyist)) => {
            let pass = Pass::new(cipher, copyist, sealer.watch());
            together::seal(source, pass, &mut watch).await?
        }
        None => {
            let writer = PrivateFileWriter::create(private_name).await?;
            alone::seal(source, sealer, writer, &mut watch).await?
        }
    };
    // Whoever stops it now has the whole file here; only the upload is left.
    if let Some(uploader) = uploader {
        uploader.finish().await;
    }
    Ok(sealed)
}

/// What is fast, where this browser has it.
async fn engines(
    key: &DecryptionKey,
    private_name: &str,
) -> Result<Option<(WebCipher, Copyist)>, Refusal> {
    let Ok(cipher) = WebCipher::new(key).await else { return Ok(None) };
    match Copyist::start(Some(private_name)).await {
        Ok(copyist) => Ok(Some((cipher, copyist))),
        Err(CopyistError::NotStarted(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What goes on beside sealing, whoever seals.
struct Watch<'a, T> {
    abort: &'a Abort,
    uploader: &'a mut Option<Uploader>,
    /// Told the bytes sealed, and those uploaded.
    tell: T,
}

impl<T: FnMut(u64, Option<u64>)> Watch<'_, T> {
    fn sealed(&mut self, done: u64) {
        (self.tell)(done, self.uploader.as_ref().map(Uploader::uploaded));
    }
}

/// The file had another length than when it was chosen.
fn file_changed() -> Refusal {
    Refusal::passing(
        "file/changed",
        "The file changed while it was being sealed.",
        "Wait until nothing writes to it any more, then choose it again.",
    )
}
