//! Looking at a request: what its owner has to decide, or why there is nothing to decide.

use super::approve::{self, ByPolicy};
use super::chains::{self, Place};
use super::desk::{Stage, over};
use super::record::{self, SiteRecord};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::review::{self, Offered};
use bridge::dapp::{AskedId, AskingSite, Choosable, DappAnswer, DappReply, MessageView};
use browser::clock::now_ms;
use browser::random::BrowserRandom;
use rand_core::TryRng as _;
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::dapp::message::Body;
use wasm_core::dapp::policy::Looked;
use wasm_core::dapp::{
    Ask, AskedTransaction, ChainName, Origin, PersonalMessage, ResolveError, Scope, SiteError,
    UserKind, answer,
};
use wasm_core::digest::CheckpointDigest;
use wasm_core::job::send::{Prepared, Terms};
use wasm_core::preview::{Finding, Level};

/// Why a request is not decided: told to its site at once, or first to its owner.
pub(super) enum Obstacle {
    Site(SiteError),
    Owner(Refusal),
}

impl<E: Into<Refusal>> From<E> for Obstacle {
    fn from(error: E) -> Self {
        Self::Owner(error.into())
    }
}

/// An answer that only the site is told.
pub(super) fn plain(text: String) -> DappReply {
    let (receipt, failure, by_policy) = (None, None, None);
    DappReply::Answer(Box::new(DappAnswer { text, receipt, failure, by_policy }))
}

/// Looks at a request that waits.
pub(super) async fn look(context: &Rc<Context>, id: AskedId) -> Result<DappReply, Refusal> {
    let waiting = context.sites.desk.borrow().find(id)?.clone();
    if matches!(waiting.stage, Stage::Deciding) {
        return Err(over());
    }
    context.sites.desk.borrow_mut().set(id, Stage::Looking)?;
    if let Err(locked) = context.open_wallet() {
        context.sites.desk.borrow_mut().remove(id);
        return Err(locked);
    }
    let record = record::of(context, &waiting.origin).await?;
    let site = AskingSite {
        origin: waiting.origin.to_string(),
        calls_itself: waiting.request.app_name.clone(),
        since_ms: (!record.accounts.is_empty()).then_some(record.since_ms),
        refused: record.patience.refused,
    };
    let origin = &waiting.origin;
    let looked = match &waiting.request.ask {
        Ask::Connect { .. } => connect(context, id, site.clone(), &record),
        Ask::Message { message, account, chain } => {
            let asked = (message.as_slice(), *account, chain);
            sign_message(context, id, site.clone(), origin, &record, asked).await
        }
        Ask::Transaction { execute, transaction, account, chain } => {
            let asking =
                Asking { id, site: site.clone(), origin, record: &record, execute: *execute };
            let asked = (transaction.as_ref(), *account, chain);
            sign_transaction(context, asking, asked).await
        }
        Ask::Disconnect | Ask::Capabilities => Err(Obstacle::Owner(over())),
    };
    match looked {
        Ok(reply) => {
            // It may have ended while the node was asked.
            if !matches!(reply, DappReply::Answer(_)) {
                context.sites.desk.borrow().find(id)?;
            }
            Ok(reply)
        }
        Err(Obstacle::Site(error)) => {
            context.sites.desk.borrow_mut().remove(id).ok_or_else(over)?;
            Ok(plain(answer::refusal(Some(&waiting.request.id), &error)))
        }
        Err(Obstacle::Owner(failure)) => {
            let told = SiteError::Failed(failure.0.what.clone());
            context.sites.desk.borrow_mut().set(id, Stage::Failed(Box::new(told)))?;
            Ok(DappReply::Failed { id, site, failure: failure.0 })
        }
    }
}

fn connect(
    context: &Context,
    id: AskedId,
    site: AskingSite,
    record: &SiteRecord,
) -> Result<DappReply, Obstacle> {
    let accounts: Vec<Choosable> = context.open_wallet()?.read(|secrets| {
        // Who cannot sign alone has nothing to say to a site.
        let own = secrets.accounts().iter().filter(|it| secrets.keypair(&it.address()).is_some());
        own.map(|account| Choosable {
            address: account.address(),
            label: account.label().to_owned(),
            is_permitted: record.permits(account.address()),
        })
        .collect()
    });
    context.sites.desk.borrow_mut().set(id, Stage::Connect)?;
    Ok(DappReply::Connect { id, site, accounts })
}

/// Makes sure that an account can sign by itself. Only a site that may use it learns that it cannot.
pub(super) fn check_account(
    context: &Context,
    record: &SiteRecord,
    account: Address,
) -> Result<String, Obstacle> {
    let known = context.open_wallet()?.read(|secrets| {
        let label = secrets.account(&account).map(|account| account.label().to_owned());
        label.map(|label| (label, secrets.keypair(&account).is_some()))
    });
    match known {
        Some(_) if !record.permits(account) => Err(Obstacle::Site(SiteError::Unauthorized)),
        None => Err(Obstacle::Site(SiteError::Unauthorized)),
        Some((_, false)) => Err(Obstacle::Site(SiteError::AccountCannotSign)),
        Some((label, true)) => Ok(label),
    }
}

/// The chain that is asked for, where the network in use is it.
async fn here(
    context: &Context,
    id: AskedId,
    site: &AskingSite,
    chain: &ChainName,
) -> Result<Result<CheckpointDigest, DappReply>, Obstacle> {
    match chains::place(context, chain).await? {
        Place::Here(digest) => Ok(Ok(digest)),
        Place::Nowhere => Err(Obstacle::Site(SiteError::WrongChain)),
        Place::Elsewhere(known) => {
            context.sites.desk.borrow_mut().set(id, Stage::Elsewhere)?;
            let (site, chain) = (site.clone(), chain.to_string());
            Ok(Err(DappReply::OtherNetwork { id, site, chain, known }))
        }
    }
}

