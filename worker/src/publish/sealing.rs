//! One pass over a weights file: encrypt, hash, keep a copy here, and upload beside it.
//!
//! The core's own AES does it, in one buffer that goes round. The browser's AES is faster, but every
//! piece it returns stays in the tab's memory until Chromium collects garbage: a file of 256 MiB took
//! the tab past 500 MiB. Here memory is a few pieces, whatever the file's size.

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::file::{self, FileReader};
use browser::private_file::PrivateFileWriter;
use browser::upload::{self, Piece, UploadError};
use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};
use js_sys::Uint8Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_core::weights::{DecryptionKey, Sealed, Sealer};
use web_sys::{Blob, File};

/// Bytes read at once.
const READ: u32 = 1024 * 1024;
/// Bytes that go to the blob store in one request.
const REQUEST: u32 = 4 * 1024 * 1024;

/// Where pieces go while they are sealed.
pub(crate) struct Alongside {
    /// Address at the blob store.
    pub(crate) url: String,
}

/// Seals a file under the key of a fresh sealer.
///
/// The upload beside it is a convenience: where it fails, sealing goes on, and the upload continues
/// from the private copy later.
pub(crate) async fn seal(
    source: &File,
    (mut sealer, key): (Sealer, DecryptionKey),
    private_name: &str,
    alongside: Option<Alongside>,
    abort: &Abort,
    on_progress: impl Fn(Work),
) -> Result<Sealed, Refusal> {
    let total = file::size(source);
    drop(key);
    let mut reader = FileReader::new(source, READ)?;
    let mut writer = PrivateFileWriter::create(private_name).await?;
    let mut uploader = alongside.map(|alongside| Uploader::start(alongside, total, abort));
    let mut pace = Pace::new(total, 0);
    let mut buffer = vec![0; READ as usize];
    while let Some(piece) = reader.next().await? {
        abort.check()?;
        let length = (piece.length() as usize).min(buffer.len());
        let part = &mut buffer[..length];
        piece.copy_to(part);
        sealer.update(part);
        writer.write(part)?;
        if let Some(uploader) = &mut uploader {
            uploader.offer(part).await;
        }
        let uploaded = uploader.as_ref().map(Uploader::uploaded);
        if let Some(work) = pace.due(sealer.position(), uploaded) {
            on_progress(work);
        }
    }
    if sealer.position() != total {
        return Err(Refusal::passing(
            "file/changed",
            "The file changed while it was being sealed.",
            "Wait until nothing writes to it any more, then choose it again.",
        ));
    }
    writer.finish()?;
    if let Some(uploader) = uploader {
        uploader.finish().await;
    }
    // Whoever stops it now has the whole file here; only the upload is left.
    Ok(sealer.finish())
}

/// Uploads beside the sealing, one request at a time.
struct Uploader {
    queue: mpsc::Sender<Blob>,
    /// Filled again and again; a blob made of it has a copy.
    request: Uint8Array,
    filled: u32,
    uploaded: Rc<Cell<u64>>,
    failed: Rc<Cell<bool>>,
    done: futures::channel::oneshot::Receiver<()>,
}

impl Uploader {
    fn start(alongside: Alongside, total: u64, abort: &Abort) -> Self {
        let (queue, mut blobs) = mpsc::channel::<Blob>(0);
        let (finished, done) = futures::channel::oneshot::channel();
        let (uploaded, failed) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let (progress, trouble, abort) = (Rc::clone(&uploaded), Rc::clone(&failed), abort.clone());
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(blob) = blobs.next().await {
                let (offset, length) = (progress.get(), upload::length(&blob));
                let piece = Piece::from(blob);
                match upload::put_piece(&alongside.url, &piece, offset, length, total, &abort).await
                {
                    Ok(()) => progress.set(offset + length),
                    Err(UploadError::Stopped) => break,
                    Err(_) => {
                        // Said when the upload is continued from the private copy.
                        trouble.set(true);
                        break;
                    }
                }
            }
            // Nobody may wait any more.
            let _ = finished.send(());
        });
        let request = Uint8Array::new_with_length(REQUEST);
        Self { queue, request, filled: 0, uploaded, failed, done }
    }

    /// Takes sealed bytes; waits while the request before them is under way.
    async fn offer(&mut self, mut sealed: &[u8]) {
        while !sealed.is_empty() && !self.failed.get() {
            let room = (REQUEST - self.filled) as usize;
            let (now, later) = sealed.split_at(room.min(sealed.len()));
            let end = self.filled + u32::try_from(now.len()).unwrap_or(0);
            self.request.subarray(self.filled, end).copy_from(now);
            (self.filled, sealed) = (end, later);
            if self.filled == REQUEST {
                self.flush().await;
            }
        }
    }

    async fn flush(&mut self) {
        let filled = std::mem::take(&mut self.filled);
        if filled == 0 || self.failed.get() {
            return;
        }
        match upload::blob(&self.request.subarray(0, filled)) {
            // A closed queue means that the upload failed, which `failed` tells.
            Ok(blob) => drop(self.queue.send(blob).await),
            Err(_) => self.failed.set(true),
        }
    }

    fn uploaded(&self) -> u64 {
        self.uploaded.get()
    }

    async fn finish(mut self) {
        self.flush().await;
        self.queue.close_channel();
        let _ = self.done.await;
    }
}
