//! What is to be known and done at each stage.

use super::backup::BackupStep;
use super::checks::{Checks, ChecksStep, Overrule, Verdict};
use super::given::{AskFile, AskUploadLink, AskUrl};
use super::problem::Problem;
use super::step::{Step, StepButton};
use super::work::Working;
use crate::components::banner::{Banner, Tone};
use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::parts::epoch_clock::EpochClock;
use crate::parts::publications::at_risk;
use crate::say;
use bridge::publish::{Destination, PublishStage, PublishTransaction, PublishView, Subject};
use leptos::prelude::*;

/// A stage's name in the protocol between page and worker.
pub(super) fn stage_name(stage: &PublishStage) -> String {
    format!("{stage:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// What is to be known and done now.
#[component]
pub(super) fn StagePanel(stage: PublishStage, job: Memo<PublishView>, step: Step) -> impl IntoView {
    let panel = match stage {
        PublishStage::NeedsFile => view! { <AskFile job /> }.into_any(),
        PublishStage::Sealing => view! {
            <p>{t!("The file is encrypted under a key made for it alone, and hashed, in one pass.")}</p>
            <Working job label=t!("Encrypting") stopping_starts_over=true />
        }
        .into_any(),
        PublishStage::NeedsUploadLink => view! { <AskUploadLink job /> }.into_any(),
        PublishStage::Uploading => view! { <Working job label=t!("Uploading") /> }.into_any(),
        PublishStage::NeedsUrl => view! { <AskUrl job saves=true /> }.into_any(),
        PublishStage::Verifying => view! {
            <p>{t!("The file is fetched from its address as the network will do it. Nothing is signed before every byte agrees.")}</p>
            <Working job label=t!("Comparing") />
            <OtherUrl job />
        }
        .into_any(),
        PublishStage::ReadyToCreate => view! {
            <p>{t!("The file lies where it should. The first transaction creates the model with your stake.")}</p>
            <StepButton step words=t!("Create the model") />
        }
        .into_any(),
        PublishStage::ReadyToCommit => view! { <Commit job step /> }.into_any(),
        PublishStage::Settling(transaction) => view! { <Settling transaction /> }.into_any(),
        PublishStage::Waiting { committed_in } => view! { <Waiting committed_in /> }.into_any(),
        PublishStage::ReadyToReveal { due } => view! { <Reveal due job step /> }.into_any(),
        PublishStage::Live => view! { <Live /> }.into_any(),
        PublishStage::Missed { due } => view! { <Missed due job step /> }.into_any(),
    };
    view! {
        <Problem job />
        {panel}
    }
}

/// Where the file cannot be fetched from the address its owner gave, another can be named.
#[component]
fn OtherUrl(job: Memo<PublishView>) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        let job = job.read();
        job.problem.is_some() && job.destination == Destination::SaveToDisk
    });
    move || wanted.get().then(|| view! { <AskUrl job saves=false /> })
}

#[component]
fn Commit(job: Memo<PublishView>, step: Step) -> impl IntoView {
    let checks = Checks::new(job);
    step.despite_checks.set(false);
    let blocked = Signal::derive(move || {
        checks.verdict.get() != Verdict::Passed && !step.despite_checks.get()
    });
    view! {
        <p>
            {t!("The commit promises file, key and embedding without showing them. It binds you to reveal in the next epoch.")}
            " "
            {at_risk(&job.read_untracked())}
        </p>
        {matches!(job.read_untracked().subject, Subject::NewModel { .. })
            .then(|| view! { <p>{t!("Do not wait long: a new model that is not committed before the next epoch ends loses half of its stake, too.")}</p> })}
        <ChecksStep job checks />
        <BackupStep job />
        <Overrule checks despite=step.despite_checks />
        <StepButton step words=t!("Commit the weights") blocked />
    }
}

#[component]
fn Settling(transaction: PublishTransaction) -> impl IntoView {
    let what = match transaction {
        PublishTransaction::Create => t!("The transaction that creates the model was sent."),
        PublishTransaction::Commit => t!("The commit was sent."),
        PublishTransaction::Reveal => t!("The reveal was sent."),
    };
    view! {
        <p class="settling" role="status"><span class="button-spinner settling-spinner" aria-hidden="true"></span>
            {what}" "{t!("The wallet is looking up what became of it.")}
        </p>
    }
}

#[component]
fn Waiting(committed_in: u64) -> impl IntoView {
    let due = say::count(committed_in.saturating_add(1));
    view! {
        <p>
            {t!("Committed in epoch {committed_in}. The reveal counts in epoch {due} only: come back when it has begun, and before it \
                ends. The wallet waits here, even if you close this page.", committed_in = say::count(committed_in), due)}
        </p>
        <div class="deadline"><EpochClock /></div>
    }
}

#[component]
fn Reveal(due: u64, job: Memo<PublishView>, step: Step) -> impl IntoView {
    view! {
        <Banner
            tone=Tone::Caution
            what=t!("Reveal now: it counts in epoch {epoch} only.", epoch = say::count(due))
            next=at_risk(&job.read_untracked()).to_owned()
            testid="job-due"
        />
        <div class="deadline"><EpochClock /></div>
        <p>{t!("The reveal makes key and embedding public. From then on everybody can open the file.")}</p>
        <StepButton step words=t!("Reveal") />
    }
}

#[component]
fn Live() -> impl IntoView {
    view! {
        <p class="live"><Pictogram icon=Icon::Check />{t!("The model is active with these weights.")}</p>
        <p>
            {t!("Anybody can check it: the file at its address has the checksum below (Blake2b-256), and opens with the key \
            that the reveal made public (AES-256-CTR, counter from zero).")}
        </p>
    }
}

#[component]
fn Missed(due: u64, job: Memo<PublishView>, step: Step) -> impl IntoView {
    let (next, words) = match job.read_untracked().subject {
        Subject::NewModel { .. } => (
            t!(
                "The commit is void. The model is out of service and has lost half of its stake. The same encrypted file can be \
             published with a new model."
            ),
            t!("Go on with a new model"),
        ),
        Subject::ExistingModel(_) => (
            t!(
                "The commit is void. An active model goes on with its earlier weights, and the same file can be committed \
             again; one that was not active yet is out of service and has lost half of its stake."
            ),
            t!("Commit again"),
        ),
    };
    view! {
        <Banner
            tone=Tone::Danger
            what=t!("The reveal was due in epoch {epoch} and did not come.", epoch = say::count(due))
            next=next.to_owned()
        />
        <StepButton step words />
    }
}
