//! What an indexer knows of a model: its place among the others, every epoch, and all it won.

use super::super::network::win_rate;
use super::wins::filled;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::indexed::IndexedCard;
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::indexer::ModelPast;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::address::ModelId;
use wasm_core::indexer::{IndexedModel, ModelTally, WonTarget};

/// Epochs that are looked back.
const EPOCHS: u64 = 50;

/// A model's past.
#[component]
pub(super) fn IndexedPastCard(id: ModelId) -> impl IntoView {
    let ask = |bridge: Bridge, id: ModelId| async move { bridge.indexed_model(id, EPOCHS).await };
    view! {
        <IndexedCard
            title=t!("Place and history")
            missing=t!("Without an indexer, the model's place on the leaderboard, its history by epoch and its wins on settled targets are missing here.")
            testid="indexed-model"
            key=id
            ask
            let:past
        >
            <Past past />
        </IndexedCard>
    }
}

#[component]
fn Past(past: ModelPast) -> impl IntoView {
    let ModelPast { epochs, won, place, looked_through } = past;
    let more_won = won.next.is_some();
    let shown = won.items.len() as u64;
    let place = match place {
        Some((place, tally)) => view! { <Placed place tally /> }.into_any(),
        None => {
            let words = t!(
                "It is not among the first {models} models of the leaderboard.",
                models = say::count(looked_through)
            );
            view! { <p class="card-lede">{words}</p> }.into_any()
        }
    };
    view! {
        {place}
        {(!epochs.is_empty()).then(|| view! { <Epochs epochs /> })}
        {(shown > 0)
            .then(|| {
                view! {
                    <h3 class="card-title further-title">{t!("Targets it won")}</h3>
                    <ul class="stakes">{won.items.into_iter().map(|won| view! { <WinLine won /> }).collect_view()}</ul>
                    {more_won.then(|| view! { <p class="field-hint">{t!("The newest {shown} are shown.", shown = say::count(shown))}</p> })}
                }
            })}
    }
}

#[component]
fn Placed(place: u64, tally: ModelTally) -> impl IntoView {
    let rate = win_rate(&tally);
    view! {
        <KeyValueList testid="model-place">
            <KeyValue label=t!("Place by wins") testid="model-place-number">{say::count(place)}</KeyValue>
            <KeyValue label=t!("Won") testid="model-won">{t!("{won} of {drawn} that drew it ({rate})", won = say::count(tally.won), drawn = say::count(tally.drawn), rate)}</KeyValue>
            <KeyValue label=t!("The owner's share of these")><Amount amount=tally.reward testid="model-earned" /></KeyValue>
            {tally.loss.map(|loss| view! { <KeyValue label=t!("Mean loss")>{say::score(loss)}</KeyValue> })}
            {tally.distance.map(|distance| view! { <KeyValue label=t!("Mean distance")>{say::score(distance)}</KeyValue> })}
        </KeyValueList>
    }
}

#[component]
fn Epochs(epochs: Vec<IndexedModel>) -> impl IntoView {
    let row = |model: IndexedModel| {
        let IndexedModel {
            epoch,
            status,
            stake,
            commission_bps,
            next_commission_bps,
            pending_stake,
        } = model;
        let commission = if commission_bps == next_commission_bps {
            say::rate(commission_bps)
        } else {
            format!("{} → {}", say::rate(commission_bps), say::rate(next_commission_bps))
        };
        view! {
            <tr data-testid="model-epoch" data-epoch=epoch.to_string()>
                <th scope="row"><PlaceLink place=Place::Epoch(epoch) bare=true /></th>
                <td class="is-words">{status_words(&status)}</td>
                <td><Amount amount=stake /></td>
                <td><Amount amount=pending_stake /></td>
                <td>{commission}</td>
            </tr>
        }
    };
    view! {
        <div class="figures-room" role="region" aria-label=t!("Epoch by epoch") tabindex="0">
            <table class="figures" data-testid="model-epochs">
                <thead>
                    <tr>
                        <th scope="col">{t!("Epoch")}</th>
                        <th scope="col" class="is-words">{t!("State")}</th>
                        <th scope="col">{t!("Stake")}</th>
                        <th scope="col">{t!("Not counted yet")}</th>
                        <th scope="col">{t!("Commission")}</th>
                    </tr>
                </thead>
                <tbody>{epochs.into_iter().rev().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn WinLine(won: WonTarget) -> impl IntoView {
    let WonTarget { target, submitter, reward, fill_epoch, .. } = won;
    view! {
        <li class="stake" data-testid="indexed-win" data-target=target.to_string()>
            <span class="cell-lines">
                <PlaceLink place=Place::Target(target) bare=true />
                <span class="cell-more">
                    {filled(fill_epoch, submitter)}
                </span>
            </span>
            <span class="cell-lines"><Amount amount=reward /></span>
        </li>
    }
}

/// The indexer's word for where a model stands; a word that is new stays as it is.
fn status_words(status: &str) -> String {
    match status {
        "created" => t!("created").to_owned(),
        "pending" => t!("pending").to_owned(),
        "active" => t!("active").to_owned(),
        "inactive" => t!("inactive").to_owned(),
        other => other.to_owned(),
    }
}
