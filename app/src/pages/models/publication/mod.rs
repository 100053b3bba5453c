//! One publication: where it stands on its way, what it waits for, and its transactions.

mod backup;
mod checks;
mod given;
mod particulars;
mod problem;
mod removal;
mod stage;
mod step;
mod timeline;
mod work;

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::skeleton::Skeleton;
use crate::components::toast::use_notices;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use bridge::protocol::Failure;
use bridge::publish::{JobId, PublishView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use particulars::ParticularsCard;
use removal::RemovalCard;
use step::{OpenReview, Step};
use timeline::Timeline;

/// What is known of the publication of this address.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Loading,
    Failed(Failure),
    Missing,
    There(JobId),
}

/// One publication.
#[component]
pub(crate) fn PublicationPage() -> impl IntoView {
    let (jobs, params) = (use_jobs(), use_params_map());
    let found = Memo::new(move |_| {
        let id = JobId(params.read().get("job").unwrap_or_default());
        match jobs.all() {
            None => Found::Loading,
            Some(Err(failure)) => Found::Failed(failure),
            Some(Ok(all)) if all.iter().any(|job| job.id == id) => Found::There(id),
            Some(Ok(_)) => Found::Missing,
        }
    });
    leave_when_removed(found);
    move || match found.get() {
        Found::Loading => {
            view! { <Page title=t!("Publication").to_owned()><Skeleton lines=5 /></Page> }
                .into_any()
        }
        Found::Failed(failure) => view! {
            <Page title=t!("Publication").to_owned()>
                <FailureBanner failure on_retry=move || jobs.reload() />
            </Page>
        }
        .into_any(),
        Found::Missing => {
            view! { <Page title=t!("Publication").to_owned()><NotHere /></Page> }.into_any()
        }
        Found::There(id) => match untrack(|| jobs.one(&id)) {
            Some(first) => view! { <Publication first /> }.into_any(),
            None => {
                view! { <Page title=t!("Publication").to_owned()><NotHere /></Page> }.into_any()
            }
        },
    }
}

/// Once it was there and is no more, there is nothing to stay for.
fn leave_when_removed(found: Memo<Found>) {
    let (navigate, notices) = (use_navigate(), use_notices());
    Effect::new(move |before: Option<Found>| {
        let now = found.get();
        if matches!((&before, &now), (Some(Found::There(_)), Found::Missing)) {
            notices.toast(t!("The publication was removed."));
            navigate("/models", NavigateOptions::default());
        }
        now
    });
}

#[component]
fn NotHere() -> impl IntoView {
    view! {
        <Empty
            icon=Icon::Models
            title=t!("There is no such publication in this browser")
            hint=t!("It may have been removed, or begun elsewhere. With its backup file it can be restored.")
        >
            <A href="/models" attr:class="button button-secondary">{t!("All publications")}</A>
        </Empty>
    }
}

/// The publication, kept up to date.
#[component]
fn Publication(
    /// As it is now.
    first: PublishView,
) -> impl IntoView {
    let jobs = use_jobs();
    let id = first.id.clone();
    let job = Memo::new(move |last: Option<&PublishView>| {
        jobs.one(&id).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let step = Step::new(job);
    let name = Memo::new(move |_| job.read().name.clone());
    view! {
        <Page title=Signal::derive(move || name.get()) aside=|| view! { <A href="/models">{t!("All publications")}</A> }>
            <OpenReview step />
            <Timeline job step />
            <ParticularsCard job />
            <RemovalCard job />
        </Page>
    }
}
