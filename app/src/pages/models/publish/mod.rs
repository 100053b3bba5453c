//! The form that begins a publication: file, name, model, embedding, destination.

mod destination;
mod draft;
mod embedding;
mod subject;
mod weights;

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::jobs::use_jobs;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::session::use_session;
use bridge::publish::PublishView;
use destination::DestinationFields;
use draft::Draft;
pub(super) use draft::address as web_address;
use embedding::EmbeddingField;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use subject::SubjectFields;
use weights::WeightsField;

/// Beginning a publication.
#[component]
pub(crate) fn PublishPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Publish a model").to_owned()
            lede=t!("Nothing is signed yet. The file is encrypted on this device and uploaded; then you review each \
                transaction.")
                .to_owned()
        >
            <PublishForm />
        </Page>
    }
}

#[component]
fn PublishForm() -> impl IntoView {
    let (session, jobs, navigate) = (use_session(), use_jobs(), use_navigate());
    let draft = Draft::new(session);
    draft.begin_with(use_query_map().with_untracked(|query| query.get("model")));
    let attempt = Attempt::new();
    let incomplete = RwSignal::new(false);
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft.tried.set(true);
        let complete = untrack(|| draft.complete());
        incomplete.set(complete.is_none());
        let Some((options, file)) = complete else {
            focus_first_wrong();
            return;
        };
        let navigate = navigate.clone();
        attempt.run(
            async move { session.bridge().start_publish(options, &file).await },
            move |view: PublishView| {
                let page = format!("/models/publish/{}", view.id.0);
                jobs.put(view);
                navigate(&page, NavigateOptions::default());
            },
        );
    };
    // Said until everything is in order.
    let gaps = move || incomplete.get() && draft.complete().is_none();
    view! {
        <form class="form publish-form" on:submit=start novalidate>
            <Card title=t!("1. Weights")>
                <WeightsField draft />
                <Field
                    label=t!("Name").to_owned()
                    value=draft.name
                    hint=t!("For yourself; it stays in this browser.").to_owned()
                    testid="publish-name"
                />
            </Card>
            <Card title=t!("2. Model")><SubjectFields draft /></Card>
            <Card title=t!("3. Embedding")><EmbeddingField draft /></Card>
            <Card title=t!("4. Where the encrypted file goes")><DestinationFields draft /></Card>
            <div class="publish-start">
                {move || {
                    gaps().then(|| {
                        view! {
                            <Banner
                                tone=Tone::Caution
                                alert=true
                                what=t!("Something is missing or wrong above.").to_owned()
                                next=t!("Look at the fields that say so.").to_owned()
                                testid="publish-incomplete"
                            />
                        }
                    })
                }}
                {move || {
                    attempt.failure().get().map(|_| view! { <div data-testid="publish-error"><AttemptFailure attempt /></div> })
                }}
                <div class="buttons buttons-end">
                    <Button
                        rank=Rank::Primary
                        icon=Icon::Lock
                        submit=true
                        busy=attempt.busy()
                        disabled=Signal::derive(move || !session.is_online())
                        testid="publish-start"
                    >
                        {t!("Encrypt and begin")}
                    </Button>
                </div>
            </div>
        </form>
    }
}
