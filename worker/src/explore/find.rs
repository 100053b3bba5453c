//! What a text stands for: the network is asked what there is of it.

use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use bridge::explore::Place;
use rpc::CheckpointKey;
use std::rc::Rc;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::network::{Clue, ClueError};
use wasm_core::object::ObjectType;
use wasm_core::ports::Chain as _;
use wasm_core::system_state::SystemStateV1;

/// What a text may stand for, the likeliest first; nothing where the network knows nothing of it.
pub(crate) async fn find(context: &Rc<Context>, text: &str) -> Result<Vec<Place>, Refusal> {
    let clue = Clue::parse(text).map_err(|error| {
        let next = match error {
            ClueError::Secret => "Use it only to import a wallet.",
            _ => "Give all of it: an address or id is 0x and 64 digits, a digest 43 or 44 letters and digits.",
        };
        Refusal::new("find/text", sentence(&error), next)
    })?;
    match clue {
        Clue::Number(number) => of_number(context, number),
        Clue::Id(id) => of_id(context, id).await,
        Clue::Digest(digest) => of_digest(context, digest).await,
    }
}

fn of_number(context: &Rc<Context>, number: u64) -> Result<Vec<Place>, Refusal> {
    let facts = context.following.facts()?;
    let mut places = Vec::new();
    // The newest number known may be a few seconds old; the page of a checkpoint says what there is.
    places.push(Place::Checkpoint(number));
    if number <= facts.epoch {
        places.push(Place::Epoch(number));
    }
    Ok(places)
}

async fn of_digest(context: &Rc<Context>, digest: [u8; 32]) -> Result<Vec<Place>, Refusal> {
    context.following.facts()?;
    let node = context.following.node();
    let transaction = TransactionDigest(digest);
    if node.transaction(transaction).await?.is_some() {
        return Ok(vec![Place::Transaction(transaction)]);
    }
    // A node that hides why it refuses gives an error here where it only knows none.
    let key = CheckpointKey::Digest(CheckpointDigest(digest));
    match node.sealed_checkpoint(key).await {
        Ok(Some(sealed)) => Ok(vec![Place::Checkpoint(sealed.summary().sequence_number)]),
        Ok(None) | Err(wasm_core::ports::ChainError::Hidden) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

async fn of_id(context: &Rc<Context>, id: [u8; 32]) -> Result<Vec<Place>, Refusal> {
    context.following.facts()?;
    let node = context.following.node();
    let (object, address) = (ObjectId(id), Address(id));
    if let Some(found) = node.object(object).await? {
        let target =
            (found.data.object_type == ObjectType::Target).then_some(Place::Target(object));
        return Ok(target.into_iter().chain([Place::Object(object)]).collect());
    }
    let state = node.system_state().await?;
    let mut places = in_state(object, state.as_v1());
    // Anything may be an address; what nobody ever paid is still one.
    places.push(Place::Address(address));
    Ok(places)
}

/// What the system state knows by an id: a model, a validator, or a pool of one of them.
fn in_state(id: ObjectId, state: &SystemStateV1) -> Vec<Place> {
    let registry = &state.model_registry;
    let model = registry.models.contains_key(&id).then_some(id);
    let model = model.or_else(|| registry.staking_pool_mappings.get(&id).copied());
    let set = &state.validators;
    let validators = set.validators.iter().chain(&set.pending_validators);
    let validator = validators.chain(set.inactive_validators.values()).find(|validator| {
        validator.metadata.soma_address.0 == id.0 || validator.staking_pool.id == id
    });
    let validator = validator.map(|validator| Place::Validator(validator.metadata.soma_address));
    model.map(Place::Model).into_iter().chain(validator).collect()
}
