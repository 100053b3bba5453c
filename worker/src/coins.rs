//! Coins and other objects of the account in use, and what is done with several at once.

use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use bridge::coins::{CoinsAct, Holdings};
use bridge::protocol::Reply;
use std::rc::Rc;
use wasm_core::fees::FeeParameters;
use wasm_core::intent::Intent;
use wasm_core::ports::ChainError;

/// Everything that the account in use owns.
pub(crate) async fn holdings(context: &Rc<Context>) -> Result<Holdings, Refusal> {
    let ledger = Ledger::current(context)?;
    let facts = context.following.facts()?;
    let objects = context.following.node().owned(ledger.account, None).await?;
    let promised = activity::promised_to(context, ledger).await?;
    let fees = FeeParameters {
        base_fee: facts.base_fee.0,
        write_object_fee: facts.write_object_fee.0,
        value_fee_bps: facts.value_fee_bps,
    };
    Holdings::of(&objects, &promised, fees)
        .map_err(|error| ChainError::Garbage(error.to_string()).into())
}

/// Prepares an act for review.
pub(crate) async fn prepare(context: &Rc<Context>, act: CoinsAct) -> Result<Reply, Refusal> {
    let intent = match act {
        CoinsAct::Merge => Intent::MergeCoins,
        CoinsAct::PayMany(pay) => Intent::PayMany(pay),
        CoinsAct::Transfer(transfer) => Intent::TransferObjects(transfer),
    };
    review::prepare(context, &intent, Purpose::Send).await
}
