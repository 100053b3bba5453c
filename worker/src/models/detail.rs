//! All of one model, and what it was in past epochs.

use super::list::rows;
use super::own::Own;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::targets::numbers;
use bridge::models::{ModelDetail, OwnStake, PastModel, PoolPoint, PoolView, WeightsPlace, Win};
use std::cmp::Reverse;
use std::rc::Rc;
use wasm_core::address::{Address, ModelId};
use wasm_core::amount::Shannons;
use wasm_core::intent::active_validator;
use wasm_core::listing::{ListedTarget, StatusFilter, TargetFilter};
use wasm_core::manifest::Manifest;
use wasm_core::object::{Object, ObjectType};
use wasm_core::ports::Chain as _;
use wasm_core::preview::Withdrawal;
use wasm_core::system_state::{Model, StakingPool};

/// The most epochs that are looked back at once.
const EPOCHS: u64 = 100;

/// All of one model.
pub(super) async fn one(context: &Rc<Context>, id: ModelId) -> Result<ModelDetail, Refusal> {
    let own = Own::look(context).await?;
    let account = context.account()?;
    let node = context.following.node();
    let state = node.system_state().await?;
    let state = state.as_v1();
    let registry = &state.model_registry;
    let (Some(model), Some(row)) =
        (registry.models.get(&id), rows(registry, &own).into_iter().find(|row| row.id == id))
    else {
        return Err(Refusal::new(
            "models/unknown",
            format!("There is no model {id} on this network."),
            "Check the id, and whether the right network is chosen.",
        ));
    };
    let stakes = node.owned(account, Some(ObjectType::StakedSoma)).await?;
    let filled = TargetFilter { status: Some(StatusFilter::Filled), ..TargetFilter::default() };
    let filled = node.targets_without_embeddings(&filled).await?;
    let reporters = registry.model_report_records.get(&id);
    Ok(ModelDetail {
        architecture_version: model.architecture_version(),
        weights: model.manifest().map(place),
        key: model.decryption_key().map(|key| key.expose_base58().to_string()),
        embedding: model.embedding().map(numbers).unwrap_or_default(),
        update: model
            .pending_update()
            .map(|update| (place(&update.manifest), update.commit_epoch.saturating_add(1))),
        pool: pool(model.staking_pool()),
        own_stakes: own_stakes(&stakes, model, state.epoch),
        reporters: reporters.map(|them| them.iter().copied().collect()).unwrap_or_default(),
        deadline: model.deadline(id, state.epoch, &state.parameters),
        coming: model.coming(),
        wins: wins(&filled, id),
        is_mine: row.owner == account,
        is_validator: is_validator(account, state),
        account,
        row,
    })
}

fn is_validator(account: Address, state: &wasm_core::system_state::SystemStateV1) -> bool {
    active_validator(account, state).is_some()
}

fn place(manifest: &Manifest) -> WeightsPlace {
    WeightsPlace {
        url: manifest.url().to_string(),
        size: manifest.size(),
        checksum: manifest.checksum(),
    }
}

fn pool(pool: &StakingPool) -> PoolView {
    let point = |(epoch, rate): (&u64, &wasm_core::system_state::PoolTokenExchangeRate)| {
        let balance = Shannons(rate.soma_amount);
        PoolPoint { epoch: *epoch, balance, shares: rate.pool_token_amount }
    };
    PoolView {
        id: pool.id,
        active_since: pool.activation_epoch,
        ended: pool.deactivation_epoch,
        balance: Shannons(pool.soma_balance),
        shares: pool.pool_token_balance,
        joining: Shannons(pool.pending_stake),
        leaving: Shannons(pool.pending_total_soma_withdraw),
        history: pool.exchange_rates.iter().map(point).collect(),
    }
}

fn own_stakes(objects: &[Object], model: &Model, epoch: u64) -> Vec<OwnStake> {
    let pool = model.staking_pool();
    let stake = |object: &Object| {
        let id = object.id().ok()?;
        let stake = object.staked_soma().ok().filter(|stake| stake.pool_id == pool.id)?;
        Some(OwnStake {
            id,
            principal: Shannons(stake.principal),
            value: Shannons(Withdrawal::of(&stake, pool, epoch).total()),
            counts_from: stake.stake_activation_epoch,
        })
    };
    let mut stakes: Vec<OwnStake> = objects.iter().filter_map(stake).collect();
    stakes.sort_by_key(|stake| (Reverse(stake.principal), stake.id));
    stakes
}

fn wins(filled: &[ListedTarget], id: ModelId) -> Vec<Win> {
    let won = |target: &ListedTarget| {
        (target.winning_model_id == Some(id)).then(|| Win {
            target: target.id,
            epoch: target.fill_epoch.unwrap_or(target.generation_epoch),
            reward: Shannons(target.reward_pool),
            submitter: target.submitter,
        })
    };
    let mut wins: Vec<Win> = filled.iter().filter_map(won).collect();
    wins.sort_by_key(|win| (Reverse(win.epoch), win.target));
    wins
}

/// What one model was when past epochs began, newest first; the node may not know old ones any more.
pub(super) async fn past(
    context: &Rc<Context>,
    id: ModelId,
    epochs: u64,
) -> Result<Vec<PastModel>, Refusal> {
    let own = Own::look(context).await?;
    let node = context.following.node();
    let now = context.following.facts()?.epoch;
    let mut past = Vec::new();
    for back in 1..=epochs.min(EPOCHS).min(now) {
        let epoch = now - back;
        let Some(registry) = node.model_registry_of(epoch).await? else { break };
        let row = rows(&registry, &own).into_iter().find(|row| row.id == id);
        past.push(PastModel { epoch, row });
    }
    Ok(past)
}
