//! How far a scoring is, with a way to end it.

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::progress::Progress;
use crate::say;
use crate::scoring::use_scoring;
use bridge::score::{ScoreProgress, ScoreStep};
use leptos::html;
use leptos::prelude::*;

/// Parts of a bar.
const WHOLE: f64 = 1000.0;

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
                <Card title="Scoring" testid="score-running">
                    <Progress
                        label=Signal::derive(move || scoring.progress.read().as_ref().map_or_else(|| "Starting".to_owned(), label))
                        done=Signal::derive(move || scoring.progress.read().as_ref().map_or(0, done))
                        total=Signal::derive(move || say::whole(WHOLE))
                        detail=Signal::derive(move || scoring.progress.read().as_ref().and_then(detail))
                        testid="score-progress"
                    />
                    <div class="buttons">
                        <Button icon=Icon::Cross on_press=move || scoring.cancel() testid="score-cancel">"Cancel"</Button>
                        <span class="field-hint">"Keep this tab open. Other pages of the wallet can be used meanwhile."</span>
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
    let what = match &progress.step {
        ScoreStep::Waiting => "Waiting for the scoring before this one",
        ScoreStep::Preparing => "Preparing",
        ScoreStep::Fetching { .. } => "fetching and checking its weights",
        ScoreStep::Computing { .. } => "computing",
        ScoreStep::Asking => "The service is computing",
    };
    match progress.model {
        Some(model) => format!("Model {} of {}: {what}", model + 1, progress.models),
        None => what.to_owned(),
    }
}

fn done(progress: &ScoreProgress) -> u64 {
    match progress.step {
        ScoreStep::Fetching { done, total, .. } => 1000 * done / total.max(1),
        ScoreStep::Computing { share, .. } => say::whole(share * WHOLE),
        ScoreStep::Waiting | ScoreStep::Preparing | ScoreStep::Asking => 0,
    }
}

/// The numbers in words.
fn detail(progress: &ScoreProgress) -> Option<String> {
    let mut parts = Vec::new();
    match progress.step {
        ScoreStep::Fetching { done, total, speed } => {
            parts.push(format!("{} of {}", say::bytes(done), say::bytes(total)));
            if speed > 0.0 {
                parts.push(format!("{}/s", say::bytes(say::whole(speed))));
            }
        }
        ScoreStep::Computing {
            layer,
            layers,
            bytes_read,
            bytes,
            tokens_per_second,
            seconds_left,
            ..
        } => {
            parts.push(format!("layer {} of {}", say::count(layer), say::count(layers)));
            parts.push(format!("{} of {} of weights", say::bytes(bytes_read), say::bytes(bytes)));
            if let Some(speed) = tokens_per_second {
                parts.push(format!("{} tokens/s", say::count(say::whole(speed))));
            }
            if let Some(left) = seconds_left {
                parts.push(format!("{} left", say::span(say::whole(left.ceil()))));
            }
        }
        ScoreStep::Waiting | ScoreStep::Preparing | ScoreStep::Asking => return None,
    }
    Some(parts.join(" · "))
}
