//! A node that answers what a test tells it to, over HTTP/2 and gRPC-web on one port.

use axum::response::{IntoResponse, Response};
use rpc::proto::soma as proto;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt};
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Status};
use tonic_web::GrpcWebLayer;

type Handler<Q, A> = Arc<dyn Fn(Q) -> Result<A, Status> + Send + Sync>;
type Raw = Arc<dyn Fn() -> Response + Send + Sync>;
type Checkpoints = Pin<
    Box<dyn Stream<Item = Result<proto::SubscribeCheckpointsResponse, Status>> + Send + 'static>,
>;

macro_rules! node {
    ($($service:ident $server:ident { $($field:ident: $question:ident => $answer:ident,)* })*) => {
        /// What the node answers. What is not set is not offered.
        #[derive(Clone, Default)]
        pub(crate) struct Fake {
            $($(pub(crate) $field: Option<Handler<proto::$question, proto::$answer>>,)*)*
            pub(crate) checkpoints:
                Vec<Result<proto::SubscribeCheckpointsResponse, Status>>,
            /// Subscriptions are not offered.
            pub(crate) no_streams: bool,
            /// A stream that told everything says nothing more, and does not end.
            pub(crate) streams_stay_open: bool,
            pub(crate) delay: Duration,
            /// Answers to whole requests, by path.
            pub(crate) raw: HashMap<&'static str, Raw>,
        }

        $(#[tonic::async_trait]
        impl proto::$server::$service for Fake {
            $(async fn $field(
                &self,
                request: Request<proto::$question>,
            ) -> Result<tonic::Response<proto::$answer>, Status> {
                tokio::time::sleep(self.delay).await;
                let handler = self.$field.as_ref();
                let handler = handler.ok_or_else(|| Status::unimplemented(stringify!($field)))?;
                handler(request.into_inner()).map(tonic::Response::new)
            })*
        })*
    };
}

node! {
    LedgerService ledger_service_server {
        get_service_info: GetServiceInfoRequest => GetServiceInfoResponse,
        get_object: GetObjectRequest => GetObjectResponse,
        batch_get_objects: BatchGetObjectsRequest => BatchGetObjectsResponse,
        get_transaction: GetTransactionRequest => GetTransactionResponse,
        batch_get_transactions: BatchGetTransactionsRequest => BatchGetTransactionsResponse,
        get_checkpoint: GetCheckpointRequest => GetCheckpointResponse,
        get_epoch: GetEpochRequest => GetEpochResponse,
    }
    StateService state_service_server {
        list_owned_objects: ListOwnedObjectsRequest => ListOwnedObjectsResponse,
        get_balance: GetBalanceRequest => GetBalanceResponse,
        get_target: GetTargetRequest => GetTargetResponse,
        list_targets: ListTargetsRequest => ListTargetsResponse,
    }
    TransactionExecutionService transaction_execution_service_server {
        execute_transaction: ExecuteTransactionRequest => ExecuteTransactionResponse,
        simulate_transaction: SimulateTransactionRequest => SimulateTransactionResponse,
    }
}

#[tonic::async_trait]
impl proto::subscription_service_server::SubscriptionService for Fake {
    type SubscribeCheckpointsStream = Checkpoints;

    async fn subscribe_checkpoints(
        &self,
        _: Request<proto::SubscribeCheckpointsRequest>,
    ) -> Result<tonic::Response<Checkpoints>, Status> {
        if self.no_streams {
            return Err(Status::unimplemented("subscribe_checkpoints"));
        }
        let checkpoints = tokio_stream::iter(self.checkpoints.clone());
        Ok(tonic::Response::new(if self.streams_stay_open {
            Box::pin(checkpoints.chain(tokio_stream::pending()))
        } else {
            Box::pin(checkpoints)
        }))
    }
}

/// What a test has been asked, in order.
pub(crate) struct Asked<Q>(Arc<Mutex<Vec<Q>>>);

impl<Q> Asked<Q> {
    pub(crate) fn take(&self) -> Vec<Q> {
        std::mem::take(&mut self.0.lock().expect("nobody panicked"))
    }
}

/// A handler that keeps what it is asked.
pub(crate) fn handler<Q, A>(
    answer: impl Fn(Q) -> Result<A, Status> + Send + Sync + 'static,
) -> (Option<Handler<Q, A>>, Asked<Q>)
where
    Q: Clone + Send + 'static,
{
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let handler: Handler<Q, A> = Arc::new(move |question: Q| {
        kept.lock().expect("nobody panicked").push(question.clone());
        answer(question)
    });
    (Some(handler), Asked(asked))
}

/// A running node. It ends with the test.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts a node on a free port.
pub(crate) fn start(fake: &Fake) -> Running {
    let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = incoming.local_addr().expect("a bound port");
    let mut router = axum::Router::new();
    for (path, answer) in fake.raw.clone() {
        router = router.route(path, axum::routing::post(move || async move { answer() }));
    }
    let router = router.fallback(|| async { http::StatusCode::NOT_FOUND.into_response() });
    let mut server = Server::builder()
        .accept_http1(true)
        .layer(GrpcWebLayer::new())
        .add_routes(Routes::from(router));
    if fake.raw.is_empty() {
        server = server
            .add_service(proto::ledger_service_server::LedgerServiceServer::new(fake.clone()))
            .add_service(proto::state_service_server::StateServiceServer::new(fake.clone()))
            .add_service(
                proto::transaction_execution_service_server::TransactionExecutionServiceServer::new(
                    fake.clone(),
                ),
            )
            .add_service(proto::subscription_service_server::SubscriptionServiceServer::new(
                fake.clone(),
            ));
    }
    let task = tokio::spawn(async move {
        server.serve_with_incoming(incoming).await.expect("the node serves");
    });
    Running { address, task }
}
