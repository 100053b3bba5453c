//! What web sites ask, as it crosses between the page that heard it and the worker that decides.
//!
//! A page hands over what the browser attests as the origin, and the request's text as it came. Texts of
//! answers are made in the worker; a page passes them on unread.

use crate::network::NetworkStatus;
use crate::protocol::{Failure, ReviewId};
use crate::wallet::Receipt;
use serde::{Deserialize, Serialize};
use wasm_core::address::Address;
use wasm_core::dapp::{Policy, PolicyId, Scope};
use wasm_core::preview::{Consent, Review};

/// Names a request of a site that waits for its owner's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AskedId(pub u64);

/// What a page may ask about sites. Beside each stands the [`DappReply`] that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DappRequest {
    /// A site asks. → `Answer`, `Connect`, `Transaction`, `Message`, `OtherAccount`, `OtherNetwork` or
    /// `Failed`. Fails with `wallet/locked` where the wallet must be opened first: open it, and ask the same again.
    Open {
        /// As the browser attests it (`event.origin`, `sender.origin`), never out of a message.
        origin: String,
        /// The request's JSON text as it came.
        message: String,
    },
    /// Look anew at what still waits: after the account or network was changed as asked, or where a review
    /// is not valid any more. → as `Open`
    Again(AskedId),
    /// The owner says yes. → `Answer`. A failure leaves the request waiting, for `Again` or `Refuse`.
    Approve {
        /// To which.
        id: AskedId,
        /// To what exactly.
        decision: Decision,
    },
    /// The owner says no, or closed the window. After `Failed` the site is told of that failure. → `Answer`
    Refuse(AskedId),
    /// The page of the site went away (navigation, closed tab): nobody waits for the answer. → `Done`
    Gone(AskedId),
    /// The page of the site is there and waits: it has just said so. → `Done`
    Alive(AskedId),
    /// All sites with a permission. Works while the wallet is locked, then without policies and names.
    /// → `Sites`
    Sites,
    /// A site may see and ask nothing any more; what it asked just now is refused. → `Sites`
    Revoke {
        /// Which site.
        origin: String,
    },
    /// A site may not use this account any more. → `Sites`
    RevokeAccount {
        /// Which site.
        origin: String,
        /// Which account.
        address: Address,
    },
    /// Nothing is approved by this policy any more. → `Sites`
    RevokePolicy(PolicyId),
    /// Asks of a site are heard again at once, although it was refused several times. → `Sites`
    Forgive {
        /// Which site.
        origin: String,
    },
}

/// To what an owner says yes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Decision {
    /// The site may know these accounts and ask for their signatures.
    Accounts(Vec<Address>),
    /// Sign (and execute, where that was asked) exactly what was reviewed.
    Transaction {
        /// The review that was shown.
        review: ReviewId,
        /// The dangers that were accepted.
        consent: Consent,
        /// From now on approve by itself what this covers.
        remember: Option<Box<Scope>>,
    },
    /// Sign the message that was shown.
    Message,
}

/// What comes of a site's request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DappReply {
    /// Nothing was to be answered.
    Done,
    /// This goes to the site.
    Answer(Box<DappAnswer>),
    /// The site wants to know accounts.
    Connect {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// What can be chosen: accounts that sign by themselves.
        accounts: Vec<Choosable>,
    },
    /// The site wants a transaction signed.
    Transaction {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// Whether it is executed, too. If not, the signed bytes go to the site.
        execute: bool,
        /// As `Reply::Review` has it.
        review_id: ReviewId,
        /// What would be signed.
        review: Box<Review>,
        /// Where.
        network: Box<NetworkStatus>,
        /// What the owner could have approved without being asked again; none, where this is looked at
        /// every time.
        suggestion: Option<Box<Scope>>,
    },
    /// The site wants a message signed.
    Message {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// Who would sign.
        account: Address,
        /// What would be signed.
        message: Box<MessageView>,
    },
    /// The site asks for an account that it may use and that is not the one in use. Use it
    /// (`Request::SelectAccount`) and ask `Again`, or `Refuse`.
    OtherAccount {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// The account that is meant.
        account: Address,
        /// What its owner calls it.
        label: String,
    },
    /// The site asks for another network. Use one of these (`Request::SelectNetwork`) and ask `Again`, or
    /// `Refuse`.
    OtherNetwork {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// Name of the chain, such as `soma:testnet`.
        chain: String,
        /// Networks kept here that are on it.
        known: Vec<String>,
    },
    /// What the site asks cannot be done as things are. The request waits: `Again`, where that could help,
    /// or `Refuse`.
    Failed {
        /// Which request.
        id: AskedId,
        /// Who asks.
        site: AskingSite,
        /// Why, for the owner.
        failure: Failure,
    },
    /// Sites with a permission.
    Sites(Vec<SiteView>),
}

