//! Scoring data: what it is, for which target, with which models, by which engine; then what came of it.

mod data;
mod draft;
mod engine;
mod models;
mod outcome;
mod picture;
mod running;
mod start;
mod submit_link;
mod target;

pub(crate) use draft::Draft;

use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::components::first_wrong::focus_first_wrong;
use crate::languages::t;
use crate::parts::answer::use_told;
use crate::parts::page::Page;
use crate::scoring::use_scoring;
use data::DataField;
use draft::use_draft;
use engine::EngineField;
use leptos::prelude::*;
use leptos_router::components::A;
use models::ModelsField;
use outcome::Outcome;
use running::Running;
use start::{FirstSteps, Start};
use target::TargetField;

/// Scoring data.
#[component]
pub(crate) fn ScorePage() -> impl IntoView {
    view! {
        <Page
            aside=|| view! { <A href="/match" attr:data-testid="score-match">{t!("Match many files")}</A> }
            title=t!("Score").to_owned()
            lede=t!("Which model foretells your data best, and how near the data comes to a target. Everything is computed \
                on this device, unless you choose a service.")
                .to_owned()
        >
            <ScoreForm />
        </Page>
    }
}

#[component]
fn ScoreForm() -> impl IntoView {
    let (scoring, draft) = (use_scoring(), use_draft());
    let choices = use_told(|bridge| async move { bridge.score_choices().await });
    scoring.ask_engines();
    draft.tried.set(false);
    let incomplete = RwSignal::new(false);
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft.tried.set(true);
        let complete = untrack(|| draft.complete());
        incomplete.set(complete.is_none());
        match complete {
            Some((options, file)) => scoring.start(&options, &file),
            None => focus_first_wrong(),
        }
    };
    let gaps = move || incomplete.get() && draft.complete().is_none();
    view! {
        <FirstSteps draft choices />
        <form class="form score-form" on:submit=start novalidate>
            <Card title=t!("1. Data")><DataField draft /></Card>
            <Card title=t!("2. Target")><TargetField draft choices /></Card>
            <Card title=t!("3. Models")><ModelsField draft choices /></Card>
            <Card title=t!("4. Engine")><EngineField draft /></Card>
            {move || {
                gaps().then(|| {
                    view! {
                        <Banner
                            tone=Tone::Caution
                            alert=true
                            what=t!("Something is missing or wrong above.").to_owned()
                            next=t!("Look at the fields that say so.").to_owned()
                            testid="score-incomplete"
                        />
                    }
                })
            }}
            <Start draft choices />
        </form>
        <Running />
        <Outcome />
    }
}
