//! What the account of a validator can do as one.

use crate::wallet::SendAmount;
use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, TargetId};
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
    /// Report the data that filled a target, in the epoch after that.
    ReportSubmission(TargetId),
    /// Take that report back, in the same epoch.
    UndoReportSubmission(TargetId),
    /// Join, with what the node's own tool wrote into its `validator.info`.
    Join {
        /// Contents of the file.
        info: String,
    },
    /// Stake with a validator, or with one that is about to join.
    Stake {
        /// Which.
        validator: Address,
        /// How much.
        amount: SendAmount,
    },
    /// Leave with the end of this epoch.
    Leave,
}
