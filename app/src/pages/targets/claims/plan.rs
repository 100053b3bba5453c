//! Several settlements in one decision: what each brings and costs, then how each went.

use super::super::words;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::progress::Progress;
use crate::languages::{t, t_n, told};
use crate::parts::address::AddressDigits;
use crate::parts::amount::{Amount, Change};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::failure::sentence;
use crate::say;
use crate::session::use_session;
use crate::targets::use_targets;
use bridge::targets::{ClaimOutcome, ClaimResult, Plan, PlannedClaim};
use leptos::prelude::*;
use leptos_router::components::A;
use std::collections::BTreeMap;
use wasm_core::address::TargetId;

/// The plan, its confirmation, and what came of it.
#[component]
pub(super) fn PlanPanel(
    /// What was planned.
    plan: Plan,
    /// Called to go back, whether something was settled or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let (session, targets) = (use_session(), use_targets());
    let attempt = Attempt::new();
    let (id, count) = (plan.id, plan.claims.len());
    let outcomes = RwSignal::new(BTreeMap::<TargetId, ClaimOutcome>::new());
    let (running, done) = (RwSignal::new(false), RwSignal::new(false));
    let note = move |ClaimResult { target, outcome }: ClaimResult| {
        outcomes.update(|outcomes| {
            outcomes.insert(target, outcome);
        });
    };
    Effect::new(move |_| {
        if let Some((_, result)) = targets.claimed.get().filter(|(of, _)| *of == id) {
            note(result);
        }
    });
    let confirm = move || {
        running.set(true);
        attempt.run(
            async move { session.bridge().confirm_claims(id).await },
            move |results: Vec<ClaimResult>| {
                for result in results {
                    note(result);
                }
                running.set(false);
                done.set(true);
            },
        );
    };
    Effect::new(move |_| {
        if attempt.failure().get().is_some() {
            running.set(false);
        }
    });
    let stop = move || session.bridge().stop_claims(id);
    let void = Memo::new(move |_| attempt.failure().get().is_some());
    let plan = StoredValue::new(plan);
    view! {
        <Card title=t!("Settling several targets") testid="plan">
            <Sums plan=plan.get_value() outcomes done />
            <SignedBy />
            {plan.with_value(left_out)}
            <AttemptFailure attempt />
            {move || running.get().then(|| view! { <Settling count outcomes /> })}
            <div class="buttons">
                {move || {
                    if done.get() || void.get() {
                        view! { <Button rank=Rank::Primary on_press=move || on_close.run(()) testid="plan-close">{t!("Close")}</Button> }.into_any()
                    } else if running.get() {
                        view! { <Button icon=Icon::Pause on_press=stop testid="plan-stop">{t!("Stop after this one")}</Button> }.into_any()
                    } else {
                        view! {
                            <Button
                                rank=Rank::Primary
                                icon=Icon::Check
                                busy=attempt.busy()
                                disabled=Signal::stored(count == 0)
                                on_press=confirm
                                testid="plan-confirm"
                            >
                                {t_n!(count as u64, "Sign {n} transaction", "Sign {n} transactions")}
                            </Button>
                            <Button on_press=move || on_close.run(()) testid="plan-cancel">{t!("Cancel")}</Button>
                        }
                        .into_any()
                    }
                }}
            </div>
            <ul class="lines" data-testid="plan-claims">
                {plan.with_value(|plan| plan.claims.clone()).into_iter().map(|claim| view! { <Line claim outcomes /> }).collect_view()}
            </ul>
        </Card>
    }
}

/// What all of it comes to: foretold, then as it was.
#[component]
fn Sums(
    plan: Plan,
    outcomes: RwSignal<BTreeMap<TargetId, ClaimOutcome>>,
    done: RwSignal<bool>,
) -> impl IntoView {
    let count = plan.claims.len();
    let change = i128::from(plan.paid().0) - i128::from(plan.fee().0);
    let (paid, fee) = (plan.paid(), plan.fee());
    let loss = change < 0;
    let settled = move || {
        let outcomes = outcomes.read();
        let changes = outcomes.values().map(|outcome| match outcome {
            ClaimOutcome::Settled { change, .. } => (1, *change),
            ClaimOutcome::Failed { fee, .. } => (0, -i128::from(fee.0)),
            _ => (0, 0),
        });
        changes.fold((0_usize, 0_i128), |(count, sum), (one, change)| (count + one, sum + change))
    };
    view! {
        {move || {
            if done.get() {
                let (settled, change) = settled();
                let tone = if settled == count { Tone::Success } else { Tone::Caution };
                view! {
                    <div data-testid="plan-done" data-settled=settled.to_string()>
                        <Banner tone alert=true what=t!("{settled} of {count} settled.", settled = say::count(settled as u64), count = say::count(count as u64)) />
                        <KeyValueList>
                            <KeyValue label=t!("This account, fees taken off")><Change change testid="plan-changed" /></KeyValue>
                        </KeyValueList>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <p class="card-lede">
                        {t!("Each is a transaction of its own, one after the other. Right before it is signed each is tried out again, \
                        and left out if it would bring or cost anything else than what stands here.")}
                    </p>
                    <KeyValueList>
                        <KeyValue label=t!("Paid to this account")><Amount amount=paid testid="plan-paid" /></KeyValue>
                        <KeyValue label=t!("Fees")><Amount amount=fee testid="plan-fee" /></KeyValue>
                        <KeyValue label=t!("This account, fees taken off")>
                            <b class="total"><Change change testid="plan-change" /></b>
                        </KeyValue>
                    </KeyValueList>
                    {loss
                        .then(|| {
                            view! { <Banner tone=Tone::Caution what=t!("The fees are more than what is paid.").to_owned() testid="plan-loss" /> }
                        })}
                }
                .into_any()
            }
        }}
    }
}

