//! How far back an account's activity reaches: what happened while nobody listened is asked for checkpoint by
//! checkpoint, and what was before is traced back from what the account owns, and asked of the indexer.

use super::Ledger;
use crate::context::Context;
use crate::network::Node;
use crate::refusal::Refusal;
use bridge::activity::{ActivityEntry, ActivityState, Past};
use bridge::activity_reach::Reach;
use browser::clock::now_ms;
use browser::store::Drawer;
use futures::future::join_all;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::ancestry::{Ancestry, Question};
use wasm_core::digest::TransactionDigest;
use wasm_core::indexer::IndexedTransaction;
use wasm_core::ports::{Chain as _, ChainError, CheckpointTransaction};

/// Missed checkpoints that are asked for one by one; of more, only what they left behind is looked for.
const MOST_MISSED: u64 = 600;
/// Checkpoints asked for at once.
const AT_ONCE: u64 = 8;
/// Transactions or objects asked for at once.
const BATCH: usize = 50;
/// Transactions looked at in a search of the past.
const MOST_TRACED: u64 = 2_000;
/// Parts of an indexer's list that are looked through.
const MOST_PARTS: u64 = 100;

/// What is known in this moment of the account that is followed.
#[derive(Default)]
pub(crate) struct Histories {
    reach: RefCell<Option<(Ledger, Reach)>>,
    working: RefCell<Option<Ledger>>,
}

impl Histories {
    fn of(&self, ledger: Ledger) -> Option<Reach> {
        self.reach.borrow().filter(|(whose, _)| *whose == ledger).map(|(_, reach)| reach)
    }

    /// Changes what is known of an account, if that is still the one that is followed.
    fn change(&self, ledger: Ledger, change: impl FnOnce(&mut Reach)) {
        if let Some((whose, reach)) = &mut *self.reach.borrow_mut()
            && *whose == ledger
        {
            change(reach);
        }
    }

    /// Forgets what was known: another network was chosen, or the wallet erased. What is kept is read again.
    pub(crate) fn forget(&self) {
        *self.reach.borrow_mut() = None;
    }
}

fn key(ledger: Ledger) -> String {
    format!("reach/{}", ledger.key())
}

async fn load(context: &Context, ledger: Ledger) -> Result<Option<Reach>, Refusal> {
    if let Some(reach) = context.histories.of(ledger) {
        return Ok(Some(reach));
    }
    Ok(context.store.load(Drawer::Activity, &key(ledger)).await?)
}

async fn save(context: &Context, ledger: Ledger) -> Result<(), Refusal> {
    let Some(mut reach) = context.histories.of(ledger) else { return Ok(()) };
    if matches!(reach.past, Past::Searching { .. }) {
        // Whoever reads this later finds nobody searching.
        reach.past = Past::NotSearched;
    }
    Ok(context.store.save(Drawer::Activity, &key(ledger), &reach).await?)
}

/// The first checkpoint from which on nothing was missed, and what is known of the time before.
pub(super) async fn known(
    context: &Context,
    ledger: Ledger,
) -> Result<(Option<u64>, Past), Refusal> {
    let reach = load(context, ledger).await?;
    Ok(reach.map_or((None, Past::NotSearched), |reach| (Some(reach.from), reach.past)))
}

/// Takes note that a checkpoint was heard of.
pub(super) fn heard(context: &Context, ledger: Ledger, number: u64) {
    context.histories.change(ledger, |reach| {
        if reach.to.checked_add(1) == Some(number) {
            reach.to = number;
        }
    });
}

/// Looks whether anything was missed, or never looked for, and does so. One work at a time: whoever asks
/// meanwhile leaves it to that.
pub(crate) fn keep_up(context: &Rc<Context>) {
    let Ok(ledger) = Ledger::current(context) else { return };
    if context.histories.working.borrow().is_some() {
        return;
    }
    *context.histories.working.borrow_mut() = Some(ledger);
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        // What cannot be asked or kept now is tried again with the next look.
        let _ = Box::pin(work(&context, ledger)).await;
        *context.histories.working.borrow_mut() = None;
    });
}

