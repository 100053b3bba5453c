//! An address: what it holds, and what it is to the network.

use super::stake;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::explore::{AddressView, CoinLine, StakeView};
use std::cmp::Reverse;
use std::rc::Rc;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::listing::TargetFilter;
use wasm_core::object::{Object, ObjectError, ObjectType};
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::system_state::SystemStateV1;

/// Things of a kind that are asked for; whoever has more has them counted in the balance.
const MOST: u32 = 200;

/// What an address has.
pub(crate) async fn show(context: &Rc<Context>, address: Address) -> Result<AddressView, Refusal> {
    context.following.facts()?;
    let node = context.following.node();
    let filled = TargetFilter { submitter: Some(address), ..TargetFilter::default() };
    let (balance, coins, stakes, filled, state) = futures::try_join!(
        node.balance(address),
        node.owned_page(address, Some(ObjectType::Coin), MOST, None),
        node.owned_page(address, Some(ObjectType::StakedSoma), MOST, None),
        node.target_row_page(&filled, MOST, None),
        node.system_state(),
    )?;
    let state = state.as_v1();
    let mut lines = read(&coins.items, |coin| {
        Ok(CoinLine { id: coin.id()?, balance: Shannons(coin.coin_balance()?) })
    })?;
    lines.sort_by_key(|coin| (Reverse(coin.balance.0), coin.id));
    let mut staked: Vec<StakeView> =
        read(&stakes.items, |one| Ok(stake(one.id()?, &one.staked_soma()?, Some(state))))?;
    staked.sort_by_key(|stake| (Reverse(stake.principal.0), stake.id));
    Ok(AddressView {
        address,
        balance: Shannons(balance),
        coins: lines,
        stakes: staked,
        more: coins.next.is_some() || stakes.next.is_some() || filled.next.is_some(),
        validator: is_validator(address, state),
        models: models_of(address, state),
        filled: filled.items.iter().map(|row| row.id).collect(),
    })
}

fn read<T>(
    objects: &[Object],
    one: impl Fn(&Object) -> Result<T, ObjectError>,
) -> Result<Vec<T>, Refusal> {
    let lines: Result<Vec<_>, _> = objects.iter().map(one).collect();
    lines.map_err(|error| ChainError::Garbage(error.to_string()).into())
}

fn is_validator(address: Address, state: &SystemStateV1) -> bool {
    let set = &state.validators;
    let validators = set.validators.iter().chain(&set.pending_validators);
    validators
        .chain(set.inactive_validators.values())
        .any(|validator| validator.metadata.soma_address == address)
}

fn models_of(address: Address, state: &SystemStateV1) -> Vec<ObjectId> {
    let models = state.model_registry.models.iter();
    models.filter(|(_, model)| model.owner() == address).map(|(id, _)| *id).collect()
}
