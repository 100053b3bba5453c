//! What this account's data came to since the beginning, by the network's indexer.

use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::indexed::IndexedCard;
use crate::say;
use crate::session::use_session;
use bridge::page::Bridge;
use leptos::prelude::*;
use wasm_core::address::Address;
use wasm_core::indexer::SubmitterTally;

/// What this account's data came to.
#[component]
pub(super) fn IndexedStatsCard() -> impl IntoView {
    let session = use_session();
    let account = Memo::new(move |_| session.account());
    let ask = |bridge: Bridge, who: Address| async move { bridge.indexed_submitter(who).await };
    move || {
        account.get().map(|who| {
            view! {
                <IndexedCard
                    title=t!("Since the beginning")
                    missing=t!("Without an indexer, what this account earned in all is missing here: a target that was settled is gone.")
                    testid="indexed-stats"
                    key=who
                    ask
                    let:tally
                >
                    <Stats tally />
                </IndexedCard>
            }
        })
    }
}

#[component]
fn Stats(tally: Option<SubmitterTally>) -> impl IntoView {
    let Some(SubmitterTally { targets, loss, distance, reward, data_size, .. }) = tally else {
        return view! { <p class="card-lede">{t!("This account has filled no target yet.")}</p> }
            .into_any();
    };
    view! {
        <KeyValueList>
            <KeyValue label=t!("Targets filled") testid="stats-targets">{say::count(targets)}</KeyValue>
            <KeyValue label=t!("The submitter's share of these")><Amount amount=reward testid="stats-reward" /></KeyValue>
            {loss.map(|loss| view! { <KeyValue label=t!("Mean loss")>{say::score(loss)}</KeyValue> })}
            {distance.map(|distance| view! { <KeyValue label=t!("Mean distance")>{say::score(distance)}</KeyValue> })}
            <KeyValue label=t!("Data submitted")>{say::bytes(data_size)}</KeyValue>
        </KeyValueList>
    }
    .into_any()
}
