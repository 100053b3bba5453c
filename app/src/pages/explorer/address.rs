//! An address: what it holds, and what it is to the network.

use super::frame::page_about;
use super::object::WithWords;
use crate::components::banner::Banner;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::tabs::Tabs;
use crate::languages::{t, t_view, told};
use crate::network_life::use_network_life;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::asked::{Answered, ask_network};
use crate::parts::indexed::{
    Indexed, IndexedTransactions, IndexersWord, NoIndexer, Parts, use_indexer,
};
use crate::parts::places::{PlaceLink, path_of};
use crate::say;
use crate::session::use_session;
use bridge::explore::{AddressView, CoinLine, Place, StakeView};
use bridge::page::Bridge;
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use wasm_core::address::Address;
use wasm_core::indexer::{IndexedTransaction, Part};

/// The address of the page's path.
#[component]
pub(crate) fn AddressPage() -> impl IntoView {
    let params = use_params_map();
    let address = Memo::new(move |_| params.read().get("address")?.parse::<Address>().ok());
    let title = Signal::derive(move || {
        address.get().map_or_else(
            || t!("Address").to_owned(),
            |address| t!("Address {address}", address = address.to_short()),
        )
    });
    page_about(
        title,
        address,
        t!("An address is 0x and 64 digits."),
        |address| view! { <Asked address /> },
    )
}

#[component]
fn Asked(address: Address) -> impl IntoView {
    let ask = |bridge: Bridge, address| async move { bridge.show_address(address).await };
    let question = ask_network(Memo::new(move |_| address), ask);
    view! {
        <Answered question let:view><Found view /></Answered>
        <History address />
    }
}

#[component]
fn Found(view: AddressView) -> impl IntoView {
    let session = use_session();
    let AddressView { address, balance, coins, stakes, more, validator, models, filled } = view;
    let label = untrack(|| session.accounts())
        .into_iter()
        .find(|account| account.address == address)
        .map(|account| account.label);
    let nothing = coins.is_empty()
        && stakes.is_empty()
        && models.is_empty()
        && !validator
        && filled.is_empty();
    view! {
        <Card testid="address-card">
            <p class="object-holds"><Amount amount=balance testid="address-balance" /></p>
            <AddressDigits address testid="address-digits" />
            <KeyValueList>
                {label.map(|label| view! { <KeyValue label=t!("In this wallet")>{label}</KeyValue> })}
                {validator.then(|| view! { <KeyValue label=t!("Validator")><PlaceLink place=Place::Validator(address) /></KeyValue> })}
                {(!models.is_empty())
                    .then(|| {
                        view! {
                            <KeyValue label=t!("Models it owns")>
                                <span class="places">
                                    {models.into_iter().map(|id| view! { <PlaceLink place=Place::Model(id) /> }).collect_view()}
                                </span>
                            </KeyValue>
                        }
                    })}
                {(!filled.is_empty())
                    .then(|| {
                        view! {
                            <KeyValue label=t!("Targets it filled, not settled yet")>
                                <span class="places">
                                    {filled.into_iter().map(|id| view! { <PlaceLink place=Place::Target(id) /> }).collect_view()}
                                </span>
                            </KeyValue>
                        }
                    })}
            </KeyValueList>
            {nothing
                .then(|| {
                    view! {
                        <Empty
                            icon=Icon::Search
                            title=t!("It holds nothing on this network")
                            hint=t!("Nobody has sent it anything yet, or all of it was spent.")
                        />
                    }
                })}
            {more.then(|| view! { <Banner what=t!("It has more than fits here; the balance counts all of it.").to_owned() /> })}
        </Card>
        {(!coins.is_empty()).then(|| view! { <Coins coins /> })}
        {(!stakes.is_empty()).then(|| view! { <Stakes stakes /> })}
    }
}