/// What goes to a site, and what its owner is told of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DappAnswer {
    /// JSON text, as it is sent.
    pub text: String,
    /// What was executed.
    pub receipt: Option<Receipt>,
    /// What went wrong, for the owner.
    pub failure: Option<Failure>,
    /// The policy that approved it without asking.
    pub by_policy: Option<PolicyId>,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskingSite {
    /// As the browser attests it.
    pub origin: String,
    /// What it calls itself. Anybody can call themselves anything.
    pub calls_itself: Option<String>,
    /// Since when it may use accounts; milliseconds since 1970; none where it is new.
    pub since_ms: Option<u64>,
    /// How often in a row its owner refused it.
    pub refused: u32,
}

/// An account that a site could be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosable {
    /// Which.
    pub address: Address,
    /// What its owner calls it. A site is not told.
    pub label: String,
    /// Whether the site may use it already.
    pub is_permitted: bool,
}

/// A message to be signed, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// What the site wrote: text, or hexadecimal digits where it is no text that can be shown.
    pub body: String,
    /// Whether the body is text. If not, `body` are hexadecimal digits.
    pub is_text: bool,
    /// Network that it is said to be for.
    pub chain: String,
    /// When it was asked for; milliseconds since 1970.
    pub at_ms: u64,
    /// Makes it unlike any other message.
    pub nonce: String,
    /// All that is signed, line by line.
    pub signed_text: String,
}

/// A site with a permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteView {
    /// Which.
    pub origin: String,
    /// Since when; milliseconds since 1970.
    pub since_ms: u64,
    /// When it last asked for something and got it; milliseconds since 1970.
    pub used_ms: u64,
    /// Accounts that it may use.
    pub accounts: Vec<SiteAccount>,
    /// What is approved for it without asking. Nothing, while the wallet is locked.
    pub policies: Vec<Policy>,
    /// Until when its requests are turned down unheard; milliseconds since 1970.
    pub paused_until_ms: Option<u64>,
}

/// An account that a site may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteAccount {
    /// Which.
    pub address: Address,
    /// Base64 of flag and public key, as sites are told it.
    pub public_key: String,
    /// What its owner calls it; none while the wallet is locked or has it no more.
    pub label: Option<String>,
}

/// What the worker says about sites by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum DappEvent {
    /// What a site may see changed.
    Changed {
        /// Which site.
        origin: String,
        /// The change event's JSON text, as it is sent to the site's open pages.
        message: String,
        /// The permissions of all sites by now, for a mirror.
        sites: Vec<SiteView>,
    },
    /// A request that waited is over without a decision: the wallet was locked, account or network changed,
    /// or its permission was taken away.
    Ended {
        /// Which.
        id: AskedId,
        /// Whose.
        origin: String,
        /// What goes to the site.
        answer: String,
    },
    /// The site asks once more, from another page, while this request waits: is anybody there who waits for it?
    /// Whoever showed it hears `Alive` within moments, or it ends.
    Contested {
        /// Which.
        id: AskedId,
    },
    /// A policy was made: what is approved without asking is to be seen at once.
    Trusted {
        /// Whose.
        origin: String,
    },
    /// Something was approved without asking.
    Approved {
        /// Whose.
        origin: String,
        /// What was done.
        receipt: Option<Receipt>,
        /// By which policy.
        policy: PolicyId,
    },
}
