//! The beginning: what to do where nothing was chosen, and what the button will do.

use super::draft::Draft;
use crate::components::button::{Button, Rank};
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_n};
use crate::parts::answer::Told;
use crate::say;
use bridge::score::{ScoreChoices, ScoreModel};
use leptos::prelude::*;

/// What to do, as long as nothing was chosen and nothing came of anything.
#[component]
pub(super) fn FirstSteps(draft: Draft, choices: Told<ScoreChoices>) -> impl IntoView {
    let scoring = draft.scoring();
    let shown =
        Memo::new(move |_| draft.is_blank() && !scoring.runs() && scoring.outcome.read().is_none());
    let take = move || {
        let choices = untrack(|| choices.value()).unwrap_or_default();
        draft.take_example(&choices.targets, &choices.models);
    };
    let has_models = move || choices.value().is_some_and(|choices| !choices.models.is_empty());
    move || {
        shown.get().then(|| {
            view! {
                <div class="score-first" data-testid="score-first">
                    <Pictogram icon=Icon::Score />
                    <div class="score-first-words">
                        <p class="score-first-title">{t!("Choose data, then models, and press Score.")}</p>
                        <p class="field-hint">
                            {move || if has_models() {
                                t!("Each model reads the data byte by byte and foretells the next one. The lower its loss, the \
                                 better it did; the best one says where the data lies, and so how far from a target.")
                            } else {
                                t!("No model is active on this network now: add a weights file of your own below.")
                            }}
                        </p>
                    </div>
                    {move || has_models().then(|| view! {
                        <Button on_press=take testid="score-example">{t!("Fill in an example")}</Button>
                    })}
                </div>
            }
        })
    }
}

/// What is about to be scored, and the button that does it.
#[component]
pub(super) fn Start(draft: Draft, choices: Told<ScoreChoices>) -> impl IntoView {
    let scoring = draft.scoring();
    view! {
        <div class="score-start">
            <p class="field-hint" data-testid="score-summary">{move || summary(draft, choices)}</p>
            <Button
                rank=Rank::Primary
                icon=Icon::Score
                submit=true
                disabled=Signal::derive(move || scoring.runs())
                testid="score-start"
            >
                {t!("Score")}
            </Button>
        </div>
    }
}

/// What is about to be scored, in a sentence; nothing while something is missing.
fn summary(draft: Draft, choices: Told<ScoreChoices>) -> Option<String> {
    let data = draft.data().ok()?;
    let models = draft.chosen_models().ok()?;
    let known = choices.value().unwrap_or_default().models;
    let files = draft.scoring().files.get();
    let size = |model: &ScoreModel| match model {
        ScoreModel::Network(id) => known.iter().find(|known| known.id == *id).map(|it| it.size),
        ScoreModel::File(id) => files.iter().find(|file| file.id == *id).map(|file| file.size),
    };
    let weights: u64 = models.iter().filter_map(size).sum();
    let by = draft.engine.in_words()?;
    let data = say::bytes(say::whole(data.size()));
    Some(t_n!(
        models.len() as u64,
        "{data} of data, {n} model with {weights} of weights, by {engine}.",
        "{data} of data, {n} models with {weights} of weights, by {engine}.",
        data,
        weights = say::bytes(weights),
        engine = by
    ))
}
