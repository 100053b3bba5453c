//! Requests that wait for their owner's decision: one a site, and a handful altogether.

use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::dapp::{AskedId, DappEvent};
use bridge::guest::PageNumber;
use bridge::late::Late;
use bridge::protocol::{Event, ReviewId};
use browser::clock::{now_ms, sleep_ms};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_core::dapp::answer::refusal;
use wasm_core::dapp::{Origin, PersonalMessage, SiteError, SiteRequest};
use wasm_core::digest::TransactionDigest;

/// How many sites may wait at once.
const MAX_WAITING: usize = 8;
/// A request that nobody decided for so long does not keep its site from asking again: the page that showed
/// it may be gone without a word. Milliseconds.
const STALE_MS: u64 = 600_000;
/// How long a request that is contested may take to show that somebody waits for it: so many looks, and
/// milliseconds between two.
const PATIENCE_LOOKS: u32 = 50;
const LOOK_MS: u32 = 100;

/// A request that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) origin: Origin,
    pub(super) request: SiteRequest,
    pub(super) stage: Stage,
    /// Which page shows it.
    pub(super) page: PageNumber,
    /// How often that page said that the site waits for the answer; never, where the site does not tell.
    alive: u32,
    /// When it came; milliseconds since 1970.
    at_ms: u64,
}

/// What it waits for.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// The worker looks at it.
    Looking,
    /// The choice of accounts.
    Connect,
    /// The decision on a review.
    Transaction { review: ReviewId, digest: TransactionDigest },
    /// The decision on a message.
    Message(Box<PersonalMessage>),
    /// Another account or network to be chosen.
    Elsewhere,
    /// Something that cannot be done, and what the site would be told of it.
    Failed(Box<SiteError>),
    /// What its owner said yes to is being done.
    Deciding,
}

/// All that wait.
#[derive(Default)]
pub(super) struct Desk {
    last: u64,
    waiting: BTreeMap<AskedId, Waiting>,
}

impl Desk {
    /// Takes a request, unless another one of its site waits.
    pub(super) fn take(
        desk: &RefCell<Self>,
        page: PageNumber,
        origin: &Origin,
        request: SiteRequest,
    ) -> Result<AskedId, SiteError> {
        let mut desk = desk.borrow_mut();
        let at_ms = now_ms();
        desk.waiting.retain(|_, it| {
            matches!(it.stage, Stage::Deciding) || at_ms.saturating_sub(it.at_ms) < STALE_MS
        });
        let of_site = desk.waiting.values().any(|waiting| waiting.origin == *origin);
        if of_site || desk.waiting.len() >= MAX_WAITING {
            return Err(SiteError::Busy);
        }
        desk.last += 1;
        let id = AskedId(desk.last);
        let origin = origin.clone();
        let stage = Stage::Looking;
        desk.waiting.insert(id, Waiting { origin, request, stage, page, alive: 0, at_ms });
        Ok(id)
    }

    pub(super) fn find(&self, id: AskedId) -> Result<&Waiting, Refusal> {
        self.waiting.get(&id).ok_or_else(over)
    }

    /// Sets what it waits for. An error, where it is over.
    pub(super) fn set(&mut self, id: AskedId, stage: Stage) -> Result<(), Refusal> {
        self.waiting.get_mut(&id).ok_or_else(over)?.stage = stage;
        Ok(())
    }

    /// The site's page said that it waits.
    pub(super) fn note_alive(&mut self, id: AskedId) {
        if let Some(waiting) = self.waiting.get_mut(&id) {
            waiting.alive = waiting.alive.saturating_add(1);
        }
    }

    /// The request of a site that can be asked whether anybody waits for it, and how often it was said so.
    fn contested(&self, origin: &Origin) -> Option<(AskedId, u32)> {
        let waiting = self.waiting.iter().find(|(_, it)| it.origin == *origin && it.alive > 0);
        waiting.map(|(id, it)| (*id, it.alive))
    }

    pub(super) fn remove(&mut self, id: AskedId) -> Option<Waiting> {
        self.waiting.remove(&id)
    }

    /// Whether something that was approved for any site is being done.
    pub(super) fn is_any_deciding(&self) -> bool {
        self.waiting.values().any(|it| matches!(it.stage, Stage::Deciding))
    }

    /// Whether something that was approved for a site is being done.
    pub(super) fn is_deciding(&self, origin: &Origin) -> bool {
        let deciding = |it: &Waiting| it.origin == *origin && matches!(it.stage, Stage::Deciding);
        self.waiting.values().any(deciding)
    }
}

/// A site asks while another request of it waits. That one ends, unless somebody waits for its answer: the page that
/// asked may have crashed, or been loaded anew.
pub(super) async fn contest(context: &Context, origin: &Origin) {
    let contested = context.sites.desk.borrow().contested(origin);
    let Some((id, heard)) = contested else { return };
    post(&Event::Dapp(Late::new(&DappEvent::Contested { id })));
    for _ in 0..PATIENCE_LOOKS {
        sleep_ms(LOOK_MS).await;
        let desk = context.sites.desk.borrow();
        if desk.waiting.get(&id).is_none_or(|waiting| waiting.alive > heard) {
            return;
        }
    }
    end_some(context, &SiteError::Expired, |other, _| other == id);
}

/// A page that showed requests is gone: nobody decides them any more. What is being done is done.
pub(super) fn end_of_page(context: &Context, page: PageNumber) {
    end(context, &SiteError::Expired, |waiting| waiting.page == page);
}

/// A request that is not known any more.
pub(super) fn over() -> Refusal {
    Refusal::new(
        "dapp/over",
        "This request is over: the wallet was locked, account or network changed, or the site may not ask \
         any more. Nothing was signed.",
        "Ask again from the site.",
    )
}

/// Ends requests without a decision, and tells. What is being done goes on, and notices by itself.
pub(super) fn end(context: &Context, error: &SiteError, ends: impl Fn(&Waiting) -> bool) {
    end_some(context, error, |_, waiting| ends(waiting));
}

fn end_some(context: &Context, error: &SiteError, ends: impl Fn(AskedId, &Waiting) -> bool) {
    let ended: Vec<(AskedId, Waiting)> = {
        let desk = &mut context.sites.desk.borrow_mut().waiting;
        let ids: Vec<AskedId> = desk
            .iter()
            .filter(|(id, it)| !matches!(it.stage, Stage::Deciding) && ends(**id, it))
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter().filter_map(|id| Some((id, desk.remove(&id)?))).collect()
    };
    for (id, Waiting { origin, request, stage, .. }) in ended {
        if let Stage::Transaction { review, .. } = stage {
            context.reviews.borrow_mut().forget(review);
        }
        let answer = refusal(Some(&request.id), error);
        let origin = origin.to_string();
        post(&Event::Dapp(Late::new(&DappEvent::Ended { id, origin, answer })));
    }
}
