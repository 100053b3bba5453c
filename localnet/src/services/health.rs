//! `grpc.health.v1.Health`: whether the services are up. Where this answers, they are.

use futures::stream::{self, BoxStream, StreamExt as _};
use rpc::proto::health::health_check_response::ServingStatus;
use rpc::proto::health::health_server::Health;
use rpc::proto::health::{HealthCheckRequest, HealthCheckResponse};
use tonic::{Request, Response, Status};

/// Names of the services that are served; the empty name stands for all of them.
const SERVED: [&str; 5] = [
    "",
    "soma.rpc.LedgerService",
    "soma.rpc.StateService",
    "soma.rpc.SubscriptionService",
    "soma.rpc.TransactionExecutionService",
];

/// Says that the node's services are serving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HealthService;

fn state_of(service: &str, absent: ServingStatus) -> HealthCheckResponse {
    let status = if SERVED.contains(&service) { ServingStatus::Serving } else { absent };
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl Health for HealthService {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        if SERVED.contains(&service.as_str()) {
            Ok(Response::new(state_of(&service, ServingStatus::Unknown)))
        } else {
            Err(Status::not_found("service not registered"))
        }
    }

    type WatchStream = BoxStream<'static, Result<HealthCheckResponse, Status>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let now = state_of(&request.into_inner().service, ServingStatus::ServiceUnknown);
        // The state never changes while the process lives, so the stream stays open after the first.
        Ok(Response::new(stream::iter([Ok(now)]).chain(stream::pending()).boxed()))
    }
}
