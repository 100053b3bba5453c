//! The objects that an account owns, line by line, each to be chosen for giving away.

use crate::components::card::Card;
use crate::components::copy::CopyButton;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::places::{PlaceLink, short_digest};
use crate::parts::rows::{ShowMore, latest};
use crate::say;
use bridge::coins::{Held, HeldObject, Holdings};
use bridge::explore::Place;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::ObjectId;
use wasm_core::object::ObjectRef;

/// Objects that are shown before more are asked for.
const ROWS: usize = 50;

/// The objects.
#[component]
pub(super) fn ObjectsCard(
    holdings: Memo<Holdings>,
    ticked: RwSignal<BTreeSet<ObjectId>>,
) -> impl IntoView {
    let objects = Memo::new(move |_| holdings.read().objects.clone());
    let none = Memo::new(move |_| objects.read().is_empty());
    view! {
        <Card title=t!("Objects of this account") testid="objects">
            {move || {
                if none.get() {
                    view! { <Empty icon=Icon::Drop title=t!("This account owns nothing yet") hint=t!("Coins that it receives are listed here.") /> }
                        .into_any()
                } else {
                    view! { <Rows objects ticked /> }.into_any()
                }
            }}
        </Card>
    }
}

#[component]
fn Rows(objects: Memo<Vec<HeldObject>>, ticked: RwSignal<BTreeSet<ObjectId>>) -> impl IntoView {
    let shown = RwSignal::new(ROWS);
    // Rows that are still there stay, with the box that has the focus.
    let row = move |first: HeldObject| {
        let id = first.reference.id;
        let object = latest(objects, first, move |object| object.reference.id == id);
        view! { <Row id object ticked /> }
    };
    let rows = move || objects.get().into_iter().take(shown.get()).collect::<Vec<_>>();
    view! {
        <table class="models-table objects-table">
            <thead class="visually-hidden-narrow">
                <tr>
                    <th scope="col">{t!("Object")}</th>
                    <th scope="col">{t!("What")}</th>
                    <th scope="col">{t!("Holds")}</th>
                    <th scope="col">{t!("Version and digest")}</th>
                    <th scope="col">{t!("State")}</th>
                </tr>
            </thead>
            <tbody>
                <For
                    each=rows
                    key=|object| object.reference.id
                    children=row
                />
            </tbody>
        </table>
        <ShowMore total=Signal::derive(move || objects.read().len()) shown=shown step=ROWS testid="objects-more" />
    }
}

#[component]
fn Row(
    id: ObjectId,
    object: Memo<HeldObject>,
    ticked: RwSignal<BTreeSet<ObjectId>>,
) -> impl IntoView {
    let givable = Memo::new(move |_| object.read().can_be_given());
    let state = move || if object.read().promised.is_some() { "reserved" } else { "free" };
    let tick = move |on: bool| {
        ticked.update(|ticked| {
            if on {
                ticked.insert(id);
            } else {
                ticked.remove(&id);
            }
        });
    };
    view! {
        <tr data-testid="object-row" data-object=id.to_string() data-state=state>
            <th scope="row" class="object-name">
                <label class="object-tick">
                    <input
                        type="checkbox"
                        prop:checked=move || ticked.read().contains(&id)
                        disabled=move || !givable.get()
                        on:change:target=move |event| tick(event.target().checked())
                        data-testid="object-tick"
                    />
                    <span class="visually-hidden">{t!("Choose object {id}", id = id.to_short())}</span>
                </label>
                <PlaceLink place=Place::Object(id) bare=true />
            </th>
            {move || view! { <Figures object=object.get() /> }}
        </tr>
    }
}

#[component]
fn Figures(object: HeldObject) -> impl IntoView {
    let HeldObject { reference, what, promised } = object;
    let (name, holds) = match what {
        Held::Coin(balance) => (t!("Coin").to_owned(), Some(balance)),
        Held::Stake { principal, counts_from } => {
            (t!("Stake, from epoch {epoch} on", epoch = say::count(counts_from)), Some(principal))
        }
        Held::Other(object_type) => (object_type.name().to_owned(), None),
    };
    view! {
        <td data-label=t!("What")>{name}</td>
        <td data-label=t!("Holds")>
            {match holds {
                Some(amount) => view! { <Amount amount testid="object-holds" /> }.into_any(),
                None => view! { <span>"–"</span> }.into_any(),
            }}
        </td>
        <td data-label=t!("Version and digest")><Reference reference /></td>
        <td data-label=t!("State")>
            {match promised {
                Some(digest) => {
                    view! {
                        <span class="state state-pending">
                            <Pictogram icon=Icon::Clock />
                            {t_view!(
                                "In use by {transaction}",
                                transaction = view! { <PlaceLink place=Place::Transaction(digest) bare=true /> }
                            )}
                        </span>
                    }
                        .into_any()
                }
                None => view! { <span class="quiet">{t!("Free")}</span> }.into_any(),
            }}
        </td>
    }
}

/// Version and digest; copied with the id, as tools for the network take a reference.
#[component]
fn Reference(reference: ObjectRef) -> impl IntoView {
    let ObjectRef { id, version, digest } = reference;
    let digest = digest.to_string();
    view! {
        <span class="digest object-reference">
            {say::count(version)}
            " "
            <code title=digest.clone()>{short_digest(&digest)}</code>
            <CopyButton text=format!("{id},{version},{digest}") what=t!("object reference") />
        </span>
    }
}
