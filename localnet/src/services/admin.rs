//! The local network's admin: ends the epoch by hand.

use crate::services::bcs_call;
use crate::services::node::Node;
use axum::Router;
use axum::extract::{Request, State};
use axum::routing::any;
use http::Response;
use std::sync::Arc;
use wasm_core::services::{ADVANCE_EPOCH, AdvanceEpochRequest, AdvanceEpochResponse};

/// The admin's one method.
pub(crate) fn routes(node: Arc<Node>) -> Router {
    Router::new().route(ADVANCE_EPOCH, any(advance_epoch)).with_state(node)
}

async fn advance_epoch(
    State(node): State<Arc<Node>>,
    request: Request,
) -> Response<tonic::body::Body> {
    let answer = |AdvanceEpochRequest {}| {
        let node = Arc::clone(&node);
        async move { Ok(AdvanceEpochResponse { epoch: node.advance_epoch() }) }
    };
    bcs_call::unary(request, answer).await
}
