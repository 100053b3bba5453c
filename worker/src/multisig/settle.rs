//! What became of proposals: executed here or elsewhere, or never to be.

use super::record::{self, Record, Stage, sender, view};
use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review;
use bridge::multisig::ProposalView;
use std::rc::Rc;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::job::send::{self, InFlight, Settlement};
use wasm_core::multisig::Proposal;
use wasm_core::ports::Executed;
use wasm_core::preview::Explanation;
use wasm_core::tx::sign::SignedTransaction;

/// Those that are kept for the chosen chain, newest first, as the network tells of them now.
pub(super) async fn list(context: &Rc<Context>) -> Result<Vec<ProposalView>, Refusal> {
    context.open_wallet()?;
    let chain = context.following.facts()?.chain_id;
    for (record, proposal) in record::all(context, chain).await? {
        ask(context, chain, &record, &proposal).await?;
    }
    let kept = record::all(context, chain).await?;
    kept.iter().map(|(record, proposal)| view(context, record, proposal)).collect()
}

/// One of them.
pub(super) async fn look(
    context: &Rc<Context>,
    digest: TransactionDigest,
) -> Result<ProposalView, Refusal> {
    let (record, proposal) = record::load(context, digest).await?;
    ask(context, proposal.chain(), &record, &proposal).await?;
    let (record, proposal) = record::load(context, digest).await?;
    view(context, &record, &proposal)
}

/// Looks up those whose answer was lost, and sends them again where they never arrived.
pub(crate) async fn settle_all(context: &Rc<Context>) {
    let Ok(facts) = context.following.facts() else { return };
    let Ok(kept) = record::all(context, facts.chain_id).await else { return };
    for (record, proposal) in kept {
        if record.stage == Stage::Sent {
            // What cannot be stored now is looked up again later.
            let _ = ask(context, facts.chain_id, &record, &proposal).await;
        }
    }
}

/// Asks the network what became of one whose end is not known. Without an answer all stays as it is.
async fn ask(
    context: &Rc<Context>,
    chain: CheckpointDigest,
    record: &Record,
    proposal: &Proposal,
) -> Result<(), Refusal> {
    let digest = proposal.digest();
    // What was executed is certain; that it never can be is not, for as long as a node may err.
    if matches!(record.stage, Stage::Executed(_)) || context.reviews.borrow().is_sending(&digest) {
        return Ok(());
    }
    let Some(node) = context.following.node_of(chain) else { return Ok(()) };
    let ledger = Ledger { chain, account: sender(proposal) };
    let in_flight = InFlight::of(proposal.transaction(), record.checkpoint);
    // Only what somebody here decided to send is sent again.
    let signed = match (&record.stage, proposal.combine()) {
        (Stage::Sent, Ok(signature)) => {
            Some(SignedTransaction { transaction: proposal.transaction().clone(), signature })
        }
        _ => None,
    };
    match send::settle_on(&*node, chain, &in_flight, signed.as_ref()).await {
        Ok(Some(Settlement::Executed(executed))) => {
            activity::note_found(context, ledger, proposal.transaction(), &executed).await?;
            let (kind, purpose) = (proposal.transaction().kind(), &record.purpose);
            review::note_elsewhere(context, kind, purpose, in_flight, &executed).await;
            // Last: until then it is asked for again.
            stage_executed(context, chain, &executed).await?;
            context.account_changed();
            Ok(())
        }
        Ok(Some(Settlement::Dropped)) => {
            if record.stage == Stage::Sent {
                activity::drop_pending(context, ledger, digest).await?;
            }
            record::set_stage(context, chain, digest, Stage::Moved).await
        }
        // Its coins are where they were: another node ended it too early.
        Ok(Some(Settlement::Unknown)) if record.stage == Stage::Moved => {
            record::set_stage(context, chain, digest, Stage::Open).await
        }
        Ok(Some(Settlement::Unknown) | None) | Err(_) => Ok(()),
    }
}

/// A proposal is about to be sent.
pub(crate) async fn stage_sent(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    record::set_stage(context, chain, digest, Stage::Sent).await
}

/// A proposal was executed.
pub(crate) async fn stage_executed(
    context: &Context,
    chain: CheckpointDigest,
    executed: &Executed,
) -> Result<(), Refusal> {
    let failure = executed.failure.as_ref().map(Explanation::of_failure);
    record::set_stage(context, chain, executed.digest, Stage::Executed(failure)).await
}

/// A proposal was sent and not executed; it can be sent again.
pub(crate) async fn stage_not_executed(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    record::set_stage(context, chain, digest, Stage::Open).await
}
