//! Every shannon there is, and where it lies.
//!
//! The supply is fixed at genesis. Three rules of the reference change it all the same (it lists them
//! nowhere; they follow from its arithmetic), and execution tells each time by how much:
//!
//! - a slash takes shannons from a model's pool and gives them to nobody;
//! - a pool that was slashed still pays every principal whole: what it lacks comes from nowhere;
//! - where a quorum has reported a submission, the claimer's share is paid beside the whole reward's
//!   return to the emission pool.
//!
//! Anything else that changes the sum is a defect.

use crate::genesis::TOTAL_SUPPLY;
use crate::ledger::Ledger;
use std::fmt;
use std::ops::AddAssign;
use wasm_core::object::ObjectType;
use wasm_core::system_state::{StakingPool, SystemStateV1};

/// Shannons that came from nowhere and went there, by the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SupplyChange {
    /// Paid without having been anywhere.
    pub minted: u64,
    /// Taken and given to nobody.
    pub burned: u64,
}

impl AddAssign for SupplyChange {
    fn add_assign(&mut self, other: Self) {
        self.minted = self.minted.saturating_add(other.minted);
        self.burned = self.burned.saturating_add(other.burned);
    }
}

/// Where all shannons lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// In coins.
    pub coins: i128,
    /// In the pools of validators and models, with their rewards and pending stakes, less what was
    /// paid and not yet taken out. A slashed pool may have paid more than it has.
    pub pools: i128,
    /// Rewards set aside for targets.
    pub rewards: i128,
    /// Bonds of submissions.
    pub bonds: i128,
    /// In the emission pool.
    pub emission: i128,
    /// Fees of this epoch, due to be shared at its end.
    pub fees: i128,
    /// Fees and emissions that wait for the end of safe mode.
    pub safe_mode: i128,
}

impl Supply {
    /// All of it.
    #[must_use]
    pub const fn total(&self) -> i128 {
        self.coins
            + self.pools
            + self.rewards
            + self.bonds
            + self.emission
            + self.fees
            + self.safe_mode
    }
}

/// Shannons that appeared or vanished against the rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Discrepancy {
    /// What there should be.
    pub expected: i128,
    /// What there is.
    pub found: Box<Supply>,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, total) = (self.expected, self.found.total());
        write!(f, "there are {total} shannons where there should be {expected}: {:?}", self.found)
    }
}

fn pools(state: &SystemStateV1) -> impl Iterator<Item = &StakingPool> {
    let set = &state.validators;
    let validators = set.validators.iter().chain(&set.pending_validators);
    validators
        .chain(set.inactive_validators.values())
        .map(|validator| &validator.staking_pool)
        .chain(state.model_registry.models.values().map(|model| model.staking_pool()))
}

impl Ledger {
    /// Counts every shannon.
    #[must_use]
    pub fn supply(&self) -> Supply {
        let state = self.system_state();
        let mut supply = Supply {
            emission: state.emission_pool.balance.into(),
            fees: self.epoch_fees().total_fee.into(),
            safe_mode: i128::from(state.safe_mode_accumulated_fees)
                + i128::from(state.safe_mode_accumulated_emissions),
            ..Supply::default()
        };
        for pool in pools(state) {
            supply.pools += i128::from(pool.soma_balance) + i128::from(pool.pending_stake)
                - i128::from(pool.pending_total_soma_withdraw);
        }
        for object in self.objects() {
            match object.data.object_type {
                ObjectType::Coin => {
                    supply.coins += object.coin_balance().map_or(0, i128::from);
                }
                ObjectType::Target => {
                    if let Ok(target) = object.target() {
                        supply.rewards += i128::from(target.reward_pool);
                        supply.bonds += i128::from(target.bond_amount);
                    }
                }
                ObjectType::StakedSoma | ObjectType::SystemState => {}
            }
        }
        supply
    }

    /// Checks that there is what there was at the start, but for what the rules mint and burn.
    ///
    /// # Errors
    /// Where there is more or less.
    pub fn audit(&self) -> Result<Supply, Discrepancy> {
        let change = self.supply_change();
        let expected =
            i128::from(TOTAL_SUPPLY) + i128::from(change.minted) - i128::from(change.burned);
        let found = self.supply();
        if found.total() == expected {
            Ok(found)
        } else {
            Err(Discrepancy { expected, found: Box::new(found) })
        }
    }
}
