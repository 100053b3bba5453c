//! Reviews: prepared transactions that wait for a decision, and what is done with a yes.
//!
//! A review is bound to the account, the chain and the choice of network it was made for, and dies
//! with any of them.

use crate::activity::{self, Ledger};
use crate::context::Context;
use crate::multisig;
use crate::publish;
use crate::refusal::Refusal;
use crate::targets;
use crate::wallet::capital;
use bridge::late::Late;
use bridge::network::NetworkStatus;
use bridge::protocol::{Reply, ReviewId};
use bridge::publish::JobId;
use bridge::targets::SubmissionId;
use bridge::wallet::Receipt;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::address::ObjectId;
use wasm_core::digest::TransactionDigest;
use wasm_core::intent::Intent;
use wasm_core::job::send::{
    self, Acquaintances, InFlight, Outcome, PrepareError, Prepared, SignRefused, Terms,
};
use wasm_core::ports::{Chain as _, ChainError, Executed};
use wasm_core::preview::{Consent, Explanation, Review};
use wasm_core::tx::TransactionKind;
use wasm_core::tx::sign::SignedTransaction;

/// What a transaction is for, beyond itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// Nothing.
    Send,
    /// A step of a publication.
    Publish(JobId),
    /// Data for a target.
    Submit(SubmissionId),
}

/// What a prepared transaction is bound to. It is not signed once any of it has changed.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) ledger: Ledger,
    choice: u64,
    forgotten: u64,
}

impl Bound {
    /// The account, the chain and the choice of network as they are now.
    pub(crate) fn now(context: &Context) -> Result<Self, Refusal> {
        Ok(Self {
            ledger: Ledger::current(context)?,
            choice: context.following.choice(),
            forgotten: context.reviews.borrow().forgotten,
        })
    }

    /// Makes sure that nothing changed: not even that the wallet was locked and opened again.
    fn still_holds(&self, context: &Context) -> Result<(), Refusal> {
        let holds = context.reviews.borrow().forgotten == self.forgotten
            && context.following.choice() == self.choice
            && Ledger::current(context)? == self.ledger;
        if holds { Ok(()) } else { Err(expired()) }
    }
}

struct Pending {
    prepared: Prepared,
    purpose: Purpose,
    /// The proposal that it is of, where several sign.
    proposal: Option<TransactionDigest>,
    bound: Bound,
}

impl Pending {
    /// Whose transaction it is: the account in use, or, of a proposal, the members'.
    const fn ledger(&self) -> Ledger {
        Ledger { account: self.prepared.review().sender, ..self.bound.ledger }
    }
}

/// Prepared transactions, and those being sent.
#[derive(Default)]
pub(crate) struct Reviews {
    last: u64,
    /// Grows each time all are forgotten; what is still being prepared then is not shown.
    forgotten: u64,
    pending: BTreeMap<ReviewId, Pending>,
    sending: BTreeSet<TransactionDigest>,
}

impl Reviews {
    fn add(&mut self, pending: Pending) -> ReviewId {
        self.last += 1;
        // One decision at a time: a second review would count the same coins.
        self.pending.clear();
        self.pending.insert(ReviewId(self.last), pending);
        ReviewId(self.last)
    }

    /// Forgets one.
    pub(crate) fn forget(&mut self, id: ReviewId) {
        self.pending.remove(&id);
    }

    /// Forgets all that were not confirmed.
    pub(crate) fn forget_all(&mut self) {
        self.forgotten += 1;
        self.pending.clear();
    }

    /// Whether a transaction is on its way right now, so that its answer need not be looked up.
    pub(crate) fn is_sending(&self, digest: &TransactionDigest) -> bool {
        self.sending.contains(digest)
    }
}

/// Prepares a transaction and keeps it until there is a decision.
pub(crate) async fn prepare(
    context: &Rc<Context>,
    intent: &Intent,
    purpose: Purpose,
) -> Result<Reply, Refusal> {
    crate::accounts::check_not_watched(context)?;
    let bound = Bound::now(context)?;
    let prepared = make_ready(context, intent, bound.ledger).await?;
    offer(context, prepared, purpose, None, bound).map(Reply::from)
}

