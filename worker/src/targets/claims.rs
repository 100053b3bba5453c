//! Settling several targets in one go: each foretold exactly, and signed only as it was foretold.

use super::{board, tell};
use crate::activity::Ledger;
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::review::{self, Bound};
use bridge::targets::{
    ClaimOutcome, ClaimResult, Plan, PlanId, PlannedClaim, Sweep, SweepRow, TargetEvent,
};
use browser::clock::sleep_ms;
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::{Address, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::intent::{self, Intent};
use wasm_core::listing::ListedTarget;
use wasm_core::ports::{Chain as _, Executed};
use wasm_core::preview::{Explanation, Level, Review};
use wasm_core::system_state::SystemStateV1;
use wasm_core::targets::Prospect;

/// Rows of a sweep that are told.
const MOST_ROWS: usize = 200;
/// Targets of one plan.
const MOST_CLAIMS: usize = 200;
/// How often coins that just moved are looked at again, and after how long.
const ATTEMPTS: u32 = 5;
const ATTEMPT_MS: u32 = 200;

/// What was planned and not decided.
#[derive(Default)]
pub(super) struct Plans {
    last: Cell<u64>,
    waiting: RefCell<Option<(Plan, Bound)>>,
    stopped: Cell<Option<PlanId>>,
}

impl Plans {
    pub(super) fn forget(&self) {
        self.waiting.borrow_mut().take();
    }

    pub(super) fn stop(&self, plan: PlanId) {
        self.stopped.set(Some(plan));
    }
}

/// Targets of others that can be settled now, by what is known of all.
pub(super) async fn sweep(context: &Rc<Context>) -> Result<Sweep, Refusal> {
    let account = context.account()?;
    let now = context.following.facts()?.epoch;
    board::look(context)?;
    let sweep = board::known(context, |board, state, loading| {
        let mut rows: Vec<SweepRow> = Vec::new();
        let mut unprofitable = 0;
        for target in board.iter() {
            let Some(row) = state.and_then(|state| sweep_row(target, state, now, account)) else {
                continue;
            };
            if row.share > row.fee {
                rows.push(row);
            } else {
                unprofitable += 1;
            }
        }
        let profit = |row: &SweepRow| row.share.0 - row.fee.0;
        rows.sort_by_key(|row| (Reverse(profit(row)), row.target));
        let sum = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(profit(row)));
        let total = rows.len();
        rows.truncate(MOST_ROWS);
        Sweep { rows, total, profit: Shannons(sum), unprofitable, loading }
    });
    Ok(sweep)
}

fn sweep_row(
    target: &ListedTarget,
    state: &SystemStateV1,
    now: u64,
    account: Address,
) -> Option<SweepRow> {
    let stage = target.target_status().stage(target.generation_epoch, now);
    // One's own stand in the tray.
    let own = target.submitter == Some(account) || target.winning_model_owner == Some(account);
    if !stage.is_claimable() || own {
        return None;
    }
    let prospect = Prospect::of_listed(target, state, account);
    Some(SweepRow { target: target.id, stage, share: prospect.paid_to(account), fee: prospect.fee })
}

/// Foretells what settling these brings.
pub(super) async fn plan(
    context: &Rc<Context>,
    mut targets: Vec<TargetId>,
) -> Result<Plan, Refusal> {
    let too_many = targets.split_off(targets.len().min(MOST_CLAIMS));
    let bound = Bound::now(context)?;
    let node = context.following.node();
    let state = node.system_state().await?;
    let state = state.as_v1();
    let asked: Vec<_> = targets.iter().map(|id| (*id, None)).collect();
    let found = node.objects(&asked).await?;
    let objects: BTreeMap<_, _> =
        targets.iter().copied().zip(found).filter_map(|(id, object)| Some((id, object?))).collect();
    let (mut claims, mut left_out) = (Vec::new(), Vec::new());
    for id in targets {
        let due = intent::claim_rewards(id, state, &objects)
            .and_then(|_| intent::target_of(id, &objects));
        match due {
            Ok(target) => {
                let prospect = Prospect::of(&target, state, bound.ledger.account);
                claims.push(PlannedClaim {
                    target: id,
                    stage: target.status.stage(target.generation_epoch, state.epoch),
                    payments: prospect.payments_to(bound.ledger.account).copied().collect(),
                    fee: prospect.fee,
                });
            }
            Err(error) => left_out.push((id, sentence(&error))),
        }
    }
    let later =
        format!("One plan settles {MOST_CLAIMS} targets at most. Settle these, then go on.");
    left_out.extend(too_many.into_iter().map(|id| (id, later.clone())));
    let plans = &context.targets.plans;
    plans.last.set(plans.last.get() + 1);
    let plan = Plan { id: PlanId(plans.last.get()), claims, left_out };
    *plans.waiting.borrow_mut() = Some((plan.clone(), bound));
    Ok(plan)
}

