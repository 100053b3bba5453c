//! Stakes as a person compares and keeps them: where stake can go, what one's own stakes are worth, and
//! what withdrawing each would pay.

mod holders;
mod listing;
mod own;
mod warnings;

pub use holders::{Growth, PlaceStanding, StakeHolder, StakePlace};
pub use listing::{PlaceFilter, PlaceOrder, listed};
pub use own::{StakedCoin, WithdrawalOffer};
pub use warnings::StakeWarning;
pub(crate) use warnings::of_holder;

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins;
use crate::fees::FeeParameters;
use crate::object::{Object, ObjectError};
use crate::ports::Coin;
use crate::system_state::SystemStateV1;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where stake can go, and what an account has staked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stakes {
    /// The current epoch.
    pub epoch: u64,
    /// Whose stakes.
    pub account: Address,
    /// Validators and models: those that take stake first, then by what is in their pools.
    pub places: Vec<StakePlace>,
    /// The account's stakes, the largest first.
    pub own: Vec<StakedCoin>,
    /// What the account's coins hold.
    pub unstaked: Shannons,
    /// The most that can be staked in one transaction, its fee left aside.
    pub stakeable: Shannons,
    /// What transactions cost in this epoch.
    pub fees: FeeParameters,
}

impl Stakes {
    /// What a system state and an account's objects say of stakes. What is `promised` to transactions on
    /// their way is no longer at hand.
    ///
    /// # Errors
    /// Where an object is no stake.
    pub fn of(
        state: &SystemStateV1,
        account: Address,
        coins: &[Coin],
        stakes: &[Object],
        promised: &BTreeSet<ObjectId>,
    ) -> Result<Self, ObjectError> {
        let fees = FeeParameters::from(&state.parameters);
        let own: Result<Vec<_>, _> =
            stakes.iter().map(|stake| StakedCoin::of(stake, account, state, promised)).collect();
        let mut own = own?;
        own.sort_by_key(|stake| (std::cmp::Reverse(stake.principal), stake.reference.id));
        Ok(Self {
            epoch: state.epoch,
            account,
            places: holders::all(state),
            own,
            unstaked: Shannons(
                coins.iter().fold(0, |sum: u64, coin| sum.saturating_add(coin.balance)),
            ),
            stakeable: coins::stakeable(coins, promised, &fees),
            fees,
        })
    }

    /// The place of a pool.
    #[must_use]
    pub fn place_of(&self, pool: ObjectId) -> Option<&StakePlace> {
        self.places.iter().find(|place| place.pool == pool)
    }

    /// All that was put in.
    #[must_use]
    pub fn principal(&self) -> Shannons {
        sum(self.own.iter().map(|stake| stake.principal))
    }

    /// All that withdrawing everything now would pay, fees not taken off.
    #[must_use]
    pub fn pays(&self) -> Shannons {
        let paid = self.own.iter().filter_map(|stake| stake.offer.as_ref().ok());
        sum(paid.map(|offer| offer.pays))
    }

    /// All that the stakes earned so far.
    #[must_use]
    pub fn reward(&self) -> Shannons {
        let paid = self.own.iter().filter_map(|stake| stake.offer.as_ref().ok());
        sum(paid.map(|offer| offer.reward))
    }
}

fn sum(amounts: impl Iterator<Item = Shannons>) -> Shannons {
    Shannons(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
}

#[cfg(test)]
mod tests;
