//! Connections to upstreams: TLS or plain, and how long each step may take.

use crate::gateway::upstream::{Service, Upstream};
use axum::BoxError;
use axum::body::Body;
use http::{Request, Response, StatusCode, Uri, Version};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ClientConfig;
use std::error::Error;
use std::fmt;
use std::time::Duration;
use tokio::net::TcpStream;
use tonic::{Code, Status};
use tower::timeout::Timeout;
use tower::util::BoxCloneSyncService;

/// For name, connection and TLS together.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a connection with calls under way is asked whether it lives, and how long it may be silent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Bytes of one answer that may wait for a slow reader, and of all answers of one connection, so that
/// many slow readers must come together before they hold up the others.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 64 << 20;

type Connector = BoxCloneSyncService<Uri, MaybeHttpsStream<TokioIo<TcpStream>>, BoxError>;

/// Which protocol a request travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Whatever the upstream likes: gRPC-web and files. Plain connections speak HTTP/1.1.
    Web,
    /// HTTP/2, which gRPC needs. Plain connections begin with it.
    Native,
}

/// Why an upstream gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    /// No connection, or it broke before the answer.
    #[error("the {} at {upstream} cannot be reached: {reason}", service.name())]
    Unreachable { service: Service, upstream: Upstream, reason: String },
    /// A connection, and nothing came.
    #[error(
        "the {} at {upstream} has not answered within {} s",
        service.name(),
        service.patience().as_secs()
    )]
    TooLate { service: Service, upstream: Upstream },
}

impl Silence {
    /// Why, for who knows whom it was about.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Unreachable { reason, .. } => reason,
            Self::TooLate { service, .. } => {
                format!("no answer within {} s", service.patience().as_secs())
            }
        }
    }

    /// For a file, which has no status of gRPC.
    pub(crate) const fn http_status(&self) -> StatusCode {
        match self {
            Self::Unreachable { .. } => StatusCode::BAD_GATEWAY,
            Self::TooLate { .. } => StatusCode::GATEWAY_TIMEOUT,
        }
    }
}

impl From<Silence> for Status {
    fn from(silence: Silence) -> Self {
        let code = match silence {
            Silence::Unreachable { .. } => Code::Unavailable,
            Silence::TooLate { .. } => Code::DeadlineExceeded,
        };
        Self::new(code, silence.to_string())
    }
}

/// Speaks to upstreams. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Clients {
    web: Client<Connector, Body>,
    native: Client<Connector, Body>,
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

impl Clients {
    /// Clients that believe whom this configuration believes.
    pub(crate) fn new(tls: &ClientConfig) -> Self {
        let connector =
            || HttpsConnectorBuilder::new().with_tls_config(tls.clone()).https_or_http();
        let web = connector().enable_all_versions().wrap_connector(tcp());
        let native = connector().enable_http2().wrap_connector(tcp());
        Self {
            web: builder().build(in_time(web)),
            native: builder().http2_only(true).build(in_time(native)),
        }
    }

    /// Sends a request and gives the answer, its body still under way. Redirects are answers.
    pub(crate) async fn send(
        &self,
        service: Service,
        upstream: &Upstream,
        lane: Lane,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, Silence> {
        // What it came in says nothing about what it goes on in.
        let (client, version) = match lane {
            Lane::Web => (&self.web, Version::HTTP_11),
            Lane::Native => (&self.native, Version::HTTP_2),
        };
        *request.version_mut() = version;
        let upstream = || upstream.clone();
        match tokio::time::timeout(service.patience(), client.request(request)).await {
            Ok(Ok(response)) => Ok(response.map(Body::new)),
            Ok(Err(error)) => Err(Silence::Unreachable {
                service,
                upstream: upstream(),
                reason: with_causes(&error),
            }),
            Err(_) => Err(Silence::TooLate { service, upstream: upstream() }),
        }
    }
}

fn in_time(connector: HttpsConnector<HttpConnector>) -> Connector {
    BoxCloneSyncService::new(Timeout::new(connector, CONNECT))
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(KEEP_ALIVE));
    tcp
}

fn builder() -> hyper_util::client::legacy::Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .http2_keep_alive_timeout(KEEP_ALIVE);
    builder
}

/// An error's text with those of its causes, which is where connections say what happened.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        source = cause.source();
    }
    text
}
