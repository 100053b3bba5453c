//! An object at one version, and what it holds.

use super::{stake, unknown};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::explore::{Looked, ObjectContents, ObjectView};
use std::rc::Rc;
use wasm_core::address::ObjectId;
use wasm_core::amount::Shannons;
use wasm_core::listing::ListedStatus;
use wasm_core::object::{Object, ObjectError, ObjectType, Version};
use wasm_core::ports::Chain as _;

/// Larger objects are not sent to the page byte by byte.
const LARGEST: usize = 64 << 10;

/// An object, as it is or was.
pub(crate) async fn show(
    context: &Rc<Context>,
    id: ObjectId,
    version: Option<Version>,
) -> Result<Looked<ObjectView>, Refusal> {
    let epoch = context.following.facts()?.epoch;
    let node = context.following.node();
    let found = match version {
        Some(version) => node.object_at(id, version).await?,
        None => node.object(id).await?,
    };
    let Some(object) = found else { return Ok(Looked::Missing(unknown(&node).await?)) };
    let contents = match object.data.object_type {
        ObjectType::StakedSoma => match object.staked_soma() {
            Ok(staked) => {
                let state = node.system_state().await?;
                Ok(ObjectContents::Stake(stake(id, &staked, Some(state.as_v1()))))
            }
            Err(error) => Err(error),
        },
        _ => plain_contents(&object, epoch),
    };
    let contents =
        contents.unwrap_or_else(|error| ObjectContents::Unreadable { reason: error.to_string() });
    let bytes = object.to_bytes();
    Ok(Looked::Found(Box::new(ObjectView {
        id,
        version: object.data.version,
        digest: object.digest(),
        object_type: object.data.object_type,
        owner: object.owner,
        previous_transaction: object.previous_transaction,
        contents,
        size: bytes.len() as u64,
        bytes: (bytes.len() <= LARGEST).then(|| hex::encode(&bytes)),
    })))
}

/// What an object holds by itself.
fn plain_contents(object: &Object, epoch: u64) -> Result<ObjectContents, ObjectError> {
    Ok(match object.data.object_type {
        ObjectType::Coin => ObjectContents::Coin(Shannons(object.coin_balance()?)),
        ObjectType::Target => {
            let target = object.target()?;
            ObjectContents::Target {
                status: ListedStatus::of(&target, epoch).name().to_owned(),
                reward: Shannons(target.reward_pool),
                generation_epoch: target.generation_epoch,
                submitter: target.submitter,
            }
        }
        ObjectType::SystemState => {
            ObjectContents::SystemState { epoch: object.system_state()?.as_v1().epoch }
        }
        ObjectType::StakedSoma => {
            ObjectContents::Stake(stake(object.id()?, &object.staked_soma()?, None))
        }
    })
}
