//! Looking at a proposal again, signing it as one member, and executing it once enough have signed.

use super::account;
use super::record::{self, Stage, view};
use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::review;
use bridge::multisig::ProposalView;
use bridge::protocol::{Reply, ReviewId};
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::job::send::{PrepareError, Prepared, Terms};
use wasm_core::ports::{Chain as _, ChainError};
use wasm_core::preview::{Consent, Finding, Level};
use wasm_core::tx::sign::UserSignature;

/// Tries the transaction out again as it is, and keeps the review until there is a decision.
pub(super) async fn review(
    context: &Rc<Context>,
    digest: TransactionDigest,
) -> Result<Reply, Refusal> {
    let bound = review::Bound::now(context)?;
    let (record, proposal) = record::load(context, digest).await?;
    check_open(&record.stage)?;
    let ledger = Ledger { account: proposal.transaction().sender(), ..bound.ledger };
    let terms = Terms {
        expected_chain: Some(proposal.chain()),
        acquaintances: Some(review::acquaintances(context, ledger).await?),
        ..Terms::default()
    };
    let node = context.following.node();
    let prepared =
        Prepared::given(&*node, proposal.transaction().clone(), &terms).await.map_err(gone)?;
    let in_flight = prepared.in_flight();
    record::set_seen(context, proposal.chain(), digest, in_flight.checkpoint).await?;
    let mut more = super::warnings(context, ledger, &in_flight).await?;
    let promised = activity::promised(context, ledger).await?;
    if in_flight.excluded().any(|id| promised.contains(&id)) {
        more.push(Finding {
            level: Level::Caution,
            text: "Another transaction of this account is on its way and uses the same coins. Whichever is \
                   executed first, the other can never be."
                .into(),
        });
    }
    let prepared = prepared.with_findings(more);
    review::offer(context, prepared, record.purpose, Some(digest), bound).map(Reply::from)
}

/// Only what is neither under way nor at its end is reviewed, signed and sent.
fn check_open(stage: &Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Open => Ok(()),
        Stage::Sent => Err(Refusal::passing(
            "multisig/sent",
            "This was sent, and what became of it is not known yet.",
            "Wait until the network tells; the wallet keeps asking.",
        )),
        Stage::Executed(_) => Err(Refusal::new(
            "multisig/executed",
            "This was executed already.",
            "Look at it under Activity of its account. Nothing was signed or sent.",
        )),
        Stage::Moved => Err(Refusal::new(
            "multisig/moved",
            "By what the chosen node says, a coin or object that this uses has moved on.",
            "Open the proposal again, which asks the node anew. Nothing was signed or sent.",
        )),
    }
}

/// What can no longer be done with what is fixed.
fn gone(error: PrepareError) -> Refusal {
    match error {
        PrepareError::Chain(ChainError::Stale { object }) => Refusal::new(
            "multisig/moved",
            format!(
                "The chosen node does not have object {object} as this proposal uses it: the object has moved on, or \
                 the node is behind."
            ),
            "Nothing was signed. Try again later. Before you make a new proposal, make sure under Activity of \
             its account that this one was not executed.",
        ),
        error @ (PrepareError::Chain(_) | PrepareError::WrongChain { .. }) => error.into(),
        error => Refusal::new(
            "multisig/cannot",
            format!("As things are, this cannot be done: {error}."),
            "Nothing was signed. It may become possible again; otherwise delete it.",
        ),
    }
}

/// Signs what was reviewed as one member. The review stays, for the next decision.
pub(super) async fn sign(
    context: &Rc<Context>,
    id: ReviewId,
    member: Address,
    consent: &Consent,
) -> Result<ProposalView, Refusal> {
    let digest = review::proposal_of(context, id)?;
    let (record, proposal) = record::load(context, digest).await?;
    check_open(&record.stage)?;
    let chain = proposal.chain();
    let info = context.following.node().service_info().await?;
    if info.chain_id != chain {
        let (expected, actual) = (chain, info.chain_id);
        return Err(PrepareError::WrongChain { expected, actual }.into());
    }
    let key = context.open_wallet()?.keypair(&member)?;
    // From here to the signature nothing waits, so that nothing can change in between.
    let signature = review::with(context, id, |prepared| {
        prepared.check_epoch(info.epoch)?;
        prepared.sign_as_member(proposal.account(), &key, consent)
    })?;
    let (record, proposal, ()) = record::change(context, chain, digest, |known| {
        let (record, mut known) = known.ok_or_else(review::expired)?;
        known.add(&key.public_key(), signature)?;
        Ok((record, known, ()))
    })
    .await?;
    view(context, &record, &proposal)
}

/// The members' signatures of a proposal put together, where enough have signed; none, where this is no
/// proposal, but the transaction of an account that signs alone.
pub(crate) async fn collected(
    context: &Context,
    ledger: Ledger,
    proposal: Option<TransactionDigest>,
) -> Result<Option<UserSignature>, Refusal> {
    let Some(digest) = proposal else {
        return match account::members_of(context, &ledger.account)? {
            None => Ok(None),
            Some(_) => Err(Refusal::new(
                "multisig/together",
                "Several keys sign for this account together, one transaction at a time.",
                "Make a proposal of each, and collect the signatures. Nothing was signed.",
            )),
        };
    };
    let (record, proposal) = record::load_of(context, ledger.chain, digest).await?;
    check_open(&record.stage)?;
    proposal.combine().map(Some).map_err(|error| {
        Refusal::new(
            "multisig/weight",
            sentence(&error),
            "Collect the signatures of further members first. Nothing was sent.",
        )
    })
}
