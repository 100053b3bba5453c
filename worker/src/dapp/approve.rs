//! What an owner said yes to, just now or in advance, and what the site is told of it.

use super::desk::{Stage, Waiting, over};
use super::look::{Obstacle, check_account};
use super::{permissions, record};
use crate::context::Context;
use crate::guests;
use crate::post::post;
use crate::refusal::{Refusal, sentence};
use crate::review::{self, Bound, Carried};
use crate::vault::change_secrets;
use bridge::dapp::{AskedId, DappAnswer, DappEvent, DappReply, Decision};
use bridge::late::Late;
use bridge::protocol::{Event, ReviewId};
use browser::clock::now_ms;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::dapp::answer::{self, Execution};
use wasm_core::dapp::policy::Looked;
use wasm_core::dapp::{Ask, Origin, Patience, PersonalMessage, PolicyId, Scope, SiteError};
use wasm_core::digest::TransactionDigest;
use wasm_core::job::send::Prepared;
use wasm_core::preview::Consent;

/// The worker's word for a transaction whose answer was lost.
const UNKNOWN: &str = "send/unknown";

/// Whether a policy approved something.
pub(super) enum ByPolicy {
    /// It did.
    Done(DappReply),
    /// None covers it: its owner is asked.
    Asks(Box<Prepared>),
}

/// Does what the owner said yes to. Where that fails, the request waits on.
pub(super) async fn approve(
    context: &Rc<Context>,
    id: AskedId,
    decision: Decision,
) -> Result<DappReply, Refusal> {
    let waiting = context.sites.desk.borrow().find(id)?.clone();
    context.open_wallet()?;
    let record = record::of(context, &waiting.origin).await?;
    let Waiting { origin, request, stage, .. } = &waiting;
    context.sites.desk.borrow_mut().set(id, Stage::Deciding)?;
    let done = match (stage, decision, &request.ask) {
        (Stage::Connect, Decision::Accounts(accounts), Ask::Connect { .. }) => {
            connect(context, origin, &request.id, &accounts).await
        }
        (Stage::Message(message), Decision::Message, Ask::Message { .. }) => {
            match check_account(context, &record, message.account) {
                Ok(_) => sign_message(context, &request.id, message),
                Err(obstacle) => Err(told(obstacle)),
            }
        }
        (
            Stage::Transaction { review, digest },
            Decision::Transaction { review: shown, consent, remember },
            Ask::Transaction { execute, account, .. },
        ) if *review == shown => match check_account(context, &record, *account) {
            Ok(_) => {
                let act = Act {
                    id: &request.id,
                    origin,
                    review: shown,
                    digest: *digest,
                    execute: *execute,
                    account: *account,
                };
                act.perform(context, &consent, remember).await
            }
            Err(obstacle) => Err(told(obstacle)),
        },
        _ => Err(Refusal::new(
            "dapp/other-decision",
            "This is not what the request waits for. Nothing was signed.",
            "Look at the request again.",
        )),
    };
    settle(context, id, waiting, done).await
}

/// Takes a request that is done from the desk, or puts one that failed back.
async fn settle(
    context: &Rc<Context>,
    id: AskedId,
    waiting: Waiting,
    done: Result<DappAnswer, Refusal>,
) -> Result<DappReply, Refusal> {
    match done {
        Ok(answer) => {
            context.sites.desk.borrow_mut().remove(id);
            note_used(context, &waiting.origin).await;
            Ok(DappReply::Answer(Box::new(answer)))
        }
        Err(failure) => {
            let record = record::of(context, &waiting.origin).await?;
            let lost = waiting.request.account().is_some_and(|account| !record.permits(account));
            let ended = if context.presence.open().is_none() {
                Some(SiteError::Locked)
            } else {
                lost.then_some(SiteError::Unauthorized)
            };
            if let Some(error) = ended {
                // It would have ended, had it not been under way.
                context.sites.desk.borrow_mut().remove(id);
                let text = answer::refusal(Some(&waiting.request.id), &error);
                let failure = Some(failure.0);
                let answer = DappAnswer { text, receipt: None, failure, by_policy: None };
                return Ok(DappReply::Answer(Box::new(answer)));
            }
            if !guests::is_known(waiting.page) {
                // Nobody is left who could decide once more.
                context.sites.desk.borrow_mut().remove(id);
                return Err(failure);
            }
            context.sites.desk.borrow_mut().set(id, waiting.stage)?;
            Err(failure)
        }
    }
}

