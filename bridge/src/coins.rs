//! Coins and other objects as a page asks for them: what there is, and what can be done with several at
//! once.

use serde::{Deserialize, Serialize};
use wasm_core::intent::{PayMany, TransferObjects};

pub use wasm_core::holdings::{Held, HeldObject, Holdings, MergeOffer};

/// An act with several coins or objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CoinsAct {
    /// Join coins, as many as one transaction takes, into one.
    Merge,
    /// Pay several people at once.
    PayMany(PayMany),
    /// Give whole coins and stakes away.
    Transfer(TransferObjects),
}
