//! What a transaction would do: our own preview, and the node's beside it.

use super::address::AddressChip;
use super::amount::{Amount, Change as Difference};
use super::failure::sentence;
use super::review_points::ObjectChip;
use crate::components::banner::{Banner, Tone};
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_n, t_view, told};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::effects::TransactionFee;
use wasm_core::object::ObjectType;
use wasm_core::preview::{Change, ObjectChange, Preview, Simulation};

/// Balances and objects as they would change, and what the node says of it.
#[component]
pub(crate) fn Foreseen(
    /// Our own reckoning.
    preview: Preview,
    /// The node's.
    simulation: Simulation,
    /// Who signs.
    sender: Address,
) -> impl IntoView {
    let theirs = match &simulation {
        Simulation::Differs { preview, .. } => Some(preview.clone()),
        Simulation::Agrees => Some(preview.clone()),
        Simulation::WouldFail(_) | Simulation::Unavailable { .. } => None,
    };
    let objects = preview.object_changes.clone();
    let node_objects = theirs.as_ref().map(|theirs| theirs.object_changes.clone());
    view! {
        <Balances ours=preview theirs sender />
        <NodeSays simulation />
        <Objects ours=objects theirs=node_objects />
    }
}

/// A line an address; a second column where the node says what it would do.
#[component]
fn Balances(ours: Preview, theirs: Option<Preview>, sender: Address) -> impl IntoView {
    let addresses: BTreeSet<Address> = ours
        .balance_changes
        .iter()
        .chain(theirs.iter().flat_map(|theirs| &theirs.balance_changes))
        .map(|(address, _)| *address)
        .collect();
    // The signer first: that is what most people look for.
    let mut addresses: Vec<Address> = addresses.into_iter().collect();
    addresses.sort_by_key(|address| *address != sender);
    let both = theirs.is_some();
    let rows = addresses
        .into_iter()
        .map(|address| {
            let own = ours.balance_change(address);
            let node = theirs.as_ref().map(|theirs| theirs.balance_change(address));
            let disagree = node.is_some_and(|node| node != own);
            view! {
                <tr class:row-differs=disagree data-testid="balance-change" data-address=address.to_string()>
                    <th scope="row">
                        {if address == sender { t!("This account").into_any() } else { view! { <AddressChip address /> }.into_any() }}
                    </th>
                    <td><Difference change=own testid="balance-change-ours" /></td>
                    {node.map(|node| view! { <td><Difference change=node testid="balance-change-node" /></td> })}
                </tr>
            }
        })
        .collect_view();
    view! { <BothReckonings caption=t!("Balances") of=t!("Balance of") both>{rows}</BothReckonings> }
}

