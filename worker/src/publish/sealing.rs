//! One pass over a weights file: encrypt, hash, keep a copy here, and upload beside it.
//!
//! The key goes into the browser's cryptography, which is several times faster than AES in
//! WebAssembly; the core says which counter block comes next and hashes what comes out. Memory is a
//! few pieces, whatever the file's size.

use crate::publish::pace::Pace;
use crate::refusal::Refusal;
use bridge::publish::Work;
use browser::abort::Abort;
use browser::aes_ctr::{AesCtr, PIECE};
use browser::file::{self, FileReader};
use browser::private_file::PrivateFileWriter;
use browser::upload::{self, Piece, UploadError};
use futures::channel::mpsc;
use futures::{SinkExt, StreamExt};
use js_sys::Uint8Array;
use std::cell::Cell;
use std::rc::Rc;
use wasm_core::weights::{DecryptionKey, Sealed, Sealer, WeightCipher, counter_block};
use web_sys::File;

/// Bytes read at once.
const READ: u32 = 2 * 1024 * 1024;
/// Pieces of [`PIECE`] bytes that go to the blob store in one request.
const PIECES_PER_REQUEST: u32 = 8;

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
    let mut cipher = Cipher { browser: AesCtr::new(&key).await?, own: WeightCipher::new(&key) };
    drop(key);
    let mut reader = FileReader::new(source, READ)?;
    let mut writer = PrivateFileWriter::create(private_name).await?;
    let mut uploader = alongside.map(|alongside| Uploader::start(alongside, total, abort));
    let mut pace = Pace::new(total, 0);
    let staging = Uint8Array::new_with_length(PIECE);
    let mut staged = 0;
    let mut ciphertext = vec![0; PIECE as usize];

    loop {
        abort.check()?;
        let Some(piece) = reader.next().await? else { break };
        let mut taken = 0;
        while taken < piece.length() {
            let take = (PIECE - staged).min(piece.length() - taken);
            staging.set(&piece.subarray(taken, taken + take), staged);
            (staged, taken) = (staged + take, taken + take);
            if staged == PIECE {
                let sealed = encrypt(&mut cipher, &mut sealer, &staging, &mut ciphertext).await?;
                writer.write(&sealed)?;
                if let Some(uploader) = &mut uploader {
                    uploader.offer(&sealed).await;
                }
                staged = 0;
            }
        }
        let uploaded = uploader.as_ref().map(Uploader::uploaded);
        if let Some(work) = pace.due(sealer.position(), uploaded) {
            on_progress(work);
        }
    }
    if staged > 0 {
        let rest = staging.subarray(0, staged);
        let sealed = encrypt(&mut cipher, &mut sealer, &rest, &mut ciphertext).await?;
        writer.write(&sealed)?;
        if let Some(uploader) = &mut uploader {
            uploader.offer(&sealed).await;
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

/// The browser's AES, and the core's, which it is compared with.
struct Cipher {
    browser: AesCtr,
    own: WeightCipher,
}

/// Bytes of each piece but the first that are encrypted by both; of the first, all.
const COMPARED: usize = 64;

async fn encrypt(
    cipher: &mut Cipher,
    sealer: &mut Sealer,
    plaintext: &Uint8Array,
    ciphertext: &mut [u8],
) -> Result<Uint8Array, Refusal> {
    let position = sealer.position();
    let sealed = cipher.browser.apply(counter_block(position), plaintext).await?;
    let length = sealed.length() as usize;
    let part = ciphertext.get_mut(..length).ok_or_else(|| {
        Refusal::new(
            "browser/cipher",
            "The browser's cryptography made more bytes than it was given.",
            "Use another browser and report this.",
        )
    })?;
    sealed.copy_to(part);
    // Weights that no key opens would cost half of the model's stake.
    let compared = if position == 0 { length } else { length.min(COMPARED) };
    let mut own = vec![0; compared];
    plaintext.subarray(0, u32::try_from(compared).unwrap_or(PIECE)).copy_to(&mut own);
    cipher.own.apply(position, &mut own);
    if part.get(..compared) != Some(&own[..]) {
        return Err(Refusal::new(
            "browser/cipher",
            "The browser's cryptography does not encrypt as it should.",
            "Nothing was uploaded that counts. Use another browser and report this.",
        ));
    }
    sealer.absorb(part);
    Ok(sealed)
}

/// Uploads beside the sealing, one request at a time.
struct Uploader {
    queue: mpsc::Sender<Uint8Array>,
    request: Option<(Uint8Array, u32)>,
    uploaded: Rc<Cell<u64>>,
    failed: Rc<Cell<bool>>,
    done: futures::channel::oneshot::Receiver<()>,
}

impl Uploader {
    fn start(alongside: Alongside, total: u64, abort: &Abort) -> Self {
        let (queue, mut pieces) = mpsc::channel::<Uint8Array>(0);
        let (finished, done) = futures::channel::oneshot::channel();
        let (uploaded, failed) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let (progress, trouble, abort) = (Rc::clone(&uploaded), Rc::clone(&failed), abort.clone());
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(bytes) = pieces.next().await {
                let (offset, length) = (progress.get(), u64::from(bytes.length()));
                let piece = Piece::Bytes(bytes);
                let sent =
                    upload::put_piece(&alongside.url, &piece, offset, length, total, &abort).await;
                match sent {
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
        Self { queue, request: None, uploaded, failed, done }
    }

    /// Takes a sealed piece; waits while the request before it is under way.
    async fn offer(&mut self, sealed: &Uint8Array) {
        if self.failed.get() {
            self.request = None;
            return;
        }
        let (request, filled) = self
            .request
            .get_or_insert_with(|| (Uint8Array::new_with_length(PIECE * PIECES_PER_REQUEST), 0));
        request.set(sealed, *filled);
        *filled += sealed.length();
        if *filled == request.length() {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        if let Some((request, filled)) = self.request.take() {
            // A closed queue means that the upload failed, which `failed` tells.
            let _ = self.queue.send(request.subarray(0, filled)).await;
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
