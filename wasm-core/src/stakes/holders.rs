//! Validators and models in one list, as places where stake can go.

use super::warnings::{self, StakeWarning};
use crate::address::{Address, ModelId, ObjectId};
use crate::amount::Shannons;
use crate::intent::{Amount, StakeWithModel, StakeWithValidator};
use crate::network::{PoolRate, rates_of};
use crate::system_state::{Model, ModelStateV1, StakingPool, SystemStateV1, Validator};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The newest rates that a growth is told over.
const GROWTH_RATES: usize = 31;

/// Whose pool a stake is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StakeHolder {
    /// A validator's, by its address.
    Validator(Address),
    /// A model's.
    Model(ModelId),
}

/// How far a validator or model has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PlaceStanding {
    /// It works.
    Active,
    /// A validator that leaves when this epoch ends.
    Leaving,
    /// A validator to be, if it has the stake.
    Joining,
    /// A model that promised weights, to be revealed in one epoch only.
    Committed {
        /// That epoch.
        reveal_in: u64,
    },
    /// A model of which nothing was promised yet.
    Created {
        /// The last epoch in which a promise costs nothing.
        commit_by: u64,
    },
    /// Out of service for good; stakes can be withdrawn.
    Ended,
}

/// How a share's worth changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Growth {
    /// Of the worth at the beginning, in millionths; less than zero after a slash.
    pub millionths: i64,
    /// Over so many epochs.
    pub epochs: u64,
}

/// A place where stake can go, or lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakePlace {
    /// Whose it is.
    pub holder: StakeHolder,
    /// Who takes the commission.
    pub owner: Address,
    /// What stakes know the pool by.
    pub pool: ObjectId,
    /// How far it has come.
    pub standing: PlaceStanding,
    /// In the pool, rewards included.
    pub stake: Shannons,
    /// What joins the pool with the next epoch.
    pub joining: Shannons,
    /// What leaves the pool with the next epoch.
    pub leaving: Shannons,
    /// The owner's share of the pool's rewards, basis points.
    pub commission_bps: u64,
    /// The same from the next epoch on.
    pub next_commission_bps: u64,
    /// What a share was worth, by epoch, oldest first; the newest ones.
    pub rates: Vec<PoolRate>,
    /// What to know before staking, gravest first.
    pub warnings: Vec<StakeWarning>,
    /// Why it takes no stake; none where it does.
    pub refuses: Option<String>,
}

impl StakePlace {
    /// How the worth of a share changed over the newest epochs; none before there are two rates.
    #[must_use]
    pub fn growth(&self) -> Option<Growth> {
        let newest = self.rates.get(self.rates.len().saturating_sub(GROWTH_RATES)..)?;
        let (first, last) = (newest.first()?, newest.last()?);
        let epochs = last.epoch.checked_sub(first.epoch).filter(|epochs| *epochs > 0)?;
        let (then, now) = (i128::try_from(first.worth_nano()), i128::try_from(last.worth_nano()));
        let (then, now) = (then.ok()?, now.ok()?);
        let change = (now - then).checked_mul(1_000_000)?.checked_div(then)?;
        Some(Growth { millionths: i64::try_from(change).ok()?, epochs })
    }
}

/// Every place: those that take stake first, then by what is in the pool.
pub(super) fn all(state: &SystemStateV1) -> Vec<StakePlace> {
    let set = &state.validators;
    let leaving: BTreeSet<u64> = set.pending_removals.iter().copied().collect();
    let active = (0_u64..).zip(&set.validators).map(|(at, validator)| {
        let leaves = leaving.contains(&at);
        (validator, if leaves { PlaceStanding::Leaving } else { PlaceStanding::Active })
    });
    let joining = set.pending_validators.iter().map(|one| (one, PlaceStanding::Joining));
    let ended = set.inactive_validators.values().map(|one| (one, PlaceStanding::Ended));
    let validators = active.chain(joining).chain(ended);
    let mut places: Vec<_> =
        validators.map(|(validator, standing)| of_validator(validator, standing, state)).collect();
    let models = &state.model_registry.models;
    places.extend(models.iter().map(|(id, model)| of_model(*id, model, state)));
    places.sort_by_key(|place| {
        (
            place.standing == PlaceStanding::Ended,
            place.refuses.is_some(),
            Reverse(place.stake),
            place.pool,
        )
    });
    places
}

fn of_validator(
    validator: &Validator,
    standing: PlaceStanding,
    state: &SystemStateV1,
) -> StakePlace {
    let (address, pool) = (validator.metadata.soma_address, &validator.staking_pool);
    let ended = standing == PlaceStanding::Ended;
    // One that left and joins again has two pools, and only the new one takes stake.
    let check = StakeWithValidator { validator: address, amount: Amount::Max }.check(state);
    let refuses = match check {
        _ if ended => Some("this validator left; nothing can be staked with it".to_owned()),
        check => check.err().map(|error| error.to_string()),
    };
    StakePlace {
        holder: StakeHolder::Validator(address),
        owner: address,
        standing,
        commission_bps: validator.commission_rate,
        next_commission_bps: validator.next_epoch_commission_rate,
        warnings: warnings::of_validator(validator, standing, state),
        refuses,
        ..of_pool(pool)
    }
}

fn of_model(id: ModelId, model: &Model, state: &SystemStateV1) -> StakePlace {
    let check = StakeWithModel { model: id, amount: Amount::Max }.check(state);
    StakePlace {
        holder: StakeHolder::Model(id),
        owner: model.owner(),
        standing: standing(model),
        commission_bps: model.commission_rate(),
        next_commission_bps: model.next_epoch_commission_rate(),
        warnings: warnings::of_model(id, model, state),
        refuses: check.err().map(|error| error.to_string()),
        ..of_pool(model.staking_pool())
    }
}

/// What a pool says of its place; the rest is filled in by whoever has the pool.
fn of_pool(pool: &StakingPool) -> StakePlace {
    StakePlace {
        holder: StakeHolder::Model(pool.id),
        owner: Address::ZERO,
        pool: pool.id,
        standing: PlaceStanding::Active,
        stake: Shannons(pool.soma_balance),
        joining: Shannons(pool.pending_stake),
        leaving: Shannons(pool.pending_total_soma_withdraw),
        commission_bps: 0,
        next_commission_bps: 0,
        rates: rates_of(pool),
        warnings: Vec::new(),
        refuses: None,
    }
}

const fn standing(model: &Model) -> PlaceStanding {
    match model.state() {
        ModelStateV1::Created(model) => {
            PlaceStanding::Created { commit_by: model.create_epoch.saturating_add(1) }
        }
        ModelStateV1::Pending(model) => {
            PlaceStanding::Committed { reveal_in: model.commit_epoch.saturating_add(1) }
        }
        ModelStateV1::Active(_) => PlaceStanding::Active,
        ModelStateV1::Inactive(_) => PlaceStanding::Ended,
    }
}

/// Whose a pool is: of a validator of any standing, else of a model.
pub(super) fn holder_of(pool: ObjectId, state: &SystemStateV1) -> Option<StakeHolder> {
    let set = &state.validators;
    let mut validators = set
        .validators
        .iter()
        .chain(&set.pending_validators)
        .chain(set.inactive_validators.values());
    let of_validator = validators
        .find(|validator| validator.staking_pool.id == pool)
        .map(|validator| StakeHolder::Validator(validator.metadata.soma_address));
    of_validator.or_else(|| {
        let model = state.model_registry.staking_pool_mappings.get(&pool)?;
        Some(StakeHolder::Model(*model))
    })
}
