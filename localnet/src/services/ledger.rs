//! `soma.rpc.LedgerService`: what is, and what was.

use crate::checkpoints::Checkpoint;
use crate::ledger::EpochInfo;
use crate::protocol_config;
use crate::services::answer::{object_to_proto, sealed_to_proto, selected_checkpoint};
use crate::services::errors::ApiError;
use crate::services::mask::Selection;
use crate::services::node::{CHAIN, Node};
use crate::services::state::{internal, read_id};
use rpc::convert::{IdForm, timestamp};
use rpc::proto::FieldMask;
use rpc::proto::soma::get_checkpoint_request::CheckpointId;
use rpc::proto::soma::get_object_result::Result as ObjectResult;
use rpc::proto::soma::get_transaction_result::Result as TransactionResult;
use rpc::proto::soma::ledger_service_server::LedgerService;
use rpc::proto::soma::{
    BatchGetObjectsRequest, BatchGetObjectsResponse, BatchGetTransactionsRequest,
    BatchGetTransactionsResponse, Epoch, ExecutedTransaction, GetCheckpointRequest,
    GetCheckpointResponse, GetEpochRequest, GetEpochResponse, GetObjectRequest, GetObjectResponse,
    GetObjectResult, GetServiceInfoRequest, GetServiceInfoResponse, GetTransactionRequest,
    GetTransactionResponse, GetTransactionResult, Object, ProtocolConfig,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tonic::{Request, Response, Status};
use wasm_core::address::ObjectId;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::system_state::{SystemState, SystemStateV1};

const OBJECT: &str = "object_id,version,digest";
const TRANSACTION: &str = "digest";
const CHECKPOINT: &str = "sequence_number,digest";
const EPOCH: &str = "epoch,committee,first_checkpoint,last_checkpoint,start,end,\
                     protocol_config.protocol_version";

/// Answers what is, and what was.
#[derive(Debug)]
pub(crate) struct LedgerApi {
    node: Arc<Node>,
}

impl LedgerApi {
    pub(crate) const fn new(node: Arc<Node>) -> Self {
        Self { node }
    }

    fn service_info(&self) -> GetServiceInfoResponse {
        let ledger = self.node.ledger();
        let newest = &ledger.latest_checkpoint().summary;
        GetServiceInfoResponse {
            chain_id: Some(ledger.chain_id().to_string()),
            chain: Some(CHAIN.to_owned()),
            epoch: Some(ledger.epoch()),
            checkpoint_height: Some(newest.sequence_number),
            timestamp: Some(timestamp(newest.timestamp_ms)),
            lowest_available_checkpoint: Some(0),
            lowest_available_checkpoint_objects: Some(0),
            server: Some(self.node.server().to_owned()),
        }
    }

    /// One object of a request that was read.
    fn object(
        &self,
        id: ObjectId,
        version: Option<u64>,
        selection: &Selection,
    ) -> Result<Object, ApiError> {
        let ledger = self.node.ledger();
        let found = match version {
            None => ledger.object(&id),
            Some(version) => ledger.object_at(&id, version),
        };
        let object = found.ok_or_else(|| match version {
            None => ApiError::not_found(format!("Object {id} not found")),
            Some(version) => {
                ApiError::not_found(format!("Object {id} with version {version} not found"))
            }
        })?;
        Ok(selection.of("Object", object_to_proto(object)))
    }

    fn objects(
        &self,
        request: &BatchGetObjectsRequest,
    ) -> Result<BatchGetObjectsResponse, ApiError> {
        let selection = Selection::checked(request.read_mask.as_ref(), "Object", OBJECT)?;
        // An id that is none fails the whole batch; an object that is not there only itself.
        let ids: Vec<ObjectId> =
            request.requests.iter().enumerate().map(read_request).collect::<Result<_, _>>()?;
        let answer = |(id, request): (ObjectId, &GetObjectRequest)| {
            let result = match self.object(id, request.version, &selection) {
                Ok(object) => ObjectResult::Object(object),
                Err(error) => ObjectResult::Error(error.to_proto()),
            };
            GetObjectResult { result: Some(result) }
        };
        let objects = ids.into_iter().zip(&request.requests).map(answer).collect();
        Ok(BatchGetObjectsResponse { objects })
    }

    fn transaction(
        &self,
        text: &str,
        field: &str,
        selection: &Selection,
    ) -> Result<ExecutedTransaction, ApiError> {
        let digest: TransactionDigest = text
            .parse()
            .map_err(|error| ApiError::invalid(field, format!("invalid digest: {error}")))?;
        let ledger = self.node.ledger();
        let executed = ledger
            .transaction(&digest)
            .ok_or_else(|| ApiError::not_found(format!("Transaction {digest} not found")))?;
        Ok(selection
            .of("ExecutedTransaction", sealed_to_proto(&ledger, executed, IdForm::Prefixed)))
    }

    fn transactions(
        &self,
        request: &BatchGetTransactionsRequest,
    ) -> Result<BatchGetTransactionsResponse, ApiError> {
        let selection = transaction_mask(request.read_mask.as_ref())?;
        let answer = |(place, digest): (usize, &String)| {
            let result = match self.transaction(digest, &format!("digests[{place}]"), &selection) {
                Ok(transaction) => TransactionResult::Transaction(transaction),
                Err(error) => TransactionResult::Error(error.to_proto()),
            };
            GetTransactionResult { result: Some(result) }
        };
        Ok(BatchGetTransactionsResponse {
            transactions: request.digests.iter().enumerate().map(answer).collect(),
        })
    }

    fn checkpoint(
        &self,
        request: &GetCheckpointRequest,
    ) -> Result<GetCheckpointResponse, ApiError> {
        let mask = request.read_mask.as_ref();
        let selection = Selection::checked(mask, "Checkpoint", CHECKPOINT)?;
        let ledger = self.node.ledger();
        let found: &Arc<Checkpoint> = match &request.checkpoint_id {
            None => ledger.latest_checkpoint(),
            Some(CheckpointId::SequenceNumber(number)) => ledger
                .checkpoint(*number)
                .ok_or_else(|| ApiError::not_found(format!("Checkpoint {number} not found")))?,
            Some(CheckpointId::Digest(text)) => {
                let digest: CheckpointDigest = text.parse().map_err(|error| {
                    ApiError::invalid("digest", format!("invalid digest: {error}"))
                })?;
                ledger
                    .checkpoint_by_digest(&digest)
                    .ok_or_else(|| ApiError::not_found(format!("Checkpoint {digest} not found")))?
            }
        };
        let checkpoint = selected_checkpoint(&ledger, found, &selection);
        Ok(GetCheckpointResponse { checkpoint: Some(checkpoint) })
    }

    fn epoch(&self, request: &GetEpochRequest) -> Result<GetEpochResponse, ApiError> {
        let selection = Selection::checked(request.read_mask.as_ref(), "Epoch", EPOCH)?;
        let ledger = self.node.ledger();
        let current = ledger.epoch();
        let epoch = request.epoch.unwrap_or(current);
        let info = ledger
            .epoch_info(epoch)
            .ok_or_else(|| ApiError::not_found(format!("Committee for epoch {epoch} not found")))?;
        // The current epoch shows the state as it is now, a past one as it was at its start.
        let state = if epoch == current { ledger.system_state() } else { &info.system_state };
        let message = epoch_to_proto(info, state, &selection)?;
        Ok(GetEpochResponse { epoch: Some(selection.of("Epoch", message)) })
    }
}

fn epoch_to_proto(
    info: &EpochInfo,
    state: &SystemStateV1,
    selection: &Selection,
) -> Result<Epoch, ApiError> {
    // With all models' embeddings the state is large: it is written out only when asked for.
    let wanted = selection.wants("system_state").then(|| SystemState::V1(state.clone()));
    let system_state = wanted.as_ref().map(TryInto::try_into).transpose().map_err(internal)?;
    Ok(Epoch {
        epoch: Some(info.epoch),
        committee: Some((&info.committee).into()),
        system_state,
        first_checkpoint: Some(info.first_checkpoint),
        last_checkpoint: info.last_checkpoint,
        start: Some(timestamp(info.start_ms)),
        end: info.end_ms.map(timestamp),
        protocol_config: Some(ProtocolConfig {
            protocol_version: Some(info.protocol_version),
            feature_flags: BTreeMap::new(),
            attributes: protocol_config::attributes(info.protocol_version).unwrap_or_default(),
        }),
    })
}

/// The id that a request asks for; before the field stands its place, also where there is only one.
fn read_request((place, request): (usize, &GetObjectRequest)) -> Result<ObjectId, ApiError> {
    let text = request.object_id.as_ref().ok_or_else(|| ApiError::missing_unsaid("object_id"));
    text.and_then(|text| read_id(text, "object_id"))
        .map_err(|error| error.within(format_args!("requests[{place}]")))
}

fn transaction_mask(mask: Option<&FieldMask>) -> Result<Selection, ApiError> {
    Selection::checked(mask, "ExecutedTransaction", TRANSACTION)
}

#[tonic::async_trait]
impl LedgerService for LedgerApi {
    async fn get_service_info(
        &self,
        _request: Request<GetServiceInfoRequest>,
    ) -> Result<Response<GetServiceInfoResponse>, Status> {
        Ok(Response::new(self.service_info()))
    }

    async fn get_object(
        &self,
        request: Request<GetObjectRequest>,
    ) -> Result<Response<GetObjectResponse>, Status> {
        let request = request.into_inner();
        let selection = Selection::checked(request.read_mask.as_ref(), "Object", OBJECT)?;
        let id = read_request((0, &request))?;
        let object = self.object(id, request.version, &selection)?;
        Ok(Response::new(GetObjectResponse { object: Some(object) }))
    }

    async fn batch_get_objects(
        &self,
        request: Request<BatchGetObjectsRequest>,
    ) -> Result<Response<BatchGetObjectsResponse>, Status> {
        Ok(Response::new(self.objects(request.get_ref())?))
    }

    async fn get_transaction(
        &self,
        request: Request<GetTransactionRequest>,
    ) -> Result<Response<GetTransactionResponse>, Status> {
        let request = request.into_inner();
        let digest = request.digest.as_deref().ok_or_else(|| ApiError::missing("digest"))?;
        let selection = transaction_mask(request.read_mask.as_ref())?;
        let transaction = self.transaction(digest, "digest", &selection)?;
        Ok(Response::new(GetTransactionResponse { transaction: Some(transaction) }))
    }

    async fn batch_get_transactions(
        &self,
        request: Request<BatchGetTransactionsRequest>,
    ) -> Result<Response<BatchGetTransactionsResponse>, Status> {
        Ok(Response::new(self.transactions(request.get_ref())?))
    }

    async fn get_checkpoint(
        &self,
        request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        Ok(Response::new(self.checkpoint(request.get_ref())?))
    }

    async fn get_epoch(
        &self,
        request: Request<GetEpochRequest>,
    ) -> Result<Response<GetEpochResponse>, Status> {
        Ok(Response::new(self.epoch(request.get_ref())?))
    }
}
