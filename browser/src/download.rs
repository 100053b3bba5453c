//! Fetching a file piece by piece, from its beginning or from where an earlier fetch broke off.

use crate::abort::Abort;
use crate::clock::sleep_ms;
use crate::js;
use crate::pieces::Pieces;
use futures::future::{Either, select};
use js_sys::Uint8Array;
use std::pin::pin;
use std::str::FromStr;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_core::download::{FetchError, FileAnswer, FileBody, Files};
use wasm_core::manifest::Url;
use web_sys::{
    AbortController, AbortSignal, Headers, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestMode, Response, ResponseType,
};

/// Bytes read at once.
const PIECE: u32 = 1024 * 1024;

/// Why a file did not come.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// No answer, or one this page may not read (CORS).
    #[error("nothing that this page may read answers at {url}: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// What the browser says.
        reason: String,
    },
    /// Another status than 200.
    #[error("the address {url} answers with status {status}")]
    Status {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The answer broke off.
    #[error("the download broke off: {0}")]
    BrokeOff(String),
    /// The caller gave up.
    #[error("the download was stopped")]
    Stopped,
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    pieces: Pieces,
    /// Bytes it promises to have, where it does.
    pub promised: Option<u64>,
}

impl Download {
    /// Asks for a file, past every cache, without credentials.
    ///
    /// # Errors
    /// Where nobody answers, or not with the file.
    pub async fn begin(url: &str, abort: &Abort) -> Result<Self, DownloadError> {
        let response = get(url, 0, &abort.signal()).await.map_err(|thrown| {
            match js::name(&thrown).as_str() {
                "AbortError" => DownloadError::Stopped,
                _ => DownloadError::Unreachable { url: url.into(), reason: js::message(&thrown) },
            }
        })?;
        if response.status() != 200 {
            return Err(DownloadError::Status { url: url.into(), status: response.status() });
        }
        let promised = header(&response, "content-length");
        let body = response.body().ok_or_else(|| DownloadError::BrokeOff("no body".into()))?;
        let pieces = Pieces::new(&body, PIECE)
            .map_err(|thrown| DownloadError::BrokeOff(js::message(&thrown)))?;
        Ok(Self { pieces, promised })
    }

    /// The next piece, valid until the next call; none at the end.
    ///
    /// # Errors
    /// Where the answer breaks off.
    pub async fn next(&mut self) -> Result<Option<Uint8Array>, DownloadError> {
        self.pieces.next().await.map_err(|thrown| match js::name(&thrown).as_str() {
            "AbortError" => DownloadError::Stopped,
            _ => DownloadError::BrokeOff(js::message(&thrown)),
        })
    }
}

/// Asks for a file from a byte on. Where that is not the first one, the browser asks for no compressed
/// form, and a redirect is followed with the same range.
async fn get(url: &str, from: u64, signal: &AbortSignal) -> Result<Response, JsValue> {
    let options = RequestInit::new();
    options.set_method("GET");
    options.set_mode(RequestMode::Cors);
    options.set_credentials(RequestCredentials::Omit);
    options.set_cache(RequestCache::NoStore);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options.set_signal(Some(signal));
    if from > 0 {
        let headers = Headers::new()?;
        headers.set("range", &format!("bytes={from}-"))?;
        options.set_headers(&headers);
    }
    let response: JsValue = js::scope().fetch_with_str_and_init(url, &options).into();
    Ok(JsFuture::from(js_sys::Promise::from(response)).await?.unchecked_into())
}

/// A header that the page may see and that is what it should be.
fn header<V: FromStr>(response: &Response, name: &str) -> Option<V> {
    response.headers().get(name).ok().flatten()?.trim().parse().ok()
}

/// Fetches files for a worker, until it gives up.
#[derive(Clone, Debug)]
pub struct WebFiles {
    abort: Abort,
}

impl WebFiles {
    /// Fetches until this is stopped.
    #[must_use]
    pub const fn new(abort: Abort) -> Self {
        Self { abort }
    }
}

impl Files for WebFiles {
    type Body = WebBody;

    async fn open(
        &self,
        url: &Url,
        from: u64,
        patience: Duration,
    ) -> Result<FileAnswer<WebBody>, FetchError> {
        if self.abort.is_stopped() {
            return Err(FetchError::Stopped);
        }
        let request = Request::new(&self.abort).map_err(|thrown| broke(&thrown))?;
        let response = within(patience, get(url.as_str(), from, &request.signal())).await?;
        let body = response.body().ok_or_else(|| FetchError::Broke("no body".into()))?;
        let pieces = Pieces::new(&body, PIECE).map_err(|thrown| broke(&thrown))?;
        // The header tells the length as sent, and a browser hides whether another origin compressed
        // what it sent. A part is never compressed.
        let as_sent = response.status() == 206
            || response.type_() == ResponseType::Basic
                && header::<String>(&response, "content-encoding").is_none();
        let length = header(&response, "content-length").filter(|_| as_sent);
        Ok(FileAnswer {
            status: response.status(),
            length,
            range: header(&response, "content-range"),
            body: WebBody { pieces, _request: request },
        })
    }

    async fn pause(&self, duration: Duration) {
        sleep(duration).await;
    }
}

/// A file on its way to a worker.
#[derive(Debug)]
pub struct WebBody {
    pieces: Pieces,
    /// Ends with the body.
    _request: Request,
}

impl FileBody for WebBody {
    async fn next(&mut self, into: &mut Vec<u8>, patience: Duration) -> Result<bool, FetchError> {
        into.clear();
        let Some(piece) = within(patience, self.pieces.next()).await? else { return Ok(false) };
        into.resize(piece.length() as usize, 0);
        piece.copy_to(into);
        Ok(true)
    }
}

/// A request of its own that ends when it is dropped, or when the work that it belongs to is stopped.
#[derive(Debug)]
struct Request {
    controller: AbortController,
    work: AbortSignal,
    on_stop: Closure<dyn FnMut()>,
}

impl Request {
    fn new(abort: &Abort) -> Result<Self, JsValue> {
        let (controller, work) = (AbortController::new()?, abort.signal());
        let stopped = controller.clone();
        let on_stop = Closure::<dyn FnMut()>::new(move || stopped.abort());
        work.add_event_listener_with_callback("abort", on_stop.as_ref().unchecked_ref())?;
        Ok(Self { controller, work, on_stop })
    }

    fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let listener = self.on_stop.as_ref().unchecked_ref();
        // A listener that is not there any more needs no removal.
        let _ = self.work.remove_event_listener_with_callback("abort", listener);
        self.controller.abort();
    }
}

/// Lets a promise go on until it is too late.
async fn within<R>(
    patience: Duration,
    work: impl Future<Output = Result<R, JsValue>>,
) -> Result<R, FetchError> {
    match select(pin!(work), pin!(sleep(patience))).await {
        Either::Left((answer, _)) => answer.map_err(|thrown| broke(&thrown)),
        Either::Right(_) => Err(FetchError::Late(patience)),
    }
}

async fn sleep(duration: Duration) {
    sleep_ms(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)).await;
}

fn broke(thrown: &JsValue) -> FetchError {
    match js::name(thrown).as_str() {
        "AbortError" => FetchError::Stopped,
        _ => FetchError::Broke(js::message(thrown)),
    }
}
