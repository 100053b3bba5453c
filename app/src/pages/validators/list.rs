//! All validators, searched and sorted.

use super::acts::{Acting, Stage};
use super::join::JoinCard;
use super::{OutlookMark, commission_words};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::select::Select;
use crate::components::unique_id;
use crate::parts::amount::Amount;
use crate::parts::asked::{Answered, ask_network};
use crate::parts::page::Page;
use crate::parts::places::path_of;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::components::A;
use std::cmp::Reverse;
use wasm_core::network::{Outlook, ValidatorSeat, ValidatorsTable};

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    #[default]
    Power,
    Stake,
    Commission,
    Reports,
    Address,
}

impl Order {
    const ALL: [Self; 5] =
        [Self::Power, Self::Stake, Self::Commission, Self::Reports, Self::Address];

    const fn key(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Stake => "stake",
            Self::Commission => "commission",
            Self::Reports => "reports",
            Self::Address => "address",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Power => "Voting power, most first",
            Self::Stake => "Stake, most first",
            Self::Commission => "Commission, least first",
            Self::Reports => "Reports, most first",
            Self::Address => "Address",
        }
    }

    fn sort(self, seats: &mut [ValidatorSeat]) {
        match self {
            // As the core has them.
            Self::Power => {}
            Self::Stake => seats.sort_by_key(|seat| Reverse(seat.stake.0)),
            Self::Commission => seats.sort_by_key(|seat| seat.commission_bps),
            Self::Reports => seats.sort_by_key(|seat| Reverse(seat.reported_power)),
            Self::Address => seats.sort_by_key(|seat| seat.address),
        }
    }
}

/// All validators.
#[component]
pub(crate) fn ValidatorsPage() -> impl IntoView {
    let acting = Acting::new();
    let session = use_session();
    let epoch = Memo::new(move |_| (session.facts().map(|facts| facts.epoch), acting.done.get()));
    let question = ask_network(epoch, |bridge: Bridge, _| async move { bridge.validators().await });
    view! {
        <Page
            title="Validators".to_owned()
            lede="They order transactions, keep epochs, and judge what is submitted. Whoever stakes with one shares its rewards, less its commission.".to_owned()
            aside=|| view! { <A href="/network" attr:class="share-up"><Pictogram icon=Icon::ArrowLeft />"Network"</A> }
        >
            <Stage acting>
                <Answered question lines=6 let:table><All table acting /></Answered>
            </Stage>
        </Page>
    }
}

#[component]
fn All(table: ValidatorsTable, acting: Acting) -> impl IntoView {
    let session = use_session();
    let (text, order) = (RwSignal::new(String::new()), RwSignal::new(Order::default()));
    let own = untrack(|| session.account());
    let is_validator = table
        .validators
        .iter()
        .any(|seat| Some(seat.address) == own && seat.outlook != Outlook::Left);
    let at_risk =
        table.validators.iter().filter(|seat| seat.at_risk_epochs.is_some()).count() as u64;
    let active = table.validators.iter().filter(|seat| seat.voting_power > 0).count() as u64;
    let total = table.total_stake;
    let quorum = table.quorum;
    let table = StoredValue::new(table);
    let shown = Memo::new(move |_| {
        let (text, order) = (text.read().trim().to_lowercase(), order.get());
        let mut seats: Vec<_> = table.with_value(|table| {
            table.validators.iter().filter(|seat| matches(seat, &text)).cloned().collect()
        });
        order.sort(&mut seats);
        // Whoever is a validator looks for it first.
        seats.sort_by_key(|seat| Some(seat.address) != own);
        seats
    });
    view! {
        <Card>
            <KeyValueList>
                <KeyValue label="Active">{say::count(active)}</KeyValue>
                <KeyValue label="Staked with them"><Amount amount=total testid="validators-stake" /></KeyValue>
                <KeyValue label="At risk of being removed">{say::count(at_risk)}</KeyValue>
                <KeyValue label="Reports that cost half the reward">{format!("{} of the voting power", say::rate(quorum))}</KeyValue>
            </KeyValueList>
        </Card>
        <Card testid="validators">
            <Filters text order />
            {move || {
                if shown.read().is_empty() {
                    view! { <Empty icon=Icon::Search title="No validator has these digits" /> }.into_any()
                } else {
                    view! { <Rows seats=shown.get() own /> }.into_any()
                }
            }}
        </Card>
        {(!is_validator).then(|| view! { <JoinCard acting /> })}
    }
}

