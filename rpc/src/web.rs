//! gRPC-web over `fetch`, for pages and workers.
//!
//! A body is read by a task of its own that hands the pieces over, and that aborts the fetch as soon
//! as nobody waits for them.

use crate::client::Client;
use crate::grpc_web::{REQUEST, Unframed, check_form};
use crate::transport::{Answer, Carrier, FIELDS, Fault, Fields};
use browser::clock;
use bytes::Bytes;
use futures::channel::{mpsc, oneshot};
use futures::future::select;
use futures::{SinkExt, Stream};
use js_sys::{Function, Promise, Reflect, Uint8Array};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestMode, RequestRedirect,
};

/// Bytes that are read before clocks and other requests have their turn.
const BYTES_AT_A_TIME: usize = 512 * 1024;

/// A client of a node, in a browser.
pub type WebClient = Client<Fetch>;

/// The browser's `fetch`, towards one node.
#[derive(Clone, Debug)]
pub struct Fetch {
    base: String,
}

impl Fetch {
    /// A transport to `https://host:port`. An address that is none shows when it is first used.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { base: url.trim_end_matches('/').to_owned() }
    }
}

impl WebClient {
    /// A client of the node at `https://host:port`.
    #[must_use]
    pub fn connect(url: &str) -> Self {
        Self::new(Fetch::new(url))
    }
}

impl Carrier for Fetch {
    async fn call(&self, path: &'static str, framed: Bytes) -> Result<Answer, Fault> {
        let url = format!("{}{path}", self.base);
        let Exchange { response, pieces } = Exchange::begin(&url, &REQUEST, &framed).await?;
        let headers = response.headers();
        let field = |name: &str| Some((name.to_owned(), headers.get(name).ok()??.into_bytes()));
        let head = Fields(FIELDS.into_iter().filter_map(field).collect());
        check_form(head.get("content-type"))?;
        let status = response.status();
        Ok(Answer { status, head, body: Box::pin(Unframed::new(pieces)) })
    }

    fn wait(&self, duration: Duration) -> impl Future<Output = ()> {
        clock::sleep(duration)
    }
}

/// A request that was answered, its body still under way.
pub(crate) struct Exchange {
    /// Its head.
    response: web_sys::Response,
    /// The body. Dropping it ends the fetch.
    pub(crate) pieces: Pieces,
}

impl Exchange {
    /// Posts a body with its headers to a whole address.
    pub(crate) async fn begin(
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Self, Fault> {
        let abort = Abort(AbortController::new().map_err(|error| unreachable(&error))?);
        let init = init(headers, body, &abort).map_err(|error| unreachable(&error))?;
        let response = fetch(url, &init).await.map_err(|error| unreachable(&error))?;
        let pieces = match response.body() {
            Some(body) => Pieces::read(&body, abort)?,
            None => Pieces::none(),
        };
        Ok(Self { response, pieces })
    }

    /// Status of HTTP.
    pub(crate) fn status(&self) -> u16 {
        self.response.status()
    }
}

/// Ends a fetch when it is dropped, unless the fetch has ended before.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn init(headers: &[(&str, &str)], body: &[u8], abort: &Abort) -> Result<RequestInit, JsValue> {
    let told = Headers::new()?;
    for (name, value) in headers {
        told.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&told);
    init.set_body(&Uint8Array::from(body));
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&abort.0.signal()));
    Ok(init)
}

/// Pages and workers have different globals with the same `fetch`.
async fn fetch(url: &str, init: &RequestInit) -> Result<web_sys::Response, JsValue> {
    let global = js_sys::global();
    let fetch: Function = Reflect::get(&global, &JsValue::from_str("fetch"))?.dyn_into()?;
    let promise: Promise = fetch.call2(&global, &JsValue::from_str(url), init)?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

fn unreachable(error: &JsValue) -> Fault {
    let text = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let text = text.or_else(|| error.as_string()).unwrap_or_else(|| "no reason".to_owned());
    // It becomes a part of a sentence, and some browsers end theirs with a full stop.
    Fault::Unreachable(text.trim_end_matches('.').to_owned())
}

/// The pieces of a body as they arrive. Dropping it ends the fetch.
pub(crate) struct Pieces {
    receiver: Option<mpsc::Receiver<Result<Bytes, Fault>>>,
    /// Tells the reading task, by being dropped, that nobody waits any more.
    _waiting: Option<oneshot::Receiver<()>>,
}

impl Pieces {
    const fn none() -> Self {
        Self { receiver: None, _waiting: None }
    }

    fn read(body: &web_sys::ReadableStream, abort: Abort) -> Result<Self, Fault> {
        let reader: ReadableStreamDefaultReader = body
            .get_reader()
            .dyn_into()
            .map_err(|_| Fault::Unreachable("the answer cannot be read".to_owned()))?;
        let (sender, receiver) = mpsc::channel(1);
        let (mut abandoned, waiting) = oneshot::channel::<()>();
        spawn_local(async move {
            let reading = pin!(pump(&reader, sender));
            select(reading, abandoned.cancellation()).await;
            drop(abort);
        });
        Ok(Self { receiver: Some(receiver), _waiting: Some(waiting) })
    }
}

async fn pump(
    reader: &ReadableStreamDefaultReader,
    mut sender: mpsc::Sender<Result<Bytes, Fault>>,
) {
    let mut unpaused = 0;
    loop {
        let piece = match JsFuture::from(reader.read()).await {
            Ok(result) => read_result(&result),
            Err(error) => Some(Err(unreachable(&error))),
        };
        if let Some(Ok(bytes)) = &piece {
            unpaused += bytes.len();
        }
        if unpaused >= BYTES_AT_A_TIME {
            // What is at hand already is read without the browser's clocks getting a turn: against an
            // answer that never ends, no deadline would ever pass.
            unpaused = 0;
            clock::sleep_ms(0).await;
        }
        let Some(piece) = piece else {
            return;
        };
        let failed = piece.is_err();
        if sender.send(piece).await.is_err() || failed {
            return;
        }
    }
}

/// A piece out of `{ done, value }`; none at the end.
fn read_result(result: &JsValue) -> Option<Result<Bytes, Fault>> {
    let get = |name: &str| Reflect::get(result, &JsValue::from_str(name));
    if get("done").is_ok_and(|done| done.is_truthy()) {
        return None;
    }
    let value = get("value").and_then(JsValue::dyn_into::<Uint8Array>);
    Some(match value {
        Ok(value) => Ok(Bytes::from(value.to_vec())),
        Err(_) => Err(Fault::Unreachable("the answer cannot be read".to_owned())),
    })
}

impl Stream for Pieces {
    type Item = Result<Bytes, Fault>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.receiver {
            Some(receiver) => Pin::new(receiver).poll_next(context),
            None => Poll::Ready(None),
        }
    }
}
