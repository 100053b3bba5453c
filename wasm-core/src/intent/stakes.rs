//! To stake with a validator or a model, and to take a stake back.

use super::coins::{Amount, ObjectsError, owned};
use crate::address::{Address, ModelId, ObjectId};
use crate::object::{Object, ObjectRef, ObjectType, StakedSoma};
use crate::system_state::{ModelStateV1, StakingPool, SystemStateV1};
use crate::tx::TransactionKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// To stake with a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeWithValidator {
    /// Which one.
    pub validator: Address,
    /// How much.
    pub amount: Amount,
}

/// To stake with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeWithModel {
    /// Which one.
    pub model: ModelId,
    /// How much.
    pub amount: Amount,
}

/// Why a stake cannot be made or taken back now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakingError {
    /// There is no such validator.
    #[error("{0} is neither a validator nor about to become one")]
    NoSuchValidator(Address),
    /// There is no such model.
    #[error("there is no model {0} on this network")]
    NoSuchModel(ModelId),
    /// The model is out of service.
    #[error("model {0} is out of service for good")]
    InactiveModel(ModelId),
    /// The model was never committed in time.
    #[error("model {0} missed its deadline, and takes no stakes unless it is committed")]
    LapsedModel(ModelId),
    /// The object is not there, or somebody else's.
    #[error(transparent)]
    Object(#[from] ObjectsError),
    /// The object is no stake.
    #[error("object {0} is not a stake")]
    NotAStake(ObjectId),
    /// The pool of the stake is unknown.
    #[error("nobody on this network has the pool {0} of this stake")]
    NoPool(ObjectId),
    /// The chain would count wrongly.
    #[error(
        "this stake counts from epoch {from} on, and its pool is not active yet; it can be taken back \
         from that epoch on"
    )]
    TooEarly {
        /// The epoch.
        from: u64,
    },
}

impl StakeWithValidator {
    /// Whether the validator takes stakes: it is one, or is about to become one.
    ///
    /// # Errors
    /// Where it is not.
    pub fn check(&self, state: &SystemStateV1) -> Result<(), StakingError> {
        let set = &state.validators;
        let mut known = set.validators.iter().chain(&set.pending_validators);
        if known.any(|known| known.metadata.soma_address == self.validator) {
            Ok(())
        } else {
            Err(StakingError::NoSuchValidator(self.validator))
        }
    }

    /// The transaction, paid from a coin that is also the one that pays the fee.
    #[must_use]
    pub const fn kind(&self, coin_ref: ObjectRef, amount: u64) -> TransactionKind {
        TransactionKind::AddStake { address: self.validator, coin_ref, amount: Some(amount) }
    }
}

impl StakeWithModel {
    /// Whether the model takes stakes.
    ///
    /// # Errors
    /// Where it does not.
    pub fn check(&self, state: &SystemStateV1) -> Result<(), StakingError> {
        let model = state.model_registry.models.get(&self.model);
        let model = model.ok_or(StakingError::NoSuchModel(self.model))?;
        match model.state() {
            ModelStateV1::Inactive(_) => Err(StakingError::InactiveModel(self.model)),
            // Nodes stop at a stake for a pool that ended while its model waits for a commit.
            _ if model.staking_pool().deactivation_epoch.is_some() => {
                Err(StakingError::LapsedModel(self.model))
            }
            _ => Ok(()),
        }
    }

    /// The transaction, paid from a coin that is also the one that pays the fee.
    ///
    /// The amount is always named: without one the chain makes the stake and takes no money.
    #[must_use]
    pub const fn kind(&self, coin_ref: ObjectRef, amount: u64) -> TransactionKind {
        let amount = Some(amount);
        TransactionKind::AddStakeToModel { model_id: self.model, coin_ref, amount }
    }
}

/// The pool of this id: of a validator of any standing, else of a model.
#[must_use]
pub fn staking_pool(id: ObjectId, state: &SystemStateV1) -> Option<&StakingPool> {
    let set = &state.validators;
    let validators = set.validators.iter().chain(&set.pending_validators);
    let mut of_validators = validators.chain(set.inactive_validators.values());
    let registry = &state.model_registry;
    let of_model = || {
        let model = registry.models.get(registry.staking_pool_mappings.get(&id)?)?;
        Some(model.staking_pool())
    };
    let of_validator = of_validators.find(|validator| validator.staking_pool.id == id);
    of_validator.map(|validator| &validator.staking_pool).or_else(of_model)
}

/// Takes a stake back, with what it earned: the transaction, and the stake.
///
/// # Errors
/// Where there is no such stake of the sender, or it cannot be taken back now.
pub fn withdraw_stake(
    id: ObjectId,
    sender: Address,
    state: &SystemStateV1,
    objects: &BTreeMap<ObjectId, Object>,
) -> Result<(TransactionKind, StakedSoma), StakingError> {
    let (object, staked_soma) = owned(id, sender, objects)?;
    if object.data.object_type != ObjectType::StakedSoma {
        return Err(StakingError::NotAStake(id));
    }
    let stake = object.staked_soma().map_err(|_| StakingError::NotAStake(id))?;
    let pool = staking_pool(stake.pool_id, state).ok_or(StakingError::NoPool(stake.pool_id))?;
    // Such a stake is not among those that wait, from which the chain would subtract it.
    if stake.stake_activation_epoch > state.epoch && pool.pending_stake < stake.principal {
        return Err(StakingError::TooEarly { from: stake.stake_activation_epoch });
    }
    Ok((TransactionKind::WithdrawStake { staked_soma }, stake))
}
