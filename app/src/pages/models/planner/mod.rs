//! The planner: where to place a model, and what a stake would bring it there.

mod draft;
mod outcome;
mod position;
mod sample;

use super::around::Around;
use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::select::Select;
use crate::languages::t;
use crate::parts::answer::use_told;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::scoring::use_scoring;
use crate::session::use_session;
use bridge::models::{ModelList, Plan};
use draft::Draft;
use leptos::prelude::*;
use outcome::Outcome;
use position::PositionFields;

/// Where to place a model.
#[component]
pub(crate) fn PlannerPage() -> impl IntoView {
    view! {
        <Page
            title=t!("Planner").to_owned()
            lede=t!("How many targets would draw a model at a place and a stake, by the network's own rule on its models as they are.")
                .to_owned()
        >
            <Around />
            <Planner />
        </Page>
    }
}

#[component]
fn Planner() -> impl IntoView {
    let (session, scoring) = (use_session(), use_scoring());
    let models = use_told(|bridge| async move { bridge.models().await });
    let draft = Draft::new(session);
    let attempt = Attempt::new();
    let plan = RwSignal::new(None::<Plan>);
    // What was planned is of what stood in the fields then.
    Effect::new(move |_| {
        draft.stake.track();
        draft.numbers.track();
        draft.replaces.track();
        plan.set(None);
        attempt.forgive();
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        draft.tried.set(true);
        match untrack(|| draft.complete()) {
            Some(options) => {
                attempt.run(async move { scoring.bridge().plan(options).await }, move |planned| {
                    plan.set(Some(planned));
                });
            }
            None => focus_first_wrong(),
        }
    };
    view! {
        <form class="form" on:submit=submit novalidate>
            <Card title=t!("1. Stake")>
                <div class="form">
                    <Field
                        label=t!("Stake").to_owned()
                        value=draft.stake
                        typing=Typing::Decimal
                        suffix="SOMA"
                        hint=t!("All that would lie in the model's pool.").to_owned()
                        error=Signal::derive(move || draft.stake_read().err())
                        tried=draft.tried
                        testid="plan-stake"
                    />
                    <Replaces draft models=Memo::new(move |_| models.value()) />
                </div>
            </Card>
            <Card title=t!("2. Position")><PositionFields draft models /></Card>
            <AttemptFailure attempt />
            <div class="buttons buttons-end">
                <Button rank=Rank::Primary icon=Icon::Models submit=true busy=attempt.busy() testid="plan-start">{t!("Count the targets")}</Button>
            </div>
        </form>
        {move || plan.get().map(|plan| view! { <Outcome plan draft /> })}
    }
}

/// Whether it is a new model, or one that moves.
#[component]
fn Replaces(draft: Draft, models: Memo<Option<ModelList>>) -> impl IntoView {
    let options = move || {
        let own = models.get().map(|list| list.models).unwrap_or_default();
        let own = own
            .into_iter()
            .filter(|row| row.own && row.weight.is_some())
            .map(|row| (row.id.to_string(), row.name.unwrap_or_else(|| row.id.to_short())));
        [(String::new(), t!("A new model").to_owned())].into_iter().chain(own).collect::<Vec<_>>()
    };
    view! {
        <Select
            label=t!("What is placed").to_owned()
            value=Signal::derive(move || draft.replaces.get())
            options=Signal::derive(options)
            on_choose=move |chosen| draft.replaces.set(chosen)
            hint=t!("An own model that moves no longer competes where it stands now.").to_owned()
            testid="plan-replaces"
        />
    }
}
