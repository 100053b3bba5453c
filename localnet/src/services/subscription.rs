//! `soma.rpc.SubscriptionService`: checkpoints as they are sealed.

use crate::services::answer::selected_checkpoint;
use crate::services::mask::Selection;
use crate::services::node::Node;
use futures::stream::{self, BoxStream, StreamExt as _};
use rpc::proto::FieldMask;
use rpc::proto::soma::subscription_service_server::SubscriptionService;
use rpc::proto::soma::{SubscribeCheckpointsRequest, SubscribeCheckpointsResponse};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

const MAX_SUBSCRIBERS: usize = 1024;

/// Tells subscribers of checkpoints.
#[derive(Debug)]
pub(crate) struct SubscriptionApi {
    node: Arc<Node>,
    /// One for each subscriber, given back when its stream ends.
    places: Arc<Semaphore>,
}

impl SubscriptionApi {
    pub(crate) fn new(node: Arc<Node>) -> Self {
        Self { node, places: Arc::new(Semaphore::new(MAX_SUBSCRIBERS)) }
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
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            // Without details, as a node answers it.
            Status::unavailable("too many existing subscriptions")
        })?;
        let nothing = Selection::unchecked(Some(&FieldMask::default()), Selection::Everything);
        let mask = request.into_inner().read_mask;
        let selection = Selection::unchecked(mask.as_ref(), nothing);
        Ok(Response::new(follow(Arc::clone(&self.node), selection, place)))
    }
}

/// Every checkpoint from the next on, in order. Falling behind ends the stream, as does the end of
/// the network. The place is kept as long as the stream.
fn follow<P: Send + 'static>(
    node: Arc<Node>,
    selection: Selection,
    place: P,
) -> BoxStream<'static, Result<SubscribeCheckpointsResponse, Status>> {
    // Subscribed before the answer's head goes out: whoever has that misses nothing that follows.
    let state = (node.subscribe(), node, selection, place);
    let checkpoints =
        stream::unfold(state, |(mut checkpoints, node, selection, place)| async move {
            let checkpoint = checkpoints.recv().await.ok()?;
            let message = selected_checkpoint(&node.ledger(), &checkpoint, &selection);
            let response = SubscribeCheckpointsResponse {
                cursor: Some(checkpoint.summary.sequence_number),
                checkpoint: Some(message),
            };
            Some((Ok(response), (checkpoints, node, selection, place)))
        });
    checkpoints.boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis::GenesisConfig;
    use crate::ledger::Ledger;

    #[tokio::test]
    async fn who_falls_256_checkpoints_behind_is_dropped() {
        let genesis = GenesisConfig::localnet(&[1; 32], &[], 0).build().expect("a genesis");
        let node = Arc::new(Node::new(Ledger::new(genesis)));
        let mut slow = follow(Arc::clone(&node), Selection::Everything, ());
        for _ in 0..256 {
            node.advance_epoch();
        }
        let mut behind = follow(Arc::clone(&node), Selection::Everything, ());
        let first = slow.next().await.expect("not yet dropped").expect("a checkpoint");
        let expected = node.ledger().latest_checkpoint().summary.sequence_number - 255;
        assert_eq!(first.cursor, Some(expected));
        for _ in 0..257 {
            node.advance_epoch();
        }
        assert!(behind.next().await.is_none());
    }
}
