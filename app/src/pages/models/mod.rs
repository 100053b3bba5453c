//! Models: those of the network, what is published from here, publishing another, and one publication.

mod around;
mod deed;
mod live;
mod network;
mod one;
mod own;
mod planner;
mod publication;
mod publish;
mod restore;
mod words;

pub(crate) use one::ModelPage;
pub(crate) use own::OwnModelsPage;
pub(crate) use planner::PlannerPage;
pub(crate) use publication::PublicationPage;
pub(crate) use publish::PublishPage;

use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::skeleton::Skeleton;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::parts::publications::{PublicationLine, next_step};
use around::Around;
use bridge::publish::PublishView;
use leptos::prelude::*;
use leptos_router::components::A;
use network::NetworkModels;
use restore::RestoreCard;

/// Publications of this wallet, and all models of the network.
#[component]
pub(crate) fn ModelsPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Models").to_owned()
            aside=|| view! { <NewLink /> }
        >
            <Around />
            <Publications />
            <NetworkModels />
            <NothingPublished />
            <RestoreCard />
        </Page>
    }
}

/// To the form that begins a publication.
#[component]
fn NewLink() -> impl IntoView {
    view! {
        <A href="/models/publish" attr:class="button button-primary" attr:data-testid="publish-new">
            <Pictogram icon=Icon::Plus />
            {t!("Publish a model")}
        </A>
    }
}

/// All publications, those first that wait for their owner.
#[component]
fn Publications() -> impl IntoView {
    let jobs = use_jobs();
    move || {
        match jobs.all() {
            None => view! { <Card title=t!("Publications")><Skeleton lines=3 /></Card> }.into_any(),
            Some(Err(failure)) => {
                view! { <FailureBanner failure on_retry=move || jobs.reload() /> }.into_any()
            }
            // Said below the list, where there is room for it.
            Some(Ok(all)) if all.is_empty() => ().into_any(),
            Some(Ok(mut all)) => {
                all.sort_by_key(|job: &PublishView| std::cmp::Reverse(next_step(job).1));
                view! {
                <Card title=t!("Publications")>
                    <ul class="lines" data-testid="publications">
                        {all.into_iter().map(|job| view! { <PublicationLine job /> }).collect_view()}
                    </ul>
                </Card>
            }
            .into_any()
            }
        }
    }
}

/// What publishing takes, where nothing was published yet.
#[component]
fn NothingPublished() -> impl IntoView {
    let jobs = use_jobs();
    let nothing = Memo::new(move |_| matches!(jobs.all(), Some(Ok(all)) if all.is_empty()));
    move || {
        nothing.get().then(|| {
            view! {
                <Card title=t!("Publications")>
                    <Empty
                        icon=Icon::Models
                        title=t!("No model was published from here yet")
                        hint=t!("You need a .safetensors file with the weights and the model's embedding. The wallet encrypts \
                            the file on this device, uploads it, and leads through every transaction.")
                    />
                </Card>
            }
        })
    }
}