/// A table of what changes by our reckoning and, where there is one, by the node's.
#[component]
fn BothReckonings(
    /// What the table is, for those who hear it.
    caption: &'static str,
    /// What each row is about.
    of: &'static str,
    /// Whether there is the node's.
    both: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <table class="changes" class:changes-both=both>
            <caption class="visually-hidden">{caption}</caption>
            <thead class:visually-hidden=!both>
                <tr>
                    <th scope="col">{of}</th>
                    <th scope="col">{t!("By our reckoning")}</th>
                    {both.then(|| view! { <th scope="col">{t!("By the node's")}</th> })}
                </tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

/// The node's simulation, in a line where it agrees and at length where not.
#[component]
fn NodeSays(simulation: Simulation) -> impl IntoView {
    let key = match &simulation {
        Simulation::Agrees => "agrees",
        Simulation::Differs { .. } => "differs",
        Simulation::WouldFail(_) => "would-fail",
        Simulation::Unavailable { .. } => "unavailable",
    };
    let said = match simulation {
        Simulation::Agrees => view! {
            <p class="node-agrees"><Pictogram icon=Icon::Check />{t!("The node simulated this and agrees to the last digit.")}</p>
        }
        .into_any(),
        Simulation::Differs { differences, .. } => view! {
            <Banner tone=Tone::Danger what=t!("The node's simulation differs from the wallet's own preview.").to_owned()>
                <ul class="differences">
                    {differences.into_iter().map(|difference| view! { <li>{told(&difference)}</li> }).collect_view()}
                </ul>
            </Banner>
        }
        .into_any(),
        Simulation::WouldFail(why) => view! {
            <p class="node-refuses">
                <Pictogram icon=Icon::Danger />
                <span>{t!("The node says that this would fail: {what} {next}", what = sentence(&why.what), next = sentence(&why.next))}</span>
            </p>
        }
        .into_any(),
        Simulation::Unavailable { reason } => view! {
            <p class="node-silent">
                <Pictogram icon=Icon::Info />
                <span>{t!("Not simulated by the node. {reason} Above is the wallet's own preview alone.", reason = sentence(&reason))}</span>
            </p>
        }
        .into_any(),
    };
    view! { <div class="node-says" data-testid="review-simulation" data-simulation=key>{said}</div> }
}

/// What it costs: the parts, then their sum.
#[component]
pub(crate) fn FeeTable(
    /// What it costs.
    fee: TransactionFee,
    /// For tests; stands on the sum.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    view! {
        <KeyValueList>
            <KeyValue label=t!("Execution")><Amount amount=Shannons(fee.base_fee) /></KeyValue>
            <KeyValue label=t!("Objects written")><Amount amount=Shannons(fee.operation_fee) /></KeyValue>
            <KeyValue label=t!("Value moved")><Amount amount=Shannons(fee.value_fee) /></KeyValue>
            <KeyValue label=t!("Total fee")>
                <b class="total"><Amount amount=Shannons(fee.total_fee) testid /></b>
            </KeyValue>
        </KeyValueList>
    }
}

/// Objects made, changed and deleted; a second column where the node says what it would do.
#[component]
fn Objects(ours: Vec<ObjectChange>, theirs: Option<Vec<ObjectChange>>) -> impl IntoView {
    let ids: BTreeSet<ObjectId> =
        ours.iter().chain(theirs.iter().flatten()).map(|change| change.id).collect();
    if ids.is_empty() {
        return None;
    }
    let summary = t_n!(ids.len() as u64, "{n} object changes", "{n} objects change");
    let both = theirs.is_some();
    let of = |changes: &[ObjectChange], id: ObjectId| {
        changes.iter().find(|change| change.id == id).copied()
    };
    let rows = ids
        .into_iter()
        .map(|id| {
            let own = of(&ours, id);
            let node = theirs.as_ref().map(|theirs| of(theirs, id));
            let disagree = node.is_some_and(|node| node != own);
            let object_type = own.or_else(|| node.flatten()).map(|change| change.object_type);
            view! {
                <tr class:row-differs=disagree data-testid="object-change" data-object=id.to_string()>
                    <th scope="row">
                        <span class="object-change">
                            <span>{object_type.map(object_words)}</span>
                            <ObjectChip id />
                        </span>
                    </th>
                    <td><Fate change=own /></td>
                    {node.map(|change| view! { <td><Fate change /></td> })}
                </tr>
            }
        })
        .collect_view();
    Some(view! {
        <Disclosure summary testid="review-objects">
            <BothReckonings caption=t!("Objects") of=t!("Object") both>{rows}</BothReckonings>
        </Disclosure>
    })
}

/// What becomes of an object.
#[component]
fn Fate(change: Option<ObjectChange>) -> impl IntoView {
    let Some(ObjectChange { change, owner, .. }) = change else {
        return view! { <span>{t!("stays as it is")}</span> }.into_any();
    };
    let fate = match change {
        Change::Created => t!("is created"),
        Change::Changed => t!("changes"),
        Change::Deleted => t!("is deleted"),
    };
    view! {
        <span class="object-change">
            <span>{fate}</span>
            {owner.map(|address| view! { <span class="object-owner">{t_view!("owned by {owner}", owner = view! { <AddressChip address /> })}</span> })}
        </span>
    }
    .into_any()
}

fn object_words(object_type: ObjectType) -> &'static str {
    match object_type {
        ObjectType::SystemState => t!("The network's state"),
        ObjectType::Coin => t!("A coin"),
        ObjectType::StakedSoma => t!("A stake"),
        ObjectType::Target => t!("A target"),
    }
}