/// What is to be decided.
pub(crate) struct Offered {
    pub(crate) id: ReviewId,
    pub(crate) review: Review,
    pub(crate) network: NetworkStatus,
}

impl From<Offered> for Reply {
    fn from(Offered { id, review, network }: Offered) -> Self {
        Self::Review { id, review: Late::new(&review), network }
    }
}

/// Keeps what was prepared until there is a decision, and shows it.
pub(crate) fn offer(
    context: &Context,
    prepared: Prepared,
    purpose: Purpose,
    proposal: Option<TransactionDigest>,
    bound: Bound,
) -> Result<Offered, Refusal> {
    let mut review = prepared.review().clone();
    if let TransactionKind::RevealModel(reveal) = prepared.transaction().kind() {
        // The page shows bytes; it does not learn a key that is not public yet.
        let key = hex::encode(reveal.decryption_key.0);
        review.bytes = review.bytes.replace(&key, &"·".repeat(64));
    }
    bound.still_holds(context)?;
    let id = context.reviews.borrow_mut().add(Pending { prepared, purpose, proposal, bound });
    Ok(Offered { id, review, network: context.following.status() })
}

/// What was reviewed, no longer waiting here for a decision.
pub(crate) struct Taken {
    pub(crate) prepared: Prepared,
    pub(crate) purpose: Purpose,
    pub(crate) ledger: Ledger,
    bound: Bound,
}

/// Takes what was reviewed out, to be signed by several, if each of its dangers was accepted.
pub(crate) fn take(context: &Context, id: ReviewId, consent: &Consent) -> Result<Taken, Refusal> {
    take_bound(context, id, consent)
}

fn take_bound(context: &Context, id: ReviewId, consent: &Consent) -> Result<Taken, Refusal> {
    let mut reviews = context.reviews.borrow_mut();
    let pending = reviews.pending.get(&id).ok_or_else(expired)?;
    pending.prepared.check_consent(consent)?;
    let Pending { prepared, purpose, bound, .. } =
        reviews.pending.remove(&id).ok_or_else(expired)?;
    drop(reviews);
    bound.still_holds(context)?;
    Ok(Taken { prepared, purpose, ledger: bound.ledger, bound })
}

/// The proposal that a review is of.
pub(crate) fn proposal_of(context: &Context, id: ReviewId) -> Result<TransactionDigest, Refusal> {
    context.reviews.borrow().pending.get(&id).and_then(|it| it.proposal).ok_or_else(expired)
}

/// Does something with what was reviewed and still waits, if nothing changed since.
pub(crate) fn with<T>(
    context: &Context,
    id: ReviewId,
    act: impl FnOnce(&Prepared) -> Result<T, SignRefused>,
) -> Result<T, Refusal> {
    let bound = context.reviews.borrow().pending.get(&id).map(|it| it.bound.clone());
    bound.ok_or_else(expired)?.still_holds(context)?;
    let reviews = context.reviews.borrow();
    let pending = reviews.pending.get(&id).ok_or_else(expired)?;
    Ok(act(&pending.prepared)?)
}

async fn make_ready(
    context: &Rc<Context>,
    intent: &Intent,
    ledger: Ledger,
) -> Result<Prepared, Refusal> {
    let terms = Terms {
        expected_chain: Some(ledger.chain),
        excluded: activity::promised(context, ledger).await?,
        acquaintances: Some(acquaintances(context, ledger).await?),
    };
    let node = context.following.node();
    let prepared = Prepared::new(&*node, ledger.account, intent, &terms).await?;
    let more = multisig::warnings(context, ledger, &prepared.in_flight()).await?;
    Ok(prepared.with_findings(more))
}

