//! What a page asks about signing together, one method a request.

use crate::late::Late;
use crate::multisig::{MultisigReply, MultisigRequest, Opened, OwnKey, ProposalView};
use crate::page::{Bridge, Reviewed, reviewed};
use crate::protocol::{Failure, Request, ReviewId};
use crate::questions::questions;
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::keys::PublicKey;
use wasm_core::preview::Consent;

questions! { asked Multisig, answered Multisig;
    /// Public keys of this wallet's own accounts.
    own_keys() => MultisigRequest::Keys, MultisigReply::Keys(it) => it, Vec<OwnKey>;
    /// Keeps an account of several keys, and works with it.
    create_multisig(members: Vec<(PublicKey, u8)>, threshold: u16, label: String)
        => MultisigRequest::Create { members, threshold, label }, MultisigReply::Account(it) => it, Address;
    /// Keeps the account of a proposal.
    keep_proposal_account(proposal: TransactionDigest, label: String)
        => MultisigRequest::KeepAccount { proposal, label }, MultisigReply::Account(it) => it, Address;
    /// Proposals kept here for the chosen chain, newest first.
    proposals() => MultisigRequest::Proposals, MultisigReply::Proposals(it) => it, Vec<ProposalView>;
    /// One of them.
    proposal(digest: TransactionDigest)
        => MultisigRequest::Proposal(digest), MultisigReply::Proposal(it) => *it, ProposalView;
    /// Keeps what was reviewed as a proposal that nobody has signed.
    propose(review: ReviewId, consent: Consent)
        => MultisigRequest::Propose { review, consent }, MultisigReply::Proposal(it) => *it, ProposalView;
    /// Keeps the proposal that a text holds, or adds its signatures to the one that is here.
    open_proposal(text: String) => MultisigRequest::Open(text), MultisigReply::Opened(it) => *it, Opened;
    /// Adds what a cosigner handed back to one proposal.
    add_to_proposal(proposal: TransactionDigest, text: String)
        => MultisigRequest::Add { proposal, text }, MultisigReply::Opened(it) => *it, Opened;
    /// Signs what was reviewed as one member.
    sign_proposal(review: ReviewId, member: Address, consent: Consent)
        => MultisigRequest::Sign { review, member, consent }, MultisigReply::Proposal(it) => *it, ProposalView;
    /// Forgets a proposal.
    remove_proposal(digest: TransactionDigest)
        => MultisigRequest::Remove(digest), MultisigReply::Proposals(it) => it, Vec<ProposalView>;
}

impl Bridge {
    /// Tries a proposal's transaction out again as it is.
    ///
    /// # Errors
    /// Where it cannot be done any more, or the node does not tell what is needed to know.
    pub async fn review_proposal(&self, digest: TransactionDigest) -> Result<Reviewed, Failure> {
        let request = Request::Multisig(Late::new(&MultisigRequest::Review(digest)));
        self.ask(request, reviewed).await
    }
}
