//! All validators, searched and sorted.

use super::acts::{Acting, Stage};
use super::join::JoinCard;
use super::{OutlookMark, commission_words};
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::search_field::SearchField;
use crate::components::select::Select;
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_n};
use crate::parts::amount::Amount;
use crate::parts::asked::ask_network;
use crate::parts::failure::FailureBanner;
use crate::parts::page::Page;
use crate::parts::places::{path_of, words_of};
use crate::parts::rows::latest;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::page::Bridge;
use leptos::prelude::*;
use leptos_router::components::A;
use std::cmp::Reverse;
use wasm_core::address::Address;
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

    fn words(self) -> &'static str {
        match self {
            Self::Power => t!("Voting power, most first"),
            Self::Stake => t!("Stake, most first"),
            Self::Commission => t!("Commission, least first"),
            Self::Reports => t!("Reports, most first"),
            Self::Address => t!("Address"),
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
    let table = question.standing();
    let known = Memo::new(move |_| table.read().is_some());
    // Nothing below is made anew because an answer came again.
    let sight = Memo::new(move |_| match known.get() {
        true => Some(Ok(())),
        false => question.get().and_then(Result::err).map(Err),
    });
    view! {
        <Page
            title=t!("Validators").to_owned()
            lede=t!("They order transactions, keep epochs, and judge what is submitted. Whoever stakes with one shares its rewards, less its commission.").to_owned()
            aside=|| view! { <A href="/network" attr:class="share-up"><Pictogram icon=Icon::ArrowLeft />{t!("Network")}</A> }
        >
            <Stage acting>
                {move || match sight.get() {
                    Some(Ok(())) => view! { <All table acting /> }.into_any(),
                    Some(Err(failure)) => {
                        view! { <FailureBanner failure on_retry=move || question.renew() /> }.into_any()
                    }
                    None => view! { <section class="card"><Skeleton lines=6 /></section> }.into_any(),
                }}
            </Stage>
        </Page>
    }
}

/// All there is to show, kept up to date: search and form stay as they are while the rest is told anew.
#[component]
fn All(table: Memo<Option<ValidatorsTable>>, acting: Acting) -> impl IntoView {
    let session = use_session();
    let (text, order) = (RwSignal::new(String::new()), RwSignal::new(Order::default()));
    let own = Memo::new(move |_| session.account());
    let seats = Memo::new(move |_| {
        table.read().as_ref().map(|table| table.validators.clone()).unwrap_or_default()
    });
    let is_validator = Memo::new(move |_| {
        let own = own.get();
        let is_it =
            |seat: &ValidatorSeat| Some(seat.address) == own && seat.outlook != Outlook::Left;
        seats.read().iter().any(is_it)
    });
    let shown = Memo::new(move |_| {
        let (text, own) = (text.read().trim().to_lowercase(), own.get());
        let mut shown: Vec<_> =
            seats.read().iter().filter(|seat| matches(seat, &text)).cloned().collect();
        order.get().sort(&mut shown);
        // Whoever is a validator looks for it first.
        shown.sort_by_key(|seat| Some(seat.address) != own);
        shown
    });
    let none = Memo::new(move |_| shown.read().is_empty());
    view! {
        {move || table.get().map(|table| view! { <Totals table /> })}
        <Card testid="validators">
            <Filters text order />
            {move || {
                if none.get() {
                    view! { <Empty icon=Icon::Search title=t!("No validator has these digits") /> }.into_any()
                } else {
                    view! { <Rows shown own /> }.into_any()
                }
            }}
        </Card>
        {move || (!is_validator.get()).then(|| view! { <JoinCard acting /> })}
    }
}

