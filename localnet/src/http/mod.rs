//! What the network answers on its ports: gRPC, gRPC-web, plain routes and blobs.

pub mod blobs;
mod headers;
mod proxy;

use crate::services::execution::ExecutionService;
use crate::services::faucet::Faucet;
use crate::services::health::HealthService;
use crate::services::ledger::LedgerApi;
use crate::services::node::Node;
use crate::services::state::StateApi;
use crate::services::subscription::SubscriptionApi;
use crate::services::{admin, faucet, scoring};
use axum::Router;
use axum::body::Body;
use axum::middleware;
use blobs::BlobStore;
use http::{Method, Request, StatusCode};
use rpc::proto::health::health_server::HealthServer;
use rpc::proto::soma::ledger_service_server::LedgerServiceServer;
use rpc::proto::soma::state_service_server::StateServiceServer;
use rpc::proto::soma::subscription_service_server::SubscriptionServiceServer;
use rpc::proto::soma::transaction_execution_service_server::TransactionExecutionServiceServer;
use std::convert::Infallible;
use std::sync::Arc;
use tonic::server::NamedService;
use tonic_web::GrpcWebLayer;
use tower::{Service, ServiceExt as _};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

/// What is behind the ports.
#[derive(Clone)]
pub(crate) struct Services<'a> {
    pub(crate) node: &'a Arc<Node>,
    pub(crate) faucet: &'a Arc<Faucet>,
    pub(crate) engine: scoring::Engine,
}

/// Everything on the node's own port. Browsers cannot reach the ports of faucet, scoring and admin,
/// so their methods are served here as well.
pub(crate) fn node_router(
    services: Services<'_>,
    blobs: Arc<BlobStore>,
    hide_errors: bool,
) -> Router {
    let Services { node, faucet, engine } = services;
    let grpc = grpc_router(node)
        .merge(faucet::routes(Arc::clone(faucet)))
        .merge(scoring::routes(engine))
        .merge(admin::routes(Arc::clone(node)))
        .layer(GrpcWebLayer::new());
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::any());
    // The node names none, which hides every refusal's reason from pages of another origin.
    let cors = if hide_errors { cors } else { cors.expose_headers(headers::EXPOSED) };
    grpc.merge(proxy::routes(Arc::clone(node)))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(Arc::clone(node), headers::add))
        .layer(cors)
        .merge(blobs::routes(blobs))
}

/// Adds a generated service under its own name.
fn with<S>(router: Router, service: S) -> Router
where
    S: Service<Request<tonic::body::Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Response: axum::response::IntoResponse,
    S::Future: Send + 'static,
{
    let service = service.map_request(|request: Request<Body>| request.map(tonic::body::Body::new));
    router.route_service(&format!("/{}/{{*method}}", S::NAME), service)
}

fn grpc_router(node: &Arc<Node>) -> Router {
    let node = || Arc::clone(node);
    let router = with(Router::new(), LedgerServiceServer::new(LedgerApi::new(node())));
    let router = with(router, StateServiceServer::new(StateApi::new(node())));
    let execution = ExecutionService::new(node());
    let router = with(router, TransactionExecutionServiceServer::new(execution));
    let router = with(router, SubscriptionServiceServer::new(SubscriptionApi::new(node())));
    let router = with(router, HealthServer::new(HealthService));
    let router = with(router, reflection().build_v1().expect(DESCRIBED));
    with(router, reflection().build_v1alpha().expect(DESCRIBED))
}

const DESCRIBED: &str = "the descriptors were written by the build that wrote the messages";

fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(rpc::proto::FILE_DESCRIPTOR_SET)
}
