//! A decision on a target: a button, the review in its place, and what came of it.

use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::answer::Told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::review::ReviewPanel;
use crate::session::use_session;
use bridge::page::{Bridge, Reviewed};
use bridge::protocol::Failure;
use bridge::targets::TargetView;
use bridge::validators::ValidatorAct;
use leptos::prelude::*;
use wasm_core::address::TargetId;

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Have everybody paid.
    Settle,
    /// Report its data, as a validator.
    Report,
    /// Take that report back.
    TakeBack,
}

impl Decision {
    fn words(self) -> &'static str {
        match self {
            Self::Settle => t!("Settle it"),
            Self::Report => t!("Report this submission"),
            Self::TakeBack => t!("Take the report back"),
        }
    }

    const fn rank(self) -> Rank {
        match self {
            Self::Settle => Rank::Primary,
            Self::Report => Rank::Danger,
            Self::TakeBack => Rank::Secondary,
        }
    }

    /// For tests.
    const fn testid(self) -> &'static str {
        match self {
            Self::Settle => "target-claim",
            Self::Report => "target-report",
            Self::TakeBack => "target-undo-report",
        }
    }

    async fn prepare(self, bridge: Bridge, id: TargetId) -> Result<Reviewed, Failure> {
        match self {
            Self::Settle => bridge.prepare_claim(id).await,
            Self::Report => bridge.prepare_validator_act(ValidatorAct::ReportSubmission(id)).await,
            Self::TakeBack => {
                bridge.prepare_validator_act(ValidatorAct::UndoReportSubmission(id)).await
            }
        }
    }
}

/// Lets somebody decide.
#[component]
pub(super) fn Decide(
    /// On which target.
    id: TargetId,
    /// What.
    decision: Decision,
    /// What is told of the target; asked for again afterwards.
    told: Told<TargetView>,
    /// Set while it is being decided.
    deciding: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let reviewed = RwSignal::new(None::<Reviewed>);
    let prepare = move || {
        attempt.run(decision.prepare(session.bridge(), id), move |prepared| {
            deciding.set(true);
            reviewed.set(Some(prepared));
        });
    };
    let close = move || {
        reviewed.set(None);
        deciding.set(false);
    };
    let again = move || {
        reviewed.set(None);
        prepare();
    };
    let done = move || {
        close();
        told.renew();
    };
    move || match reviewed.get() {
        Some(reviewed) => {
            let after = move || view! { <Button on_press=done testid="outcome-close">{t!("Close")}</Button> };
            view! { <ReviewPanel reviewed on_cancel=close on_again=again after /> }.into_any()
        }
        None => view! {
            <AttemptFailure attempt on_retry=prepare />
            <div class="buttons">
                <Button
                    rank=decision.rank()
                    icon=Icon::ArrowRight
                    busy=attempt.busy()
                    disabled=Signal::derive(move || !session.is_online())
                    on_press=prepare
                    testid=decision.testid()
                >
                    {decision.words()}
                </Button>
                <span class="field-hint">{t!("You review it before anything is signed.")}</span>
            </div>
        }
        .into_any(),
    }
}
