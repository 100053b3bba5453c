//! Making a proposal, opening one that somebody sent, and putting together what came back.

use super::account;
use super::record::{self, Record, Stage, view};
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::review::{self, Purpose};
use bridge::multisig::{Opened, ProposalView};
use bridge::protocol::ReviewId;
use browser::clock::now_ms;
use std::rc::Rc;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::job::send::InFlight;
use wasm_core::multisig::{
    MergeError, Proposal, ReadError, SignatureReadError, SignaturesError, read, read_signatures,
};
use wasm_core::preview::Consent;

/// Proposals of one chain beside which no further ones are opened. What is made here is always kept.
const MOST_KEPT: usize = 100;

/// Keeps what was reviewed as a proposal that nobody has signed yet. Nothing is signed here.
pub(super) async fn propose(
    context: &Rc<Context>,
    id: ReviewId,
    consent: &Consent,
) -> Result<ProposalView, Refusal> {
    let taken = review::take(context, id, consent)?;
    let sender = taken.prepared.transaction().sender();
    let members = account::members_of(context, &sender)?.ok_or_else(|| {
        Refusal::new(
            "multisig/alone",
            "This account signs alone: there is nobody to ask.",
            "Sign and send it yourself, or choose an account of several keys.",
        )
    })?;
    let chain = taken.ledger.chain;
    let proposal = Proposal::new(chain, taken.prepared.transaction().clone(), members)
        .map_err(|error| refused("multisig/proposal", &error))?;
    let new = Record {
        text: String::new(),
        at_ms: now_ms(),
        checkpoint: taken.prepared.in_flight().checkpoint,
        stage: Stage::Open,
        purpose: taken.purpose,
        opened: false,
    };
    let (record, proposal, ()) =
        record::change(context, chain, proposal.digest(), |known| match known {
            Some((record, known)) => Ok((record, known, ())),
            None => Ok((new, proposal, ())),
        })
        .await?;
    view(context, &record, &proposal)
}

/// Keeps the proposal that a text holds, or adds what it has collected to the one that is here.
pub(super) async fn open(context: &Rc<Context>, text: &str) -> Result<Opened, Refusal> {
    context.open_wallet()?;
    let facts = context.following.facts()?;
    let given = read(text)?;
    if given.chain() != facts.chain_id {
        return Err(other_chain(given.chain(), facts.chain_id));
    }
    keep(context, given).await
}

async fn keep(context: &Rc<Context>, given: Proposal) -> Result<Opened, Refusal> {
    let (chain, digest) = (given.chain(), given.digest());
    let kept = record::count(context, chain).await?;
    let (record, proposal, (is_new, added)) =
        record::change(context, chain, digest, |known| match known {
            Some((record, mut known)) => {
                let added = known.merge(&given)?;
                Ok((record, known, (false, added)))
            }
            None if kept >= MOST_KEPT => Err(too_many()),
            None => {
                let added = given.members().iter().filter(|member| member.has_signed).count();
                let (at_ms, purpose) = (now_ms(), Purpose::Send);
                let text = String::new();
                // Whoever made it may have a node that is ahead of this wallet's.
                let checkpoint = InFlight::NOT_SEEN;
                let (stage, opened) = (Stage::Open, true);
                let record = Record { text, at_ms, checkpoint, stage, purpose, opened };
                Ok((record, given, (true, added)))
            }
        })
        .await?;
    Ok(Opened { proposal: view(context, &record, &proposal)?, is_new, added })
}

/// Adds what a cosigner handed back: a copy of the proposal, or a signature as the command-line wallet
/// prints it.
pub(super) async fn add(
    context: &Rc<Context>,
    digest: TransactionDigest,
    text: &str,
) -> Result<Opened, Refusal> {
    let (_, known) = record::load(context, digest).await?;
    let given = match read(text) {
        Ok(copy) => {
            let mut with = known.clone();
            with.merge(&copy)?;
            with
        }
        // Not a proposal's text at all: it may be a signature alone.
        Err(ReadError::NotAProposal) => {
            let mut with = known.clone();
            with.add_signature(&read_signatures(text)?)?;
            with
        }
        Err(error) => return Err(error.into()),
    };
    keep(context, given).await
}

fn too_many() -> Refusal {
    Refusal::new(
        "multisig/full",
        format!("{MOST_KEPT} proposals are kept here for this network: no more are opened."),
        "Delete those that you do not need any more, then open this one again. Nothing was kept.",
    )
}

fn refused(code: &str, error: &impl std::fmt::Display) -> Refusal {
    Refusal::new(code, sentence(error), "Nothing was kept.")
}

fn other_chain(meant: CheckpointDigest, chosen: CheckpointDigest) -> Refusal {
    Refusal::new(
        "multisig/other-chain",
        format!(
            "This proposal is meant for the chain {meant}, and the chosen network is {chosen}."
        ),
        "Choose the network that it is meant for, then open it again. Nothing was kept.",
    )
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        let (code, next) = match &error {
            ReadError::LaterVersion(_) => {
                ("multisig/later", "Update this wallet. Nothing was kept.")
            }
            ReadError::Parts(_) => {
                ("multisig/parts", "Give all parts at once, in any order, with gaps between them.")
            }
            ReadError::Signature(_) => (
                "multisig/signature",
                "Nothing was kept. Ask whoever sent this; somebody may have changed it on its way.",
            ),
            ReadError::Proposal(_) | ReadError::Malformed => {
                ("multisig/invalid", "Nothing was kept. Ask whoever sent this.")
            }
            ReadError::Empty
            | ReadError::TooLong
            | ReadError::NotAProposal
            | ReadError::Damaged => {
                ("multisig/text", "Copy the whole text, or choose the file that was saved.")
            }
        };
        Self::new(code, sentence(&error), next)
    }
}

impl From<MergeError> for Refusal {
    fn from(error: MergeError) -> Self {
        Self::new(
            "multisig/other",
            sentence(&error),
            "Nothing was added. Open it by itself where you want to see it.",
        )
    }
}

impl From<SignaturesError> for Refusal {
    fn from(error: SignaturesError) -> Self {
        Self::new(
            "multisig/signature",
            sentence(&error),
            "Nothing was added. Ask the member to sign exactly this transaction.",
        )
    }
}

impl From<SignatureReadError> for Refusal {
    fn from(error: SignatureReadError) -> Self {
        Self::new(
            "multisig/text",
            sentence(&error),
            "Give a copy of this proposal, its link, or a signature in Base64.",
        )
    }
}
