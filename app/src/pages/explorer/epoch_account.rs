//! What an epoch came to, by the network's indexer: its targets, and the claims made in it.

use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::{Amount, Change};
use crate::parts::indexed::IndexedCard;
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::indexer::{EpochAccount, IndexedReward};

/// Claims that an indexer tells of an epoch at most.
const MOST: usize = 100;

/// What an epoch came to.
#[component]
pub(super) fn EpochAccountCard(epoch: u64) -> impl IntoView {
    let ask = |bridge: Bridge, epoch: u64| async move { bridge.indexed_epoch(epoch).await };
    view! {
        <IndexedCard
            title=t!("What it came to")
            missing=t!("Without an indexer, the epoch's targets, scores and claims are missing here.")
            testid="epoch-account"
            key=epoch
            ask
            let:account
        >
            <Account account />
        </IndexedCard>
    }
}

#[component]
fn Account(account: EpochAccount) -> impl IntoView {
    let EpochAccount {
        economy,
        targets,
        loss,
        distance,
        data_size,
        models,
        active_models,
        claims,
        claimed,
        rewards,
        ..
    } = account;
    let hits = targets.filled.saturating_add(targets.claimed);
    view! {
        <KeyValueList>
            <KeyValue label=t!("Targets made") testid="account-targets">{say::count(targets.all)}</KeyValue>
            <KeyValue label=t!("Filled") testid="account-filled">{say::count(hits)}</KeyValue>
            <KeyValue label=t!("These pay in all")><Amount amount=targets.reward testid="account-reward" /></KeyValue>
            {loss.map(|loss| view! { <KeyValue label=t!("Mean loss of winners")>{say::score(loss)}</KeyValue> })}
            {distance.map(|distance| view! { <KeyValue label=t!("Mean distance of winners")>{say::score(distance)}</KeyValue> })}
            {(data_size > 0).then(|| view! { <KeyValue label=t!("Data submitted")>{say::bytes(data_size)}</KeyValue> })}
            {(models > 0)
                .then(|| view! { <KeyValue label=t!("Models in service")>{t!("{done} of {total}", done = say::count(active_models), total = say::count(models))}</KeyValue> })}
            {economy
                .map(|economy| {
                    view! {
                        <KeyValue label=t!("Left in the emission pool")><Amount amount=economy.emission_pool /></KeyValue>
                        {economy.safe_mode.then(|| view! { <KeyValue label=t!("Its end failed")>{t!("Fees and emissions wait (safe mode)")}</KeyValue> })}
                    }
                })}
            <KeyValue label=t!("Claims made in it") testid="account-claims">{say::count(claims)}</KeyValue>
            <KeyValue label=t!("These moved in all")><Change change=i128::from(claimed) testid="account-claimed" /></KeyValue>
        </KeyValueList>
        {(!rewards.is_empty()).then(|| view! { <Rewards rewards /> })}
    }
}

#[component]
fn Rewards(rewards: Vec<IndexedReward>) -> impl IntoView {
    let all_told = rewards.len() < MOST;
    view! {
        <div class="figures-room" role="region" aria-label=t!("Claims") tabindex="0">
            <table class="figures" data-testid="account-rewards">
                <thead>
                    <tr><th scope="col">{t!("Target")}</th><th scope="col" class="is-words">{t!("Claim")}</th><th scope="col" class="is-words">{t!("Who")}</th><th scope="col">{t!("Received or paid")}</th></tr>
                </thead>
                <tbody>{rewards.into_iter().map(|reward| view! { <RewardRows reward /> }).collect_view()}</tbody>
            </table>
        </div>
        {(!all_told).then(|| view! { <p class="field-hint">{t!("An indexer tells the first {count} claims of an epoch.", count = MOST)}</p> })}
    }
}

/// One row a balance; target and claim stand in the first.
#[component]
fn RewardRows(reward: IndexedReward) -> impl IntoView {
    let IndexedReward { target, transaction, balances, .. } = reward;
    let row = move |(at, (who, amount))| {
        view! {
            <tr>
                <th scope="row">{(at == 0).then(|| view! { <PlaceLink place=Place::Target(target) bare=true /> })}</th>
                <td class="is-words">{(at == 0).then(|| view! { <PlaceLink place=Place::Transaction(transaction) bare=true /> })}</td>
                <td class="is-words"><PlaceLink place=Place::Address(who) bare=true /></td>
                <td><Change change=i128::from(amount) /></td>
            </tr>
        }
    };
    balances.into_iter().enumerate().map(row).collect_view()
}
