//! A network that behaves like a public node, a gateway in front of it, and a page that asks.

use axum::Router;
use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use localnet::gateway::{Config, Gateway, RunningGateway, Upstream};
use localnet::network::{Config as NetworkConfig, Network, RunningNetwork};
use rpc::grpc_web::{decode_response, encode_request};
use rpc::transport::{Fault, Transport};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub(crate) const INFO: &str = "/soma.rpc.LedgerService/GetServiceInfo";
pub(crate) const OBJECT: &str = "/soma.rpc.LedgerService/GetObject";
pub(crate) const SUBSCRIBE: &str = "/soma.rpc.SubscriptionService/SubscribeCheckpoints";

/// A page of another machine.
pub(crate) const STRANGER: &str = "https://wallet.example";
/// A page of this machine.
pub(crate) const OURS: &str = "http://localhost:8080";

/// An answer over plain HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }

    /// Status and words of a call that failed at once, as a page finds them.
    pub(crate) fn refusal(&self) -> (Option<&str>, String) {
        let message = self.header("grpc-message").unwrap_or_default();
        let message = percent_encoding::percent_decode_str(message).decode_utf8_lossy();
        (self.header("grpc-status"), message.into_owned())
    }

    /// Whether a page of another origin may read a header.
    pub(crate) fn exposes(&self, name: &str) -> bool {
        let exposed = self.header("access-control-expose-headers").unwrap_or_default();
        exposed.split(',').any(|it| it.trim() == name)
    }

    /// The message of a call that succeeded.
    pub(crate) fn message(&self) -> &[u8] {
        let (message, trailers) = two_frames(&self.body);
        assert!(trailers.contains("grpc-status:0\r\n"), "{trailers}");
        message
    }
}

/// The first frame of a body, and the text of the second, which is its last and holds trailers.
pub(crate) fn two_frames(body: &[u8]) -> (&[u8], &str) {
    let frame = |body: &'_ [u8]| {
        let length = u32::from_be_bytes(body[1..5].try_into().expect("a length"));
        5 + usize::try_from(length).expect("short")
    };
    let (first, last) = body.split_at(frame(body));
    assert_eq!((first[0], last[0], last.len()), (0, 0x80, frame(last)));
    (&first[5..], std::str::from_utf8(&last[5..]).expect("text"))
}

/// One gRPC frame around a message.
pub(crate) fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a short message");
    [&[0][..], &length.to_be_bytes(), message].concat()
}

/// A network of a public node's manners.
pub(crate) async fn network() -> RunningNetwork {
    let config = NetworkConfig { hide_errors: true, ..NetworkConfig::for_tests() };
    Network::start(config).await.expect("a network")
}

pub(crate) fn upstream(url: &str) -> Upstream {
    url.parse().expect("an upstream")
}

/// A gateway to a node and nothing else.
pub(crate) async fn gateway_to(url: &str) -> RunningGateway {
    start(Config::to(upstream(url))).await
}

/// A gateway to all that a network has.
pub(crate) async fn gateway_of(network: &RunningNetwork) -> RunningGateway {
    start(bridging(network)).await
}

/// All that a network has.
pub(crate) fn bridging(network: &RunningNetwork) -> Config {
    Config {
        faucet: Some(upstream(&network.faucet_url)),
        admin: Some(upstream(&network.admin_url)),
        ..Config::to(upstream(&network.rpc_url))
    }
}

pub(crate) async fn start(config: Config) -> RunningGateway {
    Gateway::start(config).await.expect("a gateway")
}

/// A browser's HTTP/1.1, from a page of some origin.
#[derive(Clone)]
pub(crate) struct Page {
    client: HyperClient<HttpConnector, Body>,
    origin: &'static str,
}

impl Page {
    pub(crate) fn of(origin: &'static str) -> Self {
        let client =
            HyperClient::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { client, origin }
    }

    /// The answer to a request, its body still under way.
    pub(crate) async fn begin(
        &self,
        method: Method,
        url: String,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(url).header("origin", self.origin);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        self.client.request(request).await.expect("an answer").map(Body::new)
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        url: String,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let (head, body) = self.begin(method, url, headers, body).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// One call of gRPC-web.
    pub(crate) async fn call(&self, base: &str, path: &str, message: &[u8]) -> Answer {
        let headers = [("content-type", "application/grpc-web+proto"), ("x-grpc-web", "1")];
        self.ask(Method::POST, format!("{base}{path}"), &headers, frame(message)).await
    }

    /// What a browser asks before such a call.
    pub(crate) async fn preflight(&self, base: &str, path: &str) -> Answer {
        let headers = [
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,x-grpc-web,x-user-agent,grpc-timeout"),
            ("access-control-request-private-network", "true"),
        ];
        self.ask(Method::OPTIONS, format!("{base}{path}"), &headers, Body::empty()).await
    }
}

/// The wallet's own client over the wire of browsers. It reads what a page could read, and no more.
#[derive(Clone)]
pub(crate) struct WebLike {
    client: HyperClient<HttpConnector, Full<Bytes>>,
    base: String,
}

impl WebLike {
    pub(crate) fn client(base: &str) -> rpc::Client<Self> {
        let client = HyperClient::builder(TokioExecutor::new()).build_http();
        rpc::Client::new(Self { client, base: base.to_owned() })
    }
}

impl Transport for WebLike {
    async fn send(
        &self,
        request: Request<tonic::body::Body>,
    ) -> Result<Response<tonic::body::Body>, Fault> {
        let unreachable =
            |error: hyper_util::client::legacy::Error| Fault::Unreachable(error.to_string());
        let mut request = encode_request(request).await?.map(Full::new);
        request.headers_mut().insert("origin", STRANGER.parse().expect("a value"));
        *request.uri_mut() =
            Uri::try_from(format!("{}{}", self.base, request.uri())).expect("a URL");
        let mut response = self.client.request(request).await.map_err(unreachable)?;
        let exposed = response.headers().get("access-control-expose-headers");
        let exposed = exposed.map_or("", |it| it.to_str().expect("text")).to_owned();
        let safelisted = ["content-type", "content-length"];
        let readable = |name: &str| {
            safelisted.contains(&name) || exposed.split(',').any(|it| it.trim() == name)
        };
        let hidden: Vec<_> =
            response.headers().keys().filter(|name| !readable(name.as_str())).cloned().collect();
        for name in hidden {
            response.headers_mut().remove(name);
        }
        decode_response(response.map(|body| {
            let broken = |error: Box<dyn std::error::Error + Send + Sync>| {
                Fault::Unreachable(error.to_string())
            };
            body.into_data_stream().map(move |piece| piece.map_err(|it| broken(it.into()))).boxed()
        }))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A small upstream of a test's own.
pub(crate) struct Fake {
    pub(crate) url: String,
    _tasks: JoinSet<()>,
}

impl Fake {
    pub(crate) async fn serve(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, _tasks: tasks }
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}