#[component]
fn Totals(table: ValidatorsTable) -> impl IntoView {
    let ValidatorsTable { validators, total_stake, quorum, .. } = table;
    let count = |is_it: fn(&ValidatorSeat) -> bool| {
        say::count(validators.iter().filter(|seat| is_it(seat)).count() as u64)
    };
    let active = count(|seat| seat.voting_power > 0);
    let at_risk = count(|seat| seat.at_risk_epochs.is_some());
    view! {
        <Card>
            <KeyValueList>
                <KeyValue label=t!("Active")>{active}</KeyValue>
                <KeyValue label=t!("Staked with them")><Amount amount=total_stake testid="validators-stake" /></KeyValue>
                <KeyValue label=t!("At risk of being removed")>{at_risk}</KeyValue>
                <KeyValue label=t!("Reports that cost half the reward")>{t!("{part} of the voting power", part = say::rate(quorum))}</KeyValue>
            </KeyValueList>
        </Card>
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
            <SearchField value=text placeholder=t!("Address, pool, key or host") testid="validators-search" />
            <Select
                label=t!("Order").to_owned()
                value=Signal::derive(move || order.get().key().to_owned())
                options=Signal::stored(options)
                on_choose=choose
                testid="validators-order"
            />
        </div>
    }
}

#[component]
fn Rows(shown: Memo<Vec<ValidatorSeat>>, own: Memo<Option<Address>>) -> impl IntoView {
    // Rows that are still there stay, with the link that has the focus.
    let row = move |first: ValidatorSeat| {
        let pool = first.pool;
        let seat = latest(shown, first, move |seat| seat.pool == pool);
        view! { <Row seat own /> }
    };
    view! {
        <div class="figures-room" role="region" aria-label=t!("Validators") tabindex="0">
            <table class="figures figures-in-sheets">
                <thead>
                    <tr>
                        <th scope="col">{t!("Validator")}</th>
                        <th scope="col" class="is-words">{t!("State")}</th>
                        <th scope="col">{t!("Stake")}</th>
                        <th scope="col">{t!("Voting power")}</th>
                        <th scope="col">{t!("Commission")}</th>
                        <th scope="col">{t!("Reports")}</th>
                    </tr>
                </thead>
                <tbody><For each=move || shown.get() key=|seat| seat.pool children=row /></tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(seat: Memo<ValidatorSeat>, own: Memo<Option<Address>>) -> impl IntoView {
    let address = seat.read_untracked().address;
    let whole = address.to_string();
    let named = whole.clone();
    view! {
        <tr
            data-testid="validator"
            data-address=whole
            data-power=move || seat.read().voting_power.to_string()
        >
            <th scope="row">
                <A href=path_of(Place::Validator(address)) attr:class="place-link" attr:title=named attr:aria-label=words_of(Place::Validator(address))>
                    <code>{address.to_short()}</code>
                </A>
                {move || (own.get() == Some(address)).then(|| view! { <span class="quiet">" "{t!("yours")}</span> })}
            </th>
            {move || view! { <Figures seat=seat.get() /> }}
        </tr>
    }
}

#[component]
fn Figures(seat: ValidatorSeat) -> impl IntoView {
    let reports = match seat.reporters.len() as u64 {
        0 => "–".to_owned(),
        some => t!(
            "{reports} with {power}",
            reports = say::count(some),
            power = say::rate(seat.reported_power)
        ),
    };
    view! {
        <td class="is-words" data-label=t!("State")>
            <OutlookMark outlook=seat.outlook />
            {seat
                .at_risk_epochs
                .map(|epochs| {
                    let words = t_n!(epochs, "at risk for {n} epoch", "at risk for {n} epochs");
                    view! { <span class="state state-failed"><Pictogram icon=Icon::Caution />{words}</span> }
                })}
        </td>
        <td data-label=t!("Stake")><Amount amount=seat.stake /></td>
        <td data-label=t!("Voting power")>{say::rate(seat.voting_power)}</td>
        <td data-label=t!("Commission") data-testid="validator-commission">{commission_words(&seat)}</td>
        <td data-label=t!("Reports")>{reports}</td>
    }
}