/// Notes that something was approved for a site. It is only counted: where it cannot be stored, all else
/// goes on.
async fn note_used(context: &Context, origin: &Origin) {
    let noted = record::change(context, origin, |record| {
        record.used_ms = now_ms();
        record.patience = Patience::default();
    });
    let _ = noted.await;
}

fn told(obstacle: Obstacle) -> Refusal {
    match obstacle {
        Obstacle::Owner(refusal) => refusal,
        Obstacle::Site(error) => Refusal::new(
            "dapp/not-permitted",
            format!("The site may not have this signed: {}.", error.message()),
            "Nothing was signed.",
        ),
    }
}

fn answered(text: String) -> DappAnswer {
    DappAnswer { text, receipt: None, failure: None, by_policy: None }
}

/// Permits accounts to a site. What was approved in advance for a site of this name before it had a
/// permission, is not any more.
async fn connect(
    context: &Rc<Context>,
    origin: &Origin,
    request: &str,
    accounts: &[Address],
) -> Result<DappAnswer, Refusal> {
    if accounts.is_empty() {
        return Err(Refusal::new(
            "dapp/no-account",
            "No account was chosen.",
            "Choose at least one, or refuse.",
        ));
    }
    let wallet = context.open_wallet()?;
    let mut permitted: Vec<record::Permitted> = Vec::new();
    for address in accounts {
        if permitted.iter().any(|known| known.address == *address) {
            continue;
        }
        let public_key = answer::public_key_text(&wallet.keypair(address)?.public_key());
        permitted.push(record::Permitted { address: *address, public_key });
    }
    if record::of(context, origin).await?.accounts.is_empty() {
        permissions::end_policies(context, |policy| policy.scope.origin == *origin).await?;
    }
    let record = record::change(context, origin, |record| {
        if record.accounts.is_empty() {
            (record.since_ms, record.used_ms) = (now_ms(), 0);
        }
        record.accounts = permitted;
        record.patience = Patience::default();
    })
    .await?;
    permissions::tell(context, origin).await?;
    Ok(answered(answer::connected(request, &permissions::accounts_of(context, &record))))
}

fn sign_message(
    context: &Context,
    request: &str,
    message: &PersonalMessage,
) -> Result<DappAnswer, Refusal> {
    let key = context.open_wallet()?.keypair(&message.account)?;
    let signature = message
        .sign(&key)
        .map_err(|error| Refusal::new("dapp/message", sentence(&error), "Nothing was signed."))?;
    Ok(answered(answer::message_signed(request, &message.text(), &signature)))
}

/// A transaction that was approved.
struct Act<'a> {
    id: &'a str,
    origin: &'a Origin,
    review: ReviewId,
    digest: TransactionDigest,
    execute: bool,
    account: Address,
}

impl Act<'_> {
    async fn perform(
        &self,
        context: &Rc<Context>,
        consent: &Consent,
        remember: Option<Box<Scope>>,
    ) -> Result<DappAnswer, Refusal> {
        if let Some(scope) = &remember {
            self.check(context, scope)?;
        }
        if !self.execute {
            let signed = review::sign_for_site(context, self.review, consent).await?;
            return Ok(answered(answer::signed(self.id, &signed)));
        }
        let carried = review::confirm_for_site(context, self.review, consent).await;
        let mut answer = executed(context, self.id, self.digest, carried).await?;
        if let Some(scope) = remember
            && answer.receipt.is_some()
        {
            let kept = change_secrets(context, |secrets| Ok(secrets.add_policy(*scope, now_ms())));
            match kept.await {
                Ok(_) => {
                    let origin = self.origin.to_string();
                    post(&Event::Dapp(Late::new(&DappEvent::Trusted { origin })));
                }
                // The transaction is done; that its owner will be asked again next time is told.
                Err(refusal) => answer.failure = Some(refusal.0),
            }
        }
        Ok(answer)
    }

    /// Makes sure that what is to be approved in advance is of this site, account and chain.
    fn check(&self, context: &Context, scope: &Scope) -> Result<(), Refusal> {
        let chain = context.following.facts()?.chain_id;
        let is_here =
            scope.origin == *self.origin && scope.account == self.account && scope.chain == chain;
        if !self.execute || !is_here {
            return Err(over());
        }
        scope.check(now_ms()).map_err(|error| {
            Refusal::new("dapp/policy", sentence(&error), "Change it. Nothing was signed.")
        })
    }
}

