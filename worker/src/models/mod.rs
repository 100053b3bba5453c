//! Models of the chosen network, and this wallet's own: what the chain says of them, what must be done
//! with them when, and the transactions that a page asks for.

mod calendar;
mod check;
mod detail;
mod list;
mod own;
mod standings;
mod vault;

pub(crate) use check::must_pass;

use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use bridge::late::Late;
use bridge::models::{ModelAct, ModelsReply, ModelsRequest};
use bridge::protocol::Reply;
use bridge::wallet::SendAmount;
use std::rc::Rc;
use wasm_core::intent::{Amount, Intent, StakeWithModel};

/// Answers what a page asks about models.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: ModelsRequest,
) -> Result<Reply, Refusal> {
    let reply = match request {
        ModelsRequest::List => ModelsReply::List(list::all(context).await?),
        ModelsRequest::Standings => {
            ModelsReply::Standings(Box::new(standings::standings(context).await?))
        }
        ModelsRequest::One(id) => ModelsReply::One(Box::new(detail::one(context, id).await?)),
        ModelsRequest::Past { model, epochs } => {
            ModelsReply::Past(detail::past(context, model, epochs).await?)
        }
        ModelsRequest::Prepare(act) => {
            return review::prepare(context, &intent(act), Purpose::Send).await;
        }
        ModelsRequest::Calendar => ModelsReply::Calendar(calendar::entries(context).await?),
        ModelsRequest::Vault => ModelsReply::Vault(vault::entries(context).await?),
        ModelsRequest::Secrets { job, password } => {
            ModelsReply::Secrets(vault::secrets(context, &job, &password).await?)
        }
        ModelsRequest::Check(job) => ModelsReply::Checks(check::all(context, &job).await?),
    };
    Ok(Reply::Models(Late::new(&reply)))
}

const fn intent(act: ModelAct) -> Intent {
    match act {
        ModelAct::SetCommission { model, commission_bps } => {
            Intent::SetModelCommission { model, commission_bps }
        }
        ModelAct::Stake { model, amount } => {
            let amount = match amount {
                SendAmount::Exact(amount) => Amount::Exact(amount),
                SendAmount::Max => Amount::Max,
            };
            Intent::StakeWithModel(StakeWithModel { model, amount })
        }
        ModelAct::Withdraw(stake) => Intent::WithdrawStake(stake),
        ModelAct::Deactivate(model) => Intent::DeactivateModel(model),
        ModelAct::Report(model) => Intent::ReportModel(model),
        ModelAct::UndoReport(model) => Intent::UndoReportModel(model),
    }
}
