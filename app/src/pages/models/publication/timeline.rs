//! The way of a publication: what is done, what is now, what comes.

use super::stage::{StagePanel, stage_name};
use super::step::Step;
use crate::components::icon::{Icon, Pictogram};
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::publications::next_step;
use bridge::publish::{PublishStage, PublishTransaction, PublishView, Subject};
use leptos::prelude::*;

/// A part of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Seal,
    Upload,
    Verify,
    Create,
    Commit,
    Wait,
    Reveal,
    Live,
}

impl Phase {
    /// The way of a new model.
    const ALL: [Self; 8] = [
        Self::Seal,
        Self::Upload,
        Self::Verify,
        Self::Create,
        Self::Commit,
        Self::Wait,
        Self::Reveal,
        Self::Live,
    ];

    /// Where a stage lies on the way.
    const fn of(stage: &PublishStage) -> Self {
        match stage {
            PublishStage::NeedsFile | PublishStage::Sealing => Self::Seal,
            PublishStage::NeedsUploadLink | PublishStage::Uploading | PublishStage::NeedsUrl => {
                Self::Upload
            }
            PublishStage::Verifying => Self::Verify,
            PublishStage::ReadyToCreate | PublishStage::Settling(PublishTransaction::Create) => {
                Self::Create
            }
            PublishStage::ReadyToCommit | PublishStage::Settling(PublishTransaction::Commit) => {
                Self::Commit
            }
            PublishStage::Waiting { .. } => Self::Wait,
            PublishStage::ReadyToReveal { .. }
            | PublishStage::Missed { .. }
            | PublishStage::Settling(PublishTransaction::Reveal) => Self::Reveal,
            PublishStage::Live => Self::Live,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Seal => t!("Encrypt the weights"),
            Self::Upload => t!("Upload the encrypted file"),
            Self::Verify => t!("Fetch it back and compare"),
            Self::Create => t!("Create the model"),
            Self::Commit => t!("Commit"),
            Self::Wait => t!("Wait for the next epoch"),
            Self::Reveal => t!("Reveal"),
            Self::Live => t!("Active"),
        }
    }
}

/// The way, with what is to be done now inside the part that is now.
#[component]
pub(super) fn Timeline(job: Memo<PublishView>, step: Step) -> impl IntoView {
    let stage = Memo::new(move |_| job.read().stage);
    let creates = Memo::new(move |_| matches!(job.read().subject, Subject::NewModel { .. }));
    tell_changes(job, stage);
    move || {
        let stage = stage.get();
        let now = Phase::of(&stage);
        let way = Phase::ALL.into_iter().filter(|phase| creates.get() || *phase != Phase::Create);
        let here = Phase::ALL.iter().position(|phase| *phase == now).unwrap_or(0);
        let missed = matches!(stage, PublishStage::Missed { .. });
        let finished = stage == PublishStage::Live;
        let items = way
            .map(|phase| {
                let at = Phase::ALL.iter().position(|other| *other == phase).unwrap_or(0);
                let is_now = phase == now;
                let (class, icon, word) = if is_now && missed {
                    ("phase phase-now phase-missed", Some(Icon::Danger), t!("Missed:"))
                } else if at < here || (is_now && finished) {
                    (if is_now { "phase phase-now phase-done" } else { "phase phase-done" }, Some(Icon::Check), t!("Done:"))
                } else if is_now {
                    ("phase phase-now", Some(Icon::ArrowRight), t!("Now:"))
                } else {
                    ("phase", None, t!("Later:"))
                };
                view! {
                    <li class=class aria-current=is_now.then_some("step")>
                        <span class="phase-mark">{icon.map(|icon| view! { <Pictogram icon /> })}</span>
                        <div class="phase-body">
                            <h2 class="phase-title"><span class="visually-hidden">{word}" "</span>{phase.words()}</h2>
                            {is_now
                                .then(|| {
                                    view! {
                                        <div class="phase-now-body" data-testid="job-stage" data-stage=stage_name(&stage)>
                                            <StagePanel stage job step />
                                        </div>
                                    }
                                })}
                        </div>
                    </li>
                }
            })
            .collect_view();
        view! { <ol class="card timeline">{items}</ol> }
    }
}

/// Reads aloud where it has come to, once it moves on.
fn tell_changes(job: Memo<PublishView>, stage: Memo<PublishStage>) {
    let notices = use_notices();
    Effect::new(move |before: Option<PublishStage>| {
        let now = stage.get();
        if before.is_some_and(|before| before != now) {
            notices.announce(next_step(&job.read_untracked()).0);
        }
        now
    });
}
