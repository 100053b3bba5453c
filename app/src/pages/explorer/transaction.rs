//! A transaction: what it says in words, what it did, and, for those who want it, its bytes.

use super::frame::{LookedUp, page_about};
use super::words::{LinkedPoints, OwnerWords, Raw, object_words};
use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Change;
use crate::parts::asked::ask_network;
use crate::parts::failure::sentence;
use crate::parts::places::{PlaceLink, Sender, short_digest};
use crate::parts::review_changes::FeeTable;
use crate::parts::review_points::Copied;
use crate::session::use_session;
use crate::time::day_and_time;
use bridge::explore::{Place, TransactionView};
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wasm_core::address::Address;
use wasm_core::digest::TransactionDigest;
use wasm_core::effects::IdOperation;
use wasm_core::ports::{ChangedObject, Executed};
use wasm_core::preview::Explanation;

/// The transaction of the page's path.
#[component]
pub(crate) fn TransactionPage() -> impl IntoView {
    let params = use_params_map();
    let digest = Memo::new(move |_| params.read().get("digest")?.parse::<TransactionDigest>().ok());
    let title = Signal::derive(move || {
        digest.get().map_or_else(
            || t!("Transaction").to_owned(),
            |digest| t!("Transaction {digest}", digest = short_digest(&digest.to_string())),
        )
    });
    page_about(
        title,
        digest,
        t!("A transaction is named by its digest: 43 or 44 letters and digits."),
        |digest| view! { <Asked digest /> },
    )
}

#[component]
fn Asked(digest: TransactionDigest) -> impl IntoView {
    let ask = |bridge: Bridge, digest| async move { bridge.show_transaction(digest).await };
    let question = ask_network(Memo::new(move |_| digest), ask);
    view! {
        <LookedUp question what=t!("This transaction").to_owned() let:view><Found view /></LookedUp>
    }
}

#[component]
fn Found(view: TransactionView) -> impl IntoView {
    let TransactionView { sender, kind, description, executed, failure, bytes, effects } = view;
    let headline = description.as_ref().map_or_else(
        || t!("A transaction of a kind that this wallet does not know").to_owned(),
        |description| sentence(&description.headline).trim_end_matches('.').to_owned(),
    );
    let points = description.map(|description| description.points).unwrap_or_default();
    view! {
        <section class="card review" data-testid="tx">
            <header class="review-head">
                <p class="review-kicker">{kind.unwrap_or_else(|| t!("Unknown kind").to_owned())}</p>
                <h2 class="review-headline" data-testid="tx-headline">{headline}</h2>
            </header>
            <Status failure />
            <Circumstances executed=executed.clone() sender />
            {(!points.is_empty())
                .then(|| {
                    view! {
                        <section class="review-part">
                            <h3 class="review-title">{t!("What it says")}</h3>
                            <LinkedPoints points />
                        </section>
                    }
                })}
            <section class="review-part">
                <h3 class="review-title">{t!("What it did")}</h3>
                <BalanceChanges changes=executed.balance_changes.clone() />
                <ObjectChanges changed=executed.changed_objects.clone() />
            </section>
            {(executed.fee.total_fee > 0)
                .then(|| {
                    view! {
                        <section class="review-part">
                            <h3 class="review-title">{t!("Fee")}</h3>
                            <FeeTable fee=executed.fee testid="tx-fee" />
                        </section>
                    }
                })}
        </section>
        <RawCard effects bytes />
    }
}