/// What a site is told of a transaction that was sent.
async fn executed(
    context: &Rc<Context>,
    request: &str,
    digest: TransactionDigest,
    carried: Result<Carried, Refusal>,
) -> Result<DappAnswer, Refusal> {
    let Carried { receipt, signed, executed } = match carried {
        Ok(carried) => carried,
        Err(refusal) if refusal.0.code == UNKNOWN => {
            let text = answer::refusal(Some(request), &SiteError::Unsettled(digest));
            let failure = Some(refusal.0);
            return Ok(DappAnswer { text, receipt: None, failure, by_policy: None });
        }
        Err(refusal) => return Err(refusal),
    };
    // Its effects are not needed to know that it was executed: a node that does not tell them now is not
    // waited for.
    let effects = context.following.node().effects(digest).await.ok().flatten();
    let execution = Execution {
        effects: effects.map(|effects| effects.to_bytes()),
        checkpoint: executed.checkpoint,
        failure: executed.failure.as_ref().map(|failure| failure.kind),
    };
    let text = answer::executed(request, &signed, &execution);
    Ok(DappAnswer { text, receipt: Some(receipt), failure: None, by_policy: None })
}

/// Executes what a policy covers. What that uses up is stored before anything is signed.
pub(super) async fn by_policy(
    context: &Rc<Context>,
    id: AskedId,
    origin: &Origin,
    prepared: Prepared,
    bound: &Bound,
) -> Result<ByPolicy, Obstacle> {
    let looked = || Looked {
        origin,
        transaction: prepared.transaction(),
        chain: bound.ledger.chain,
        review: prepared.review(),
        now_ms: now_ms(),
    };
    let covering = context.open_wallet()?.read(|secrets| {
        let mut policies = secrets.policies().iter();
        policies.find(|policy| policy.after(&looked()).is_ok()).map(|policy| policy.id)
    });
    let Some(policy) = covering else {
        return Ok(ByPolicy::Asks(Box::new(prepared)));
    };
    let request = context.sites.desk.borrow().find(id)?.request.id.clone();
    context.sites.desk.borrow_mut().set(id, Stage::Deciding)?;
    // Looked at once more when it is this change's turn: another one may have used it up.
    let spent = change_secrets(context, |secrets| {
        let known = secrets.policies().iter().find(|known| known.id == policy);
        match known.and_then(|known| known.after(&looked()).ok()) {
            Some(spent) => Ok(secrets.spend_policy(policy, spent)),
            None => Err(over()),
        }
    })
    .await;
    if spent.is_err() {
        context.sites.desk.borrow_mut().set(id, Stage::Looking)?;
        return Ok(ByPolicy::Asks(Box::new(prepared)));
    }
    let digest = prepared.digest();
    let carried =
        review::carry_out_prepared(context, prepared, bound.clone(), &Consent::default()).await;
    let answer = executed(context, &request, digest, carried).await?;
    context.sites.desk.borrow_mut().remove(id);
    note_used(context, origin).await;
    Ok(ByPolicy::Done(tell_approved(origin, answer, policy)))
}

/// Tells whoever looks that something was approved without asking.
fn tell_approved(origin: &Origin, answer: DappAnswer, policy: PolicyId) -> DappReply {
    let event =
        DappEvent::Approved { origin: origin.to_string(), receipt: answer.receipt.clone(), policy };
    post(&Event::Dapp(Late::new(&event)));
    DappReply::Answer(Box::new(DappAnswer { by_policy: Some(policy), ..answer }))
}
