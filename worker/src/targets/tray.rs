//! What became of this account's data: targets that it filled, or that a model of it won, kept here
//! beyond their settlement, which deletes them from the chain.

use super::{MOST_PAGES, board, tell};
use crate::activity::Ledger;
use crate::context::Context;
use crate::network::Node;
use crate::refusal::Refusal;
use bridge::targets::{SettledEntry, SettledHow, TargetEvent, Tray, TrayEntry};
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::address::{Address, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::listing::TargetFilter;
use wasm_core::ports::{Chain as _, ChainError, Executed};
use wasm_core::preview::Reports;
use wasm_core::system_state::SystemStateV1;
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::targets::{Prospect, Query};

/// Settled targets that are kept of one account on one chain.
const KEPT: usize = 1_000;
/// Targets listed at once.
const PAGE: u32 = 1_000;

/// A target that an account has or had a part in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Known {
    target: TargetId,
    fill_epoch: u64,
    reward: Shannons,
    bond: Shannons,
    submitted: bool,
    /// What the account is paid whoever settles it, unless the bond is lost.
    due: Shannons,
    /// It is gone from the chain.
    gone: bool,
    how: Option<SettledHow>,
}

impl Known {
    fn of(
        id: TargetId,
        target: &TargetV1,
        state: &SystemStateV1,
        account: Address,
    ) -> Option<Self> {
        let TargetStatus::Filled { fill_epoch } = target.status else { return None };
        let submitted = target.submitter == Some(account);
        if !submitted && target.winning_model_owner != Some(account) {
            return None;
        }
        let mut unreported = target.clone();
        unreported.submission_reports.clear();
        // Somebody who is nobody settles it.
        let due = Prospect::of(&unreported, state, Address::ZERO).paid_to(account);
        Some(Self {
            target: id,
            fill_epoch,
            reward: Shannons(target.reward_pool),
            bond: Shannons(target.bond_amount),
            submitted,
            due,
            gone: false,
            how: None,
        })
    }

    fn settled(self) -> SettledEntry {
        let Self { target, fill_epoch, reward, bond, submitted, how, .. } = self;
        SettledEntry { target, fill_epoch, reward, bond, submitted, how }
    }
}

fn key(ledger: &Ledger) -> String {
    format!("{}/{}", ledger.chain, ledger.account)
}

async fn load(context: &Context, ledger: &Ledger) -> Result<Vec<Known>, Refusal> {
    Ok(context.store.load(Drawer::Targets, &key(ledger)).await?.unwrap_or_default())
}

/// Keeps those that are there, and the newest of those that are gone.
async fn save(context: &Context, ledger: &Ledger, mut all: Vec<Known>) -> Result<(), Refusal> {
    let settled_in = |known: &Known| known.how.as_ref().map(|how| how.epoch);
    all.sort_by_key(|known| (known.gone, Reverse((settled_in(known), known.fill_epoch))));
    let here = all.iter().filter(|known| !known.gone).count();
    all.truncate(here + KEPT);
    Ok(context.store.save(Drawer::Targets, &key(ledger), &all).await?)
}

/// Ids of all targets that an account filled.
async fn submitted_by(node: &Node, account: Address) -> Result<BTreeSet<TargetId>, ChainError> {
    let filter = TargetFilter { submitter: Some(account), ..TargetFilter::default() };
    let (mut ids, mut tokens, mut token) = (BTreeSet::new(), Vec::new(), None);
    loop {
        let page = node.target_summary_page(&filter, PAGE, token.as_ref()).await?;
        ids.extend(page.items.into_iter().map(|target| target.id));
        let Some(next) = page.next else { return Ok(ids) };
        if tokens.len() >= MOST_PAGES || tokens.contains(&next) {
            return Err(ChainError::Garbage("a listing without an end".to_owned()));
        }
        tokens.push(next.clone());
        token = Some(next);
    }
}

/// The tray of the account in use, as the node tells it now.
pub(super) async fn list(context: &Rc<Context>) -> Result<Tray, Refusal> {
    // Which models won what only the whole board tells.
    board::look(context)?;
    take_stock(context).await
}

