//! An object: what it is, whose, and what it holds.

use super::frame::{NotHere, page_about};
use super::words::{OwnerWords, Raw, object_words};
use crate::components::banner::Banner;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view, told};
use crate::parts::amount::Amount;
use crate::parts::asked::{Answered, ask_network};
use crate::parts::places::{PlaceLink, path_of};
use crate::parts::review_points::Copied;
use crate::say;
use bridge::explore::{Looked, ObjectContents, ObjectView, Place, StakeView, StakedWith};
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params_map, use_query_map};
use wasm_core::address::{Address, ObjectId};
use wasm_core::object::Version;

/// The object of the page's path, at the version of its query.
#[component]
pub(crate) fn ObjectPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("id")?.parse::<ObjectId>().ok());
    let version = Memo::new(move |_| query.read().get("version")?.parse::<Version>().ok());
    let title = Signal::derive(move || {
        id.get().map_or_else(|| t!("Object").to_owned(), |id| t!("Object {id}", id = id.to_short()))
    });
    page_about(
        title,
        id,
        t!("An object is named by its id: 0x and 64 digits."),
        move |id| view! { <Asked id version=version.get() /> },
    )
}

#[component]
fn Asked(id: ObjectId, version: Option<Version>) -> impl IntoView {
    let ask = |bridge: Bridge, (id, version)| async move { bridge.show_object(id, version).await };
    let question = ask_network(Memo::new(move |_| (id, version)), ask);
    let what = version.map_or_else(
        || t!("This object").to_owned(),
        |version| t!("Version {version} of this object", version = say::count(version)),
    );
    view! {
        <Answered question let:looked>
            {match looked {
                Looked::Missing(missing) => view! {
                    <NotHere what=what.clone() missing />
                    <Otherwise id />
                }
                .into_any(),
                Looked::Found(view) => view! { <Found view=*view version /> }.into_any(),
            }}
        </Answered>
    }
}

/// An id that is no object's may be a model's or an address.
#[component]
fn Otherwise(id: ObjectId) -> impl IntoView {
    view! {
        <p class="quiet">
            {t_view!(
                "It may have been deleted: coins that were merged, stakes that were withdrawn and targets that were settled are. \
                The same digits may also name {address} or {model}.",
                address = view! { <A href=path_of(Place::Address(Address(id.0)))>{t!("an address")}</A> },
                model = view! { <A href=path_of(Place::Model(id))>{t!("a model")}</A> },
            )}
        </p>
    }
}

#[component]
fn Found(view: ObjectView, version: Option<Version>) -> impl IntoView {
    let ObjectView { id, owner, object_type, bytes, size, .. } = view;
    view! {
        <Card title=object_words(object_type) testid="object">
            {version
                .map(|version| {
                    view! {
                        <Banner what=t!("This is version {version}, as it was written; the newest may be another.", version = say::count(version)) />
                    }
                })}
            <Contents id contents=view.contents />
            <KeyValueList>
                <KeyValue label=t!("Id")><Copied text=id.to_string() what=t!("id") testid="object-id" /></KeyValue>
                <KeyValue label=t!("Owner") testid="object-owner"><OwnerWords owner /></KeyValue>
                <KeyValue label=t!("Version") testid="object-version">{say::count(view.version)}</KeyValue>
                <KeyValue label=t!("Digest")><Copied text=view.digest.to_string() what=t!("digest") /></KeyValue>
                <KeyValue label=t!("Written by")><PlaceLink place=Place::Transaction(view.previous_transaction) testid="object-writer" /></KeyValue>
            </KeyValueList>
            <Disclosure summary=t!("Raw") testid="object-raw">
                {match bytes {
                    Some(bytes) => {
                        let head = t!("Object in BCS, {size} bytes, as hex", size = say::count(size));
                        view! { <Raw head text=bytes what=t!("bytes") /> }.into_any()
                    }
                    None => {
                        let words = t!("{size} of BCS: too much to be looked at here.", size = say::bytes(size));
                        view! { <p class="quiet">{words}</p> }.into_any()
                    }
                }}
            </Disclosure>
        </Card>
    }
}

#[component]
fn Contents(id: ObjectId, contents: ObjectContents) -> impl IntoView {
    match contents {
        ObjectContents::Coin(balance) => view! {
            <p class="object-holds"><Amount amount=balance testid="object-balance" /></p>
        }
        .into_any(),
        ObjectContents::Stake(stake) => view! { <StakeWords stake /> }.into_any(),
        ObjectContents::Target { status, reward, generation_epoch, submitter } => view! {
            <KeyValueList>
                <KeyValue label=t!("State")>{told(&status)}</KeyValue>
                <KeyValue label=t!("Pays")><Amount amount=reward /></KeyValue>
                <KeyValue label=t!("Made in epoch")><PlaceLink place=Place::Epoch(generation_epoch) /></KeyValue>
                {submitter.map(|submitter| view! { <KeyValue label=t!("Filled by")><PlaceLink place=Place::Address(submitter) /></KeyValue> })}
                <KeyValue label=t!("All about it")><A href=path_of(Place::Target(id))>{t!("The target's own page")}</A></KeyValue>
            </KeyValueList>
        }
        .into_any(),
        ObjectContents::SystemState { epoch } => view! {
            <p class="card-lede">
                {t_view!(
                    "Epoch, parameters, validators, models and the targets' state, as of epoch {epoch}. {network}",
                    epoch = say::count(epoch),
                    network = view! { <A href="/network">{t!("The network at a glance")}</A> },
                )}
            </p>
        }
        .into_any(),
        ObjectContents::Unreadable { reason } => {
            view! { <Banner what=t!("What it holds cannot be read: {reason}.", reason = told(&reason)) /> }.into_any()
        }
    }
}

/// A stake in words.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "a component owns what it shows")]
pub(super) fn StakeWords(stake: StakeView) -> impl IntoView {
    let StakeView { pool, with, activation_epoch, principal, reward, .. } = stake;
    view! {
        <KeyValueList>
            <KeyValue label=t!("Paid in")><Amount amount=principal testid="stake-principal" /></KeyValue>
            {reward.map(|reward| view! { <KeyValue label=t!("Earned by now")><Amount amount=reward testid="stake-reward" /></KeyValue> })}
            <KeyValue label=t!("Staked with")><WithWords with pool /></KeyValue>
            <KeyValue label=t!("Counts from epoch")><PlaceLink place=Place::Epoch(activation_epoch) /></KeyValue>
        </KeyValueList>
    }
}

/// Whose pool a stake is in.
#[component]
pub(super) fn WithWords(with: Option<StakedWith>, pool: ObjectId) -> impl IntoView {
    match with {
        Some(StakedWith::Validator(address)) => t_view!(
            "Validator {link}",
            link = view! { <PlaceLink place=Place::Validator(address) /> }
        )
        .into_any(),
        Some(StakedWith::Model(id)) => {
            t_view!("Model {link}", link = view! { <PlaceLink place=Place::Model(id) /> })
                .into_any()
        }
        None => t_view!("Pool {link}", link = view! { <code>{pool.to_short()}</code> }).into_any(),
    }
}