async fn sign_message(
    context: &Rc<Context>,
    id: AskedId,
    site: AskingSite,
    origin: &Origin,
    record: &SiteRecord,
    (message, account, chain): (&[u8], Address, &ChainName),
) -> Result<DappReply, Obstacle> {
    check_account(context, record, account)?;
    let genesis = match here(context, id, &site, chain).await? {
        Ok(genesis) => genesis,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut nonce = [0; 16];
    let Ok(()) = BrowserRandom.try_fill_bytes(&mut nonce);
    let message = PersonalMessage {
        origin: origin.clone(),
        chain: chain.clone(),
        genesis,
        account,
        at_ms: now_ms(),
        nonce,
        body: Body::of(message),
    };
    let view = MessageView {
        body: message.body.shown(),
        is_text: message.body.is_text(),
        chain: message.chain.to_string(),
        at_ms: message.at_ms,
        nonce: hex::encode(message.nonce),
        signed_text: message.text(),
    };
    context.sites.desk.borrow_mut().set(id, Stage::Message(Box::new(message)))?;
    Ok(DappReply::Message { id, site, account, message: Box::new(view) })
}

/// Who asks for a transaction.
struct Asking<'a> {
    id: AskedId,
    site: AskingSite,
    origin: &'a Origin,
    record: &'a SiteRecord,
    execute: bool,
}

async fn sign_transaction(
    context: &Rc<Context>,
    asking: Asking<'_>,
    (transaction, account, chain): (&AskedTransaction, Address, &ChainName),
) -> Result<DappReply, Obstacle> {
    let Asking { id, site, origin, record, execute } = asking;
    let label = check_account(context, record, account)?;
    if !execute && transaction.kind() == Some(UserKind::RevealModel) {
        return Err(Obstacle::Site(SiteError::Unsupported(
            "a reveal is executed by the wallet at once, or not signed: its bytes hold the key"
                .into(),
        )));
    }
    let genesis = match here(context, id, &site, chain).await? {
        Ok(genesis) => genesis,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if context.account()? != account {
        context.sites.desk.borrow_mut().set(id, Stage::Elsewhere)?;
        return Ok(DappReply::OtherAccount { id, site, account, label });
    }
    let bound = review::Bound::now(context)?;
    if bound.ledger.chain != genesis || bound.ledger.account != account {
        return Err(Obstacle::Owner(over()));
    }
    let prepared = prepare(context, transaction.clone(), &bound, record, execute).await?;
    let looked = Looked {
        origin,
        transaction: prepared.transaction(),
        chain: genesis,
        review: prepared.review(),
        now_ms: now_ms(),
    };
    let suggestion = execute.then(|| Scope::suggestion(&looked)).flatten().map(Box::new);
    let digest = prepared.digest();
    let prepared = if execute {
        match approve::by_policy(context, id, origin, prepared, &bound).await? {
            ByPolicy::Done(answer) => return Ok(answer),
            ByPolicy::Asks(prepared) => *prepared,
        }
    } else {
        prepared
    };
    let Offered { id: review_id, review, network } =
        review::offer(context, prepared, review::Purpose::Send, None, bound)?;
    let stage = Stage::Transaction { review: review_id, digest };
    if let Err(over) = context.sites.desk.borrow_mut().set(id, stage) {
        context.reviews.borrow_mut().forget(review_id);
        return Err(Obstacle::Owner(over));
    }
    let (review, network) = (Box::new(review), Box::new(network));
    Ok(DappReply::Transaction { id, site, execute, review_id, review, network, suggestion })
}

/// Completes what the site wants, and adds what is to be known of it because a site asks.
async fn prepare(
    context: &Rc<Context>,
    transaction: AskedTransaction,
    bound: &review::Bound,
    record: &SiteRecord,
    execute: bool,
) -> Result<Prepared, Obstacle> {
    let ledger = bound.ledger;
    let promised = crate::activity::promised(context, ledger).await?;
    let terms = Terms {
        expected_chain: Some(ledger.chain),
        excluded: promised.clone(),
        acquaintances: Some(review::acquaintances(context, ledger).await?),
    };
    let kind = transaction.kind();
    let node = context.following.node();
    let prepared = match transaction.prepare(&*node, ledger.account, &terms).await {
        Ok(prepared) => prepared,
        Err(
            error @ (ResolveError::OtherSender
            | ResolveError::NoAmount
            | ResolveError::Uneven { .. }),
        ) => {
            return Err(Obstacle::Site(SiteError::Malformed(error.to_string())));
        }
        Err(ResolveError::Prepare(error)) => return Err(Obstacle::Owner(error.into())),
    };
    let in_flight = prepared.in_flight();
    let mut more = crate::multisig::warnings(context, ledger, &in_flight).await?;
    let mut say = |level, text: &str| more.push(Finding { level, text: text.to_owned() });
    if record.used_ms == 0 {
        say(Level::Caution, "This site has not had anything signed with this wallet before.");
    }
    if !execute {
        say(
            Level::Caution,
            "The site gets the signed transaction and may send it whenever it wants. It stays valid until one \
             of the coins or objects that it names has changed.",
        );
    }
    if kind == Some(UserKind::RevealModel) {
        say(
            Level::Danger,
            "A site asks to make the key of a model public. Everybody can read the weights from then on, for \
             ever. The key is the one that the site gave, not one that this wallet keeps.",
        );
    }
    if in_flight.excluded().any(|id| promised.contains(&id)) {
        say(
            Level::Caution,
            "Another transaction of this account is on its way and uses the same coins. Whichever is executed \
             first, the other can never be.",
        );
    }
    Ok(prepared.with_findings(more))
}
