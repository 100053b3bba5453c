//! The account's own stakes: what was put in, what each is worth, and what withdrawing it pays now.

use super::words::HolderLink;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::empty::Empty;
use crate::components::icon::{Icon, Pictogram};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view};
use crate::parts::act::Act;
use crate::parts::amount::Amount;
use crate::parts::failure::sentence;
use crate::parts::places::PlaceLink;
use crate::parts::rows::{ShowMore, latest};
use crate::say;
use bridge::explore::Place;
use bridge::stakes::{StakeAct, StakedCoin, Stakes, WithdrawalOffer};
use leptos::prelude::*;
use wasm_core::address::ObjectId;

/// Stakes that are shown before more are asked for.
const ROWS: usize = 50;

/// The account's stakes.
#[component]
pub(super) fn MineCard(stakes: Memo<Stakes>, act: Act<StakeAct>) -> impl IntoView {
    let own = Memo::new(move |_| stakes.read().own.clone());
    let none = Memo::new(move |_| own.read().is_empty());
    view! {
        <Card title=t!("My stakes") testid="my-stakes">
            {move || {
                if none.get() {
                    view! {
                        <Empty
                            icon=Icon::Stake
                            title=t!("Nothing is staked")
                            hint=t!("Choose a validator or a model below. Validators share their rewards with their stakers.")
                        />
                    }
                        .into_any()
                } else {
                    view! { <Totals stakes /><Rows own stakes act /> }.into_any()
                }
            }}
        </Card>
    }
}

#[component]
fn Totals(stakes: Memo<Stakes>) -> impl IntoView {
    let totals = Memo::new(move |_| {
        let stakes = stakes.read();
        (stakes.principal(), stakes.reward(), stakes.pays())
    });
    move || {
        let (principal, reward, pays) = totals.get();
        view! {
            <KeyValueList>
                <KeyValue label=t!("Put in")><Amount amount=principal testid="stakes-principal" /></KeyValue>
                <KeyValue label=t!("Earned so far")><Amount amount=reward testid="stakes-reward" /></KeyValue>
                <KeyValue label=t!("Taking all back now pays")><Amount amount=pays testid="stakes-pays" /></KeyValue>
            </KeyValueList>
        }
    }
}

#[component]
fn Rows(own: Memo<Vec<StakedCoin>>, stakes: Memo<Stakes>, act: Act<StakeAct>) -> impl IntoView {
    let shown = RwSignal::new(ROWS);
    // Rows that are still there stay, with the button that has the focus.
    let row = move |first: StakedCoin| {
        let id = first.reference.id;
        let stake = latest(own, first, move |stake| stake.reference.id == id);
        let epoch = Memo::new(move |_| stakes.read().epoch);
        view! { <Row id stake epoch act /> }
    };
    let rows = move || own.get().into_iter().take(shown.get()).collect::<Vec<_>>();
    view! {
        <table class="models-table stakes-table">
            <thead class="visually-hidden-narrow">
                <tr>
                    <th scope="col">{t!("Staked with")}</th>
                    <th scope="col">{t!("Counts")}</th>
                    <th scope="col">{t!("Put in")}</th>
                    <th scope="col">{t!("Worth now")}</th>
                    <th scope="col">{t!("Earned")}</th>
                    <th scope="col">{t!("Taking it back now pays")}</th>
                </tr>
            </thead>
            <tbody>
                <For
                    each=rows
                    key=|stake| stake.reference.id
                    children=row
                />
            </tbody>
        </table>
        <ShowMore total=Signal::derive(move || own.read().len()) shown=shown step=ROWS testid="stakes-more" />
    }
}

#[component]
fn Row(
    id: ObjectId,
    stake: Memo<StakedCoin>,
    epoch: Memo<u64>,
    act: Act<StakeAct>,
) -> impl IntoView {
    let possible = Memo::new(move |_| stake.read().offer.is_ok());
    let is_this = move |act: &StakeAct| *act == StakeAct::Withdraw(id);
    view! {
        <tr data-testid="my-stake" data-stake=id.to_string()>
            {move || view! { <Figures stake=stake.get() epoch=epoch.get() /> }}
            <td class="stake-act" data-label=t!("Taking it back now pays")>
                {move || view! { <Offer offer=stake.read().offer.clone() /> }}
                {move || {
                    possible
                        .get()
                        .then(|| {
                            view! {
                                <Button
                                    icon=Icon::Download
                                    busy=Signal::derive(move || act.prepares(is_this))
                                    disabled=Signal::derive(move || act.unready())
                                    on_press=move || act.prepare(StakeAct::Withdraw(id))
                                    testid="stake-withdraw"
                                >
                                    {t!("Take it back")}
                                </Button>
                            }
                        })
                }}
            </td>
        </tr>
    }
}

#[component]
fn Figures(stake: StakedCoin, epoch: u64) -> impl IntoView {
    let counts = if stake.counts_from > epoch {
        view! {
            <span class="state state-pending">
                <Pictogram icon=Icon::Clock />
                {t!("from epoch {epoch} on", epoch = say::count(stake.counts_from))}
            </span>
        }
        .into_any()
    } else {
        view! { <span>{t!("since epoch {epoch}", epoch = say::count(stake.counts_from))}</span> }
            .into_any()
    };
    let reward = stake.offer.as_ref().ok().map(|offer| offer.reward);
    view! {
        <th scope="row">
            {match stake.holder {
                Some(holder) => view! { <HolderLink holder /> }.into_any(),
                None => view! { <span class="quiet">{t!("A pool that nobody has")}</span> }.into_any(),
            }}
            <span class="cell-more stake-ids">{t_view!("Stake {id}", id = view! { <PlaceLink place=Place::Object(stake.reference.id) bare=true /> })}</span>
        </th>
        <td data-label=t!("Counts")>{counts}</td>
        <td data-label=t!("Put in")><Amount amount=stake.principal testid="stake-principal" /></td>
        <td data-label=t!("Worth now")>
            {match stake.worth {
                Some(worth) => view! { <Amount amount=worth testid="stake-worth" /> }.into_any(),
                None => view! { <span>"–"</span> }.into_any(),
            }}
        </td>
        <td data-label=t!("Earned")>
            {match reward {
                Some(reward) => view! { <Amount amount=reward testid="stake-reward" /> }.into_any(),
                None => view! { <span>"–"</span> }.into_any(),
            }}
        </td>
    }
}

/// What is paid and what it costs, or why nothing is.
#[component]
fn Offer(offer: Result<WithdrawalOffer, String>) -> impl IntoView {
    match offer {
        Ok(WithdrawalOffer { pays, fee, .. }) => view! {
            <span class="cell-lines">
                <b><Amount amount=pays testid="stake-pays" /></b>
                <span class="cell-more">{t_view!("fee {amount}", amount = view! { <Amount amount=fee testid="stake-fee" /> })}</span>
            </span>
        }
        .into_any(),
        Err(why) => {
            view! { <span class="stake-why" data-testid="stake-obstacle">{sentence(&why)}</span> }
                .into_any()
        }
    }
}
