//! A stake of one's own: what it is worth now, and what withdrawing it would pay, to the shannon.

use super::holders::{StakeHolder, holder_of};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::intent::{staking_pool, withdraw_stake};
use crate::object::{Object, ObjectError, ObjectRef, StakedSoma};
use crate::preview::{CurrentObjects, Preview, Withdrawal};
use crate::system_state::SystemStateV1;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A stake of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakedCoin {
    /// The object that stands for it.
    pub reference: ObjectRef,
    /// The pool that it is in.
    pub pool: ObjectId,
    /// Whose pool that is, where anybody's is known.
    pub holder: Option<StakeHolder>,
    /// What was put in.
    pub principal: Shannons,
    /// From which epoch on it counts.
    pub counts_from: u64,
    /// What its shares are worth by the rate of this epoch; more or less than what is paid where the
    /// pool's rewards do not reach, or the pool was slashed. None where the pool is not known.
    pub worth: Option<Shannons>,
    /// What withdrawing it now pays, or why it cannot be.
    pub offer: Result<WithdrawalOffer, String>,
}

/// What withdrawing a stake pays now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalOffer {
    /// All of it, in a coin of its own.
    pub pays: Shannons,
    /// What of it was earned.
    pub reward: Shannons,
    /// The transaction's fee, which other coins pay.
    pub fee: Shannons,
}

impl StakedCoin {
    /// What there is to say of a stake in the epoch of a system state.
    ///
    /// # Errors
    /// Where the object is no stake.
    pub fn of(
        object: &Object,
        account: Address,
        state: &SystemStateV1,
        promised: &BTreeSet<ObjectId>,
    ) -> Result<Self, ObjectError> {
        let (reference, stake) = (object.reference()?, object.staked_soma()?);
        let pool = staking_pool(stake.pool_id, state);
        let worth = pool.map(|pool| Shannons(Withdrawal::worth(&stake, pool, state.epoch)));
        let offer = if promised.contains(&reference.id) {
            Err("a transaction that uses it is on its way".to_owned())
        } else {
            offer(object, reference.id, &stake, account, state)
        };
        Ok(Self {
            reference,
            pool: stake.pool_id,
            holder: holder_of(stake.pool_id, state),
            principal: Shannons(stake.principal),
            counts_from: stake.stake_activation_epoch,
            worth,
            offer,
        })
    }
}

/// The very transaction that would withdraw it, acted out.
fn offer(
    object: &Object,
    id: ObjectId,
    stake: &StakedSoma,
    account: Address,
    state: &SystemStateV1,
) -> Result<WithdrawalOffer, String> {
    let objects = BTreeMap::from([(id, object.clone())]);
    let (kind, _) =
        withdraw_stake(id, account, state, &objects).map_err(|error| error.to_string())?;
    let mut current = CurrentObjects::new(state);
    current.put(object).map_err(|error| error.to_string())?;
    let fee = Preview::fee_of(&kind, account, &current).map_err(|error| error.to_string())?;
    let withdrawal = Withdrawal::now(stake, state)
        .ok_or_else(|| "nobody on this network has the pool of this stake".to_owned())?;
    Ok(WithdrawalOffer {
        pays: Shannons(withdrawal.total()),
        reward: Shannons(withdrawal.reward),
        fee: Shannons(fee.total_fee),
    })
}