/// Settles what a plan says, one after the other.
pub(super) async fn confirm(
    context: &Rc<Context>,
    id: PlanId,
) -> Result<Vec<ClaimResult>, Refusal> {
    let waiting = context.targets.plans.waiting.borrow_mut().take();
    let Some((plan, bound)) = waiting.filter(|(plan, _)| plan.id == id) else {
        return Err(review::expired());
    };
    let mut results = Vec::with_capacity(plan.claims.len());
    let mut ended = false;
    for claim in &plan.claims {
        ended |= context.targets.plans.stopped.get() == Some(id);
        let outcome = if ended {
            ClaimOutcome::Stopped
        } else {
            match settle(context, claim, &bound).await {
                Ok(executed) => done(&executed, bound.ledger),
                Err(Refusal(failure)) if failure.code == "send/unknown" => {
                    ClaimOutcome::Unknown(failure)
                }
                Err(refusal) => {
                    // Another account, another network, or a locked wallet: that is the end of it.
                    ended |= refusal.0.code == review::EXPIRED;
                    ClaimOutcome::Skipped(refusal.0)
                }
            }
        };
        let result = ClaimResult { target: claim.target, outcome };
        tell(&TargetEvent::Claimed(id, result.clone()));
        results.push(result);
    }
    Ok(results)
}

/// Settles one target, if that brings exactly what was foretold.
async fn settle(
    context: &Rc<Context>,
    claim: &PlannedClaim,
    bound: &Bound,
) -> Result<Executed, Refusal> {
    let intent = Intent::ClaimRewards(claim.target);
    let mut attempt = 1;
    loop {
        let accept = |review: &Review| as_foretold(review, claim, bound.ledger.account);
        match review::carry_out(context, &intent, bound, accept).await {
            // The coin that paid for the one before has moved, and the node is about to tell.
            Err(refusal) if refusal.0.code == "prepare/moved" && attempt < ATTEMPTS => {
                attempt += 1;
                sleep_ms(ATTEMPT_MS).await;
            }
            answer => return answer,
        }
    }
}

fn as_foretold(review: &Review, claim: &PlannedClaim, account: Address) -> Result<(), Refusal> {
    let change = review.preview.balance_change(account);
    let fee = review.preview.fee.total_fee;
    if change != claim.profit() || fee != claim.fee.0 {
        return Err(Refusal::new(
            "claims/moved",
            "Settling this target would now bring something else than was shown. Nothing was signed.",
            "Look at it again, and decide anew.",
        ));
    }
    match review.findings.iter().find(|finding| finding.level >= Level::Danger) {
        Some(finding) => Err(Refusal::new(
            "claims/finding",
            finding.text.clone(),
            "Settle this target alone, to see everything before you sign.",
        )),
        None => Ok(()),
    }
}

fn done(executed: &Executed, ledger: Ledger) -> ClaimOutcome {
    let (transaction, fee) = (executed.digest, Shannons(executed.fee.total_fee));
    match &executed.failure {
        None => {
            let change = executed.balance_change(ledger.account);
            ClaimOutcome::Settled { transaction, change, fee }
        }
        Some(failure) => {
            ClaimOutcome::Failed { transaction, why: Explanation::of_failure(failure), fee }
        }
    }
}