/// How many have come to an end.
#[component]
fn Settling(count: usize, outcomes: RwSignal<BTreeMap<TargetId, ClaimOutcome>>) -> impl IntoView {
    view! {
        <Progress
            label=t!("Settling").to_owned()
            done=Signal::derive(move || outcomes.read().len() as u64)
            total=Signal::stored(count as u64)
            detail=Signal::derive(move || Some(t!("{done} of {total}", done = say::count(outcomes.read().len() as u64), total = say::count(count as u64))))
            testid="plan-progress"
        />
    }
}

/// Who signs, and where.
#[component]
fn SignedBy() -> impl IntoView {
    let session = use_session();
    let account = untrack(|| session.account());
    let network = untrack(|| session.network.get()).map(|status| status.network.name);
    view! {
        <KeyValueList>
            {account.map(|address| view! { <KeyValue label=t!("Account that signs")><AddressDigits address /></KeyValue> })}
            {network.map(|network| view! { <KeyValue label=t!("Network")>{network}</KeyValue> })}
        </KeyValueList>
    }
}

fn left_out(plan: &Plan) -> impl IntoView + use<> {
    let lines: Vec<_> = plan
        .left_out
        .iter()
        .map(|(target, why)| view! { <li>{format!("{}: {}", target.to_short(), told(why))}</li> })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Caution what=t!("Left out:").to_owned() testid="plan-left-out">
                <ul class="differences">{lines}</ul>
            </Banner>
        }
    })
}

#[component]
fn Line(
    claim: PlannedClaim,
    outcomes: RwSignal<BTreeMap<TargetId, ClaimOutcome>>,
) -> impl IntoView {
    let target = claim.target;
    let parts: Vec<String> = claim
        .payments
        .iter()
        .map(|payment| {
            format!("{} {}", words::paid_as(payment.paid_as), say::amount(payment.amount))
        })
        .collect();
    let outcome = Memo::new(move |_| outcomes.read().get(&target).cloned());
    let (profit, fee) = (claim.profit(), claim.fee);
    view! {
        <li
            class="entry"
            data-testid="plan-claim"
            data-target=target.to_string()
            data-outcome=move || outcome.get().map_or("waits", |outcome| outcome_key(&outcome))
        >
            <span class="entry-words">
                <A href=format!("/targets/{target}")><code>{target.to_short()}</code></A>
                <span class="entry-note">{t!("{payments} · fee {fee}", payments = parts.join(" · "), fee = say::amount(fee))}</span>
                {move || outcome.get().map(|outcome| view! { <span class="entry-outcome">{outcome_words(&outcome)}</span> })}
            </span>
            <Change change=profit />
        </li>
    }
}

const fn outcome_key(outcome: &ClaimOutcome) -> &'static str {
    match outcome {
        ClaimOutcome::Settled { .. } => "settled",
        ClaimOutcome::Failed { .. } => "failed",
        ClaimOutcome::Skipped(_) => "skipped",
        ClaimOutcome::Unknown(_) => "unknown",
        ClaimOutcome::Stopped => "stopped",
    }
}

fn outcome_words(outcome: &ClaimOutcome) -> String {
    match outcome {
        ClaimOutcome::Settled { change, .. } => {
            t!("Settled: {change} SOMA", change = say::change(*change))
        }
        ClaimOutcome::Failed { why, fee, .. } => {
            t!(
                "Failed: {what} The base fee of {fee} SOMA was paid.",
                what = sentence(&why.what),
                fee = say::amount(*fee)
            )
        }
        ClaimOutcome::Skipped(failure) => {
            t!("Not signed: {what}", what = sentence(&failure.what))
        }
        ClaimOutcome::Unknown(failure) => sentence(&failure.what),
        ClaimOutcome::Stopped => t!("Not signed: stopped before it.").to_owned(),
    }
}
