//! `soma.rpc.StateService`: what there is now.

use crate::services::answer::object_to_proto;
use crate::services::errors::ApiError;
use crate::services::mask::Selection;
use crate::services::node::Node;
use crate::services::page::{self, PageSize};
use rpc::convert::target::{ListedStatus, target_to_proto};
use rpc::proto::soma::state_service_server::StateService;
use rpc::proto::soma::{
    GetBalanceRequest, GetBalanceResponse, GetTargetRequest, GetTargetResponse,
    ListOwnedObjectsRequest, ListOwnedObjectsResponse, ListTargetsRequest, ListTargetsResponse,
};
use std::sync::Arc;
use tonic::{Code, Request, Response, Status};
use wasm_core::address::{Address, ObjectId};
use wasm_core::listing::StatusFilter;
use wasm_core::object::{Object, ObjectType};
use wasm_core::target::{TargetStatus, TargetV1};

const OBJECTS_PER_PAGE: u32 = 50;
const TARGETS_PER_PAGE: u32 = 100;

/// Answers what there is now.
#[derive(Debug)]
pub(crate) struct StateApi {
    node: Arc<Node>,
}

/// Reads an id or address of a request as the API does: digits without `0x` may be few.
pub(crate) fn read_id(text: &str, field: &str) -> Result<ObjectId, ApiError> {
    ObjectId::parse_lenient(text)
        .map_err(|error| ApiError::invalid(field, format!("invalid {field}: {error}")))
}

/// Reads an address with the parser of addresses, which is stricter.
fn read_address(text: &str, field: &str) -> Result<Address, ApiError> {
    text.parse().map_err(|error| ApiError::invalid(field, format!("invalid {field}: {error}")))
}

/// Where an object stands in a listing: by type, coins by balance, then by id.
type ListingKey = (ObjectType, u64, ObjectId);

fn listing_key(object: &Object) -> Result<ListingKey, ApiError> {
    let id = object.id().map_err(internal)?;
    let object_type = object.data.object_type;
    let balance = match object_type {
        ObjectType::Coin => object.coin_balance().map_err(internal)?,
        _ => 0,
    };
    Ok((object_type, balance, id))
}

/// Something that this network itself got wrong.
pub(crate) fn internal(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(Code::Internal, error)
}

/// Reads which targets a listing shows, in any case.
fn parse_status_filter(text: &str) -> Result<StatusFilter, ApiError> {
    let named = |filter: &StatusFilter| filter.name().eq_ignore_ascii_case(text);
    StatusFilter::ALL.into_iter().find(named).ok_or_else(|| {
        let text = format!(
            "invalid status_filter: '{text}'. \
             Must be 'open', 'filled', 'claimed', 'expired', or 'claimable'"
        );
        ApiError::invalid("status_filter", text)
    })
}

fn shows(filter: StatusFilter, target: &TargetV1, epoch: u64) -> bool {
    match filter {
        StatusFilter::Open => {
            target.status == TargetStatus::Open && target.generation_epoch == epoch
        }
        StatusFilter::Filled => matches!(target.status, TargetStatus::Filled { .. }),
        StatusFilter::Claimed => target.status == TargetStatus::Claimed,
        StatusFilter::Expired => is_expired(target, epoch),
        StatusFilter::Claimable => ListedStatus::of(target, epoch) == ListedStatus::Claimable,
    }
}

fn is_expired(target: &TargetV1, epoch: u64) -> bool {
    target.status == TargetStatus::Open && target.generation_epoch < epoch
}

impl StateApi {
    pub(crate) const fn new(node: Arc<Node>) -> Self {
        Self { node }
    }

    fn owned_objects(
        &self,
        request: &ListOwnedObjectsRequest,
    ) -> Result<ListOwnedObjectsResponse, ApiError> {
        let owner = request.owner.as_ref().ok_or_else(|| ApiError::missing_unsaid("owner"))?;
        let owner = Address(read_id(owner, "owner")?.0);
        let object_type = match &request.object_type {
            None => None,
            Some(name) => Some(ObjectType::from_name(name).ok_or_else(|| {
                ApiError::invalid("object_type", format!("invalid object_type: {name}"))
            })?),
        };
        let mask = request.read_mask.as_ref();
        let selection = Selection::checked(mask, "Object", "object_id,version,object_type")?;
        let query = (owner, object_type);
        let token = request.page_token.as_deref();
        let after: Option<ListingKey> = page::resume(token, &query, page::INVALID)?;

        let ledger = self.node.ledger();
        let mut objects = Vec::new();
        for object in ledger.owned(owner, object_type) {
            let key = listing_key(object)?;
            if after.is_none_or(|after| after < key) {
                objects.push((key, object));
            }
        }
        let shown = objects
            .into_iter()
            .map(|(key, object)| Ok((key, selection.of("Object", object_to_proto(object)))));
        let (page, more) = PageSize::new(request.page_size, OBJECTS_PER_PAGE).fill(shown)?;
        let last = page.last().map(|(key, _)| *key);
        let next_page_token = last.filter(|_| more).map(|key| page::token(&query, &key));
        Ok(ListOwnedObjectsResponse {
            objects: page.into_iter().map(|(_, object)| object).collect(),
            next_page_token: next_page_token.map(Into::into),
        })
    }

