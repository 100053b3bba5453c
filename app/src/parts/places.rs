//! Places of a network, and the links that lead there.

use crate::components::copy::CopyButton;
use crate::languages::t;
use crate::say;
use bridge::explore::Place;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::address::Address;

/// The address of a place's page.
#[must_use]
pub(crate) fn path_of(place: Place) -> String {
    match place {
        Place::Transaction(digest) => format!("/tx/{digest}"),
        Place::Checkpoint(number) => format!("/checkpoint/{number}"),
        Place::Epoch(number) => format!("/epoch/{number}"),
        Place::Object(id) => format!("/object/{id}"),
        Place::Target(id) => format!("/targets/{id}"),
        Place::Model(id) => format!("/models/{id}"),
        Place::Validator(address) => format!("/validators/{address}"),
        Place::Address(address) => format!("/address/{address}"),
    }
}

/// A place in words.
#[must_use]
pub(crate) fn words_of(place: Place) -> String {
    match place {
        Place::Transaction(digest) => {
            t!("Transaction {digest}", digest = short_digest(&digest.to_string()))
        }
        Place::Checkpoint(number) => t!("Checkpoint {number}", number = say::count(number)),
        Place::Epoch(number) => t!("Epoch {number}", number = say::count(number)),
        Place::Object(id) => t!("Object {to_short}", to_short = id.to_short()),
        Place::Target(id) => t!("Target {to_short}", to_short = id.to_short()),
        Place::Model(id) => t!("Model {to_short}", to_short = id.to_short()),
        Place::Validator(address) => t!("Validator {to_short}", to_short = address.to_short()),
        Place::Address(address) => t!("Address {to_short}", to_short = address.to_short()),
    }
}

/// First and last letters of a digest.
#[must_use]
pub(crate) fn short_digest(digest: &str) -> String {
    // Base58 is ASCII.
    match (digest.get(..6), digest.get(digest.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if digest.len() > 12 => format!("{head}…{tail}"),
        _ => digest.to_owned(),
    }
}

/// A link to a place, in letters of one width, with a button that copies what it is known by.
#[component]
pub(crate) fn PlaceLink(
    /// Where it leads.
    place: Place,
    /// Leaves the button out, as in a table.
    #[prop(optional)]
    bare: bool,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let (short, whole, what) = match place {
        Place::Transaction(digest) => {
            (short_digest(&digest.to_string()), digest.to_string(), "digest")
        }
        Place::Checkpoint(number) | Place::Epoch(number) => {
            (say::count(number), number.to_string(), "number")
        }
        Place::Object(id) | Place::Target(id) | Place::Model(id) => {
            (id.to_short(), id.to_string(), "id")
        }
        Place::Validator(address) | Place::Address(address) => {
            (address.to_short(), address.to_string(), "address")
        }
    };
    let numbered = matches!(place, Place::Checkpoint(_) | Place::Epoch(_));
    // What is seen is part of what is heard; the whole of it is in the title.
    let (label, title) = (words_of(place), (!numbered).then(|| whole.clone()));
    view! {
        <span class="place">
            <A href=path_of(place) attr:class="place-link" attr:title=title attr:aria-label=label attr:data-testid=testid>
                {if numbered { view! { <span>{short}</span> }.into_any() } else { view! { <code>{short}</code> }.into_any() }}
            </A>
            {(!bare && !numbered).then(|| view! { <CopyButton text=whole what /> })}
        </span>
    }
}

/// Who sent a transaction; the system has no page.
#[component]
pub(crate) fn Sender(
    /// Who; the zero address stands for the system.
    sender: Address,
    /// Leaves the button out, as in a table.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    if sender == Address::ZERO {
        view! { <span class="quiet">{t!("The network itself")}</span> }.into_any()
    } else {
        view! { <PlaceLink place=Place::Address(sender) bare /> }.into_any()
    }
}
