//! What a model was when past epochs began: asked for when somebody wants to know.

use super::super::words::{commission, standing};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::models::PastModel;
use leptos::prelude::*;
use wasm_core::address::ModelId;

/// Epochs that are looked back.
const EPOCHS: u64 = 20;

/// State, stake and commission by epoch.
#[component]
pub(super) fn PastCard(id: ModelId) -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let past = RwSignal::new(None::<Vec<PastModel>>);
    let ask = move || {
        attempt.run(async move { session.bridge().past_model(id, EPOCHS).await }, move |told| {
            past.set(Some(told));
        });
    };
    view! {
        <Card title=t!("Past epochs") testid="model-past">
            {move || match past.get() {
                None => view! {
                    <div class="buttons">
                        <Button icon=Icon::Clock busy=attempt.busy() on_press=ask testid="past-ask">{t!("Look back 20 epochs")}</Button>
                    </div>
                }.into_any(),
                Some(past) if past.is_empty() => view! { <p class="field-hint">{t!("No epoch has ended yet, or the node keeps none.")}</p> }.into_any(),
                Some(past) => view! { <PastTable past /> }.into_any(),
            }}
            <AttemptFailure attempt on_retry=ask />
        </Card>
    }
}

#[component]
fn PastTable(past: Vec<PastModel>) -> impl IntoView {
    view! {
        <table class="models-table past-table" data-testid="past-table">
            <thead>
                <tr><th scope="col">{t!("Epoch")}</th><th scope="col">{t!("State")}</th><th scope="col">{t!("Stake")}</th><th scope="col">{t!("Commission")}</th><th scope="col">{t!("Reports")}</th></tr>
            </thead>
            <tbody>{past.into_iter().map(|past| view! { <PastRow past /> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn PastRow(past: PastModel) -> impl IntoView {
    let epoch = say::count(past.epoch);
    match past.row {
        None => view! { <tr data-testid="past-row"><th scope="row">{t!("Epoch {epoch}", epoch)}</th><td colspan="4" data-label=t!("State")>{t!("Did not exist yet")}</td></tr> }.into_any(),
        Some(row) => {
            let (class, words) = standing(&row.standing);
            view! {
                <tr data-testid="past-row">
                    <th scope="row">{t!("Epoch {epoch}", epoch)}</th>
                    <td data-label=t!("State")><span class=class>{words}</span></td>
                    <td data-label=t!("Stake")><Amount amount=row.stake /></td>
                    <td data-label=t!("Commission")>{commission(&row)}</td>
                    <td data-label=t!("Reports")>{say::count(row.reports)}</td>
                </tr>
            }
            .into_any()
        }
    }
}