#[component]
fn Status(failure: Option<Explanation>) -> impl IntoView {
    let state = if failure.is_some() { "failed" } else { "succeeded" };
    view! {
        <div data-testid="tx-status" data-state=state>
            {match failure {
                None => view! { <Banner tone=Tone::Success what=t!("It was executed and did what it says.").to_owned() /> }.into_any(),
                Some(why) => {
                    view! {
                        <Banner
                            tone=Tone::Danger
                            what=t!("It was executed and failed: {what}", what = sentence(&why.what))
                            next=t!("Its base fee was taken; nothing else of what it says came about.").to_owned()
                        />
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Circumstances(executed: Executed, sender: Address) -> impl IntoView {
    view! {
        <KeyValueList>
            <KeyValue label=t!("Digest")><Copied text=executed.digest.to_string() what=t!("digest") testid="tx-digest" /></KeyValue>
            <KeyValue label=t!("Sent by") testid="tx-sender"><Sender sender /></KeyValue>
            <KeyValue label=t!("Epoch")><PlaceLink place=Place::Epoch(executed.epoch) /></KeyValue>
            <KeyValue label=t!("Checkpoint") testid="tx-checkpoint">
                {match executed.checkpoint {
                    Some(number) => view! { <PlaceLink place=Place::Checkpoint(number) /> }.into_any(),
                    None => t!("Not in one yet").into_any(),
                }}
            </KeyValue>
            {executed.timestamp_ms.map(|at| view! { <KeyValue label=t!("Time")>{day_and_time(at)}</KeyValue> })}
        </KeyValueList>
    }
}

#[component]
fn BalanceChanges(changes: Vec<(Address, i128)>) -> impl IntoView {
    let session = use_session();
    if changes.is_empty() {
        return view! { <p class="quiet">{t!("No balance changed.")}</p> }.into_any();
    }
    let own: Vec<_> =
        untrack(|| session.accounts()).into_iter().map(|account| account.address).collect();
    let rows = changes
        .into_iter()
        .map(|(address, change)| {
            let own = own.contains(&address);
            view! {
                <tr data-testid="tx-balance-change" data-address=address.to_string()>
                    <th scope="row">
                        <PlaceLink place=Place::Address(address) />
                        {own.then(|| view! { <span class="quiet">" "{t!("yours")}</span> })}
                    </th>
                    <td><Change change testid="tx-change" /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="changes">
            <caption class="visually-hidden">{t!("Balances")}</caption>
            <thead class="visually-hidden"><tr><th scope="col">{t!("Balance of")}</th><th scope="col">{t!("Change")}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// What became of an object. What a failure undid never was.
fn fate(changed: &ChangedObject) -> Option<&'static str> {
    match (changed.before, changed.after, changed.id_operation) {
        (None, None, _) => None,
        (None, Some(_), _) => Some(t!("created")),
        (Some(_), Some(_), _) => Some(t!("changed")),
        (Some(_), None, IdOperation::Deleted) => Some(t!("deleted")),
        // A defect of the network after a late failure: neither changed nor deleted.
        (Some(_), None, _) => Some(t!("locked until the epoch ends")),
    }
}

#[component]
fn ObjectChanges(changed: Vec<ChangedObject>) -> impl IntoView {
    let rows: Vec<_> = changed
        .into_iter()
        .filter_map(|changed| fate(&changed).map(|fate| (changed, fate)))
        .map(|(changed, fate)| {
            let what = changed.object_type.map_or(t!("Object"), object_words);
            let owner = changed.after.or(changed.before).map(|(_, owner)| owner);
            view! {
                <tr data-testid="tx-object">
                    <th scope="row">{what}</th>
                    <td class="is-words" data-label=t!("Id")><PlaceLink place=Place::Object(changed.id) bare=true /></td>
                    <td class="is-words" data-label=t!("Fate")>{fate}</td>
                    <td class="is-words" data-label=t!("Owner")>{owner.map(|owner| view! { <OwnerWords owner /> })}</td>
                </tr>
            }
        })
        .collect();
    if rows.is_empty() {
        return view! { <p class="quiet">{t!("No object changed.")}</p> }.into_any();
    }
    view! {
        <div class="figures-room" role="region" aria-label=t!("Objects that changed") tabindex="0">
            <table class="figures figures-in-sheets">
                <thead>
                    <tr>
                        <th scope="col">{t!("Object")}</th>
                        <th scope="col" class="is-words">{t!("Id")}</th>
                        <th scope="col" class="is-words">{t!("Fate")}</th>
                        <th scope="col" class="is-words">{t!("Owner")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Bytes and effects as they are.
#[component]
fn RawCard(effects: String, bytes: Option<String>) -> impl IntoView {
    view! {
        <Card>
            <Disclosure summary=t!("Raw") testid="tx-raw">
                {match bytes {
                    Some(bytes) => {
                        let head = t!("TransactionData in BCS, {bytes} bytes, as hex. It has the digest above.", bytes = crate::say::count(bytes.len() as u64 / 2));
                        view! { <Raw head text=bytes what=t!("bytes") /> }.into_any()
                    }
                    None => {
                        view! {
                            <p class="quiet">
                                {t!("The node's form of this transaction leaves something out, so that its exact bytes cannot be told from it.")}
                            </p>
                        }
                            .into_any()
                    }
                }}
                <Raw head=t!("Effects, as the node tells them, as JSON").to_owned() text=effects what=t!("effects") />
            </Disclosure>
        </Card>
    }
}
