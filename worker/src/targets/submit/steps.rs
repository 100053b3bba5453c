//! The transaction of a submission: prepared, sent, settled.

use super::{Record, target_refusal, tell_of};
use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use bridge::protocol::Reply;
use bridge::targets::SubmissionId;
use browser::clock::now_ms;
use browser::private_file;
use std::rc::Rc;
use wasm_core::digest::TransactionDigest;
use wasm_core::intent::{Intent, SubmitData, TargetError};
use wasm_core::job::send::{InFlight, Settlement};
use wasm_core::job::submit::SubmissionStage as Stage;
use wasm_core::ports::{Chain as _, Executed};

/// Looks at the target again and prepares the transaction.
pub(crate) async fn prepare(context: &Rc<Context>, id: &SubmissionId) -> Result<Reply, Refusal> {
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let record = Record::load(context, id).await?;
    let elsewhere = || {
        Refusal::new(
            "submit/elsewhere",
            "This submission belongs to another account or network.",
            "Choose that account and network, then go on.",
        )
    };
    if record.chain != ledger.chain || record.submission.account() != ledger.account {
        return Err(elsewhere());
    }
    let intent = record.submission.intent()?;
    check_target(context, &intent).await?;
    // Another account may have been chosen meanwhile, which would pay for this one's submission.
    if Ledger::current(context)? != ledger {
        return Err(elsewhere());
    }
    let intent = Intent::SubmitData(Box::new(intent));
    review::prepare(context, &intent, Purpose::Submit(id.clone())).await
}

/// Makes sure, right before signing, that nobody else filled the target meanwhile.
pub(crate) async fn look_again(context: &Rc<Context>, id: &SubmissionId) -> Result<(), Refusal> {
    let record = Record::load(context, id).await?;
    let intent = record.submission.intent()?;
    check_target(context, &intent).await
}

async fn check_target(context: &Rc<Context>, intent: &SubmitData) -> Result<(), Refusal> {
    let node = context.following.node();
    let state = node.system_state().await?;
    let target = node.target(intent.target).await?;
    let target = target.ok_or_else(|| target_refusal(&TargetError::NotFound(intent.target)))?;
    let checked = intent.check_against(&target, state.as_v1());
    checked.map(drop).map_err(|error| target_refusal(&error))
}

/// The transaction was signed and is about to be sent.
pub(crate) async fn sending(
    context: &Rc<Context>,
    id: &SubmissionId,
    in_flight: InFlight,
) -> Result<(), Refusal> {
    let record = Record::change_with(context, id, |record| {
        let submission = record.submission.on_sent(in_flight.digest)?;
        Ok(Record { submission, in_flight: Some(in_flight), sent_ms: now_ms(), ..record })
    })
    .await?;
    tell_of(context, &record);
    Ok(())
}

/// It was executed. The data is not needed here any more.
pub(crate) async fn executed(
    context: &Rc<Context>,
    id: &SubmissionId,
    executed: &Executed,
) -> Result<(), Refusal> {
    let mut record =
        Record::change(context, id, |submission| submission.on_executed(executed)).await?;
    if matches!(record.submission.stage(), Stage::Submitted { .. })
        && let Some(name) = record.private_name.clone()
        && private_file::remove(&name).await.is_ok()
    {
        record =
            Record::change_with(context, id, |record| Ok(Record { private_name: None, ..record }))
                .await?;
    }
    tell_of(context, &record);
    super::super::tray::renew(context);
    Ok(())
}

/// It was not executed and never will be.
pub(crate) async fn not_executed(
    context: &Rc<Context>,
    id: &SubmissionId,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    let record =
        Record::change(context, id, |submission| submission.on_not_executed(digest)).await?;
    tell_of(context, &record);
    Ok(())
}

/// Looks up what became of transactions whose answers were lost.
pub(crate) async fn settle_all(context: &Rc<Context>) {
    let Ok(ledger) = Ledger::current(context) else { return };
    let Ok(records) = Record::all(context).await else { return };
    for record in records.into_iter().filter(|record| record.chain == ledger.chain) {
        settle(context, record).await;
    }
}

async fn settle(context: &Rc<Context>, record: Record) {
    let Some(in_flight) = &record.in_flight else { return };
    if context.reviews.borrow().is_sending(&in_flight.digest) {
        return;
    }
    let ledger = Ledger { chain: record.chain, account: record.submission.account() };
    let signed = activity::signed(context, ledger, &in_flight.digest).await;
    let (signed, sent_ms) = (signed.as_deref(), record.sent_ms);
    // What cannot be stored now is looked up again.
    let _ = match activity::resolve(context, record.chain, in_flight, signed, sent_ms).await {
        Some(Settlement::Executed(settled)) => executed(context, &record.id, &settled).await,
        Some(Settlement::Dropped) => not_executed(context, &record.id, in_flight.digest).await,
        Some(Settlement::Unknown) | None => Ok(()),
    };
}
