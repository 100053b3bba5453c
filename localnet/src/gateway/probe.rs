//! Asks the node who it is, over the way that browsers' calls take.

use crate::gateway::clients::{Clients, Lane};
use crate::gateway::upstream::{Service, Upstream};
use futures::StreamExt as _;
use http::uri::PathAndQuery;
use http::{Request, Response};
use rpc::grpc_web::{decode_response, encode_request};
use rpc::transport::{Fault, Transport};
use rpc::{Client, Deadlines};
use std::time::Duration;
use tonic::body::Body;
use wasm_core::ports::{Chain as _, ChainError, ServiceInfo};

/// Longer than it takes to find out that nobody connects.
const PATIENCE: Duration = Duration::from_secs(12);

/// gRPC-web to a node.
#[derive(Clone)]
struct Wire {
    node: Upstream,
    clients: Clients,
}

impl Transport for Wire {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Fault> {
        let mut request = encode_request(request).await?.map(axum::body::Body::from);
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = self.node.at(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        let answer = self.clients.send(Service::Node, &self.node, Lane::Web, request).await;
        let answer = answer.map_err(|silence| Fault::Unreachable(silence.reason()))?;
        decode_response(answer.map(|body| {
            let broken = |error: axum::Error| Fault::Unreachable(error.to_string());
            body.into_data_stream().map(move |piece| piece.map_err(broken)).boxed()
        }))
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What the node says of itself.
pub(crate) async fn service_info(
    node: &Upstream,
    clients: &Clients,
) -> Result<ServiceInfo, ChainError> {
    let wire = Wire { node: node.clone(), clients: clients.clone() };
    let deadlines = Deadlines { request: PATIENCE, ..Deadlines::default() };
    Client::new(wire).with_deadlines(deadlines).service_info().await
}
