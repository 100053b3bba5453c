//! Signing together as a page asks for it: accounts of several keys, and proposals that collect their
//! signatures.

use crate::protocol::ReviewId;
use serde::{Deserialize, Serialize};
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::keys::PublicKey;
use wasm_core::preview::{Consent, Explanation};

/// What a page may ask about signing together. Beside each stands the [`MultisigReply`] that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum MultisigRequest {
    /// Public keys of this wallet's own accounts. → `Keys`
    Keys,
    /// Keep an account of several keys, and work with it. → `Account`
    Create {
        /// Keys and weights, in an order that the address depends on.
        members: Vec<(PublicKey, u8)>,
        /// Weight that must sign.
        threshold: u16,
        /// What its owner calls it.
        label: String,
    },
    /// Keep the account of a proposal, so that what it holds and does is seen here. → `Account`
    KeepAccount {
        /// Of which proposal.
        proposal: TransactionDigest,
        /// What its owner calls it.
        label: String,
    },
    /// Proposals kept here for the chosen chain, newest first. → `Proposals`
    Proposals,
    /// One of them, its state asked of the network. → `Proposal`
    Proposal(TransactionDigest),
    /// Keep what was reviewed as a proposal that nobody has signed. → `Proposal`
    Propose {
        /// Which.
        review: ReviewId,
        /// The dangers that were accepted.
        consent: Consent,
    },
    /// Keep the proposal that a text holds, or add its signatures to the one that is here. → `Opened`
    Open(String),
    /// Add what a cosigner handed back to one proposal: a copy of it, or a signature alone. → `Opened`
    Add {
        /// To which.
        proposal: TransactionDigest,
        /// A copy's text, or a signature in Base64.
        text: String,
    },
    /// Try the transaction out again as it is. → `Review`
    Review(TransactionDigest),
    /// Sign what was reviewed as one member. The review stays. → `Proposal`
    Sign {
        /// Which.
        review: ReviewId,
        /// As whom; an account of this wallet.
        member: Address,
        /// The dangers that were accepted.
        consent: Consent,
    },
    /// Forget a proposal. → `Proposals`
    Remove(TransactionDigest),
}

/// The good answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum MultisigReply {
    Keys(Vec<OwnKey>),
    Account(Address),
    Proposals(Vec<ProposalView>),
    Proposal(Box<ProposalView>),
    Opened(Box<Opened>),
}

/// The public key of one of this wallet's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnKey {
    /// Whose.
    pub address: Address,
    /// What its owner calls the account.
    pub label: String,
    /// The key.
    pub key: PublicKey,
}

/// What came of a text that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The proposal as it is now.
    pub proposal: ProposalView,
    /// Whether it was not here before.
    pub is_new: bool,
    /// Signatures that were not here before.
    pub added: usize,
}

/// A proposal as a page sees it. All of it is worked out of the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalView {
    /// What the network will know the transaction by.
    pub digest: TransactionDigest,
    /// Who sends it.
    pub account: Address,
    /// What the account is called here, where the wallet keeps it.
    pub label: Option<String>,
    /// What the transaction does, as a sentence.
    pub headline: String,
    /// When it came to this wallet; milliseconds since 1970.
    pub at_ms: u64,
    /// The members in their order.
    pub members: Vec<MemberView>,
    /// Whether it came from elsewhere and no member has signed it: anybody may have made it up.
    pub is_hearsay: bool,
    /// Weight that has signed.
    pub weight: u16,
    /// Weight that must sign.
    pub threshold: u16,
    /// How far it has come.
    pub state: ProposalState,
    /// The text that others open.
    pub text: String,
    /// The transaction's BCS in Base64, for the command-line wallet.
    pub transaction: String,
    /// The members' signatures put together, in Base64, once enough have signed.
    pub signature: Option<String>,
}

impl ProposalView {
    /// Whether enough weight has signed.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.weight >= self.threshold
    }

    /// Members that could still sign here: keys of this wallet that have not signed.
    pub fn own_missing(&self) -> impl Iterator<Item = &MemberView> {
        self.members.iter().filter(|member| member.own.is_some() && !member.has_signed)
    }
}

/// A member of an account of several keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The address of the key alone.
    pub address: Address,
    /// The key.
    pub key: PublicKey,
    /// How much its signature counts.
    pub weight: u8,
    /// Whether it has signed.
    pub has_signed: bool,
    /// What the account is called here, where this wallet has the key.
    pub own: Option<String>,
}

/// How far a proposal has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProposalState {
    /// It can still be signed and executed.
    Open,
    /// It was sent; what became of it is not known yet.
    Sent,
    /// It was executed, here or elsewhere, and failed where there is an explanation.
    Executed(Option<Explanation>),
    /// By what the node says, coins or objects that it names have moved on, and it can no longer be executed.
    Moved,
}
