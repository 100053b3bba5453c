//! What each model made of one file.

use crate::components::dialog::Dialog;
use crate::languages::t;
use crate::matching::Matching;
use crate::say;
use bridge::matching::{FileLoss, FileScore, QueuedFile};
use leptos::prelude::*;
use wasm_core::digest::Checksum;

/// A window with the losses of a file, shown while one is chosen.
#[component]
pub(super) fn LossesDialog(matching: Matching, shown: RwSignal<Option<Checksum>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let file = Memo::new(move |_| {
        let checksum = shown.get()?;
        match &*matching.queue.read() {
            Some(Ok(queue)) => queue.files.iter().find(|file| file.checksum == checksum).cloned(),
            _ => None,
        }
    });
    Effect::new(move |_| open.set(shown.read().is_some() && file.read().is_some()));
    Effect::new(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            shown.set(None);
        }
        now
    });
    let title = Signal::derive(move || file.get().map(|file| file.name).unwrap_or_default());
    view! {
        <Dialog open title testid="match-losses">
            {move || file.get().map(|file| view! { <Losses file /> })}
        </Dialog>
    }
}

#[component]
fn Losses(file: QueuedFile) -> impl IntoView {
    if file.scores.is_empty() {
        return view! { <p>{t!("No model was asked for yet. Choose models and press Start.")}</p> }
            .into_any();
    }
    let best = file.scores.iter().filter_map(finite).min_by(f32::total_cmp);
    let rows = file.scores.into_iter().map(move |score| {
        let loss = finite(&score);
        let is_best = loss.is_some() && loss == best;
        let words = match score.loss {
            Some(FileLoss::Finite(loss)) => say::fixed(loss, 6),
            Some(FileLoss::NotFinite) => t!("not a number").to_owned(),
            None => t!("not scored yet").to_owned(),
        };
        view! {
            <tr class:score-best=is_best data-testid="match-loss" data-model=score.model.to_string() data-loss=loss.map(|loss| loss.to_string())>
                <th scope="row"><code title=score.model.to_string()>{score.model.to_short()}</code></th>
                <td>{words}</td>
            </tr>
        }
    });
    view! {
        <div class="score-table" role="region" aria-label=t!("Losses") tabindex="0">
            <table>
                <thead><tr><th scope="col">{t!("Model")}</th><th scope="col">{t!("Loss, lower is better")}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <p class="field-hint">{t!("Which of them wins depends on the target: only its own models compete.")}</p>
    }
    .into_any()
}

const fn finite(score: &FileScore) -> Option<f32> {
    match score.loss {
        Some(FileLoss::Finite(loss)) => Some(loss),
        _ => None,
    }
}
