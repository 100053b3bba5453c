//! A checkpoint, by its number or its digest.

use super::frame::{LookedUp, page_about};
use super::words::TransactionLines;
use crate::components::banner::Banner;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::Amount;
use crate::parts::asked::ask_network;
use crate::parts::places::{PlaceLink, path_of};
use crate::parts::review_points::Copied;
use crate::say;
use crate::time::day_and_time;
use bridge::explore::{CheckpointName, CheckpointView, Place};
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use wasm_core::amount::Shannons;

fn name_of(text: &str) -> Option<CheckpointName> {
    let number = text.parse().map(CheckpointName::Number).ok();
    number.or_else(|| text.parse().map(CheckpointName::Digest).ok())
}

/// The checkpoint of the page's path.
#[component]
pub(crate) fn CheckpointPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").and_then(|text| name_of(&text)));
    let title = Signal::derive(move || match name.get() {
        Some(CheckpointName::Number(number)) => {
            t!("Checkpoint {number}", number = say::count(number))
        }
        _ => t!("Checkpoint").to_owned(),
    });
    page_about(
        title,
        name,
        t!("A checkpoint is named by its number or its digest."),
        |name| view! { <Asked name /> },
    )
}

#[component]
fn Asked(name: CheckpointName) -> impl IntoView {
    let ask = |bridge: Bridge, name| async move { bridge.show_checkpoint(name).await };
    let question = ask_network(Memo::new(move |_| name), ask);
    let what = match name {
        CheckpointName::Number(number) => t!("Checkpoint {number}", number = say::count(number)),
        CheckpointName::Digest(_) => t!("This checkpoint").to_owned(),
    };
    view! {
        <LookedUp question what let:view><Found view /></LookedUp>
    }
}

#[component]
fn Found(view: CheckpointView) -> impl IntoView {
    let CheckpointView {
        number, digest, previous, epoch, timestamp_ms, next_protocol, newest, ..
    } = view;
    let count = view.transactions.len() as u64;
    view! {
        <Card testid="checkpoint">
            <Neighbours number newest />
            {next_protocol
                .map(|version| {
                    view! {
                        <Banner what=t!("This is the last checkpoint of epoch {epoch}; the next epoch runs protocol {version}.", epoch = say::count(epoch), version) />
                    }
                })}
            <KeyValueList>
                <KeyValue label=t!("Digest")><Copied text=digest.to_string() what=t!("digest") testid="checkpoint-digest" /></KeyValue>
                {previous.map(|previous| view! { <KeyValue label=t!("Digest of the one before")><Copied text=previous.to_string() what=t!("digest") /></KeyValue> })}
                <KeyValue label=t!("Root of its contents")><Copied text=view.contents.clone() what=t!("digest") /></KeyValue>
                <KeyValue label=t!("Epoch")><PlaceLink place=Place::Epoch(epoch) /></KeyValue>
                <KeyValue label=t!("Time")>{day_and_time(timestamp_ms)}</KeyValue>
                <KeyValue label=t!("Transactions") testid="checkpoint-count">{say::count(count)}</KeyValue>
                <KeyValue label=t!("Transactions of the chain so far")>{say::count(view.transactions_so_far)}</KeyValue>
                <KeyValue label=t!("Fees of the epoch so far")><Amount amount=Shannons(view.fees_so_far.total_fee) /></KeyValue>
            </KeyValueList>
            <p class="checked"><Pictogram icon=Icon::Check />{t!("The wallet computed its digests anew: they cover the head, the contents and every transaction.")}</p>
        </Card>
        <Card title=t!("Transactions")>
            {if view.transactions.is_empty() {
                view! { <Empty icon=Icon::Activity title=t!("Nothing happened in this checkpoint") /> }.into_any()
            } else {
                view! { <TransactionLines lines=view.transactions /> }.into_any()
            }}
        </Card>
    }
}

#[component]
fn Neighbours(number: u64, newest: u64) -> impl IntoView {
    let link = |number: u64, words: &'static str, icon: Icon, before: bool| {
        view! {
            <A href=path_of(Place::Checkpoint(number)) attr:class="button button-secondary" attr:data-testid=if before { "before" } else { "after" }>
                {before.then(|| view! { <Pictogram icon /> })}
                {words}
                {(!before).then(|| view! { <Pictogram icon /> })}
            </A>
        }
    };
    let (before, after) = (number.checked_sub(1), (number < newest).then(|| number + 1));
    view! {
        <div class="neighbours">
            {before.map(|before| link(before, t!("The one before"), Icon::ArrowLeft, true))}
            {after.map(|after| link(after, t!("The next"), Icon::ArrowRight, false))}
        </div>
    }
}
