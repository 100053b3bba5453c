//! Sealed bytes on their way to a blob store, while the rest of the file is being sealed.

use browser::abort::Abort;
use browser::upload::{self, Piece, UploadError};
use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};
use js_sys::Uint8Array;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::Blob;

/// Bytes that go to the blob store in one request.
const REQUEST: u32 = 4 * 1024 * 1024;

/// Where pieces go while they are sealed.
pub(crate) struct Alongside {
    /// Address at the blob store.
    pub(crate) url: String,
}

/// Uploads beside the sealing, one request at a time.
pub(super) struct Uploader {
    queue: mpsc::Sender<Blob>,
    /// Filled again and again; a blob made of it has a copy.
    request: Uint8Array,
    filled: u32,
    uploaded: Rc<Cell<u64>>,
    failed: Rc<Cell<bool>>,
    done: futures::channel::oneshot::Receiver<()>,
}

impl Uploader {
    pub(super) fn start(alongside: Alongside, total: u64, abort: &Abort) -> Self {
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

    /// Takes a copy of sealed bytes; waits while the request before them is under way.
    pub(super) async fn offer(&mut self, sealed: &Uint8Array) {
        let mut taken = 0;
        while taken < sealed.length() && !self.failed.get() {
            let now = (REQUEST - self.filled).min(sealed.length() - taken);
            self.request.set(&sealed.subarray(taken, taken + now), self.filled);
            (self.filled, taken) = (self.filled + now, taken + now);
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

    pub(super) fn uploaded(&self) -> u64 {
        self.uploaded.get()
    }

    pub(super) async fn finish(mut self) {
        self.flush().await;
        self.queue.close_channel();
        let _ = self.done.await;
    }
}