/// Whom the account in use knows: the wallet's own accounts, whom any of them paid on this
/// chain, where one is known, and who has a name.
pub(crate) async fn acquaintances(
    context: &Rc<Context>,
    ledger: impl Into<Option<Ledger>>,
) -> Result<Acquaintances, Refusal> {
    // Whoever is only watched, and who signs with others, is somebody else: known by a name, as in the
    // address book.
    let (mut own, mut book) = (BTreeMap::new(), BTreeMap::new());
    context.open_wallet()?.read(|secrets| {
        for account in secrets.accounts() {
            let own_one = crate::accounts::is_own(account, secrets.accounts());
            let known = if own_one { &mut own } else { &mut book };
            known.insert(account.address(), account.label().to_owned());
        }
        let contacts = secrets.contacts().iter();
        book.extend(contacts.map(|contact| (contact.address, contact.name.clone())));
    });
    let mut paid = BTreeSet::new();
    if let Some(ledger) = ledger.into() {
        for &account in own.keys() {
            paid.extend(activity::paid(context, Ledger { account, ..ledger }).await?);
        }
    }
    Ok(Acquaintances { own, book, paid })
}

/// Signs and sends exactly what was reviewed, if whoever reviewed it accepted each of its dangers. A
/// review stays where one was not, and can still be confirmed.
pub(crate) async fn confirm(
    context: &Rc<Context>,
    id: ReviewId,
    consent: &Consent,
) -> Result<Receipt, Refusal> {
    let pending = {
        let mut reviews = context.reviews.borrow_mut();
        let pending = reviews.pending.get(&id).ok_or_else(expired)?;
        pending.prepared.check_consent(consent)?;
        reviews.pending.remove(&id).ok_or_else(expired)?
    };
    let (ledger, review) = (pending.ledger(), pending.prepared.review());
    let headline = review.description.headline.clone();
    let Sent { executed, created, .. } = sign_and_send(context, pending, consent).await?;
    Ok(receipt(&executed, headline, ledger, created))
}

/// A review that was signed and sent, with what whoever asked for it is told.
pub(crate) struct Carried {
    pub(crate) receipt: Receipt,
    pub(crate) signed: SignedTransaction,
    pub(crate) executed: Executed,
}

/// As [`confirm`], for whoever hands the signed bytes on.
pub(crate) async fn confirm_for_site(
    context: &Rc<Context>,
    id: ReviewId,
    consent: &Consent,
) -> Result<Carried, Refusal> {
    let Taken { prepared, bound, .. } = take_bound(context, id, consent)?;
    carry_out_prepared(context, prepared, bound, consent).await
}

/// Signs and sends what was prepared for a site, without a purpose of this wallet's own.
pub(crate) async fn carry_out_prepared(
    context: &Rc<Context>,
    prepared: Prepared,
    bound: Bound,
    consent: &Consent,
) -> Result<Carried, Refusal> {
    prepared.check_consent(consent)?;
    let headline = prepared.review().description.headline.clone();
    let pending = Pending { prepared, purpose: Purpose::Send, proposal: None, bound };
    let ledger = pending.ledger();
    let Sent { executed, created, signed } = sign_and_send(context, pending, consent).await?;
    let receipt = receipt(&executed, headline, ledger, created);
    Ok(Carried { receipt, signed, executed })
}

/// Signs exactly what was reviewed and sends it nowhere: whoever asked for it may, until one of its objects
/// changes.
pub(crate) async fn sign_for_site(
    context: &Rc<Context>,
    id: ReviewId,
    consent: &Consent,
) -> Result<SignedTransaction, Refusal> {
    let Taken { prepared, bound, .. } = take_bound(context, id, consent)?;
    let ledger = bound.ledger;
    let info = context.following.node().service_info().await?;
    if info.chain_id != ledger.chain {
        let (expected, actual) = (ledger.chain, info.chain_id);
        return Err(PrepareError::WrongChain { expected, actual }.into());
    }
    prepared.check_epoch(info.epoch)?;
    // While the node was asked, the wallet may have been locked, or a permission taken away.
    bound.still_holds(context)?;
    Ok(prepared.sign(&context.open_wallet()?.keypair(&ledger.account)?, consent)?)
}

