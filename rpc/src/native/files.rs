//! Files over HTTP, for programs: HTTP/1.1 or HTTP/2, plain or over TLS, redirects followed.

use super::tls::Authorities;
use crate::transport::with_causes;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response, header};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::{sleep, timeout};
use tonic::body::Body;
use wasm_core::download::{FetchError, FileAnswer, FileBody, Files};
use wasm_core::manifest::Url;

const CONNECT: Duration = Duration::from_secs(5);
/// As many as the network's own client follows.
const MAX_REDIRECTS: usize = 10;

/// Fetches files for programs. Clones share connections; dropping a fetch ends it.
#[derive(Clone, Debug)]
pub struct HttpFiles {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Default for HttpFiles {
    fn default() -> Self {
        Self::trusting(&Authorities::public())
    }
}

impl HttpFiles {
    /// Fetches also from servers that these authorities vouch for.
    #[must_use]
    pub fn trusting(authorities: &Authorities) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(authorities.for_files())
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(connector);
        Self { client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    async fn get(&self, url: &Url, from: u64) -> Result<Response<Body>, FetchError> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.client.request(request(&url, from)?).await;
            let response =
                response.map_err(|error| FetchError::Broke(with_causes(&error)))?.map(Body::new);
            match redirect(&url, &response)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(FetchError::Broke(format!("{url}: more than {MAX_REDIRECTS} redirects")))
    }
}

fn request(url: &Url, from: u64) -> Result<Request<Empty<Bytes>>, FetchError> {
    let mut request = Request::get(url.as_str())
        // Positions are those of the bytes that the manifest describes.
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::USER_AGENT, concat!("soma-wallet/", env!("CARGO_PKG_VERSION")));
    if from > 0 {
        request = request.header(header::RANGE, format!("bytes={from}-"));
    }
    request.body(Empty::new()).map_err(|error| FetchError::Broke(format!("{url}: {error}")))
}

/// Where the answer points instead; nowhere where it is no redirect.
fn redirect(url: &Url, response: &Response<Body>) -> Result<Option<Url>, FetchError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let wrong = |why: &str| FetchError::Broke(format!("{url} redirects {why}"));
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let next = location.and_then(|location| url.join(location).ok());
    let next = next.ok_or_else(|| wrong("to nowhere"))?;
    if !next.is_http() {
        return Err(wrong("out of the web"));
    }
    if url.is_https() && !next.is_https() {
        return Err(wrong("to an address without encryption"));
    }
    Ok(Some(next))
}

fn parsed<V: FromStr>(headers: &HeaderMap, name: HeaderName) -> Option<V> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// Lets work go on until it is too late.
async fn within<R>(
    patience: Duration,
    work: impl Future<Output = Result<R, FetchError>>,
) -> Result<R, FetchError> {
    timeout(patience, work).await.unwrap_or(Err(FetchError::Late(patience)))
}

impl Files for HttpFiles {
    type Body = HttpBody;

    async fn open(
        &self,
        url: &Url,
        from: u64,
        patience: Duration,
    ) -> Result<FileAnswer<HttpBody>, FetchError> {
        let response = within(patience, self.get(url, from)).await?;
        let headers = response.headers();
        Ok(FileAnswer {
            status: response.status().as_u16(),
            length: parsed(headers, header::CONTENT_LENGTH),
            range: parsed(headers, header::CONTENT_RANGE),
            body: HttpBody(response.into_body()),
        })
    }

    async fn pause(&self, duration: Duration) {
        sleep(duration).await;
    }
}

/// A file on its way to a program.
#[derive(Debug)]
pub struct HttpBody(Body);

impl FileBody for HttpBody {
    async fn next(&mut self, into: &mut Vec<u8>, patience: Duration) -> Result<bool, FetchError> {
        into.clear();
        loop {
            let frame = async { Ok(self.0.frame().await) };
            let Some(frame) = within(patience, frame).await? else { return Ok(false) };
            let frame = frame.map_err(|error| FetchError::Broke(with_causes(&error)))?;
            // Trailers are no part of a file.
            if let Ok(data) = frame.into_data()
                && !data.is_empty()
            {
                into.extend_from_slice(&data);
                return Ok(true);
            }
        }
    }
}
