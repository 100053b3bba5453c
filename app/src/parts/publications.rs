//! Publications in a few words each: where they stand and what is to be done next.

use crate::components::banner::{Banner, Tone};
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::say;
use bridge::publish::{PublishStage, PublishTransaction, PublishView, Subject};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

/// How much a publication asks of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Nothing.
    None,
    /// It waits for its owner.
    Waits,
    /// It waits, and waiting costs.
    Due,
}

/// Where a publication stands, and what comes next.
#[must_use]
pub(crate) fn next_step(view: &PublishView) -> (String, Urgency) {
    let waits = |text: &str| (text.to_owned(), Urgency::Waits);
    let runs = |text: &str| (text.to_owned(), Urgency::None);
    if view.problem.is_some() {
        return waits(t!("Stopped: look at what went wrong"));
    }
    match &view.stage {
        PublishStage::NeedsFile => waits(t!("Choose the weights file")),
        PublishStage::Sealing if view.work.is_none() => {
            waits(t!("Paused while encrypting: choose the file to go on"))
        }
        PublishStage::Sealing => runs(t!("Encrypting")),
        PublishStage::NeedsUploadLink => waits(t!("Give an upload link")),
        PublishStage::Uploading if view.work.is_none() => waits(t!("Upload paused")),
        PublishStage::Uploading => runs(t!("Uploading")),
        PublishStage::NeedsUrl => waits(t!("Save the encrypted file, host it and give its URL")),
        PublishStage::Verifying if view.work.is_none() => {
            waits(t!("Check of the uploaded file paused"))
        }
        PublishStage::Verifying => runs(t!("Checking the uploaded file")),
        PublishStage::ReadyToCreate => waits(t!("Create the model")),
        PublishStage::ReadyToCommit => waits(t!("Commit the weights")),
        PublishStage::Settling(step) => runs(match step {
            PublishTransaction::Create => t!("Create was sent; looking up what became of it"),
            PublishTransaction::Commit => t!("Commit was sent; looking up what became of it"),
            PublishTransaction::Reveal => t!("Reveal was sent; looking up what became of it"),
        }),
        PublishStage::Waiting { committed_in } => (
            t!(
                "Committed. Reveal in epoch {epoch}",
                epoch = say::count(committed_in.saturating_add(1))
            ),
            Urgency::None,
        ),
        PublishStage::ReadyToReveal { .. } => {
            (t!("Reveal due now, in this epoch only").to_owned(), Urgency::Due)
        }
        PublishStage::Live => runs(t!("Active")),
        PublishStage::Missed { due } => {
            (t!("Reveal missed: it was due in epoch {due}", due = say::count(*due)), Urgency::Waits)
        }
    }
}

/// What is lost without the reveal.
#[must_use]
pub(crate) fn at_risk(job: &PublishView) -> &'static str {
    match job.subject {
        Subject::NewModel { .. } => {
            t!("Without the reveal the model goes out of service and loses half of its stake.")
        }
        Subject::ExistingModel(_) => {
            t!(
                "Without the reveal an active model keeps its earlier weights; one that is not active yet goes out of service \
             and loses half of its stake."
            )
        }
    }
}

/// Publications that are not finished, most urgent first; nothing where there are none.
#[component]
pub(crate) fn RunningPublications() -> impl IntoView {
    let jobs = use_jobs();
    let running = move || {
        let mut running: Vec<PublishView> = match jobs.all() {
            Some(Ok(all)) => {
                all.into_iter().filter(|job| job.stage != PublishStage::Live).collect()
            }
            _ => Vec::new(),
        };
        running.sort_by_key(|job| std::cmp::Reverse(next_step(job).1));
        running
    };
    move || {
        let running = running();
        (!running.is_empty()).then(|| {
            view! {
                <section class="card" data-testid="running-publications">
                    <div class="card-head"><h2 class="card-title">{t!("Publications")}</h2></div>
                    <ul class="lines">
                        {running.into_iter().map(|job| view! { <PublicationLine job /> }).collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// Says above every page that a reveal is due, unless its own page is shown.
#[component]
pub(crate) fn RevealDue() -> impl IntoView {
    let jobs = use_jobs();
    let path = use_location().pathname;
    let due = Memo::new(move |_| {
        let all = jobs.all()?.ok()?;
        let due =
            all.into_iter().find(|job| matches!(job.stage, PublishStage::ReadyToReveal { .. }))?;
        (!path.read().ends_with(&due.id.0)).then(|| (at_risk(&due), due.id.0, due.name))
    });
    move || {
        due.get().map(|(risk, id, name)| {
            view! {
                <Banner
                    tone=Tone::Caution
                    alert=true
                    what=t!("The reveal of “{name}” is due in this epoch, and in this one only.", name)
                    next=risk.to_owned()
                    testid="reveal-due"
                >
                    <A href=format!("/models/publish/{id}?step=now") attr:class="button button-primary" attr:data-testid="go-reveal">
                        {t!("Reveal now")}
                    </A>
                </Banner>
            }
        })
    }
}

/// One publication, as a link to its page.
#[component]
pub(crate) fn PublicationLine(
    /// Which.
    job: PublishView,
) -> impl IntoView {
    let (step, urgency) = next_step(&job);
    let class = match urgency {
        Urgency::None => "line",
        Urgency::Waits => "line line-waits",
        Urgency::Due => "line line-due",
    };
    let percent = job.work.map(|work| format!("{}%", say::percent(work.done, work.total)));
    view! {
        <li class=class data-testid="publication" data-job=job.id.0.clone()>
            <A href=format!("/models/publish/{}", job.id.0)>
                <span class="line-name">{job.name}</span>
                <span class="line-step">{step}</span>
                <span class="line-value">{percent}</span>
            </A>
        </li>
    }
}
