//! `soma.rpc.SubscriptionService`: checkpoints as they are sealed.

use crate::services::answer::checkpoint_to_proto;
use crate::services::mask::Selection;
use crate::services::node::Node;
use futures::stream::{self, BoxStream, StreamExt as _};
use rpc::proto::FieldMask;
use rpc::proto::soma::subscription_service_server::SubscriptionService;
use rpc::proto::soma::{SubscribeCheckpointsRequest, SubscribeCheckpointsResponse};
use std::sync::Arc;
use tonic::{Request, Response, Status};

const MAX_SUBSCRIBERS: usize = 1024;

/// Tells subscribers of checkpoints.
#[derive(Debug)]
pub(crate) struct SubscriptionApi {
    node: Arc<Node>,
}

impl SubscriptionApi {
    pub(crate) const fn new(node: Arc<Node>) -> Self {
        Self { node }
    }
}

#[tonic::async_trait]
impl SubscriptionService for SubscriptionApi {
    type SubscribeCheckpointsStream =
        BoxStream<'static, Result<SubscribeCheckpointsResponse, Status>>;

    async fn subscribe_checkpoints(
        &self,
        request: Request<SubscribeCheckpointsRequest>,
    ) -> Result<Response<Self::SubscribeCheckpointsStream>, Status> {
        if self.node.subscribers() >= MAX_SUBSCRIBERS {
            return Err(Status::unavailable("too many existing subscriptions"));
        }
        let nothing = Selection::unchecked(Some(&FieldMask::default()), Selection::Everything);
        let mask = request.into_inner().read_mask;
        let selection = Selection::unchecked(mask.as_ref(), nothing);
        let node = Arc::clone(&self.node);
        // Subscribed before the answer's head goes out: whoever has that misses nothing that follows.
        let state = (node.subscribe(), node, selection);
        let checkpoints = stream::unfold(state, |(mut checkpoints, node, selection)| async move {
            // Falling behind ends the subscription, as does the end of the network.
            let checkpoint = checkpoints.recv().await.ok()?;
            let message = {
                let ledger = node.ledger();
                checkpoint_to_proto(&ledger, &checkpoint)
            };
            let response = SubscribeCheckpointsResponse {
                cursor: Some(checkpoint.summary.sequence_number),
                checkpoint: Some(selection.of("Checkpoint", message)),
            };
            Some((Ok(response), (checkpoints, node, selection)))
        });
        Ok(Response::new(checkpoints.boxed()))
    }
}
