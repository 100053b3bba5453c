//! How far a scoring is, with a way to end it.

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::progress::Progress;
use crate::languages::t;
use crate::parts::score_step;
use crate::scoring::use_scoring;
use bridge::score::ScoreProgress;
use leptos::html;
use leptos::prelude::*;

/// The bar with its numbers, while something is being scored.
#[component]
pub(super) fn Running() -> impl IntoView {
    let scoring = use_scoring();
    let runs = Memo::new(move |_| scoring.runs());
    let place = NodeRef::new();
    show_when(place, runs.into());
    let card = move || {
        runs.get().then(|| {
            view! {
                <Card title=t!("Scoring") testid="score-running">
                    <Progress
                        label=Signal::derive(move || scoring.progress.read().as_ref().map_or_else(|| t!("Starting").to_owned(), label))
                        done=Signal::derive(move || scoring.progress.read().as_ref().map_or(0, |progress| score_step::done(&progress.step)))
                        total=Signal::derive(score_step::whole)
                        detail=Signal::derive(move || scoring.progress.read().as_ref().and_then(|progress| score_step::detail(&progress.step)))
                        testid="score-progress"
                    />
                    <div class="buttons">
                        <Button icon=Icon::Cross on_press=move || scoring.cancel() testid="score-cancel">{t!("Cancel")}</Button>
                        <span class="field-hint">{t!("Keep this tab open. Other pages of the wallet can be used meanwhile.")}</span>
                    </div>
                </Card>
            }
        })
    };
    view! { <div class="score-place" node_ref=place>{card}</div> }
}

/// Scrolls to what appears below a long form, where it would not be seen.
pub(super) fn show_when(place: NodeRef<html::Div>, appears: Signal<bool>) {
    Effect::new(move |before: Option<bool>| {
        let now = appears.get();
        // What was there when the page was opened is found where it was.
        if now && before == Some(false) {
            request_animation_frame(move || {
                if let Some(place) = place.try_get_untracked().flatten() {
                    place.scroll_into_view_with_bool(true);
                }
            });
        }
        now
    });
}

/// What is being done.
fn label(progress: &ScoreProgress) -> String {
    let what = score_step::words(&progress.step);
    match progress.model {
        Some(model) => t!(
            "Model {model} of {models}: {what}",
            model = model + 1,
            models = progress.models,
            what
        ),
        None => what.to_owned(),
    }
}
