//! The target: none, one of those that are open, or any by its id.

use super::draft::Draft;
use crate::components::button::Button;
use crate::components::field::{Field, Typing};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::parts::amount::Amount;
use crate::parts::answer::{Answer, Told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::score::{OpenTarget, ScoreChoices, ScoreModel};
use leptos::prelude::*;
use wasm_core::address::TargetId;

const NONE: &str = "";
const BY_ID: &str = "by-id";

/// Chooses the target. Its models are chosen with it.
#[component]
pub(super) fn TargetField(draft: Draft, choices: Told<ScoreChoices>) -> impl IntoView {
    let by_id = RwSignal::new(false);
    view! {
        <div class="form">
            <Answer told=choices lines=1 let:choices>
                <TargetSelect draft choices by_id />
            </Answer>
            {move || by_id.get().then(|| view! { <TargetById draft /> })}
            {move || draft.target.get().map(|target| view! { <Particulars target /> })}
        </div>
    }
}

#[component]
fn TargetSelect(draft: Draft, choices: ScoreChoices, by_id: RwSignal<bool>) -> impl IntoView {
    let ScoreChoices { targets, more_targets, .. } = choices;
    let mut options = vec![(NONE.to_owned(), "No target".to_owned())];
    options.extend(targets.iter().map(|target| (target.id.to_string(), words(target))));
    options.push((BY_ID.to_owned(), "Another one, by its id".to_owned()));
    let hint = if targets.is_empty() {
        "No target is open on this network now. Without one, models are compared and no distance is measured."
    } else if more_targets {
        "Some of the open targets, best paid first. With a target, its models are chosen below and the distance is \
         measured."
    } else {
        "All open targets, best paid first. With a target, its models are chosen below and the distance is measured."
    };
    let chosen = Signal::derive(move || {
        if by_id.get() {
            return BY_ID.to_owned();
        }
        draft.target.read().as_ref().map_or_else(|| NONE.to_owned(), |target| target.id.to_string())
    });
    let choose = move |key: String| {
        by_id.set(key == BY_ID);
        take(draft, targets.iter().find(|target| target.id.to_string() == key).cloned());
    };
    view! {
        <Select
            label="Target".to_owned()
            value=chosen
            options=Signal::derive(move || options.clone())
            on_choose=choose
            hint=hint.to_owned()
            testid="score-target"
        />
    }
}

/// Chooses a target, and its models with it.
fn take(draft: Draft, target: Option<OpenTarget>) {
    if let Some(target) = &target {
        draft.models.set(target.models.iter().copied().map(ScoreModel::Network).collect());
    }
    draft.target.set(target);
}

#[component]
fn TargetById(draft: Draft) -> impl IntoView {
    let session = use_session();
    let id = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let read = move || id.read().trim().parse::<TargetId>().map_err(|error| error.to_string());
    let look = move || {
        tried.set(true);
        if let Ok(id) = read() {
            attempt.run(
                async move { session.bridge().score_target(id).await },
                move |choices: ScoreChoices| take(draft, choices.targets.into_iter().next()),
            );
        }
    };
    view! {
        <Field
            label="Id of the target".to_owned()
            value=id
            typing=Typing::Code
            error=Signal::derive(move || read().err())
            tried
            testid="score-target-id"
        >
            <Button busy=attempt.busy() on_press=look testid="score-target-look">"Look up"</Button>
        </Field>
        <AttemptFailure attempt />
    }
}

#[component]
fn Particulars(target: OpenTarget) -> impl IntoView {
    let models = match target.models.len() {
        1 => "1 model".to_owned(),
        count => format!("{count} models"),
    };
    view! {
        <KeyValueList testid="score-target-facts">
            <KeyValue label="Id"><code class="score-id">{target.id.to_string()}</code></KeyValue>
            <KeyValue label="Reward"><Amount amount=target.reward /></KeyValue>
            <KeyValue label="Distance allowed">{format!("up to {}", target.threshold)}</KeyValue>
            <KeyValue label="Embedding">{format!("{} numbers", say::count(target.embedding.len() as u64))}</KeyValue>
            <KeyValue label="Scored with">{models}</KeyValue>
        </KeyValueList>
    }
}

fn words(target: &OpenTarget) -> String {
    format!("{} · {} SOMA", target.id.to_short(), say::amount(target.reward))
}
