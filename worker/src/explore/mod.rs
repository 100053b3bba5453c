//! The explorer: what a text stands for, and what there is at a place of the network.

mod address;
mod checkpoint;
mod epoch;
mod find;
mod object;
mod transaction;

pub(crate) use address::show as address;
pub(crate) use checkpoint::show as checkpoint;
pub(crate) use epoch::show as epoch;
pub(crate) use find::find;
pub(crate) use object::show as object;
pub(crate) use transaction::show as transaction;

use crate::network::Node;
use crate::refusal::Refusal;
use bridge::explore::{Missing, StakeView, StakedWith};
use wasm_core::address::ObjectId;
use wasm_core::amount::Shannons;
use wasm_core::object::StakedSoma;
use wasm_core::preview::Withdrawal;
use wasm_core::system_state::SystemStateV1;

/// The oldest checkpoint that a node keeps; none where it keeps them all, or does not say.
async fn oldest(node: &Node) -> Result<Option<u64>, Refusal> {
    let info = node.node_info().await?;
    Ok(info.lowest_available_checkpoint.filter(|lowest| *lowest > 0))
}

/// Something that is known by no number is not there.
async fn unknown(node: &Node) -> Result<Missing, Refusal> {
    Ok(Missing::Unknown { oldest: oldest(node).await? })
}

/// A stake, with what it has earned.
fn stake(id: ObjectId, stake: &StakedSoma, state: Option<&SystemStateV1>) -> StakeView {
    StakeView {
        id,
        pool: stake.pool_id,
        with: state.and_then(|state| staked_with(stake.pool_id, state)),
        activation_epoch: stake.stake_activation_epoch,
        principal: Shannons(stake.principal),
        reward: state
            .and_then(|state| Withdrawal::now(stake, state))
            .map(|withdrawal| Shannons(withdrawal.reward)),
    }
}

/// Whose pool it is.
fn staked_with(pool: ObjectId, state: &SystemStateV1) -> Option<StakedWith> {
    let set = &state.validators;
    let validators = set.validators.iter().chain(&set.pending_validators);
    let validator = validators
        .chain(set.inactive_validators.values())
        .find(|validator| validator.staking_pool.id == pool)
        .map(|validator| StakedWith::Validator(validator.metadata.soma_address));
    let model = || state.model_registry.staking_pool_mappings.get(&pool).copied();
    validator.or_else(|| model().map(StakedWith::Model))
}
