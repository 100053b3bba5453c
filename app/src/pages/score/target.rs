//! The target: none, one of those that are open, or any by its id.

use super::draft::Draft;
use super::models::on_enter;
use crate::components::button::Button;
use crate::components::field::{Field, Typing};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::languages::{local_number, t, t_n, told};
use crate::parts::amount::Amount;
use crate::parts::answer::{Answer, Told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::score::{OpenTarget, ScoreChoices, ScoreModel};
use leptos::prelude::*;
use wasm_core::address::{ModelId, TargetId};

const NONE: &str = "";
const BY_ID: &str = "by-id";

/// Chooses the target. Its models are chosen with it.
#[component]
pub(super) fn TargetField(draft: Draft, choices: Told<ScoreChoices>) -> impl IntoView {
    view! {
        <div class="form">
            <Answer told=choices lines=1 let:choices>
                <TargetSelect draft choices />
            </Answer>
            {move || draft.by_id.get().then(|| view! { <TargetById draft /> })}
            {move || draft.target.get().map(|target| view! { <Particulars draft target /> })}
        </div>
    }
}

#[component]
fn TargetSelect(draft: Draft, choices: ScoreChoices) -> impl IntoView {
    let ScoreChoices { targets, models, more_targets } = choices;
    let mut options = vec![(NONE.to_owned(), t!("No target: compare models only").to_owned())];
    options.extend(targets.iter().map(|target| (target.id.to_string(), words(target))));
    options.push((BY_ID.to_owned(), t!("Another one, by its id").to_owned()));
    let hint = if targets.is_empty() {
        t!(
            "No target is open on this network now. Without one, models are compared and no distance is measured."
        )
    } else if more_targets {
        t!(
            "A place that the network pays data for. These are some of those that are open, best paid first. A target's \
         models are chosen with it."
        )
    } else {
        t!(
            "A place that the network pays data for. These are all that are open, best paid first. A target's models are \
         chosen with it."
        )
    };
    let chosen = Signal::derive(move || {
        if draft.by_id.get() {
            return BY_ID.to_owned();
        }
        draft.target.read().as_ref().map_or_else(|| NONE.to_owned(), |target| target.id.to_string())
    });
    // One that was claimed meanwhile, or is not among these, is not shown as no target.
    let is_known = |id: &TargetId| targets.iter().any(|target| target.id == *id);
    let other = draft.target.read_untracked().as_ref().map(|target| target.id);
    if other.is_some_and(|id| !is_known(&id)) {
        draft.by_id.set(true);
    }
    let choose = move |key: String| {
        draft.by_id.set(key == BY_ID);
        let target = targets.iter().find(|target| target.id.to_string() == key).cloned();
        draft.take_target(target, &models);
    };
    view! {
        <Select
            label=t!("Target").to_owned()
            value=chosen
            options=Signal::derive(move || options.clone())
            on_choose=choose
            hint=hint.to_owned()
            testid="score-target"
        />
    }
}

#[component]
fn TargetById(draft: Draft) -> impl IntoView {
    let session = use_session();
    let id = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let read =
        move || id.read().trim().parse::<TargetId>().map_err(|error| told(&error.to_string()));
    let look = move || {
        tried.set(true);
        if let Ok(id) = untrack(read) {
            attempt.run(
                async move { session.bridge().score_target(id).await },
                move |choices: ScoreChoices| {
                    draft.take_target(choices.targets.into_iter().next(), &choices.models);
                },
            );
        }
    };
    view! {
        <div class="form" on:keydown=move |event| on_enter(&event, look)>
            <Field
                label=t!("Id of the target").to_owned()
                value=id
                typing=Typing::Code
                error=Signal::derive(move || read().err())
                tried
                testid="score-target-id"
            >
                <Button busy=attempt.busy() on_press=look testid="score-target-look">{t!("Look up")}</Button>
            </Field>
            <AttemptFailure attempt />
        </div>
    }
}

#[component]
fn Particulars(draft: Draft, target: OpenTarget) -> impl IntoView {
    let ids = target.models.clone();
    let models = move || {
        let of_target = |id: &&ModelId| draft.models.read().contains(&ScoreModel::Network(**id));
        let chosen = ids.iter().filter(of_target).count();
        match (chosen == ids.len(), ids.len()) {
            (true, count) => {
                t_n!(count as u64, "{n} model, chosen below", "{n} models, chosen below")
            }
            (false, count) => t!("{count}, of which {chosen} are chosen below", count, chosen),
        }
    };
    view! {
        <KeyValueList testid="score-target-facts">
            <KeyValue label=t!("Id")><code class="score-id">{target.id.to_string()}</code></KeyValue>
            <KeyValue label=t!("Reward")><Amount amount=target.reward /></KeyValue>
            <KeyValue label=t!("Distance allowed")>{t!("up to {threshold}, of 2", threshold = local_number(&target.threshold.to_string()))}</KeyValue>
            <KeyValue label=t!("Where it is")>{t!("an embedding of {count} numbers", count = say::count(target.embedding.len() as u64))}</KeyValue>
            <KeyValue label=t!("Its models")>{models}</KeyValue>
        </KeyValueList>
    }
}

fn words(target: &OpenTarget) -> String {
    t!(
        "{target} · {reward} SOMA",
        target = target.id.to_short(),
        reward = say::amount(target.reward)
    )
}