    fn balance(&self, request: &GetBalanceRequest) -> Result<GetBalanceResponse, ApiError> {
        let owner = request.owner.as_ref().ok_or_else(|| ApiError::missing("owner"))?;
        let owner = read_address(owner, "owner")?;
        Ok(GetBalanceResponse { balance: Some(self.node.ledger().balance(owner)) })
    }

    fn target(&self, request: &GetTargetRequest) -> Result<GetTargetResponse, ApiError> {
        const DEFAULT: &str = "id,status,generation_epoch,reward_pool,distance_threshold";
        let id = request.target_id.as_ref().ok_or_else(|| ApiError::missing("target_id"))?;
        let id = read_id(id, "target_id")?;
        let selection = Selection::checked(request.read_mask.as_ref(), "Target", DEFAULT)?;
        let ledger = self.node.ledger();
        let object = ledger
            .object(&id)
            .ok_or_else(|| ApiError::not_found(format!("Object {id} not found")))?;
        let object_type = object.data.object_type;
        if object_type != ObjectType::Target {
            let text = format!("Object {id} is not a Target (type: {object_type:?})");
            return Err(ApiError::new(Code::InvalidArgument, text));
        }
        let target = object.target().map_err(internal)?;
        // Unlike a listing, this tells the status as it is stored: only time makes one claimable.
        let target = target_to_proto(id, &target, target.generation_epoch).map_err(internal)?;
        Ok(GetTargetResponse { target: Some(selection.of("Target", target)) })
    }

    fn targets(&self, request: &ListTargetsRequest) -> Result<ListTargetsResponse, ApiError> {
        const DEFAULT: &str = "id,status,generation_epoch,reward_pool";
        let status = request.status_filter.as_deref().map(parse_status_filter).transpose()?;
        let submitter = request.submitter_filter.as_deref();
        let submitter = submitter.map(|text| read_address(text, "submitter_filter")).transpose()?;
        let selection = Selection::checked(request.read_mask.as_ref(), "Target", DEFAULT)?;
        let query = (
            request.status_filter.as_ref().map(|text| text.to_ascii_lowercase()),
            request.epoch_filter,
            submitter,
        );
        const OTHER_FILTERS: &str = "page_token parameters do not match request filters";
        let token = request.page_token.as_deref();
        let after: Option<ObjectId> = page::resume(token, &query, OTHER_FILTERS)?;

        let ledger = self.node.ledger();
        let epoch = ledger.epoch();
        let matching = ledger.targets().filter(|(id, target)| {
            after.is_none_or(|after| after < *id)
                && status.is_none_or(|status| shows(status, target, epoch))
                && request.epoch_filter.is_none_or(|epoch| epoch == target.generation_epoch)
                && submitter.is_none_or(|submitter| target.submitter == Some(submitter))
        });
        let shown = matching.map(|(id, target)| {
            let message = target_to_proto(id, &target, epoch).map_err(internal)?;
            Ok((id, selection.of("Target", message)))
        });
        let (page, more) = PageSize::new(request.page_size, TARGETS_PER_PAGE).fill(shown)?;
        let last = page.last().map(|(id, _)| *id);
        let next_page_token = last.filter(|_| more).map(|id| page::token(&query, &id));
        let page = page.into_iter().map(|(_, target)| target).collect();
        Ok(ListTargetsResponse { targets: page, next_page_token: next_page_token.map(Into::into) })
    }
}

#[tonic::async_trait]
impl StateService for StateApi {
    async fn list_owned_objects(
        &self,
        request: Request<ListOwnedObjectsRequest>,
    ) -> Result<Response<ListOwnedObjectsResponse>, Status> {
        Ok(Response::new(self.owned_objects(request.get_ref())?))
    }

    async fn get_balance(
        &self,
        request: Request<GetBalanceRequest>,
    ) -> Result<Response<GetBalanceResponse>, Status> {
        Ok(Response::new(self.balance(request.get_ref())?))
    }

    async fn get_target(
        &self,
        request: Request<GetTargetRequest>,
    ) -> Result<Response<GetTargetResponse>, Status> {
        Ok(Response::new(self.target(request.get_ref())?))
    }

    async fn list_targets(
        &self,
        request: Request<ListTargetsRequest>,
    ) -> Result<Response<ListTargetsResponse>, Status> {
        Ok(Response::new(self.targets(request.get_ref())?))
    }
}