/// Prepares, signs and sends what was decided before, if `accept` finds that it is what was shown then.
pub(crate) async fn carry_out(
    context: &Rc<Context>,
    intent: &Intent,
    bound: &Bound,
    accept: impl FnOnce(&Review) -> Result<(), Refusal>,
) -> Result<Executed, Refusal> {
    bound.still_holds(context)?;
    let prepared = make_ready(context, intent, bound.ledger).await?;
    accept(prepared.review())?;
    let pending =
        Pending { prepared, purpose: Purpose::Send, proposal: None, bound: bound.clone() };
    // Nobody looks at each of many: one with a danger is not among them.
    sign_and_send(context, pending, &Consent::default()).await.map(|sent| sent.executed)
}

/// What was executed.
struct Sent {
    executed: Executed,
    /// Whether it is about a new model.
    created: bool,
    signed: SignedTransaction,
}

/// Signs and sends.
async fn sign_and_send(
    context: &Rc<Context>,
    pending: Pending,
    consent: &Consent,
) -> Result<Sent, Refusal> {
    let ledger = pending.ledger();
    let Pending { prepared, purpose, proposal, bound } = pending;
    bound.still_holds(context)?;
    let node = context.following.node();
    if let Purpose::Submit(id) = &purpose {
        targets::look_again(context, id).await?;
    }
    let info = node.service_info().await?;
    if info.chain_id != ledger.chain {
        let (expected, actual) = (ledger.chain, info.chain_id);
        return Err(PrepareError::WrongChain { expected, actual }.into());
    }
    prepared.check_epoch(info.epoch)?;
    let collected = multisig::collected(context, ledger, proposal).await?;
    // While the node was asked, the wallet may have been locked, or another account or network chosen.
    bound.still_holds(context)?;
    let (in_flight, headline) =
        (prepared.in_flight(), prepared.review().description.headline.clone());
    let signed = match collected {
        Some(signature) => prepared.signed(signature, consent)?,
        None => prepared.sign(&context.open_wallet()?.keypair(&ledger.account)?, consent)?,
    };
    let digest = in_flight.digest;
    let kind = signed.transaction.kind();

    reserve(context, ledger, digest).await?;
    // From here on a crash must not forget the transaction.
    let noted = note_sending(context, ledger, &signed, in_flight, &headline, &purpose).await;
    let outcome = match noted {
        Ok(()) => send::execute(&*node, &signed).await,
        Err(refusal) => {
            context.reviews.borrow_mut().sending.remove(&digest);
            return Err(refusal);
        }
    };
    context.reviews.borrow_mut().sending.remove(&digest);

    // What cannot be stored now is looked up again later; the outcome is told all the same.
    match outcome {
        Outcome::Executed(executed) => {
            let _ = activity::finish(context, ledger, &executed).await;
            note_executed(context, ledger, kind, &executed, &purpose).await;
            context.account_changed();
            let created = matches!(kind, TransactionKind::CreateModel { .. });
            Ok(Sent { executed: *executed, created, signed })
        }
        Outcome::NotExecuted(error) => {
            take_back(context, ledger, digest, &purpose).await;
            Err(error.into())
        }
        Outcome::Unknown { cause, .. } => {
            let explanation = Explanation::of_chain_error(&cause);
            Err(Refusal::new(
                "send/unknown",
                format!(
                    "The transaction was sent, and whether it was executed is not known: {}",
                    explanation.what
                ),
                "Do not send it again. The wallet keeps asking and shows the outcome under \
                 Activity; until then its coins stay reserved.",
            ))
        }
    }
}

