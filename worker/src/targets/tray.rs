//! What became of this account's data: targets that it filled, or that a model of it won, kept here
//! beyond their settlement, which deletes them from the chain.

use super::{MOST_PAGES, board, tell};
use crate::activity::Ledger;
use crate::context::Context;
use crate::network::Node;
use crate::refusal::Refusal;
use bridge::targets::{SettledEntry, SettledHow, TargetEvent, Tray, TrayEntry};
use browser::clock::sleep_ms;
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
use wasm_core::targets::{Keepsake, Prospect, Query, Sighting};

/// Settled targets that are kept of one account on one chain.
const KEPT: usize = 1_000;
/// Between two words that the tray moved.
const TELL_MS: u32 = 500;
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

impl Keepsake for Known {
    fn is_settled(&self) -> bool {
        self.how.is_some()
    }

    fn gone(self) -> Self {
        Self { gone: true, ..self }
    }
}

fn key(ledger: &Ledger) -> String {
    format!("{}/{}", ledger.chain, ledger.account)
}

type AllKnown = BTreeMap<TargetId, Known>;

async fn load_all(context: &Context, ledger: &Ledger) -> Result<AllKnown, Refusal> {
    Ok(load(context, ledger).await?.into_iter().map(|known| (known.target, known)).collect())
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
    let (tray, _) = take_stock(context).await?;
    Ok(tray)
}

/// The tray, and whether anything of it that is kept changed.
async fn take_stock(context: &Rc<Context>) -> Result<(Tray, bool), Refusal> {
    let ledger = Ledger::current(context)?;
    let node = context.following.node();
    let epoch = context.following.facts()?.epoch;
    let of_account = Query { of: Some(ledger.account), ..Query::default() };
    let mut wanted: BTreeSet<TargetId> = board::known(context, |board, _, _| {
        board.iter().filter(|it| of_account.shows(it, epoch)).map(|it| it.id).collect()
    });
    let state = node.system_state().await?;
    let state = state.as_v1();
    wanted.extend(submitted_by(&node, ledger.account).await?);
    let kept = load(context, &ledger).await?;
    wanted.extend(kept.iter().filter(|known| !known.gone).map(|known| known.target));
    let asked: Vec<_> = wanted.into_iter().map(|id| (id, None)).collect();
    let objects = node.objects(&asked).await?;
    let seen = asked.into_iter().zip(objects).map(|((id, _), object)| (id, object));

    // The network was asked before: whoever notes a settlement does not wait for a slow node.
    let _turn = context.targets.tray_turn.lock().await;
    let mut known = load_all(context, &ledger).await?;
    let before = known.clone();
    let mut open = Vec::new();
    for (id, object) in seen {
        let target = object.map(|object| object.target());
        let sighting = match &target {
            None => Sighting::Gone,
            Some(Err(_)) => Sighting::Unclear,
            Some(Ok(target)) => match Known::of(id, target, state, ledger.account) {
                Some(now) => Sighting::There(now),
                None => continue,
            },
        };
        let Some(merged) = sighting.merge(known.remove(&id)) else { continue };
        if let Some(Ok(target)) = &target
            && !merged.gone
        {
            open.push(entry(&merged, target, state, ledger.account));
        }
        known.insert(id, merged);
    }
    let changed = known != before;
    if changed {
        save(context, &ledger, known.values().cloned().collect()).await?;
    }
    open.sort_by_key(|entry| (entry.claimable_from, entry.target));
    let mut settled: Vec<SettledEntry> =
        known.into_values().filter(|known| known.gone).map(Known::settled).collect();
    settled.sort_by_key(|entry| {
        let when = entry.how.as_ref().map_or(entry.fill_epoch, |how| how.epoch);
        (Reverse(when), entry.target)
    });
    Ok((Tray { epoch: state.epoch, open, settled }, changed))
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
    context: &Rc<Context>,
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
    moved(context);
    Ok(())
}

/// Says that the tray moved, now and then: each time a page asks for all of it.
fn moved(context: &Rc<Context>) {
    if context.targets.tray_telling.replace(true) {
        return;
    }
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        sleep_ms(TELL_MS).await;
        context.targets.tray_telling.set(false);
        tell(&TargetEvent::TrayMoved);
    });
}

/// Takes note of what this account has a part in, so that its settlement is understood when it comes.
pub(super) fn renew(context: &Rc<Context>) {
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        // What cannot be asked now is asked in the next epoch, or when somebody looks. Nobody looks now,
        // so the board is left as it is.
        if let Ok((_, true)) = take_stock(&context).await {
            moved(&context);
        }
    });
}
