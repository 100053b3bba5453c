//! Words and links that several pages of the explorer use.

use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view, told};
use crate::parts::amount::Amount;
use crate::parts::failure::sentence;
use crate::parts::places::{PlaceLink, Sender};
use crate::parts::review_points::Copied;
use crate::say;
use bridge::explore::{Place, TransactionLine};
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::address::ObjectId;
use wasm_core::describe::{Point, PointValue};
use wasm_core::object::{ObjectType, Owner};

/// What an object is, as a sentence begins with it.
pub(super) fn object_words(object_type: ObjectType) -> &'static str {
    match object_type {
        ObjectType::SystemState => t!("The network's state"),
        ObjectType::Coin => t!("Coin"),
        ObjectType::StakedSoma => t!("Stake"),
        ObjectType::Target => t!("Target"),
    }
}

/// Who may use an object.
#[component]
pub(super) fn OwnerWords(owner: Owner) -> impl IntoView {
    match owner {
        Owner::AddressOwner(address) => {
            view! { <PlaceLink place=Place::Address(address) /> }.into_any()
        }
        Owner::Shared { initial_shared_version } => {
            t!("Everybody, since version {version}", version = say::count(initial_shared_version))
                .into_any()
        }
        Owner::Immutable => t!("Nobody can change it").into_any(),
    }
}

/// The particulars of a transaction, each leading to what it names.
#[component]
pub(super) fn LinkedPoints(points: Vec<Point>) -> impl IntoView {
    view! {
        <KeyValueList testid="tx-points">
            {points
                .into_iter()
                .map(|Point { label, value }| {
                    let place = place_word(&label);
                    view! { <KeyValue label=told(&label)><Value value place /></KeyValue> }
                })
                .collect_view()}
        </KeyValueList>
    }
}

/// What the ids of a particular are, by its name.
fn place_word(label: &str) -> fn(ObjectId) -> Place {
    match label {
        "Model" => Place::Model,
        "Target" => Place::Target,
        _ => Place::Object,
    }
}

#[component]
fn Value(value: PointValue, place: fn(ObjectId) -> Place) -> impl IntoView {
    match value {
        PointValue::Amount(amount) => view! { <b class="review-amount"><Amount amount /></b> }.into_any(),
        PointValue::Address(address) => {
            view! { <PlaceLink place=Place::Address(address) /> }.into_any()
        }
        PointValue::Payment { amount, recipient } => view! {
            <span class="review-account">
                <b class="review-amount"><Amount amount /></b>
                <PlaceLink place=Place::Address(recipient) />
            </span>
        }
        .into_any(),
        PointValue::Object(id) => view! { <PlaceLink place=place(id) /> }.into_any(),
        PointValue::Objects(ids) => view! {
            <span class="places">
                {ids.into_iter().map(|id| view! { <PlaceLink place=Place::Object(id) /> }).collect_view()}
            </span>
        }
        .into_any(),
        PointValue::Rate(bps) => say::rate(bps).into_any(),
        PointValue::Epoch(epoch) => view! { <PlaceLink place=Place::Epoch(epoch) /> }.into_any(),
        PointValue::Bytes(bytes) => {
            t!("{size} ({bytes} bytes)", size = say::bytes(bytes), bytes = say::count(bytes)).into_any()
        }
        PointValue::Digest(digest) => view! { <Copied text=digest what=t!("digest") /> }.into_any(),
        // Not a link: what strangers name is not to be visited by a slip.
        PointValue::Url(url) => view! { <Copied text=url what=t!("address of the file") /> }.into_any(),
        PointValue::Text(text) => told(&text).into_any(),
    }
}

/// Transactions line by line.
#[component]
pub(super) fn TransactionLines(lines: Vec<TransactionLine>) -> impl IntoView {
    view! {
        <ul class="lines" data-testid="transactions">
            {lines.into_iter().map(|line| view! { <Line line /> }).collect_view()}
        </ul>
    }
}

#[component]
fn Line(line: TransactionLine) -> impl IntoView {
    let TransactionLine { digest, headline, sender, succeeded, fee } = line;
    view! {
        <li class="seen">
            <A href=crate::parts::places::path_of(Place::Transaction(digest)) attr:class="seen-what" attr:data-testid="transaction-line">
                {sentence(&headline).trim_end_matches('.').to_owned()}
            </A>
            <span class="seen-sub">
                {(!succeeded)
                    .then(|| view! { <span class="state state-failed"><Pictogram icon=Icon::Danger />{t!("failed")}</span> })}
                <Sender sender bare=true />
                {(fee.0 > 0).then(|| view! { <span>{t_view!("Fee {amount}", amount = view! { <Amount amount=fee /> })}</span> })}
                <code title=digest.to_string()>{crate::parts::places::short_digest(&digest.to_string())}</code>
            </span>
        </li>
    }
}

/// Bytes or JSON, for those who compare them elsewhere.
#[component]
pub(super) fn Raw(
    /// What it is, above it.
    head: String,
    /// The text.
    text: String,
    /// What is copied.
    what: &'static str,
) -> impl IntoView {
    use crate::components::copy::CopyButton;
    view! {
        <div class="review-bytes">
            <div class="review-bytes-head">
                <span>{head.clone()}</span>
                <CopyButton text=text.clone() what />
            </div>
            <pre tabindex="0" aria-label=head><code>{text}</code></pre>
        </div>
    }
}
