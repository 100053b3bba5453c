//! The transactions of a publication: create, commit, reveal.

use super::{Record, tell};
use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Purpose};
use crate::vault::change_secrets;
use bridge::protocol::Reply;
use bridge::publish::JobId;
use browser::clock::now_ms;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::intent::Intent;
use wasm_core::job::publish::{self as machine, PublishError, SecretsStored, Stage, Step};
use wasm_core::job::send::{InFlight, Settlement};
use wasm_core::ports::{Chain as _, Executed};
use wasm_core::tx::TransactionKind;

/// Prepares the next transaction. A commit promises what the reveal must show: while a check of that
/// fails, its owner has to want it despite that.
pub(crate) async fn prepare_step(
    context: &Rc<Context>,
    job: &JobId,
    despite_checks: bool,
) -> Result<Reply, Refusal> {
    context.open_wallet()?;
    let ledger = Ledger::current(context)?;
    let record = Record::load(context, job).await?;
    if record.chain != ledger.chain || record.publication.account() != ledger.account {
        return Err(Refusal::new(
            "publish/elsewhere",
            "This publication belongs to another account or network.",
            "Choose that account and network, then go on.",
        ));
    }
    check_alone(context, &ledger.account)?;
    let epoch = context.following.facts()?.epoch;
    let record = agree_with_chain(context, record).await?;
    let publication = &record.publication;
    let intent = match publication.next(epoch) {
        Step::Prepare(machine::PublishTransaction::Create) => {
            Intent::CreateModel(publication.create()?)
        }
        Step::Prepare(machine::PublishTransaction::Commit) => {
            complete_secrets(context, &record).await?;
            if !despite_checks {
                crate::models::must_pass(context, job).await?;
            }
            let stored = context
                .open_wallet()?
                .read(|secrets| secrets.model(&job.0).map(SecretsStored::read_back))
                .ok_or(PublishError::NotInVault("key"))??;
            Intent::CommitModel(publication.commit(&stored)?)
        }
        Step::Prepare(machine::PublishTransaction::Reveal) => {
            let reveal = context
                .open_wallet()?
                .read(|secrets| secrets.model(&job.0).map(|model| publication.reveal(model, epoch)))
                .ok_or(PublishError::NotInVault("key"))??;
            Intent::RevealModel(reveal)
        }
        Step::Sleep { until } => {
            return Err(PublishError::TooEarly { due: until, now: epoch }.into());
        }
        Step::Missed { due } => return Err(PublishError::RevealMissed { due, now: epoch }.into()),
        _ => return Err(PublishError::OutOfPlace.into()),
    };
    review::prepare(context, &intent, Purpose::Publish(job.clone())).await
}

/// Makes sure that one key signs for an account. The reveal holds the key of the weights: where several
/// sign, it would lie in plain text with each of them, and they could send it in a later epoch.
pub(super) fn check_alone(context: &Context, account: &Address) -> Result<(), Refusal> {
    if crate::multisig::members_of(context, account)?.is_none() {
        return Ok(());
    }
    Err(Refusal::new(
        "publish/together",
        "Several keys sign for this account, and models are not published with such accounts: the last \
         step makes the key of the weights public, and before it that key would be passed around in plain \
         text.",
        "Choose an account that one key signs for, and publish with that. Nothing was spent.",
    ))
}

/// Brings a publication in line with what the chain says of its model, and after a missed reveal back to
/// where it commits again.
async fn agree_with_chain(context: &Rc<Context>, record: Record) -> Result<Record, Refusal> {
    if !asks_chain(record.publication.stage()) {
        return Ok(record);
    }
    let state = context.following.node().system_state().await?;
    let state = state.as_v1();
    let record = Record::change(context, &record.id, |record| {
        record.after(|publication| {
            let Some(id) = publication.model() else { return Ok(publication) };
            let model = state.model_registry.models.get(&id);
            let publication = publication.on_chain_model(model, state.epoch)?;
            match (publication.stage(), model) {
                (Stage::Missed { .. }, Some(model)) => publication.commit_again(model),
                _ => Ok(publication),
            }
        })
    })
    .await?;
    tell(context, &record);
    Ok(record)
}

/// Whether the chain's model may know more of a publication than its record does.
pub(super) const fn asks_chain(stage: &Stage) -> bool {
    matches!(stage, Stage::Committing { .. } | Stage::Waiting { .. } | Stage::Missed { .. })
}

