//! Staking as a page asks for it: where stake can go, the account's stakes, and the two acts.

use crate::wallet::SendAmount;
use serde::{Deserialize, Serialize};
use wasm_core::address::ObjectId;

pub use wasm_core::stakes::{
    Growth, PlaceStanding, StakeHolder, StakePlace, StakeWarning, StakedCoin, Stakes,
    WithdrawalOffer,
};

/// An act with stakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StakeAct {
    /// Stake with a validator or a model.
    Stake {
        /// With whom.
        holder: StakeHolder,
        /// How much.
        amount: SendAmount,
    },
    /// Take a stake back, with what it earned.
    Withdraw(ObjectId),
}
