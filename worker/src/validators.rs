//! Validators: who they are, and what the account of one can do.

use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::review::{self, Purpose};
use bridge::protocol::Reply;
use bridge::validators::ValidatorAct;
use bridge::wallet::SendAmount;
use std::rc::Rc;
use wasm_core::intent::{Amount, Intent, StakeWithValidator};
use wasm_core::network::ValidatorsTable;
use wasm_core::ports::Chain as _;
use wasm_core::validator_info::ValidatorInfo;

/// All validators, those to come, and those that left.
pub(crate) async fn table(context: &Rc<Context>) -> Result<ValidatorsTable, Refusal> {
    context.following.facts()?;
    let state = context.following.node().system_state().await?;
    Ok(ValidatorsTable::of(state.as_v1()))
}

/// Prepares an act for review.
pub(crate) async fn prepare(context: &Rc<Context>, act: ValidatorAct) -> Result<Reply, Refusal> {
    let intent = match act {
        ValidatorAct::SetCommission(commission_bps) => {
            Intent::SetValidatorCommission { commission_bps }
        }
        ValidatorAct::Update(update) => Intent::UpdateValidator(update),
        ValidatorAct::Report(reportee) => Intent::ReportValidator(reportee),
        ValidatorAct::UndoReport(reportee) => Intent::UndoReportValidator(reportee),
        ValidatorAct::ReportSubmission(target) => Intent::ReportSubmission(target),
        ValidatorAct::UndoReportSubmission(target) => Intent::UndoReportSubmission(target),
        ValidatorAct::Join { info } => {
            let info = ValidatorInfo::parse(&info).map_err(|error| {
                Refusal::new(
                    "validator/info",
                    sentence(&error),
                    "Choose the file that the node's own tool wrote.",
                )
            })?;
            Intent::AddValidator(Box::new(info))
        }
        ValidatorAct::Stake { validator, amount } => {
            let amount = match amount {
                SendAmount::Exact(amount) => Amount::Exact(amount),
                SendAmount::Max => Amount::Max,
            };
            Intent::StakeWithValidator(StakeWithValidator { validator, amount })
        }
        ValidatorAct::Leave => Intent::RemoveValidator,
    };
    review::prepare(context, &intent, Purpose::Send).await
}
