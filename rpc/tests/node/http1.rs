//! gRPC-web over HTTP/1.1: what a browser does, with the same framing, from a program.

use bytes::Bytes;
use futures::StreamExt;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rpc::grpc_web::{decode_response, encode_request};
use rpc::transport::{Fault, Transport};
use std::net::SocketAddr;
use std::time::Duration;
use tonic::body::Body;

#[derive(Clone)]
pub(crate) struct Http1 {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
}

impl Http1 {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { client, address }
    }
}

fn unreachable(error: impl std::error::Error) -> Fault {
    Fault::Unreachable(error.to_string())
}

impl Transport for Http1 {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let mut request = encode_request(request).await?.map(Full::new);
        let url = format!("http://{}{}", self.address, request.uri());
        *request.uri_mut() = Uri::try_from(url).map_err(unreachable)?;
        let response = self.client.request(request).await.map_err(unreachable)?;
        decode_response(response.map(|body| {
            let pieces = body.into_data_stream();
            pieces.map(|piece| piece.map_err(unreachable)).boxed()
        }))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