async fn take_stock(context: &Rc<Context>) -> Result<Tray, Refusal> {
    let ledger = Ledger::current(context)?;
    let node = context.following.node();
    let state = node.system_state().await?;
    let state = state.as_v1();
    let mut wanted = submitted_by(&node, ledger.account).await?;
    let of_account = Query { of: Some(ledger.account), ..Query::default() };
    wanted.extend(board::known(context, |board, _, _| {
        let own = board.iter().filter(|target| of_account.shows(target, state.epoch));
        own.map(|target| target.id).collect::<Vec<_>>()
    }));
    let _turn = context.targets.tray_turn.lock().await;
    let mut known: BTreeMap<TargetId, Known> =
        load(context, &ledger).await?.into_iter().map(|known| (known.target, known)).collect();
    let before = known.clone();
    wanted.extend(known.values().filter(|known| !known.gone).map(|known| known.target));
    let asked: Vec<_> = wanted.into_iter().map(|id| (id, None)).collect();
    let objects = node.objects(&asked).await?;
    let mut open = Vec::new();
    for ((id, _), object) in asked.into_iter().zip(objects) {
        let target = object.and_then(|object| object.target().ok());
        let Some(target) = target else {
            if let Some(known) = known.get_mut(&id) {
                known.gone = true;
            }
            continue;
        };
        let Some(now) = Known::of(id, &target, state, ledger.account) else { continue };
        open.push(entry(&now, &target, state, ledger.account));
        known.insert(id, now);
    }
    if known != before {
        save(context, &ledger, known.values().cloned().collect()).await?;
    }
    open.sort_by_key(|entry| (entry.claimable_from, entry.target));
    let mut settled: Vec<SettledEntry> =
        known.into_values().filter(|known| known.gone).map(Known::settled).collect();
    settled.sort_by_key(|entry| {
        let when = entry.how.as_ref().map_or(entry.fill_epoch, |how| how.epoch);
        (Reverse(when), entry.target)
    });
    Ok(Tray { epoch: state.epoch, open, settled })
}

fn entry(known: &Known, target: &TargetV1, state: &SystemStateV1, account: Address) -> TrayEntry {
    let prospect = Prospect::of(target, state, account);
    TrayEntry {
        target: known.target,
        stage: target.status.stage(target.generation_epoch, state.epoch),
        fill_epoch: known.fill_epoch,
        claimable_from: known.fill_epoch.saturating_add(2),
        reward: known.reward,
        bond: known.bond,
        submitted: known.submitted,
        reports: Reports::of(target, state),
        payments: prospect.payments_to(account).copied().collect(),
        fee: prospect.fee,
    }
}

/// Notes how a target was settled, where this account had a part in it. Asked twice, it says the same.
pub(crate) async fn settled(
    context: &Context,
    ledger: Ledger,
    target: TargetId,
    claimer: Address,
    executed: &Executed,
) -> Result<(), Refusal> {
    let _turn = context.targets.tray_turn.lock().await;
    let mut all = load(context, &ledger).await?;
    let Some(known) = all.iter_mut().find(|known| known.target == target) else { return Ok(()) };
    if known.how.is_some() {
        return Ok(());
    }
    let fee = if claimer == ledger.account { i128::from(executed.fee.total_fee) } else { 0 };
    let paid = executed.balance_change(ledger.account).saturating_add(fee);
    let paid = Shannons(u64::try_from(paid).unwrap_or_default());
    known.gone = true;
    known.how = Some(SettledHow {
        transaction: executed.digest,
        epoch: executed.epoch,
        claimer,
        paid,
        // Settling alone pays less than any part in the target.
        forfeited: known.submitted && paid < known.due,
    });
    save(context, &ledger, all).await?;
    tell(TargetEvent::TrayMoved);
    Ok(())
}

/// Takes note of what this account has a part in, so that its settlement is understood when it comes.
pub(super) fn renew(context: &Rc<Context>) {
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        // Asked again in the next epoch, or when somebody looks. Nobody looks now, so the board is left
        // as it is.
        if take_stock(&context).await.is_ok() {
            tell(TargetEvent::TrayMoved);
        }
    });
}
