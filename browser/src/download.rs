//! Fetching a file piece by piece.

use crate::abort::Abort;
use crate::js;
use crate::pieces::Pieces;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCredentials, RequestInit, RequestMode, Response};

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
        let options = RequestInit::new();
        options.set_method("GET");
        options.set_mode(RequestMode::Cors);
        options.set_credentials(RequestCredentials::Omit);
        options.set_cache(web_sys::RequestCache::NoStore);
        options.set_signal(Some(&abort.signal()));
        let response: JsValue = js::scope().fetch_with_str_and_init(url, &options).into();
        let response: Response = JsFuture::from(js_sys::Promise::from(response))
            .await
            .map_err(|thrown| match js::name(&thrown).as_str() {
                "AbortError" => DownloadError::Stopped,
                _ => DownloadError::Unreachable { url: url.into(), reason: js::message(&thrown) },
            })?
            .unchecked_into();
        if response.status() != 200 {
            return Err(DownloadError::Status { url: url.into(), status: response.status() });
        }
        let promised = response
            .headers()
            .get("content-length")
            .ok()
            .flatten()
            .and_then(|length| length.parse().ok());
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