fn matches(seat: &ValidatorSeat, text: &str) -> bool {
    text.is_empty()
        || seat.address.to_string().contains(text)
        || seat.pool.to_string().contains(text)
        || seat.keys.lines.iter().any(|(_, now, _)| now.contains(text))
}

#[component]
fn Filters(text: RwSignal<String>, order: RwSignal<Order>) -> impl IntoView {
    let id = unique_id("validators-search");
    let options: Vec<_> = Order::ALL
        .into_iter()
        .map(|order| (order.key().to_owned(), order.words().to_owned()))
        .collect();
    let choose = move |key: String| {
        if let Some(chosen) = Order::ALL.into_iter().find(|order| order.key() == key) {
            order.set(chosen);
        }
    };
    view! {
        <div class="filters">
            <div class="field">
                <label class="field-label" for=id.clone()>"Search"</label>
                <input
                    id=id
                    class="input input-code"
                    type="search"
                    placeholder="Address, pool, key or host"
                    autocomplete="off"
                    spellcheck="false"
                    bind:value=text
                    data-testid="validators-search"
                />
            </div>
            <Select
                label="Order".to_owned()
                value=Signal::derive(move || order.get().key().to_owned())
                options=Signal::stored(options)
                on_choose=choose
                testid="validators-order"
            />
        </div>
    }
}

#[component]
fn Rows(seats: Vec<ValidatorSeat>, own: Option<wasm_core::address::Address>) -> impl IntoView {
    view! {
        <div class="figures-room" role="region" aria-label="Validators" tabindex="0">
            <table class="figures">
                <thead>
                    <tr>
                        <th scope="col">"Validator"</th>
                        <th scope="col" class="is-words">"State"</th>
                        <th scope="col">"Stake"</th>
                        <th scope="col">"Voting power"</th>
                        <th scope="col">"Commission"</th>
                        <th scope="col">"Reports"</th>
                    </tr>
                </thead>
                <tbody>{seats.into_iter().map(|seat| view! { <Row seat own /> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(seat: ValidatorSeat, own: Option<wasm_core::address::Address>) -> impl IntoView {
    let is_own = Some(seat.address) == own;
    let whole = seat.address.to_string();
    let named = whole.clone();
    let reports = match seat.reporters.len() as u64 {
        0 => "–".to_owned(),
        some => format!("{} with {}", say::count(some), say::rate(seat.reported_power)),
    };
    view! {
        <tr data-testid="validator" data-address=whole.clone() data-power=seat.voting_power.to_string()>
            <th scope="row">
                <A href=path_of(Place::Validator(seat.address)) attr:class="place-link" attr:title=named.clone() attr:aria-label=named>
                    <code>{seat.address.to_short()}</code>
                </A>
                {is_own.then(|| view! { <span class="quiet">" yours"</span> })}
            </th>
            <td class="is-words">
                <OutlookMark outlook=seat.outlook />
                {seat
                    .at_risk_epochs
                    .map(|epochs| {
                        let words = format!("at risk for {} epochs", say::count(epochs));
                        view! { <span class="state state-failed"><Pictogram icon=Icon::Caution />{words}</span> }
                    })}
            </td>
            <td><Amount amount=seat.stake /></td>
            <td>{say::rate(seat.voting_power)}</td>
            <td data-testid="validator-commission">{commission_words(&seat)}</td>
            <td>{reports}</td>
        </tr>
    }
}
