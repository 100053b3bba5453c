//! What web sites ask, and what is done about it.
//!
//! A request is read strictly, held against the permission of the site that the browser attests, and waits on
//! the desk until its owner decides. Transactions go the same way as all others (`review`).

mod approve;
mod chains;
mod desk;
mod look;
mod permissions;
mod record;

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::dapp::{AskedId, DappAnswer, DappReply, DappRequest};
use bridge::guest::PageNumber;
use browser::clock::now_ms;
use desk::{Desk, Stage, over};
use look::{look, plain};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::dapp::answer::{self, refusal};
use wasm_core::dapp::{Ask, Origin, SiteError, SiteRequest};

/// All about sites: what is kept of them, and what they wait for.
#[derive(Default)]
pub(crate) struct Sites {
    records: record::Records,
    desk: RefCell<Desk>,
}

/// Answers what a page passes on from a site, or asks about sites.
pub(crate) async fn answer(
    context: &Rc<Context>,
    page: PageNumber,
    request: DappRequest,
) -> Result<DappReply, Refusal> {
    match request {
        DappRequest::Open { origin, message } => open(context, page, &origin, &message).await,
        DappRequest::Again(id) => look(context, id).await,
        DappRequest::Approve { id, decision } => approve::approve(context, id, decision).await,
        DappRequest::Refuse(id) => refuse(context, id).await,
        DappRequest::Gone(id) => {
            gone(context, id);
            Ok(DappReply::Done)
        }
        DappRequest::Alive(id) => {
            context.sites.desk.borrow_mut().note_alive(id);
            Ok(DappReply::Done)
        }
        DappRequest::Sites => sites(context).await,
        DappRequest::Revoke { origin } => {
            permissions::take_away(context, &known(&origin)?, |_| true).await?;
            sites(context).await
        }
        DappRequest::RevokeAccount { origin, address } => {
            permissions::take_away(context, &known(&origin)?, |account| account == address).await?;
            sites(context).await
        }
        DappRequest::RevokePolicy(id) => {
            permissions::end_policy(context, id).await?;
            sites(context).await
        }
        DappRequest::Forgive { origin } => {
            permissions::forgive(context, &known(&origin)?).await?;
            sites(context).await
        }
    }
}

async fn sites(context: &Context) -> Result<DappReply, Refusal> {
    permissions::sites(context).await.map(DappReply::Sites)
}

fn known(origin: &str) -> Result<Origin, Refusal> {
    origin.parse().map_err(|_| {
        Refusal::new("dapp/no-site", "There is no such site.", "Look at the list of sites again.")
    })
}

/// Reads a request, and answers what needs no decision.
async fn open(
    context: &Rc<Context>,
    page: PageNumber,
    origin: &str,
    text: &str,
) -> Result<DappReply, Refusal> {
    let no = |id: Option<&str>, error: &SiteError| Ok(plain(refusal(id, error)));
    let origin: Origin = match origin.parse() {
        Ok(origin) => origin,
        Err(error) => return no(SiteRequest::id_of(text).as_deref(), &SiteError::Origin(error)),
    };
    let request = match SiteRequest::parse(text) {
        Ok(request) => request,
        Err(error) => return no(SiteRequest::id_of(text).as_deref(), &error.for_site()),
    };
    let record = record::of(context, &origin).await?;
    let id = request.id.as_str();
    match &request.ask {
        Ask::Capabilities => {
            return Ok(plain(answer::capabilities(id, &chains::names(context))));
        }
        Ask::Disconnect => {
            if !record.accounts.is_empty() {
                permissions::take_away(context, &origin, |_| true).await?;
            }
            return Ok(plain(answer::disconnected(id)));
        }
        // Whoever is connected need not ask again, and silence is never broken.
        Ask::Connect { silent } => {
            let accounts = permissions::accounts_of(context, &record);
            if *silent || !accounts.is_empty() {
                return Ok(plain(answer::connected(id, &accounts)));
            }
        }
        // The same whether the wallet has the account, is locked, or has never heard of it.
        Ask::Transaction { account, .. } | Ask::Message { account, .. } => {
            if !record.permits(*account) {
                return no(Some(id), &SiteError::Unauthorized);
            }
        }
    }
    let now = now_ms();
    if let Some(until) = record.patience.paused_until_ms(now) {
        return no(Some(id), &SiteError::Throttled { wait_ms: until.saturating_sub(now) });
    }
    context.open_wallet()?;
    desk::contest(context, &origin).await;
    // It may have been locked meanwhile.
    context.open_wallet()?;
    let id = request.id.clone();
    match Desk::take(&context.sites.desk, page, &origin, request) {
        Ok(asked) => look(context, asked).await,
        Err(error) => no(Some(&id), &error),
    }
}

/// Says no. What cannot be done is told to the site as it is, and is nobody's refusal.
async fn refuse(context: &Context, id: AskedId) -> Result<DappReply, Refusal> {
    let waiting = {
        let mut desk = context.sites.desk.borrow_mut();
        if matches!(desk.find(id)?.stage, Stage::Deciding) {
            return Err(Refusal::passing(
                "dapp/deciding",
                "What was said yes to is being done.",
                "Wait for what comes of it.",
            ));
        }
        desk.remove(id).ok_or_else(over)?
    };
    let error = match waiting.stage {
        Stage::Failed(error) => *error,
        stage => {
            if let Stage::Transaction { review, .. } = stage {
                context.reviews.borrow_mut().forget(review);
            }
            let now = now_ms();
            // The no stands, also where it cannot be counted.
            let _ = record::change(context, &waiting.origin, |record| {
                record.patience = record.patience.refused(now);
            })
            .await;
            SiteError::Rejected
        }
    };
    let text = refusal(Some(&waiting.request.id), &error);
    let (receipt, failure, by_policy) = (None, None, None);
    Ok(DappReply::Answer(Box::new(DappAnswer { text, receipt, failure, by_policy })))
}

/// Nobody waits for the answer any more. What is being done is done.
fn gone(context: &Context, id: AskedId) {
    let mut desk = context.sites.desk.borrow_mut();
    if desk.find(id).is_ok_and(|waiting| !matches!(waiting.stage, Stage::Deciding))
        && let Some(waiting) = desk.remove(id)
        && let Stage::Transaction { review, .. } = waiting.stage
    {
        context.reviews.borrow_mut().forget(review);
    }
}

/// A page is gone, and with it whoever could have decided what it showed.
pub(crate) fn page_gone(context: &Context, page: PageNumber) {
    desk::end_of_page(context, page);
}

/// Reviews died: with the wallet's lock everything that waits, else what waits for the decision on one.
pub(crate) fn reviews_died(context: &Context) {
    if context.presence.open().is_none() {
        desk::end(context, &SiteError::Locked, |_| true);
    } else {
        desk::end(context, &SiteError::Expired, |waiting| {
            matches!(waiting.stage, Stage::Transaction { .. })
        });
    }
}

/// Everything was erased.
pub(crate) fn erased(context: &Context) {
    context.sites.records.forget();
}
