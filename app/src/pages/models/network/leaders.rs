//! Models by what they won since the beginning, by the network's indexer.

use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::indexed::{IndexedCard, Parts};
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::indexer::{ModelTally, Part};

/// Models, most wins first.
#[component]
pub(super) fn LeadersCard() -> impl IntoView {
    let ask = |bridge: Bridge, ()| async move { bridge.model_leaders(None).await };
    view! {
        <IndexedCard
            title=t!("Leaderboard")
            missing=t!("Without an indexer, wins on targets that were settled since are missing here.")
            testid="leaders"
            key=()
            ask
            let:first
        >
            <Leaders first />
        </IndexedCard>
    }
}

#[component]
fn Leaders(first: Part<ModelTally>) -> impl IntoView {
    let more =
        |bridge: Bridge, after: String| async move { bridge.model_leaders(Some(after)).await };
    let show = |all: Vec<ModelTally>| {
        if all.is_empty() {
            return view! { <p class="card-lede">{t!("No model was ever in service.")}</p> }
                .into_any();
        }
        view! {
            <div class="figures-room" role="region" aria-label=t!("Leaderboard") tabindex="0">
                <table class="figures" data-testid="leaders-table">
                    <thead>
                        <tr>
                            <th scope="col">{t!("Place")}</th>
                            <th scope="col" class="is-words">{t!("Model")}</th>
                            <th scope="col">{t!("Won")}</th>
                            <th scope="col">{t!("Drawn by")}</th>
                            <th scope="col">{t!("Win rate")}</th>
                            <th scope="col">{t!("Reward")}</th>
                            <th scope="col">{t!("Mean loss")}</th>
                            <th scope="col">{t!("Mean distance")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {all.into_iter().zip(1..).map(|(tally, place)| view! { <Leader tally place /> }).collect_view()}
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! { <Parts first ask=more show testid="leaders-more" /> }
}

#[component]
fn Leader(tally: ModelTally, place: u64) -> impl IntoView {
    let rate = win_rate(&tally);
    let ModelTally { model, won, drawn, loss, distance, reward, .. } = tally;
    let score = |score: Option<f64>| score.map_or_else(|| "–".to_owned(), say::score);
    view! {
        <tr data-testid="leader" data-model=model.to_string()>
            <th scope="row">{say::count(place)}</th>
            <td class="is-words"><PlaceLink place=Place::Model(model) bare=true /></td>
            <td>{say::count(won)}</td>
            <td>{say::count(drawn)}</td>
            <td>{rate}</td>
            <td><Amount amount=reward /></td>
            <td>{score(loss)}</td>
            <td>{score(distance)}</td>
        </tr>
    }
}

/// Wins among the targets that drew a model.
pub(in super::super) fn win_rate(tally: &ModelTally) -> String {
    let share = (u128::from(tally.won) * 10_000).checked_div(u128::from(tally.drawn));
    share.and_then(|bps| u64::try_from(bps).ok()).map_or_else(|| "–".to_owned(), say::rate)
}
