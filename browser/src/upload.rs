//! Uploading a file: whole to a presigned link, or piece by piece to a blob store.

use crate::abort::Abort;
use crate::js;
use js_sys::{ArrayBuffer, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ProgressEvent, RequestCredentials, RequestInit, RequestMode, Response, XmlHttpRequest,
};

type Callback = Closure<dyn FnMut()>;

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// No answer, or one this page may not read (CORS).
    #[error("the storage cannot be reached from this page: {0}")]
    Unreachable(String),
    /// It has another number of bytes than was thought.
    #[error("the storage has {have} bytes of the file")]
    Offset {
        /// Bytes it has.
        have: u64,
    },
    /// Larger than it takes.
    #[error("the file is larger than the storage takes")]
    TooLarge,
    /// Any other refusal.
    #[error("the storage answers with status {status}: {reason}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What it says.
        reason: String,
    },
    /// The caller gave up.
    #[error("the upload was stopped")]
    Stopped,
}

async fn send(url: &str, options: &RequestInit, abort: &Abort) -> Result<Response, UploadError> {
    options.set_mode(RequestMode::Cors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_signal(Some(&abort.signal()));
    let promise: JsValue = js::scope().fetch_with_str_and_init(url, options).into();
    JsFuture::from(js_sys::Promise::from(promise)).await.map(JsCast::unchecked_into).map_err(
        |thrown| match js::name(&thrown).as_str() {
            "AbortError" => UploadError::Stopped,
            _ => UploadError::Unreachable(js::message(&thrown)),
        },
    )
}

fn header(response: &Response, name: &str) -> Option<u64> {
    response.headers().get(name).ok().flatten().and_then(|text| text.parse().ok())
}

async fn refusal(response: &Response) -> UploadError {
    match response.status() {
        409 => match header(response, "x-upload-offset") {
            Some(have) => UploadError::Offset { have },
            None => UploadError::Refused { status: 409, reason: "it has another file".into() },
        },
        413 => UploadError::TooLarge,
        status => {
            let reason = match response.text() {
                Ok(promise) => {
                    let promise: JsValue = promise.into();
                    JsFuture::from(js_sys::Promise::from(promise))
                        .await
                        .ok()
                        .and_then(|text| text.as_string())
                        .unwrap_or_default()
                }
                Err(_) => String::new(),
            };
            UploadError::Refused { status, reason: reason.chars().take(300).collect() }
        }
    }
}

/// Where a blob store stands with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It has so many bytes, perhaps none, and waits for more.
    Part(u64),
    /// It has all of it, so many bytes.
    Whole(u64),
}

/// Asks a blob store how much of a file it has.
///
/// # Errors
/// Where it cannot be asked.
pub async fn stored(url: &str, abort: &Abort) -> Result<Stored, UploadError> {
    let response = put(url, "bytes */*", None, abort).await?;
    let have = header(&response, "x-upload-offset");
    match (response.status(), have) {
        (202, Some(have)) => Ok(Stored::Part(have)),
        (200 | 201, Some(have)) => Ok(Stored::Whole(have)),
        (200..=299, _) => Err(UploadError::Refused {
            status: response.status(),
            reason: "it does not say where the upload stands".into(),
        }),
        _ => Err(refusal(&response).await),
    }
}

/// A PUT of a piece, or of nothing.
async fn put(
    url: &str,
    range: &str,
    piece: Option<&Piece>,
    abort: &Abort,
) -> Result<Response, UploadError> {
    let failed = |thrown: JsValue| UploadError::Unreachable(js::message(&thrown));
    let options = RequestInit::new();
    options.set_method("PUT");
    if let Some(Piece(blob)) = piece {
        options.set_body(blob);
    }
    let headers = web_sys::Headers::new().map_err(failed)?;
    headers.set("content-range", range).map_err(failed)?;
    options.set_headers(&headers);
    send(url, &options, abort).await
}

/// Bytes to upload. They lie with the browser or on disk, not in this process: of a body of plain
/// bytes, Chromium keeps a copy here until it collects garbage.
#[derive(Clone, Debug)]
pub struct Piece(Blob);

impl From<Blob> for Piece {
    fn from(blob: Blob) -> Self {
        Self(blob)
    }
}

/// A copy of some bytes, held by the browser.
///
/// # Errors
/// Where the browser has no room for it.
pub fn blob(bytes: &Uint8Array) -> Result<Blob, UploadError> {
    let blob = Blob::new_with_u8_array_sequence(&js_sys::Array::of1(bytes))
        .map_err(|thrown| UploadError::Unreachable(js::message(&thrown)))?;
    // The browser lets a blob go when this process collects garbage, and a blob weighs nothing there:
    // gigabytes of them would pile up. Untouched memory of the same size takes none, and does weigh.
    drop(ArrayBuffer::new(bytes.length()));
    Ok(blob)
}

/// Bytes of a blob.
#[must_use]
pub fn length(blob: &Blob) -> u64 {
    js::bytes(blob.size())
}

/// Sends a blob store the next piece of a file: bytes `offset..offset + length` of `total`.
///
/// # Errors
/// Where it does not take it.
pub async fn put_piece(
    url: &str,
    piece: &Piece,
    offset: u64,
    length: u64,
    total: u64,
    abort: &Abort,
) -> Result<(), UploadError> {
    let last = (offset + length).saturating_sub(1);
    let range = format!("bytes {offset}-{last}/{total}");
    let response = put(url, &range, Some(piece), abort).await?;
    if response.ok() { Ok(()) } else { Err(refusal(&response).await) }
}

/// Sends a whole file to a presigned link, straight from disk, telling how many bytes have gone.
///
/// # Errors
/// Where the link does not take it.
pub async fn put_whole(
    link: &str,
    file: &Blob,
    abort: &Abort,
    on_progress: impl Fn(u64) + 'static,
) -> Result<(), UploadError> {
    let failed = |thrown: JsValue| UploadError::Unreachable(js::message(&thrown));
    if abort.is_stopped() {
        return Err(UploadError::Stopped);
    }
    let request = XmlHttpRequest::new().map_err(failed)?;
    request.open_with_async("PUT", link, true).map_err(failed)?;
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        on_progress(js::bytes(event.loaded()));
    });
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let finished: Rc<RefCell<Option<Callback>>> = Rc::default();
    let kept = Rc::clone(&finished);
    let watched = request.clone();
    let promise = js_sys::Promise::new(&mut move |resolve, _| {
        let callback = Callback::new(move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
        watched.set_onloadend(Some(callback.as_ref().unchecked_ref()));
        *kept.borrow_mut() = Some(callback);
    });
    request.send_with_opt_blob(Some(file)).map_err(failed)?;
    let watch = {
        let (request, abort) = (request.clone(), abort.clone());
        let on_abort = Callback::new(move || {
            let _ = request.abort();
        });
        abort.signal().set_onabort(Some(on_abort.as_ref().unchecked_ref()));
        on_abort
    };
    let _ = JsFuture::from(promise).await;
    abort.signal().set_onabort(None);
    drop((watch, finished, progress));
    if abort.is_stopped() {
        return Err(UploadError::Stopped);
    }
    match request.status().unwrap_or(0) {
        200..=299 => Ok(()),
        0 => Err(UploadError::Unreachable("it did not answer, or does not allow this page".into())),
        413 => Err(UploadError::TooLarge),
        status => {
            let reason = request.response_text().ok().flatten().unwrap_or_default();
            Err(UploadError::Refused { status, reason: reason.chars().take(300).collect() })
        }
    }
}
