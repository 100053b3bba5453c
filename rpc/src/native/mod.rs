//! gRPC over HTTP/2 and files over HTTP, for programs: plain towards local networks, over TLS towards
//! public nodes.

mod files;
mod tls;

pub use files::{HttpBody, HttpFiles};
pub use tls::{Authorities, AuthorityError};

use crate::client::Client;
use crate::transport::{Fault, Transport, with_causes};
use http::{Request, Response};
use std::future::Future;
use std::time::Duration;
use tonic::body::Body;
use tonic::transport::{Channel, Endpoint};
use tower::Service;

const CONNECT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// A client of a node over HTTP/2.
pub type NativeClient = Client<Http2>;

/// One connection of HTTP/2, made when it is first needed and again when it broke.
///
/// `https://` is TLS with a certificate that an authority vouches for.
#[derive(Clone, Debug)]
pub struct Http2(Result<Channel, Fault>);

impl Http2 {
    /// A transport to `http://host:port` or `https://host`. Must be called inside a Tokio runtime.
    ///
    /// Connects when first used; an address that is none shows then.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self::trusting(url, &Authorities::public())
    }

    /// The same, to a node that one of these authorities vouches for.
    #[must_use]
    pub fn trusting(url: &str, authorities: &Authorities) -> Self {
        let invalid = |text: String| Fault::Unreachable(format!("{url}: {text}"));
        let endpoint = Endpoint::from_shared(url.to_owned())
            .map_err(|error| invalid(with_causes(&error)))
            .and_then(|endpoint| match endpoint.uri().scheme_str() {
                Some("http") => Ok(endpoint),
                Some("https") => endpoint
                    .tls_config(authorities.for_grpc())
                    .map_err(|error| invalid(with_causes(&error))),
                _ => Err(invalid("neither an http:// nor an https:// address".to_owned())),
            });
        Self(endpoint.map(|endpoint| {
            endpoint
                .connect_timeout(CONNECT)
                .http2_keep_alive_interval(KEEP_ALIVE)
                .tcp_nodelay(true)
                .connect_lazy()
        }))
    }
}

impl Transport for Http2 {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let mut channel = self.0.clone()?;
        let unreachable = |error: tonic::transport::Error| Fault::Unreachable(with_causes(&error));
        std::future::poll_fn(|context| channel.poll_ready(context)).await.map_err(unreachable)?;
        channel.call(request).await.map_err(unreachable)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep(duration)
    }
}

impl NativeClient {
    /// A client of the node at `http://host:port` or `https://host`. Must be called inside a Tokio runtime.
    #[must_use]
    pub fn connect(url: &str) -> Self {
        Self::new(Http2::new(url))
    }
}
