//! Stakes: where they can go, what the account in use has staked, and both acts.

use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use bridge::protocol::Reply;
use bridge::stakes::{StakeAct, StakeHolder, Stakes};
use bridge::wallet::SendAmount;
use std::rc::Rc;
use wasm_core::intent::{Amount, Intent, StakeWithModel, StakeWithValidator};
use wasm_core::object::ObjectType;
use wasm_core::ports::{Chain as _, ChainError};

/// Where stake can go, and what the account in use has staked.
pub(crate) async fn stakes(context: &Rc<Context>) -> Result<Stakes, Refusal> {
    let ledger = Ledger::current(context)?;
    let node = context.following.node();
    let account = ledger.account;
    let (state, coins, staked) = futures::try_join!(
        node.system_state(),
        node.coins(account),
        node.owned(account, Some(ObjectType::StakedSoma)),
    )?;
    let promised = activity::promised(context, ledger).await?;
    Stakes::of(state.as_v1(), account, &coins, &staked, &promised)
        .map_err(|error| ChainError::Garbage(error.to_string()).into())
}

/// Prepares an act for review.
pub(crate) async fn prepare(context: &Rc<Context>, act: StakeAct) -> Result<Reply, Refusal> {
    review::prepare(context, &intent(act), Purpose::Send).await
}

const fn intent(act: StakeAct) -> Intent {
    match act {
        StakeAct::Stake { holder, amount } => {
            let amount = match amount {
                SendAmount::Exact(amount) => Amount::Exact(amount),
                SendAmount::Max => Amount::Max,
            };
            match holder {
                StakeHolder::Validator(validator) => {
                    Intent::StakeWithValidator(StakeWithValidator { validator, amount })
                }
                StakeHolder::Model(model) => {
                    Intent::StakeWithModel(StakeWithModel { model, amount })
                }
            }
        }
        StakeAct::Withdraw(stake) => Intent::WithdrawStake(stake),
    }
}
