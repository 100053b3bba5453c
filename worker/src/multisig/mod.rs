//! Signing together: accounts of several keys, and the proposals that collect their signatures.

mod account;
mod coins;
mod collect;
mod record;
mod settle;
mod sign;

pub(crate) use account::members_of;
pub(crate) use coins::warnings;
pub(crate) use record::{Proposals, damaged};
pub(crate) use settle::{settle_all, stage_executed, stage_not_executed, stage_sent};
pub(crate) use sign::collected;

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::late::Late;
use bridge::multisig::{MultisigReply, MultisigRequest};
use bridge::protocol::Reply;
use std::rc::Rc;

/// Answers what a page asks about signing together.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: MultisigRequest,
) -> Result<Reply, Refusal> {
    let reply = match request {
        MultisigRequest::Keys => MultisigReply::Keys(account::keys(context)?),
        MultisigRequest::Create { members, threshold, label } => {
            MultisigReply::Account(account::create(context, members, threshold, &label).await?)
        }
        MultisigRequest::KeepAccount { proposal, label } => {
            MultisigReply::Account(account::keep_of(context, proposal, &label).await?)
        }
        MultisigRequest::Proposals => MultisigReply::Proposals(settle::list(context).await?),
        MultisigRequest::Proposal(digest) => {
            MultisigReply::Proposal(Box::new(settle::look(context, digest).await?))
        }
        MultisigRequest::Propose { review, consent } => {
            MultisigReply::Proposal(Box::new(collect::propose(context, review, &consent).await?))
        }
        MultisigRequest::Open(text) => {
            MultisigReply::Opened(Box::new(collect::open(context, &text).await?))
        }
        MultisigRequest::Add { proposal, text } => {
            MultisigReply::Opened(Box::new(collect::add(context, proposal, &text).await?))
        }
        MultisigRequest::Review(digest) => return sign::review(context, digest).await,
        MultisigRequest::Sign { review, member, consent } => {
            MultisigReply::Proposal(Box::new(sign::sign(context, review, member, &consent).await?))
        }
        MultisigRequest::Remove(digest) => {
            record::remove(context, digest).await?;
            MultisigReply::Proposals(settle::list(context).await?)
        }
    };
    Ok(Reply::Multisig(Late::new(&reply)))
}
