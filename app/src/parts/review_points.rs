//! The particulars of a transaction, each value shown as what it is.

use super::address::AddressDigits;
use super::amount::Amount;
use super::failure::sentence;
use super::identicon::Identicon;
use crate::components::copy::CopyButton;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_n, told};
use crate::say;
use leptos::prelude::*;
use wasm_core::address::{Address, ObjectId};
use wasm_core::describe::{Point, PointValue};

/// The particulars, line by line.
#[component]
pub(crate) fn Points(
    /// What there is to know.
    points: Vec<Point>,
    /// Who signs; marked where it stands among them.
    sender: Address,
) -> impl IntoView {
    view! {
        <KeyValueList testid="review-points">
            {points
                .into_iter()
                .map(|Point { label, value }| {
                    view! { <KeyValue label=told(&label)><Value value sender /></KeyValue> }
                })
                .collect_view()}
        </KeyValueList>
    }
}

#[component]
fn Value(value: PointValue, sender: Address) -> impl IntoView {
    match value {
        PointValue::Amount(amount) => {
            view! { <b class="review-amount"><Amount amount testid="point-amount" /></b> }
                .into_any()
        }
        PointValue::Address(address) => view! {
            <span class="review-account">
                {(address == sender).then(|| view! { <span>{t!("Your own address")}</span> })}
                <span class="address-pictured"><Identicon address /><AddressDigits address testid="point-address" /></span>
            </span>
        }
        .into_any(),
        PointValue::Payment { amount, recipient } => view! {
            <span class="review-account">
                <b class="review-amount"><Amount amount testid="point-amount" /></b>
                {(recipient == sender).then(|| view! { <span>{t!("Your own address")}</span> })}
                <span class="address-pictured"><Identicon address=recipient /><AddressDigits address=recipient testid="point-address" /></span>
            </span>
        }
        .into_any(),
        PointValue::Object(id) => view! { <ObjectChip id /> }.into_any(),
        PointValue::Objects(ids) => {
            ids.into_iter().map(|id| view! { <ObjectChip id /> }).collect_view().into_any()
        }
        PointValue::Rate(bps) => view! { <span>{say::rate(bps)}</span> }.into_any(),
        PointValue::Epoch(epoch) => view! { <span>{say::count(epoch)}</span> }.into_any(),
        PointValue::Bytes(bytes) => {
            view! { <span>{t_n!(bytes, "{size} ({n} byte)", "{size} ({n} bytes)", size = say::bytes(bytes))}</span> }
                .into_any()
        }
        PointValue::Digest(digest) => view! { <Copied text=digest what=t!("digest") /> }.into_any(),
        // Not a link: what a transaction names is not to be visited by a slip.
        PointValue::Url(url) => view! { <Copied text=url what=t!("address of the file") /> }.into_any(),
        PointValue::Text(text) => view! { <span>{sentence_like(&text)}</span> }.into_any(),
    }
}

/// A text as it came; only whole sentences get their capital.
fn sentence_like(text: &str) -> String {
    if text.ends_with('.') { sentence(text) } else { told(text) }
}

/// Something exact, whole, with a button to copy.
#[component]
pub(crate) fn Copied(
    /// What.
    text: String,
    /// What it is, for the label "Copy …".
    what: &'static str,
    /// For tests; stands on the text.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let shown = text.clone();
    view! {
        <span class="digest">
            <code data-testid=testid>{shown}</code>
            <CopyButton text what />
        </span>
    }
}

/// An object's id: first and last digits, the whole for those who point at it or copy.
#[component]
pub(crate) fn ObjectChip(
    /// Which.
    id: ObjectId,
) -> impl IntoView {
    let whole = id.to_string();
    view! {
        <span class="digest">
            <code title=whole.clone() aria-label=whole.clone() tabindex="0">{id.to_short()}</code>
            <CopyButton text=whole.clone() what=t!("id") />
        </span>
    }
}
