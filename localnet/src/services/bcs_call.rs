//! Answers to calls with BCS inside the frame: how faucet and admin speak.

use axum::body::Body;
use http::{Request, Response};
use rpc::bcs_codec::BcsCodec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::Status;

/// Answers one call of a method whose request and response are BCS.
pub(crate) async fn unary<Q, R, F>(
    request: Request<Body>,
    mut answer: impl FnMut(Q) -> F,
) -> Response<tonic::body::Body>
where
    Q: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    F: Future<Output = Result<R, Status>>,
{
    let service = tower::service_fn(move |request: tonic::Request<Q>| {
        let answer = answer(request.into_inner());
        async move { answer.await.map(tonic::Response::new) }
    });
    let mut grpc = tonic::server::Grpc::new(BcsCodec::<R, Q>::default());
    grpc.unary(service, request.map(tonic::body::Body::new)).await
}