#[component]
fn Coins(coins: Vec<CoinLine>) -> impl IntoView {
    let title = match coins.len() as u64 {
        1 => t!("One coin").to_owned(),
        many => t!("{count} coins", count = say::count(many)),
    };
    view! {
        <Card title>
            <div class="figures-room" role="region" aria-label=t!("Coins") tabindex="0">
                <table class="figures" data-testid="address-coins">
                    <thead><tr><th scope="col">{t!("Coin")}</th><th scope="col">{t!("Holds")}</th></tr></thead>
                    <tbody>
                        {coins
                            .into_iter()
                            .map(|CoinLine { id, balance }| {
                                view! {
                                    <tr>
                                        <th scope="row"><PlaceLink place=Place::Object(id) bare=true /></th>
                                        <td><Amount amount=balance /></td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </Card>
    }
}

#[component]
fn Stakes(stakes: Vec<StakeView>) -> impl IntoView {
    view! {
        <Card title=t!("Stakes")>
            <div class="figures-room" role="region" aria-label=t!("Stakes") tabindex="0">
                <table class="figures" data-testid="address-stakes">
                    <thead>
                        <tr>
                            <th scope="col">{t!("Stake")}</th>
                            <th scope="col" class="is-words">{t!("With")}</th>
                            <th scope="col">{t!("Paid in")}</th>
                            <th scope="col">{t!("Earned")}</th>
                            <th scope="col">{t!("Counts from")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {stakes
                            .into_iter()
                            .map(|stake| {
                                view! {
                                    <tr>
                                        <th scope="row"><PlaceLink place=Place::Object(stake.id) bare=true /></th>
                                        <td class="is-words"><WithWords with=stake.with pool=stake.pool /></td>
                                        <td><Amount amount=stake.principal /></td>
                                        <td>{stake.reward.map(|reward| view! { <Amount amount=reward /> })}</td>
                                        <td>{t!("epoch {epoch}", epoch = say::count(stake.activation_epoch))}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </Card>
    }
}

/// What it did: told by an indexer where there is one, and else only what went by.
#[component]
fn History(address: Address) -> impl IntoView {
    let indexer = use_indexer();
    let known = Memo::new(move |_| indexer.read().is_some());
    move || {
        if known.get() {
            view! { <IndexedHistory address /> }.into_any()
        } else {
            view! { <SeenHistory address /> }.into_any()
        }
    }
}

const SENT: &str = "sent";
const TOUCHED: &str = "touched";

/// All of its transactions: those it sent, or all that touched it.
#[component]
fn IndexedHistory(address: Address) -> impl IntoView {
    let chosen = RwSignal::new(SENT);
    view! {
        <Card title=t!("History") aside=|| view! { <IndexersWord /> } testid="indexed-history">
            <Tabs label=t!("Which transactions") tabs=vec![(SENT, t!("Sent")), (TOUCHED, t!("All that touched it"))] chosen>
                {move || {
                    let sent = chosen.get() == SENT;
                    let indexer = use_indexer();
                    view! {
                        {move || indexer.get().map(|_| view! { <Transactions address sent /> })}
                    }
                }}
            </Tabs>
        </Card>
    }
}

#[component]
fn Transactions(address: Address, sent: bool) -> impl IntoView {
    let ask =
        |bridge: Bridge, (address, sent): (Address, bool)| ask_part(bridge, address, sent, None);
    let show = move |first: Part<IndexedTransaction>| {
        let more =
            move |bridge: Bridge, after: String| ask_part(bridge, address, sent, Some(after));
        let list = move |transactions: Vec<IndexedTransaction>| {
            if transactions.is_empty() {
                return view! { <p class="card-lede" data-testid="indexed-none">{t!("The indexer knows of none.")}</p> }.into_any();
            }
            let order = if sent {
                t!("Newest first.")
            } else {
                t!("Oldest first: whatever it sent, received or was written by.")
            };
            view! {
                <p class="card-lede">{order}</p>
                <IndexedTransactions transactions senders={!sent} />
            }
            .into_any()
        };
        view! { <Parts first ask=more show=list testid="indexed-more" /> }
    };
    view! { <Indexed key=(address, sent) ask show /> }
}

async fn ask_part(
    bridge: Bridge,
    address: Address,
    sent: bool,
    after: Option<String>,
) -> Result<Part<IndexedTransaction>, Failure> {
    if sent {
        bridge.indexed_sent(address, after).await
    } else {
        bridge.indexed_touched(address, after).await
    }
}

/// What went by: a node lists no transactions by address.
#[component]
fn SeenHistory(address: Address) -> impl IntoView {
    let (session, life) = (use_session(), use_network_life());
    life.watch();
    let own = move || session.accounts().iter().any(|account| account.address == address);
    let seen = Memo::new(move |_| {
        let pulse = life.pulse.read();
        let recent = pulse
            .as_ref()
            .map(|pulse| pulse.recent.iter().filter(|one| one.sender == address).cloned());
        recent.map(Iterator::collect::<Vec<_>>).unwrap_or_default()
    });
    view! {
        <Card title=t!("History")>
            <p class="card-lede" data-testid="address-history">
                {move || {
                    if own() {
                        t_view!(
                            "A node keeps no list of transactions by address. What this wallet knows of its own accounts is under {activity}.",
                            activity = view! { <A href="/activity">{t!("Activity")}</A> },
                        )
                        .into_any()
                    } else {
                        t!("A node keeps no list of transactions by address. What it sent since you opened this wallet is below.").into_any()
                    }
                }}
            </p>
            <NoIndexer missing=t!("Without an indexer, its earlier transactions are missing here.") />
            <ul class="lines">
                <For each=move || seen.get() key=|one| one.digest let:one>
                    <li class="seen">
                        <A href=path_of(Place::Transaction(one.digest)) attr:class="seen-what">{told(&one.headline)}</A>
                        <span class="seen-sub">
                            <A href=path_of(Place::Checkpoint(one.checkpoint))>{t!("Checkpoint {checkpoint}", checkpoint = say::count(one.checkpoint))}</A>
                        </span>
                    </li>
                </For>
            </ul>
        </Card>
    }
}