/// Sees to it that nobody else looks a transaction up or sends it before there is an answer. One that is
/// under way already keeps its coins: nothing of that sending is touched.
async fn reserve(
    context: &Context,
    ledger: Ledger,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    if !context.reviews.borrow_mut().sending.insert(digest) {
        return Err(under_way());
    }
    let refusal = match activity::is_open(context, ledger, &digest).await {
        Ok(false) => return Ok(()),
        Ok(true) => under_way(),
        Err(refusal) => refusal,
    };
    context.reviews.borrow_mut().sending.remove(&digest);
    Err(refusal)
}

/// Tells whoever waits for it that a transaction was executed. What cannot be stored now is found out
/// again later.
async fn note_executed(
    context: &Rc<Context>,
    ledger: Ledger,
    kind: &TransactionKind,
    executed: &Executed,
    purpose: &Purpose,
) {
    let _ = multisig::stage_executed(context, ledger.chain, executed).await;
    match purpose {
        Purpose::Send => {}
        Purpose::Publish(job) => {
            let _ = publish::executed(context, job, executed).await;
        }
        Purpose::Submit(id) => {
            let _ = targets::executed(context, id, executed).await;
        }
    }
    if let TransactionKind::ClaimRewards { target_id } = kind
        && executed.failure.is_none()
    {
        let _ = targets::settled(context, ledger, *target_id, ledger.account, executed).await;
    }
}

/// Tells what a proposal was made for that somebody else executed it: first that it was sent, which it does
/// not know yet. What has gone on without it is left as it is.
pub(crate) async fn note_elsewhere(
    context: &Rc<Context>,
    kind: &TransactionKind,
    purpose: &Purpose,
    in_flight: InFlight,
    executed: &Executed,
) {
    match purpose {
        Purpose::Send => {}
        Purpose::Publish(job) => {
            let _ = publish::sent_elsewhere(context, job, kind, in_flight).await;
            let _ = publish::executed(context, job, executed).await;
        }
        Purpose::Submit(id) => {
            let _ = targets::sending(context, id, in_flight).await;
            let _ = targets::executed(context, id, executed).await;
        }
    }
}

/// Stores that a transaction is about to be sent: first with its publication, which then waits for the
/// outcome, and last where it would be sent again by itself. Where that fails, nothing is sent.
async fn note_sending(
    context: &Rc<Context>,
    ledger: Ledger,
    signed: &SignedTransaction,
    in_flight: InFlight,
    headline: &str,
    purpose: &Purpose,
) -> Result<(), Refusal> {
    let digest = in_flight.digest;
    multisig::stage_sent(context, ledger.chain, digest).await?;
    let waits = match purpose {
        Purpose::Send => Ok(()),
        Purpose::Publish(job) => publish::sending(context, job, in_flight.clone()).await,
        Purpose::Submit(id) => targets::sending(context, id, in_flight.clone()).await,
    };
    if waits.is_err() {
        let _ = multisig::stage_not_executed(context, ledger.chain, digest).await;
        return waits;
    }
    let begun = activity::begin(context, ledger, signed, in_flight, headline.to_owned()).await;
    if begun.is_err() {
        // Only what was noted here: what the ledger has of it is of another sending.
        forget_sending(context, ledger, digest, purpose).await;
    }
    begun
}

/// Notes that a transaction was not executed and never will be.
async fn take_back(
    context: &Rc<Context>,
    ledger: Ledger,
    digest: TransactionDigest,
    purpose: &Purpose,
) {
    // What cannot be stored now is looked up again later.
    let _ = activity::drop_pending(context, ledger, digest).await;
    forget_sending(context, ledger, digest, purpose).await;
}

/// Tells whoever waits for a transaction that it is not on its way.
async fn forget_sending(
    context: &Rc<Context>,
    ledger: Ledger,
    digest: TransactionDigest,
    purpose: &Purpose,
) {
    let _ = multisig::stage_not_executed(context, ledger.chain, digest).await;
    match purpose {
        Purpose::Send => {}
        Purpose::Publish(job) => {
            let _ = publish::not_executed(context, job, digest).await;
        }
        Purpose::Submit(id) => {
            let _ = targets::not_executed(context, id, digest).await;
        }
    }
}

