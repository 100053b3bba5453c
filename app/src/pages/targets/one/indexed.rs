//! A target that the node does not have any more, by the network's indexer: who filled it, and who got what.

use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view};
use crate::parts::amount::{Amount, Change};
use crate::parts::indexed::IndexedCard;
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::address::{Address, TargetId};
use wasm_core::indexer::{IndexedReward, IndexedTarget};

/// What became of a target.
#[component]
pub(super) fn IndexedTargetCard(id: TargetId) -> impl IntoView {
    let ask = |bridge: Bridge, id: TargetId| async move { bridge.indexed_target(id).await };
    view! {
        <IndexedCard
            title=t!("What became of it")
            missing=t!("Without an indexer, nobody tells of targets that were settled.")
            testid="indexed-target"
            key=id
            ask
            let:found
        >
            {match found {
                None => view! { <p class="card-lede" data-testid="indexed-target-none">{t!("The indexer never saw such a target either.")}</p> }.into_any(),
                Some(target) => view! { <Found target /> }.into_any(),
            }}
        </IndexedCard>
    }
}

#[component]
fn Found(target: IndexedTarget) -> impl IntoView {
    let state = match (&target.claim, target.submitter) {
        (Some(_), Some(_)) => t!("It was filled, and its reward was claimed."),
        (Some(_), None) => t!("Nobody filled it, and it was settled."),
        (None, Some(_)) => t!("It was filled. The indexer knows of no claim."),
        (None, None) => t!("Nobody filled it. The indexer knows of no claim."),
    };
    let IndexedTarget {
        epoch, submitter, model, model_owner, reward, bond, distance, loss, ..
    } = target;
    let IndexedTarget {
        fill_epoch, threshold, models, data_url, data_size, reporters, claim, ..
    } = target;
    let who = |label: &'static str, who: Address| {
        view! { <KeyValue label><PlaceLink place=Place::Address(who) /></KeyValue> }
    };
    view! {
        <p class="card-lede" data-testid="indexed-target-state">{state}</p>
        <KeyValueList>
            <KeyValue label=t!("Made in epoch")><PlaceLink place=Place::Epoch(epoch) /></KeyValue>
            {fill_epoch.map(|epoch| view! { <KeyValue label=t!("Filled in epoch")><PlaceLink place=Place::Epoch(epoch) /></KeyValue> })}
            <KeyValue label=t!("Reward")><Amount amount=reward testid="indexed-target-reward" /></KeyValue>
            {submitter.map(|it| who(t!("Submitted by"), it))}
            {submitter.is_some().then(|| view! { <KeyValue label=t!("Put up by the submitter")><Amount amount=bond /></KeyValue> })}
            {model.map(|model| view! { <KeyValue label=t!("Model that won")><PlaceLink place=Place::Model(model) /></KeyValue> })}
            {model_owner.map(|it| who(t!("Its owner then"), it))}
            {loss.map(|loss| view! { <KeyValue label=t!("Loss")>{say::score(loss)}</KeyValue> })}
            {distance.map(|distance| view! { <KeyValue label=t!("Distance")>{say::score(distance)}</KeyValue> })}
            {threshold.map(|threshold| view! { <KeyValue label=t!("Distance allowed")>{say::score(threshold)}</KeyValue> })}
            {data_size.map(|size| view! { <KeyValue label=t!("Data")>{say::bytes(size)}</KeyValue> })}
            {data_url.map(|url| view! { <KeyValue label=t!("Its data lay at")><code>{url}</code></KeyValue> })}
            {(!models.is_empty())
                .then(|| {
                    let models = models.into_iter().map(|id| view! { <PlaceLink place=Place::Model(id) bare=true /> });
                    view! { <KeyValue label=t!("Models drawn")><span class="places">{models.collect_view()}</span></KeyValue> }
                })}
            {(!reporters.is_empty())
                .then(|| {
                    let reporters = reporters.into_iter().map(|it| view! { <PlaceLink place=Place::Validator(it) bare=true /> });
                    view! { <KeyValue label=t!("Reported by")><span class="places">{reporters.collect_view()}</span></KeyValue> }
                })}
        </KeyValueList>
        {claim.map(|claim| view! { <Claim claim /> })}
    }
}

#[component]
fn Claim(claim: IndexedReward) -> impl IntoView {
    let IndexedReward { transaction, epoch, balances, .. } = claim;
    let row = |(who, amount): (Address, i64)| {
        view! {
            <tr data-testid="indexed-share" data-address=who.to_string()>
                <th scope="row" class="is-words"><PlaceLink place=Place::Address(who) bare=true /></th>
                <td><Change change=i128::from(amount) /></td>
            </tr>
        }
    };
    view! {
        <h3 class="card-title further-title">{t!("Who got what")}</h3>
        <p class="card-lede">
            {t_view!(
                "Claimed in epoch {epoch} by {transaction}. Whoever claimed paid the fee out of this.",
                epoch = view! { <PlaceLink place=Place::Epoch(epoch) bare=true /> },
                transaction = view! { <PlaceLink place=Place::Transaction(transaction) bare=true testid="indexed-claim" /> },
            )}
        </p>
        <div class="figures-room" role="region" aria-label=t!("Who got what") tabindex="0">
            <table class="figures">
                <thead><tr><th scope="col" class="is-words">{t!("Who")}</th><th scope="col">{t!("Received or paid")}</th></tr></thead>
                <tbody>{balances.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
