//! What the account of a validator can do as one.

use serde::{Deserialize, Serialize};
use wasm_core::address::Address;
use wasm_core::intent::UpdateValidator;

/// An act of a validator, or of one to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValidatorAct {
    /// Set the commission from the next epoch on; basis points.
    SetCommission(u64),
    /// Change addresses or keys from the next epoch on.
    Update(Box<UpdateValidator>),
    /// Report another validator.
    Report(Address),
    /// Take that report back.
    UndoReport(Address),
    /// Join, with what the node's own tool wrote into its `validator.info`.
    Join {
        /// Contents of the file.
        info: String,
    },
    /// Leave with the end of this epoch.
    Leave,
}