/// Has the past searched for again.
pub(super) async fn search_again(context: &Rc<Context>, ledger: Ledger) -> Result<(), Refusal> {
    if let Some(reach) = load(context, ledger).await? {
        *context.histories.reach.borrow_mut() = Some((ledger, reach));
        context.histories.change(ledger, |reach| {
            if !matches!(reach.past, Past::Searching { .. }) {
                reach.past = Past::NotSearched;
            }
        });
    }
    keep_up(context);
    Ok(())
}

async fn work(context: &Rc<Context>, ledger: Ledger) -> Result<(), Refusal> {
    let Some(node) = context.following.node_of(ledger.chain) else { return Ok(()) };
    let newest = context.following.facts()?.checkpoint;
    let reach = load(context, ledger).await?;
    let mut reach = reach.map_or_else(|| Reach::after(newest), |reach| reach.bounded(newest));
    if newest.saturating_sub(reach.to) > MOST_MISSED {
        // Too much to be asked for: from here on nothing is missed, and the rest is past.
        reach = Reach::after(newest);
    }
    *context.histories.reach.borrow_mut() = Some((ledger, reach));
    if reach.to < newest {
        catch_up(context, ledger, &node, reach.to.saturating_add(1), newest).await?;
    }
    save(context, ledger).await?;
    if matches!(reach.past, Past::NotSearched) {
        search(context, ledger, &node).await?;
    }
    Ok(())
}

/// Whether a piece of work is still about the account in use.
fn is_current(context: &Context, ledger: Ledger) -> bool {
    Ledger::current(context).is_ok_and(|now| now == ledger)
}

/// Asks for missed checkpoints by their numbers.
async fn catch_up(
    context: &Rc<Context>,
    ledger: Ledger,
    node: &Node,
    first: u64,
    last: u64,
) -> Result<(), Refusal> {
    let mut next = first;
    while next <= last && is_current(context, ledger) {
        let until = last.min(next.saturating_add(AT_ONCE - 1));
        let answers = join_all((next..=until).map(|number| node.checkpoint(Some(number)))).await;
        let mut concerned = false;
        for (number, answer) in (next..=until).zip(answers) {
            match answer? {
                Some(checkpoint) => {
                    concerned |= ledger.add_checkpoint(context, &checkpoint).await?;
                    context.histories.change(ledger, |reach| reach.to = reach.to.max(number));
                }
                None => {
                    // The node has forgotten it: what it left behind is looked for as the past is.
                    context.histories.change(ledger, |reach| {
                        reach.from = last.saturating_add(1);
                        reach.to = reach.to.max(last);
                        reach.past = Past::NotSearched;
                    });
                    return Ok(());
                }
            }
        }
        if concerned {
            context.account_changed();
        }
        next = until.saturating_add(1);
    }
    Ok(())
}

/// Looks for what the account did and received before it was followed.
async fn search(context: &Rc<Context>, ledger: Ledger, node: &Node) -> Result<(), Refusal> {
    tell(context, ledger, Past::Searching { looked_at: 0 });
    let traced = trace(context, ledger, node).await;
    let told = if is_current(context, ledger) {
        ask_indexer(context, ledger, node).await.unwrap_or(false)
    } else {
        false
    };
    let past = match traced {
        _ if told => Past::Told,
        Ok(past) => past,
        Err(_) => Past::Interrupted,
    };
    // What was not finished because another account was chosen is begun again for this one.
    let past = if is_current(context, ledger) { past } else { Past::NotSearched };
    tell(context, ledger, past);
    save(context, ledger).await?;
    context.account_changed();
    Ok(())
}

fn tell(context: &Context, ledger: Ledger, past: Past) {
    context.histories.change(ledger, |reach| reach.past = past);
}