/// Puts what became known since the key was made beside it in the vault, so that a backup made of
/// the vault is enough to reveal.
pub(crate) async fn complete_secrets(
    context: &Rc<Context>,
    record: &Record,
) -> Result<(), Refusal> {
    let wallet = context.open_wallet()?;
    let sealed = record.publication.sealed().map(|(sealed, _)| sealed);
    let model = record.publication.model();
    let commit_epoch = match record.publication.stage() {
        Stage::Waiting { committed_in, .. } => Some(*committed_in),
        _ => None,
    };
    let complete = wallet.read(|secrets| {
        secrets.model(&record.id.0).is_some_and(|kept| {
            kept.sealed == sealed && kept.model == model && kept.commit_epoch == commit_epoch
        })
    });
    if complete && wallet.is_stored() {
        return Ok(());
    }
    change_secrets(context, |secrets| {
        let kept = secrets.model_mut(&record.id.0).ok_or(PublishError::NotInVault("key"))?;
        kept.sealed = sealed.or(kept.sealed);
        kept.model = model.or(kept.model);
        kept.commit_epoch = commit_epoch.or(kept.commit_epoch);
        Ok(())
    })
    .await
}

/// A transaction of a publication was signed and is about to be sent.
pub(crate) async fn sending(
    context: &Rc<Context>,
    job: &JobId,
    in_flight: InFlight,
) -> Result<(), Refusal> {
    let record = Record::change(context, job, |record| {
        let record = record.after(|publication| publication.on_sent(in_flight.digest))?;
        Ok(Record { in_flight: Some(in_flight), sent_ms: now_ms(), ..record })
    })
    .await?;
    tell(context, &record);
    Ok(())
}

/// A transaction of a publication was sent by somebody else who signs for the account. It has to be the
/// next step: of one that was done otherwise, nothing is said.
pub(crate) async fn sent_elsewhere(
    context: &Rc<Context>,
    job: &JobId,
    kind: &TransactionKind,
    in_flight: InFlight,
) -> Result<(), Refusal> {
    let fits = match Record::load(context, job).await?.publication.stage() {
        Stage::Creating { .. } => matches!(kind, TransactionKind::CreateModel { .. }),
        Stage::Committing { .. } => matches!(kind, TransactionKind::CommitModel(_)),
        Stage::Waiting { .. } => matches!(kind, TransactionKind::RevealModel(_)),
        _ => false,
    };
    if fits { sending(context, job, in_flight).await } else { Ok(()) }
}

/// It was executed.
pub(crate) async fn executed(
    context: &Rc<Context>,
    job: &JobId,
    executed: &Executed,
) -> Result<(), Refusal> {
    let record = Record::change(context, job, |record| {
        let record = record.after(|publication| publication.on_executed(executed))?;
        Ok(record.on_epoch(context))
    })
    .await?;
    tell(context, &record);
    if context.open_wallet().is_ok() {
        complete_secrets(context, &record).await?;
    }
    Ok(())
}

/// It was not executed and never will be.
pub(crate) async fn not_executed(
    context: &Rc<Context>,
    job: &JobId,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    let record = Record::change(context, job, |record| {
        let record = record.after(|publication| publication.on_not_executed(digest))?;
        Ok(record.on_epoch(context))
    })
    .await?;
    tell(context, &record);
    Ok(())
}

/// Looks up what became of a transaction whose answer was lost.
pub(crate) async fn settle(context: &Rc<Context>, record: Record) {
    let Some(in_flight) = record.in_flight.as_ref() else { return };
    if context.reviews.borrow().is_sending(&in_flight.digest) {
        return;
    }
    let (job, sent_ms) = (&record.id, record.sent_ms);
    let ledger = Ledger { chain: record.chain, account: record.publication.account() };
    let signed = activity::signed(context, ledger, &in_flight.digest).await;
    let signed = signed.as_deref();
    // What cannot be stored now is looked up again.
    let _ = match activity::resolve(context, record.chain, in_flight, signed, sent_ms).await {
        Some(Settlement::Executed(settled)) => executed(context, job, &settled).await,
        Some(Settlement::Dropped) => not_executed(context, job, in_flight.digest).await,
        Some(Settlement::Unknown) | None => Ok(()),
    };
}
