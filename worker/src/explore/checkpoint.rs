//! A checkpoint, its digests computed anew.

use super::unknown;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::explore::{CheckpointName, CheckpointView, Looked, Missing, TransactionLine};
use rpc::CheckpointKey;
use std::rc::Rc;
use wasm_core::amount::Shannons;
use wasm_core::ports::{ChainError, CheckpointTransaction};
use wasm_core::sealed::SealedCheckpoint;

/// A checkpoint by its number or digest.
pub(crate) async fn show(
    context: &Rc<Context>,
    name: CheckpointName,
) -> Result<Looked<CheckpointView>, Refusal> {
    context.following.facts()?;
    let node = context.following.node();
    let info = node.node_info().await?;
    let (newest, oldest) =
        (info.service.checkpoint_height, info.lowest_available_checkpoint.unwrap_or(0));
    let key = match name {
        CheckpointName::Number(number) if number > newest => {
            return Ok(Looked::Missing(Missing::ToCome { newest }));
        }
        CheckpointName::Number(number) if number < oldest => {
            return Ok(Looked::Missing(Missing::Pruned { oldest }));
        }
        CheckpointName::Number(number) => CheckpointKey::Number(number),
        CheckpointName::Digest(digest) => CheckpointKey::Digest(digest),
    };
    match node.sealed_checkpoint(key).await {
        Ok(Some(sealed)) => Ok(Looked::Found(Box::new(view(&sealed, newest)))),
        Ok(None) => Ok(Looked::Missing(unknown(&node).await?)),
        Err(ChainError::Hidden) if matches!(key, CheckpointKey::Digest(_)) => {
            Ok(Looked::Missing(unknown(&node).await?))
        }
        Err(error) => Err(error.into()),
    }
}

fn view(sealed: &SealedCheckpoint, newest: u64) -> CheckpointView {
    let summary = sealed.summary();
    let end = summary.end_of_epoch_data.as_ref();
    CheckpointView {
        number: summary.sequence_number,
        digest: sealed.digest(),
        previous: summary.previous_digest,
        contents: summary.content_digest.to_string(),
        epoch: summary.epoch,
        timestamp_ms: summary.timestamp_ms,
        transactions_so_far: summary.network_total_transactions,
        fees_so_far: summary.epoch_rolling_transaction_fees,
        next_protocol: end.map(|end| end.next_epoch_protocol_version),
        transactions: sealed.checkpoint().transactions.iter().map(line).collect(),
        newest: newest.max(summary.sequence_number),
    }
}

fn line(transaction: &CheckpointTransaction) -> TransactionLine {
    TransactionLine {
        digest: transaction.executed.digest,
        headline: transaction.headline(),
        sender: transaction.sender,
        succeeded: transaction.executed.failure.is_none(),
        fee: Shannons(transaction.executed.fee.total_fee),
    }
}
