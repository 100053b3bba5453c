//! What became of this account's data, and settling: one's own in one go, and other people's for a share.

mod entry;
mod indexed;
mod others;
mod plan;
mod settled;

use super::TargetsNav;
use super::submit::{step_words, waits};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::tabs::Tabs;
use crate::languages::t;
use crate::parts::answer::{Answer, Told, use_told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::damaged::DamagedRecords;
use crate::parts::page::Page;
use crate::say;
use crate::session::use_session;
use crate::targets::use_targets;
use bridge::targets::{Plan, SubmissionView, Tray};
use entry::TrayLine;
use indexed::IndexedStatsCard;
use leptos::prelude::*;
use leptos_router::components::A;
use others::Others;
use plan::PlanPanel;
use settled::Settled;
use wasm_core::address::TargetId;

const OWN: &str = "own";
const OTHERS: &str = "others";

/// Data, claims, and the sweep.
#[component]
pub(crate) fn ClaimsPage() -> impl IntoView {
    let planning = Planning::new();
    let chosen = RwSignal::new(OWN);
    let tray = use_tray();
    let close = move || {
        planning.plan.set(None);
        tray.renew();
    };
    view! {
        <Page
            title=t!("Your data and claims").to_owned()
            lede=t!("Data is audited in the epoch after it was submitted. In the one after that its reward can be claimed.").to_owned()
        >
            <TargetsNav />
            {move || match planning.plan.get() {
                Some(plan) => view! { <PlanPanel plan on_close=close /> }.into_any(),
                None => view! {
                    <Tabs label=t!("Whose targets") tabs=vec![(OWN, t!("Yours")), (OTHERS, t!("Other people's"))] chosen>
                        {move || {
                            if chosen.get() == OWN {
                                view! { <Own tray planning /> }.into_any()
                            } else {
                                view! { <Others planning /> }.into_any()
                            }
                        }}
                    </Tabs>
                }
                .into_any(),
            }}
        </Page>
    }
}

/// The tray, asked for again when something in it moved.
fn use_tray() -> Told<Tray> {
    let told = use_told(|bridge| async move { bridge.tray().await });
    let targets = use_targets();
    Effect::new(move |before: Option<u64>| {
        let moves = targets.tray_moves.get();
        if before.is_some_and(|before| before != moves) {
            told.renew();
        }
        moves
    });
    told
}

/// From the wish to settle some targets to what that brings.
#[derive(Clone, Copy)]
struct Planning {
    session: crate::session::Session,
    attempt: Attempt,
    plan: RwSignal<Option<Plan>>,
}

impl Planning {
    fn new() -> Self {
        Self { session: use_session(), attempt: Attempt::new(), plan: RwSignal::new(None) }
    }

    fn of(self, targets: Vec<TargetId>) {
        let session = self.session;
        self.attempt.run(async move { session.bridge().plan_claims(targets).await }, move |plan| {
            self.plan.set(Some(plan));
        });
    }
}

/// This account's data.
#[component]
fn Own(tray: Told<Tray>, planning: Planning) -> impl IntoView {
    // Answers that say the same must not build the lists anew.
    let open = Memo::new(move |_| tray.value().map(|tray| (tray.epoch, tray.open)));
    let claimable = Memo::new(move |_| {
        let open = open.get().map(|(_, open)| open).unwrap_or_default();
        open.iter()
            .filter(|entry| entry.stage.is_claimable())
            .map(|entry| entry.target)
            .collect::<Vec<_>>()
    });
    let settled = Memo::new(move |_| tray.value().map(|tray| tray.settled).unwrap_or_default());
    view! {
        <DamagedRecords />
        <UnderWay />
        <Card title=t!("Submitted") testid="tray">
            <Answer told=tray let:tray>
                {
                    let Tray { epoch, open, .. } = tray;
                    if open.is_empty() {
                        view! {
                            <Empty
                                icon=Icon::Target
                                title=t!("No data of this account waits for its reward")
                                hint=t!("Score data against an open target, and submit it. Targets that a model of yours won stand here too.")
                            >
                                <A href="/targets" attr:class="button button-secondary">{t!("All targets")}</A>
                            </Empty>
                        }
                        .into_any()
                    } else {
                        view! {
                            <ul class="lines" data-testid="tray-open">
                                {open.into_iter().map(|entry| view! { <TrayLine entry epoch /> }).collect_view()}
                            </ul>
                        }
                        .into_any()
                    }
                }
            </Answer>
            <AttemptFailure attempt=planning.attempt />
            {move || {
                let due = claimable.get();
                (!due.is_empty())
                    .then(|| {
                        let words = match due.len() {
                            1 => t!("Claim it").to_owned(),
                            many => t!("Claim all {count}", count = say::count(many as u64)),
                        };
                        view! {
                            <div class="buttons">
                                <Button
                                    rank=Rank::Primary
                                    icon=Icon::ArrowRight
                                    busy=planning.attempt.busy()
                                    on_press=move || planning.of(due.clone())
                                    testid="tray-claim-all"
                                >
                                    {words}
                                </Button>
                                <span class="field-hint">{t!("What it brings and costs is shown before anything is signed.")}</span>
                            </div>
                        }
                    })
            }}
        </Card>
        {move || {
            let settled = settled.get();
            (!settled.is_empty()).then(|| view! { <Settled entries=settled /> })
        }}
        <IndexedStatsCard />
    }
}

/// Submissions that are not on chain yet.
#[component]
fn UnderWay() -> impl IntoView {
    let targets = use_targets();
    let under_way = Memo::new(move |_| {
        let all = targets.submissions().and_then(Result::ok).unwrap_or_default();
        all.into_iter().filter(waits).collect::<Vec<SubmissionView>>()
    });
    move || {
        let lines = under_way.get();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|view| {
                let words = step_words(&view);
                view! {
                    <li class="entry" data-testid="submission-line">
                        <span class="entry-words">
                            <A href=format!("/targets/submissions/{}", view.id.0)>{view.data_name}</A>
                            <span class="entry-note">{t!("for {target} · {words}", target = view.target.to_short(), words)}</span>
                        </span>
                    </li>
                }
            });
            view! { <Card title=t!("Not submitted yet")><ul class="lines">{lines.collect_view()}</ul></Card> }
        })
    }
}
