//! The models: the network's, and files of one's own.

use super::draft::Draft;
use crate::components::button::{Button, IconButton, Rank};
use crate::components::disclosure::Disclosure;
use crate::components::field::{Field, Typing};
use crate::components::file_drop::FileDrop;
use crate::components::icon::Icon;
use crate::components::password::{wipe, wipe_when_left};
use crate::languages::{t, t_n, t_view};
use crate::parts::amount::Amount;
use crate::parts::answer::{Answer, Told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::scoring::use_scoring;
use bridge::score::{ActiveModel, KeptWeights, KeyText, ScoreChoices, ScoreFile, ScoreModel};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::File;

/// Chooses the models.
#[component]
pub(super) fn ModelsField(draft: Draft, choices: Told<ScoreChoices>) -> impl IntoView {
    let missing = move || draft.tried.get().then(|| draft.chosen_models().err()).flatten();
    view! {
        <div class="form">
            <Answer told=choices lines=3 let:choices>
                <NetworkModels draft choices />
            </Answer>
            <FileModels draft />
            <Disclosure summary=t!("Add a model from a file") testid="score-add-file">
                <AddFile draft />
            </Disclosure>
            <p class="field-error" aria-live="polite" data-testid="score-models-error">{missing}</p>
        </div>
    }
}

#[component]
fn NetworkModels(draft: Draft, choices: ScoreChoices) -> impl IntoView {
    if choices.models.is_empty() {
        return view! {
            <p class="field-hint">{t!("No model is active on this network. Score with files of your own.")}</p>
        }
        .into_any();
    }
    draft.follow_models(&choices.models);
    let all: Vec<_> = choices.models.iter().map(|model| ScoreModel::Network(model.id)).collect();
    view! {
        <fieldset class="score-models">
            <legend>{t!("Active models of the network")}</legend>
            <AllOrNone draft models=all />
            <div class="score-models-list">
                {choices
                    .models
                    .into_iter()
                    .map(|model| view! { <NetworkModel draft model /> })
                    .collect_view()}
            </div>
        </fieldset>
        <Kept />
    }
    .into_any()
}

/// Chooses all models of the network, or leaves all of them out.
#[component]
fn AllOrNone(draft: Draft, models: Vec<ScoreModel>) -> impl IntoView {
    let count = models.len();
    let models = StoredValue::new(models);
    let chosen = Memo::new(move |_| {
        models.with_value(|models| {
            models.iter().filter(|model| draft.models.read().contains(*model)).count()
        })
    });
    let press = move || {
        let choose = chosen.get_untracked() < count;
        models.with_value(|models| {
            draft.models.update(|chosen| {
                chosen.retain(|model| !models.contains(model));
                chosen.extend(models.iter().copied().filter(|_| choose));
            });
        });
    };
    view! {
        <div class="score-models-head">
            <span class="field-hint">{move || t!("{chosen} of {count} chosen. Most stake first; sizes are those of their weights.", chosen = chosen.get(), count)}</span>
            <Button rank=Rank::Quiet on_press=press testid="score-all">
                {move || if chosen.get() < count { t!("Choose all") } else { t!("Choose none") }}
            </Button>
        </div>
    }
}

/// What is kept of weights that were fetched.
#[component]
fn Kept() -> impl IntoView {
    let scoring = use_scoring();
    let kept = RwSignal::new(None::<KeptWeights>);
    let attempt = Attempt::new();
    let renew = move || {
        attempt.run(async move { scoring.kept().await }, move |now| kept.set(Some(now)));
    };
    Effect::new(move |_| {
        // Scoring may have fetched some.
        if !scoring.runs() {
            renew();
        }
    });
    let forget = move || {
        attempt.run(async move { scoring.forget_kept().await }, move |now| kept.set(Some(now)));
    };
    view! {
        <p class="field-hint">
            {t!("Weights are fetched when you score, checked, and kept encrypted in this browser for the next time.")}
        </p>
        {move || {
            kept.get().filter(|kept| kept.files > 0).map(|kept| {
                let words = t_n!(kept.files, "{n} file, {size}", "{n} files, {size}", size = say::bytes(kept.bytes));
                view! {
                    <div class="buttons">
                        <Button icon=Icon::Trash disabled=Signal::derive(move || scoring.runs()) on_press=forget testid="score-forget-kept">
                            {t!("Delete kept weights")}
                        </Button>
                        <span class="field-hint" data-testid="score-kept">{words}</span>
                    </div>
                }
            })
        }}
        <AttemptFailure attempt />
    }
}

#[component]
fn NetworkModel(draft: Draft, model: ActiveModel) -> impl IntoView {
    let key = ScoreModel::Network(model.id);
    view! {
        <label class="score-model">
            <input
                type="checkbox"
                prop:checked=move || draft.models.read().contains(&key)
                on:change:target=move |event| draft.choose(key, event.target().checked())
                data-testid="score-model"
                data-model=model.id.to_string()
            />
            <span class="score-model-words">
                <code class="score-model-name" title=model.id.to_string()>{model.id.to_short()}</code>
                <span class="score-model-owner">{t_view!("of {owner}", owner = view! { <code title=model.owner.to_string()>{model.owner.to_short()}</code> })}</span>
            </span>
            <span class="score-model-facts">
                <span><Amount amount=model.stake /></span>
                <span>{say::bytes(model.size)}</span>
            </span>
        </label>
    }
}

#[component]
fn FileModels(draft: Draft) -> impl IntoView {
    let scoring = draft.scoring();
    move || {
        let files = scoring.files.get();
        (!files.is_empty()).then(|| {
            view! {
                <fieldset class="score-models">
                    <legend>{t!("Files of your own")}</legend>
                    {files.into_iter().map(|file| view! { <FileModel draft file /> }).collect_view()}
                </fieldset>
            }
        })
    }
}

#[component]
fn FileModel(draft: Draft, file: ScoreFile) -> impl IntoView {
    let key = ScoreModel::File(file.id);
    let (label, facts) = (t!("Remove {name}", name = file.name), say::bytes(file.size));
    let shape = t!(
        "{layers} layers · width {width} · {parameters} parameters",
        layers = say::count(file.layers),
        width = say::count(file.width),
        parameters = say::count(file.parameters)
    );
    let name = file.name.clone();
    let remove = move || {
        draft.choose(key, false);
        draft.scoring().forget(&file);
    };
    view! {
        <div class="score-model-row">
            <label class="score-model">
                <input
                    type="checkbox"
                    prop:checked=move || draft.models.read().contains(&key)
                    on:change:target=move |event| draft.choose(key, event.target().checked())
                    data-testid="score-file-model"
                />
                <span class="score-model-words">
                    <span class="score-model-name">{name}</span>
                    <span class="score-model-owner">{shape}</span>
                </span>
                <span class="score-model-facts"><span>{facts}</span></span>
            </label>
            <IconButton label icon=Icon::Trash on_press=remove testid="score-file-remove" />
        </div>
    }
}

/// Does what belongs to a line of a form where Enter is pressed in it, instead of sending the form.
pub(super) fn on_enter(event: &web_sys::KeyboardEvent, act: impl FnOnce()) {
    let in_a_line = event_target::<web_sys::Element>(event)
        .dyn_ref::<web_sys::HtmlInputElement>()
        .is_some_and(|input| input.type_() == "text");
    if in_a_line && event.key() == "Enter" && !event.is_composing() {
        event.prevent_default();
        act();
    }
}

#[component]
fn AddFile(draft: Draft) -> impl IntoView {
    let file = RwSignal::new_local(None::<File>);
    let key = RwSignal::new(String::new());
    let attempt = Attempt::new();
    let missing = RwSignal::new(false);
    wipe_when_left(key);
    let add = move || {
        let Some(chosen) = file.get_untracked() else {
            missing.set(true);
            return;
        };
        let text = key.get_untracked();
        let text = (!text.trim().is_empty()).then(|| KeyText(text.trim().to_owned()));
        attempt.run(draft.scoring().take(chosen, text), move |taken: ScoreFile| {
            draft.choose(ScoreModel::File(taken.id), true);
            file.set(None);
            wipe(key);
        });
    };
    view! {
        <div class="form" on:keydown=move |event| on_enter(&event, add)>
            <div class="field">
                <FileDrop
                    label=Signal::derive(move || {
                        file.get().map_or_else(|| t!("Choose a .safetensors file, or drop it here").to_owned(), |file| file.name())
                    })
                    hint=t!("It is read piece by piece and stays on this device.").to_owned()
                    small=true
                    wrong=Signal::derive(move || missing.get() || attempt.failure().read().is_some())
                    on_file=move |chosen| {
                        missing.set(false);
                        attempt.forgive();
                        file.set(Some(chosen));
                    }
                    testid="score-file"
                />
                <p class="field-error" aria-live="polite">{move || missing.get().then_some(t!("choose a weights file"))}</p>
            </div>
            <Field
                label=t!("Key").to_owned()
                value=key
                typing=Typing::Code
                hint=t!("Only for an encrypted file: the key that its owner revealed, or yours before that. It stays in this tab.").to_owned()
                testid="score-file-key"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button icon=Icon::Plus busy=attempt.busy() on_press=add testid="score-file-add">{t!("Add this model")}</Button>
            </div>
        </div>
    }
}