/// Follows the account's objects back to the transactions that wrote them, and those before.
async fn trace(context: &Rc<Context>, ledger: Ledger, node: &Node) -> Result<Past, Refusal> {
    let owned = node.owned(ledger.account, None).await?;
    let mut ancestry = Ancestry::new(ledger.account, &owned);
    let mut looked_at = 0_u64;
    while let Some(question) = ancestry.next(BATCH) {
        if !is_current(context, ledger) {
            return Ok(Past::NotSearched);
        }
        match question {
            Question::Transactions(digests) => {
                let told = node.transactions(&digests).await?;
                looked_at = looked_at.saturating_add(told.len() as u64);
                told.iter().for_each(|one| ancestry.told_transaction(one.as_ref()));
                if take_in(context, ledger, told).await? {
                    context.account_changed();
                }
            }
            Question::Objects(versions) => {
                let asked: Vec<_> = versions.iter().map(|(id, at)| (*id, Some(*at))).collect();
                let told = node.objects(&asked).await?;
                told.iter().for_each(|one| ancestry.told_object(one.as_ref()));
            }
        }
        if looked_at >= MOST_TRACED {
            return Ok(Past::TooMuch);
        }
        tell(context, ledger, Past::Searching { looked_at });
    }
    Ok(if ancestry.is_forgotten() { Past::Forgotten } else { Past::Traced })
}

async fn take_in(
    context: &Context,
    ledger: Ledger,
    told: Vec<Option<CheckpointTransaction>>,
) -> Result<bool, Refusal> {
    let told = told.into_iter().flatten().map(|transaction| {
        let at_ms = transaction.executed.timestamp_ms.unwrap_or_else(now_ms);
        (transaction, at_ms)
    });
    ledger.add(context, told.collect()).await
}

/// Asks the network's indexer, where there is one, for every transaction that touched the account. Says whether
/// it told all there is.
async fn ask_indexer(context: &Rc<Context>, ledger: Ledger, node: &Node) -> Result<bool, Refusal> {
    if context.following.status().network.graphql_url.is_none() {
        return Ok(false);
    }
    let indexer = crate::indexer::of_network(context).await?;
    let whole = indexer.totals().await?.range.first == 0;
    let mut after = None;
    for _ in 0..MOST_PARTS {
        let part = indexer.touched(ledger.account, after.as_deref()).await?;
        if !is_current(context, ledger) {
            return Ok(false);
        }
        hear(context, ledger, node, part.items).await?;
        after = part.next;
        if after.is_none() {
            return Ok(whole);
        }
    }
    Ok(false)
}

/// Takes in transactions that an indexer named: from the node, where it knows them, else as hearsay.
async fn hear(
    context: &Rc<Context>,
    ledger: Ledger,
    node: &Node,
    named: Vec<IndexedTransaction>,
) -> Result<(), Refusal> {
    let digests: Vec<TransactionDigest> = named.iter().map(|one| one.digest).collect();
    let told = match node.transactions(&digests).await {
        Ok(told) => told,
        // A node that cannot be asked for several proves nothing; what the indexer says stands.
        Err(ChainError::Unimplemented(_) | ChainError::Refused { .. }) => vec![None; digests.len()],
        Err(error) => return Err(error.into()),
    };
    let unproven = named.iter().zip(&told).filter(|(_, told)| told.is_none());
    let hearsay = unproven.filter_map(|(named, _)| hearsay(named, ledger)).collect();
    take_in(context, ledger, told).await?;
    ledger.add_hearsay(context, hearsay).await
}

/// What an indexer says of a transaction, as an entry without amounts.
fn hearsay(named: &IndexedTransaction, ledger: Ledger) -> Option<ActivityEntry> {
    let told = named.told.as_ref()?;
    let sent = told.sender == ledger.account;
    Some(ActivityEntry {
        digest: named.digest,
        headline: format!("A transaction of the kind {}", told.kind),
        at_ms: told.at_ms,
        state: match told.succeeded {
            Some(false) => ActivityState::Failed(wasm_core::preview::Explanation {
                what: "The indexer says that this transaction failed.".into(),
                next: "The node does not remember it, so the reason is not known.".into(),
            }),
            Some(true) => ActivityState::Succeeded,
            None => ActivityState::Unclear,
        },
        change: None,
        fee: None,
        counterparty: (!sent && told.sender != wasm_core::address::Address::ZERO)
            .then_some(told.sender),
        kind: Some(told.kind.clone()),
        sent,
        parties: Vec::new(),
        checkpoint: None,
        hearsay: true,
        signed_here: false,
        note: String::new(),
    })
}
