//! To stake with a validator or a model, and to take a stake back.

use super::coins::{Amount, ObjectsError, owned};
use crate::address::{Address, ModelId, ObjectId};
use crate::amount::{AmountParseError, Shannons};
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

/// Why a text is no amount to stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StakeAmountError {
    /// It is no amount.
    #[error(transparent)]
    Amount(#[from] AmountParseError),
    /// Nothing would be staked.
    #[error("an amount is more than zero")]
    Nothing,
    /// More than can be staked.
    #[error("at most {stakeable} SOMA can be staked, which leaves the fee")]
    TooMuch {
        /// The most that can be staked in one transaction.
        stakeable: Shannons,
    },
    /// There is nothing to stake.
    #[error("this account has nothing that could be staked")]
    Empty,
}

/// Reads an amount to stake: more than nothing, and not more than `stakeable`.
///
/// # Errors
/// Where it is no such amount.
pub fn parse_stake_amount(text: &str, stakeable: Shannons) -> Result<Shannons, StakeAmountError> {
    match text.parse::<Shannons>()? {
        Shannons::ZERO => Err(StakeAmountError::Nothing),
        _ if stakeable == Shannons::ZERO => Err(StakeAmountError::Empty),
        amount if amount > stakeable => Err(StakeAmountError::TooMuch { stakeable }),
        amount => Ok(amount),
    }
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

#[cfg(test)]
mod tests {
    use super::{
        Amount, StakeAmountError, StakeWithModel, StakingError, parse_stake_amount, withdraw_stake,
    };
    use crate::address::{Address, ObjectId};
    use crate::amount::{AmountParseError, Shannons};
    use crate::digest::TransactionDigest;
    use crate::object::{Object, ObjectRef, ObjectType, Owner, StakedSoma};
    use crate::recorded;
    use crate::system_state::{CreatedModel, Model, ModelStateV1, SystemStateV1};
    use crate::tx::TransactionKind;
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const MODEL: ObjectId = ObjectId([9; 32]);
    const STAKE: ObjectId = ObjectId([8; 32]);

    /// A network with a model that waits for its commit, and its pool.
    fn with_model() -> (SystemStateV1, ObjectId) {
        let mut state = recorded::system_state();
        let mut staking_pool = state.validators.validators[0].staking_pool.clone();
        staking_pool.id = ObjectId([7; 32]);
        staking_pool.activation_epoch = None;
        staking_pool.pending_stake = 0;
        let pool = staking_pool.id;
        let model = CreatedModel {
            owner: ME,
            architecture_version: 1,
            staking_pool,
            commission_rate: 0,
            next_epoch_commission_rate: 0,
            create_epoch: state.epoch,
        };
        let registry = &mut state.model_registry;
        registry.models.insert(MODEL, Model::V1(ModelStateV1::Created(model)));
        registry.staking_pool_mappings.insert(pool, MODEL);
        (state, pool)
    }

    fn stake(pool_id: ObjectId, stake_activation_epoch: u64) -> BTreeMap<ObjectId, Object> {
        let stake = StakedSoma { pool_id, stake_activation_epoch, principal: 5 };
        let payload = bcs::to_bytes(&stake).unwrap();
        let owner = Owner::AddressOwner(ME);
        let writer = TransactionDigest([1; 32]);
        let object = Object::new(STAKE, 3, ObjectType::StakedSoma, &payload, owner, writer);
        BTreeMap::from([(STAKE, object)])
    }

    #[test]
    fn an_amount_to_stake_is_exact_and_leaves_the_fee() {
        let stakeable = Shannons(5_000_000_000);
        assert_eq!(parse_stake_amount(" 5 ", stakeable), Ok(stakeable));
        let more = parse_stake_amount("5.000000001", stakeable);
        assert_eq!(more, Err(StakeAmountError::TooMuch { stakeable }));
        assert_eq!(parse_stake_amount("0", stakeable), Err(StakeAmountError::Nothing));
        assert_eq!(parse_stake_amount("1", Shannons::ZERO), Err(StakeAmountError::Empty));
        let empty = StakeAmountError::Amount(AmountParseError::Empty);
        assert_eq!(parse_stake_amount(" ", stakeable), Err(empty));
    }

    #[test]
    fn a_stake_that_the_chain_could_not_count_back_waits_until_it_can() {
        let (mut state, pool) = with_model();
        let next = state.epoch + 1;
        let objects = stake(pool, next);
        let of = |state: &SystemStateV1| withdraw_stake(STAKE, ME, state, &objects).map(|it| it.1);
        assert_eq!(of(&state), Err(StakingError::TooEarly { from: next }));
        state.epoch = next;
        assert_eq!(of(&state).unwrap().principal, 5);
    }

    #[test]
    fn a_pool_that_nobody_has_is_told() {
        let state = recorded::system_state();
        let nobody = ObjectId([66; 32]);
        let withdrawn = withdraw_stake(STAKE, ME, &state, &stake(nobody, 0));
        assert_eq!(withdrawn, Err(StakingError::NoPool(nobody)));
    }

    #[test]
    fn a_model_that_missed_its_deadline_takes_no_stake() {
        let (mut state, _) = with_model();
        let stake = StakeWithModel { model: MODEL, amount: Amount::Max };
        assert_eq!(stake.check(&state), Ok(()));
        if let Some(Model::V1(ModelStateV1::Created(model))) =
            state.model_registry.models.get_mut(&MODEL)
        {
            model.staking_pool.deactivation_epoch = Some(0);
        }
        assert_eq!(stake.check(&state), Err(StakingError::LapsedModel(MODEL)));
    }

    #[test]
    fn a_stake_with_a_model_always_names_its_amount() {
        let digest = crate::digest::ObjectDigest([1; 32]);
        let coin = ObjectRef { id: STAKE, version: 1, digest };
        let kind = StakeWithModel { model: MODEL, amount: Amount::Max }.kind(coin, 7);
        let TransactionKind::AddStakeToModel { amount, .. } = kind else { panic!("another kind") };
        assert_eq!(amount, Some(7));
    }
}
