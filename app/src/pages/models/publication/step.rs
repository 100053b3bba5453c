//! The next transaction of a publication: prepared, reviewed, signed.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::review::ReviewPanel;
use crate::session::{Session, use_session};
use bridge::page::Reviewed;
use bridge::publish::{PublishStage, PublishView};
use bridge::wallet::Receipt;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The next transaction, from the wish to what came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    session: Session,
    job: Memo<PublishView>,
    attempt: Attempt,
    reviewed: RwSignal<Option<Reviewed>>,
    executed: RwSignal<bool>,
    /// Whether its owner wants it although a check failed.
    pub(super) despite_checks: RwSignal<bool>,
}

impl Step {
    /// Nothing prepared.
    pub(super) fn new(job: Memo<PublishView>) -> Self {
        let step = Self {
            session: use_session(),
            job,
            attempt: Attempt::new(),
            reviewed: RwSignal::new(None),
            executed: RwSignal::new(false),
            despite_checks: RwSignal::new(false),
        };
        let missed = Memo::new(move |_| matches!(job.read().stage, PublishStage::Missed { .. }));
        Effect::new(move |_| {
            // What was prepared for the epoch that is over would only cost its fee.
            if missed.get() && !step.executed.get_untracked() {
                step.reviewed.set(None);
            }
        });
        step.begin_at_once();
        step
    }

    /// Prepares what is due without another click, where the way here was that click.
    fn begin_at_once(self) {
        let asked = use_query_map().with_untracked(|query| query.get("step").is_some());
        let begun = StoredValue::new(!asked);
        Effect::new(move |_| {
            let due = matches!(self.job.read().stage, PublishStage::ReadyToReveal { .. });
            let ready = due && self.elsewhere().is_none() && self.session.is_online();
            if ready && !begun.get_value() {
                begun.set_value(true);
                self.prepare();
            }
        });
    }

    fn prepare(self) {
        let id = self.job.read_untracked().id.clone();
        let session = self.session;
        let despite_checks = self.despite_checks.get_untracked();
        self.attempt.run(
            async move { session.bridge().prepare_publish_step(id, despite_checks).await },
            move |prepared| {
                self.executed.set(false);
                self.reviewed.set(Some(prepared));
            },
        );
    }

    /// Whether a review waits for a decision. Tracked.
    fn is_reviewing(self) -> bool {
        self.reviewed.read().is_some() && !self.executed.get()
    }

    /// Why this account on this network cannot go on with it. Tracked.
    fn elsewhere(self) -> Option<&'static str> {
        let job = self.job.read();
        let facts = self.session.facts()?;
        if facts.chain_id != job.chain_id {
            Some(t!("This publication belongs to another network. Choose that network to go on."))
        } else if self.session.account() != Some(job.account) {
            Some(t!("This publication belongs to another account. Choose that account to go on."))
        } else {
            None
        }
    }
}

/// The review under way or just done.
#[component]
pub(super) fn OpenReview(step: Step) -> impl IntoView {
    let close = move || step.reviewed.set(None);
    let again = move || {
        step.reviewed.set(None);
        step.prepare();
    };
    move || {
        step.reviewed.get().map(|reviewed| {
            let after =
                move || view! { <Button on_press=close testid="outcome-close">{t!("Close")}</Button> };
            view! {
                <ReviewPanel
                    reviewed
                    on_cancel=close
                    on_again=again
                    on_executed=move |_: Receipt| step.executed.set(true)
                    after
                />
            }
        })
    }
}

/// Prepares the next transaction.
#[component]
pub(super) fn StepButton(
    step: Step,
    /// What it does.
    words: &'static str,
    /// Whether something stands in the way of it.
    #[prop(optional, into)]
    blocked: Signal<bool>,
) -> impl IntoView {
    let elsewhere = Memo::new(move |_| step.elsewhere());
    let unready = Signal::derive(move || {
        blocked.get() || elsewhere.get().is_some() || !step.session.is_online()
    });
    let reviewing = Memo::new(move |_| step.is_reviewing());
    view! {
        {move || {
            elsewhere.get().map(|why| view! { <Banner tone=Tone::Caution what=why.to_owned() testid="job-elsewhere" /> })
        }}
        <AttemptFailure attempt=step.attempt on_retry=move || step.prepare() />
        {move || {
            if reviewing.get() {
                view! { <p class="field-hint">{t!("Under review above.")}</p> }.into_any()
            } else {
                view! {
                    <div class="buttons">
                        <Button
                            rank=Rank::Primary
                            icon=Icon::ArrowRight
                            busy=step.attempt.busy()
                            disabled=unready
                            on_press=move || step.prepare()
                            testid="job-step"
                        >
                            {words}
                        </Button>
                        <span class="field-hint">{t!("You review it before anything is signed.")}</span>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}
