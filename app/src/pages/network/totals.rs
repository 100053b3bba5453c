//! The chain in numbers, and who submitted most, by the network's indexer.

use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::indexed::{IndexedCard, Parts};
use crate::parts::places::PlaceLink;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::indexer::{ChainTotals, Part, SubmitterTally};

/// The chain in numbers.
#[component]
pub(super) fn TotalsCard() -> impl IntoView {
    let ask = |bridge: Bridge, ()| async move { bridge.chain_totals().await };
    view! {
        <IndexedCard
            title=t!("Since the beginning")
            missing=t!("Without an indexer, totals over the whole chain are missing here.")
            testid="totals"
            key=()
            ask
            let:totals
        >
            <Totals totals />
        </IndexedCard>
    }
}

#[component]
fn Totals(totals: ChainTotals) -> impl IntoView {
    let ChainTotals { transactions, checkpoints, validators, per_second, range } = totals;
    let kept = if range.first == 0 {
        t!("all up to {last}", last = say::count(range.last))
    } else {
        t!("{first} to {last}", first = say::count(range.first), last = say::count(range.last))
    };
    view! {
        <KeyValueList>
            <KeyValue label=t!("Transactions") testid="totals-transactions">{say::count(transactions)}</KeyValue>
            <KeyValue label=t!("Checkpoints") testid="totals-checkpoints">{say::count(checkpoints)}</KeyValue>
            <KeyValue label=t!("Validators")>{say::count(validators)}</KeyValue>
            {per_second.map(|rate| view! { <KeyValue label=t!("Transactions per second of late")>{say::score(rate)}</KeyValue> })}
            <KeyValue label=t!("Checkpoints it has")>{kept}</KeyValue>
        </KeyValueList>
    }
}

/// Who submitted most.
#[component]
pub(super) fn SubmittersCard() -> impl IntoView {
    let ask = |bridge: Bridge, ()| async move { bridge.submitter_leaders(None).await };
    view! {
        <IndexedCard
            title=t!("Who fills most targets")
            missing=t!("Without an indexer, the leaderboard of those who submit data is missing here.")
            testid="submitters"
            key=()
            ask
            let:first
        >
            <Leaders first />
        </IndexedCard>
    }
}

#[component]
fn Leaders(first: Part<SubmitterTally>) -> impl IntoView {
    let more =
        |bridge: Bridge, after: String| async move { bridge.submitter_leaders(Some(after)).await };
    let show = |all: Vec<SubmitterTally>| {
        if all.is_empty() {
            return view! { <p class="card-lede">{t!("Nobody has filled a target yet.")}</p> }
                .into_any();
        }
        view! {
            <div class="figures-room" role="region" aria-label=t!("Who fills most targets") tabindex="0">
                <table class="figures" data-testid="submitters-table">
                    <thead>
                        <tr>
                            <th scope="col">{t!("Place")}</th>
                            <th scope="col" class="is-words">{t!("Who")}</th>
                            <th scope="col">{t!("Targets")}</th>
                            <th scope="col">{t!("Reward")}</th>
                            <th scope="col">{t!("Mean loss")}</th>
                            <th scope="col">{t!("Mean distance")}</th>
                            <th scope="col">{t!("Data")}</th>
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
    view! { <Parts first ask=more show testid="submitters-more" /> }
}

#[component]
fn Leader(tally: SubmitterTally, place: u64) -> impl IntoView {
    let session = use_session();
    let SubmitterTally { submitter, targets, loss, distance, reward, data_size } = tally;
    let own = untrack(|| session.accounts()).iter().any(|account| account.address == submitter);
    let score = |score: Option<f64>| score.map_or_else(|| "–".to_owned(), say::score);
    view! {
        <tr data-testid="submitter" data-address=submitter.to_string()>
            <th scope="row">{say::count(place)}</th>
            <td class="is-words">
                <PlaceLink place=Place::Address(submitter) bare=true />
                {own.then(|| view! { " "<span class="mine">{t!("yours")}</span> })}
            </td>
            <td>{say::count(targets)}</td>
            <td><Amount amount=reward /></td>
            <td>{score(loss)}</td>
            <td>{score(distance)}</td>
            <td>{say::bytes(data_size)}</td>
        </tr>
    }
}
