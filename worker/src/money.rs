//! Balance, faucet and sending.

use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use bridge::protocol::Reply;
use bridge::wallet::{AccountView, Receipt, SendAmount};
use std::cmp::Reverse;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::coins;
use wasm_core::effects::TransactionFee;
use wasm_core::fees::FeeParameters;
use wasm_core::intent::{Amount, Intent, SendCoins};
use wasm_core::ports::Chain as _;

/// What the account in use holds.
pub(crate) async fn account(context: &Rc<Context>) -> Result<AccountView, Refusal> {
    let address = context.account()?;
    let facts = context.following.facts()?;
    let mut coins = context.following.node().coins(address).await?;
    coins.sort_by_key(|coin| (Reverse(coin.balance), coin.reference.id));
    let balance = coins.iter().fold(0_u64, |sum, coin| sum.saturating_add(coin.balance));
    let fees = FeeParameters {
        base_fee: facts.base_fee.0,
        write_object_fee: facts.write_object_fee.0,
        value_fee_bps: facts.value_fee_bps,
    };
    let promised = activity::promised(context, Ledger::current(context)?).await?;
    let spendable = coins::spendable(&coins, &promised, &fees);
    Ok(AccountView { address, balance: Shannons(balance), coins, spendable })
}

/// Asks the network's faucet for coins.
pub(crate) async fn request_faucet(context: &Rc<Context>) -> Result<Receipt, Refusal> {
    let address = context.account()?;
    let Some(url) = context.following.status().network.faucet_url else {
        return Err(Refusal::new(
            "faucet/none",
            "This network has no faucet that a browser can reach.",
            "Ask somebody for coins, or use the local network.",
        ));
    };
    // Whatever became of the node meanwhile: the faucet is asked by itself, and says itself what is wrong with it.
    let response = crate::network::connect(&url)?.request_gas(address).await?;
    let sum = response.coins_sent.iter().fold(0_i128, |sum, coin| sum + i128::from(coin.amount));
    let digest = response
        .coins_sent
        .first()
        .and_then(|coin| coin.transfer_tx_digest.parse().ok())
        .ok_or_else(|| {
            Refusal::passing(
                "faucet/nothing",
                "The faucet answered without sending coins.",
                "Wait a little and try again.",
            )
        })?;
    context.account_changed();
    let facts = context.following.facts()?;
    Ok(Receipt {
        digest,
        headline: "The faucet sent coins".into(),
        failure: None,
        // The faucet pays its own fee.
        fee: TransactionFee::default(),
        change: sum,
        epoch: facts.epoch,
        created_model: None,
    })
}

/// Prepares to send.
pub(crate) async fn prepare_send(
    context: &Rc<Context>,
    recipient: Address,
    amount: SendAmount,
) -> Result<Reply, Refusal> {
    let amount = match amount {
        SendAmount::Exact(amount) => Amount::Exact(amount),
        SendAmount::Max => Amount::Max,
    };
    let intent = Intent::SendCoins(SendCoins { recipient, amount });
    review::prepare(context, &intent, Purpose::Send).await
}
