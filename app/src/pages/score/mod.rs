//! Scoring data: what it is, for which target, with which models, by which engine; then what came of it.

mod data;
mod draft;
mod engine;
mod models;
mod outcome;
mod picture;
mod running;
mod target;

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::parts::answer::use_told;
use crate::parts::page::Page;
use crate::scoring::use_scoring;
use crate::session::use_session;
use data::DataField;
use draft::Draft;
use engine::EngineFields;
use leptos::prelude::*;
use models::ModelsField;
use outcome::Outcome;
use running::Running;
use target::TargetField;

/// Scoring data.
#[component]
pub(crate) fn ScorePage() -> impl IntoView {
    view! {
        <Page
            title="Score".to_owned()
            lede="Which model foretells your data best, and how near the data comes to a target. Everything is computed \
                on this device, unless you choose a service."
                .to_owned()
        >
            <ScoreForm />
        </Page>
    }
}

#[component]
fn ScoreForm() -> impl IntoView {
    let (session, scoring) = (use_session(), use_scoring());
    let draft = Draft::new(session, scoring);
    let choices = use_told(|bridge| async move { bridge.score_choices().await });
    scoring.ask_engines();
    draft.follow_network();
    let incomplete = RwSignal::new(false);
    let start = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft.tried.set(true);
        let complete = untrack(|| draft.complete());
        incomplete.set(complete.is_none());
        match complete {
            Some((options, file)) => scoring.start(options, &file),
            None => focus_first_wrong(),
        }
    };
    let gaps = move || incomplete.get() && draft.complete().is_none();
    view! {
        <form class="form score-form" on:submit=start novalidate>
            <Card title="1. Data"><DataField draft /></Card>
            <Card title="2. Target"><TargetField draft choices /></Card>
            <Card title="3. Models"><ModelsField draft choices /></Card>
            <Card title="4. Engine"><EngineFields draft /></Card>
            {move || {
                gaps().then(|| {
                    view! {
                        <Banner
                            tone=Tone::Caution
                            alert=true
                            what="Something is missing or wrong above.".to_owned()
                            next="Look at the fields that say so.".to_owned()
                            testid="score-incomplete"
                        />
                    }
                })
            }}
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::Score
                    submit=true
                    disabled=Signal::derive(move || scoring.runs())
                    testid="score-start"
                >
                    "Score"
                </Button>
            </div>
        </form>
        <Running />
        <Outcome />
    }
}
