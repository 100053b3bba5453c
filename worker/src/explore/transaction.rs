//! A transaction: what it says, in words, and what it did.

use super::unknown;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::explore::{Looked, TransactionView};
use std::rc::Rc;
use wasm_core::describe::Description;
use wasm_core::digest::TransactionDigest;
use wasm_core::ports::CheckpointTransaction;
use wasm_core::preview::Explanation;
use wasm_core::tx::TransactionData;

/// A transaction that was executed.
pub(crate) async fn show(
    context: &Rc<Context>,
    digest: TransactionDigest,
) -> Result<Looked<TransactionView>, Refusal> {
    context.following.facts()?;
    let node = context.following.node();
    match node.transaction_details(digest).await? {
        Some(found) => Ok(Looked::Found(Box::new(view(found)))),
        None => Ok(Looked::Missing(unknown(&node).await?)),
    }
}

fn view(found: CheckpointTransaction) -> TransactionView {
    let CheckpointTransaction { executed, sender, kind } = found;
    let transaction =
        kind.map(|kind| TransactionData::new(kind, sender, executed.gas_payment.clone()));
    let same = |transaction: &&TransactionData| transaction.digest() == executed.digest;
    let effects = serde_json::to_string_pretty(&executed).expect("effects are plain data");
    TransactionView {
        effects,
        sender,
        kind: transaction.as_ref().map(|transaction| transaction.kind().name().to_owned()),
        description: transaction.as_ref().map(Description::of),
        failure: executed.failure.as_ref().map(Explanation::of_failure),
        bytes: transaction.as_ref().filter(same).map(|it| hex::encode(it.to_bytes())),
        executed,
    }
}
