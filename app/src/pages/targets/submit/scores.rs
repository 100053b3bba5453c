//! What the data was scored with: filled by the score, or typed.

use super::draft::Draft;
use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::components::textarea::Textarea;
use crate::languages::{t, t_view};
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::address::ModelId;

/// The scores of the data.
#[component]
pub(super) fn ScoreFields(draft: Draft) -> impl IntoView {
    move || {
        if draft.by_hand.get() {
            view! { <Typed draft /> }.into_any()
        } else {
            view! { <OfScore draft /> }.into_any()
        }
    }
}

/// The numbers of the last score.
#[component]
fn OfScore(draft: Draft) -> impl IntoView {
    let model = move || draft.model.get().map(|id| id.to_string()).unwrap_or_default();
    view! {
        <div data-testid="submit-of-score">
            <p class="card-lede">
                {if draft.of_match {
                    t!("From matching this file, by the target's own models.")
                } else {
                    t!("From the score just now, by the target's own models.")
                }}
            </p>
            <KeyValueList>
                <KeyValue label=t!("Model that won") testid="submit-scored-model"><code class="score-id">{model}</code></KeyValue>
                <KeyValue label=t!("Distance") testid="submit-scored-distance">{move || draft.distance.get()}</KeyValue>
                <KeyValue label=t!("Loss") testid="submit-scored-loss">{move || draft.losses.get()}</KeyValue>
            </KeyValueList>
            <div class="buttons">
                <Button rank=Rank::Quiet on_press=move || draft.type_numbers() testid="submit-by-hand">{t!("Type other numbers")}</Button>
            </div>
        </div>
    }
}

/// Numbers that somebody else computed.
#[component]
fn Typed(draft: Draft) -> impl IntoView {
    let models: Vec<(String, String)> = draft.target.with_value(|target| {
        let offered = target.models.iter().filter(|model| model.active);
        let line =
            |model: &bridge::targets::DrawnModel| (model.id.to_string(), model.id.to_short());
        [(String::new(), t!("Choose").to_owned())].into_iter().chain(offered.map(line)).collect()
    });
    let wrong_model = move || draft.tried.get().then(|| draft.model_read().err()).flatten();
    view! {
        <div class="form">
            <p class="card-lede">
                {t_view!(
                    "{link} and these fields fill themselves; or type what your own scoring says. The network's validators compute \
                    them again: numbers that are not the data's cost the bond.",
                    link = view! { <A href="/score">{t!("Score the data here")}</A> },
                )}
            </p>
            <div class="field">
                <Select
                    label=t!("Model that won").to_owned()
                    value=Signal::derive(move || draft.model.get().map(|id| id.to_string()).unwrap_or_default())
                    options=Signal::stored(models)
                    on_choose=move |key: String| draft.model.set(key.parse::<ModelId>().ok())
                    testid="submit-model"
                />
                <p class="field-error" aria-live="polite">{wrong_model}</p>
            </div>
            <Field
                label=t!("Distance from the target").to_owned()
                value=draft.distance
                typing=Typing::Decimal
                error=Signal::derive(move || draft.distance_read().err())
                tried=draft.tried
                testid="submit-distance"
            />
            <Field
                label=t!("Loss of the model that won").to_owned()
                value=draft.losses
                typing=Typing::Decimal
                hint=t!("Or the losses of all models, with commas between them.").to_owned()
                error=Signal::derive(move || draft.losses_read().err())
                tried=draft.tried
                testid="submit-losses"
            />
            <Textarea
                label=t!("The data's embedding").to_owned()
                value=draft.embedding
                hint=Signal::stored(Some(t!("Its numbers, with commas between them, or as JSON.").to_owned()))
                error=Signal::derive(move || draft.embedding_read().err())
                tried=draft.tried
                rows=4
                testid="submit-embedding"
            />
        </div>
    }
}