/// The same transaction was sent before, and what became of it is not known.
fn under_way() -> Refusal {
    Refusal::passing(
        "send/under-way",
        "This very transaction was sent already, and what became of it is not known yet.",
        "Wait until the network tells; the wallet keeps asking. Nothing was sent a second time.",
    )
}

fn receipt(executed: &Executed, headline: String, ledger: Ledger, created: bool) -> Receipt {
    let succeeded = executed.failure.is_none();
    Receipt {
        digest: executed.digest,
        headline,
        failure: executed.failure.as_ref().map(Explanation::of_failure),
        fee: executed.fee,
        change: activity::change_of(executed, ledger.account),
        epoch: executed.epoch,
        created_model: (created && succeeded).then(|| ObjectId::derive(&executed.digest, 0)),
    }
}

/// The code of what is not valid any more.
pub(crate) const EXPIRED: &str = "review/expired";

pub(crate) fn expired() -> Refusal {
    Refusal::new(
        EXPIRED,
        "This review is not valid any more: the wallet was locked, or account or network changed. \
         Nothing was signed.",
        "Prepare the transaction again.",
    )
}

impl From<PrepareError> for Refusal {
    fn from(error: PrepareError) -> Self {
        let what = capital(&error);
        match error {
            PrepareError::Chain(ChainError::Stale { .. } | ChainError::Locked { .. }) => {
                Self::passing("prepare/moved", what, "Prepare it again; nothing was sent.")
            }
            PrepareError::Chain(error) => error.into(),
            PrepareError::WrongChain { .. } => Self::new(
                "network/wrong-chain",
                what,
                "Choose the network again and compare its identity. Nothing was signed.",
            ),
            PrepareError::Coins(_) => {
                Self::new("prepare/coins", what, "Send less, or get more coins first.")
            }
            PrepareError::Nothing => Self::new("prepare/nothing", what, "Enter an amount."),
            PrepareError::FeeTakesAll { .. } => {
                Self::new("prepare/fee", what, "Get more coins first.")
            }
            PrepareError::Model(_) => {
                Self::new("prepare/model", what, "Look at the model's state; nothing was sent.")
            }
            PrepareError::NothingToMerge => {
                Self::new("prepare/merge", what, "There is nothing to do.")
            }
            PrepareError::TooLarge { .. } => {
                Self::new("prepare/size", what, "Do it in several transactions.")
            }
            PrepareError::Pay(_) | PrepareError::Objects(_) => {
                Self::new("prepare/payment", what, "Change it and try again; nothing was sent.")
            }
            PrepareError::Staking(_) => {
                Self::new("prepare/stake", what, "Look at the stake's state; nothing was sent.")
            }
            PrepareError::Target(_) => {
                Self::new("prepare/target", what, "Look at the target's state; nothing was sent.")
            }
            PrepareError::Validator(_) => Self::new(
                "prepare/validator",
                what,
                "Look at the validator's state; nothing was sent.",
            ),
            PrepareError::Preview(_) => {
                Self::new("prepare/preview", what, "Nothing was signed or sent.")
            }
        }
    }
}

impl From<SignRefused> for Refusal {
    fn from(error: SignRefused) -> Self {
        match error {
            SignRefused::EpochEnded { .. } => Self::passing(
                "prepare/moved",
                capital(&error),
                "Prepare it again, and review it again. Nothing was signed or sent.",
            ),
            SignRefused::WrongKey { .. }
            | SignRefused::NotAMember { .. }
            | SignRefused::Signature(_)
            | SignRefused::Forbidden(_) => {
                Self::new("sign/refused", capital(&error), "Nothing was signed.")
            }
            SignRefused::NotAccepted(_) => Self::new(
                "sign/danger",
                capital(&error),
                "Nothing was signed. Read the warning, and accept it by itself.",
            ),
        }
    }
}
