//! One validator in full, and what can be done about it.

use super::acts::{Acting, Stage};
use super::update::OwnCard;
use super::{OutlookMark, commission_words};
use crate::chart::{Point, Shape};
use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::chart::{Chart, Subject};
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::skeleton::Skeleton;
use crate::languages::{t, t_n, told};
use crate::measures::of_pool;
use crate::pages::explorer::Frame;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::asked::ask_network;
use crate::parts::failure::FailureBanner;
use crate::parts::places::PlaceLink;
use crate::parts::review_points::Copied;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::page::Bridge;
use bridge::protocol::Failure;
use bridge::validators::ValidatorAct;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::collections::BTreeSet;
use wasm_core::address::Address;
use wasm_core::network::{Outlook, PoolRate, ValidatorKeys, ValidatorSeat, ValidatorsTable};

fn pool() -> Subject {
    Subject {
        title: t!("Worth of a share of its pool"),
        unit: t!("SOMA by share"),
        across: t!("Epoch"),
        shape: Shape::Line,
        file: "pool-rate",
    }
}

/// What there is to show of the validator of the page's path.
#[derive(Clone, Debug, PartialEq)]
enum Sight {
    Asking,
    Failed(Failure),
    Nobody,
    There(Address),
}

/// The validator of the page's path.
#[component]
pub(crate) fn ValidatorPage() -> impl IntoView {
    let params = use_params_map();
    let address = Memo::new(move |_| params.read().get("address")?.parse::<Address>().ok());
    let title = Signal::derive(move || {
        address.get().map_or_else(
            || t!("Validator").to_owned(),
            |address| t!("Validator {address}", address = address.to_short()),
        )
    });
    let acting = Acting::new();
    let session = use_session();
    let epoch = Memo::new(move |_| (session.facts().map(|facts| facts.epoch), acting.done.get()));
    let question = ask_network(epoch, |bridge: Bridge, _| async move { bridge.validators().await });
    let table = question.standing();
    let sight = Memo::new(move |_| match (&*table.read(), address.get()) {
        (Some(table), Some(address)) if seat_of(table, address).is_some() => Sight::There(address),
        (Some(_), _) => Sight::Nobody,
        (None, _) => match question.get() {
            Some(Err(failure)) => Sight::Failed(failure),
            _ => Sight::Asking,
        },
    });
    view! {
        <Frame title>
            <Stage acting>
                {move || match sight.get() {
                    Sight::Asking => view! { <section class="card"><Skeleton lines=6 /></section> }.into_any(),
                    Sight::Failed(failure) => {
                        view! { <FailureBanner failure on_retry=move || question.renew() /> }.into_any()
                    }
                    Sight::Nobody => view! { <Nobody /> }.into_any(),
                    Sight::There(address) => {
                        let first = untrack(|| table.read().as_ref().and_then(|table| seat_of(table, address).cloned()));
                        first.map(|first| view! { <There first table acting /> }).into_any()
                    }
                }}
            </Stage>
        </Frame>
    }
}

fn seat_of(table: &ValidatorsTable, address: Address) -> Option<&ValidatorSeat> {
    table.validators.iter().find(|seat| seat.address == address)
}

#[component]
fn Nobody() -> impl IntoView {
    view! {
        <Banner
            tone=Tone::Caution
            what=t!("No validator of this network has this address.").to_owned()
            next=t!("It may be one of another network, or have left with nothing in its pool.").to_owned()
            testid="no-validator"
        />
    }
}

/// The validator, kept up to date: forms stay as they are while the rest is told anew.
#[component]
fn There(
    /// As it is now.
    first: ValidatorSeat,
    table: Memo<Option<ValidatorsTable>>,
    acting: Acting,
) -> impl IntoView {
    let session = use_session();
    let address = first.address;
    let seat = Memo::new(move |last: Option<&ValidatorSeat>| {
        let now = table.read().as_ref().and_then(|table| seat_of(table, address).cloned());
        now.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
    });
    let quorum = Memo::new(move |_| table.read().as_ref().map_or(0, |table| table.quorum));
    let own = Memo::new(move |_| session.account());
    let is_own = Memo::new(move |_| own.get() == Some(address));
    let acts = |seat: &ValidatorSeat| matches!(seat.outlook, Outlook::Active | Outlook::Leaving);
    let reportable = Memo::new(move |_| {
        let table = table.read();
        let mut all = table.iter().flat_map(|table| &table.validators);
        let may_report = all.any(|other| Some(other.address) == own.get() && acts(other));
        !is_own.get() && may_report && acts(&seat.read())
    });
    let pool = Memo::new(move |_| {
        let seat = seat.read();
        (seat.pool, seat.rewards, seat.pending_stake, seat.pending_withdrawal)
    });
    let rates = Memo::new(move |_| seat.read().rates.clone());
    let keys = Memo::new(move |_| seat.read().keys.clone());
    view! {
        {move || view! { <Facts seat=seat.get() quorum=quorum.get() /> }}
        {move || reportable.get().then(|| view! { <ReportCard seat=seat.get() own=own.get() acting /> })}
        {move || is_own.get().then(|| view! { <OwnCard seat acting /> })}
        <Card title=t!("Its pool")>
            {move || {
                let (pool, rewards, pending_stake, pending_withdrawal) = pool.get();
                view! {
                    <KeyValueList>
                        <KeyValue label=t!("Pool")><Copied text=pool.to_string() what=t!("id") /></KeyValue>
                        <KeyValue label=t!("Rewards in it")><Amount amount=rewards /></KeyValue>
                        <KeyValue label=t!("Joins with the next epoch")><Amount amount=pending_stake testid="validator-pending" /></KeyValue>
                        <KeyValue label=t!("Leaves with the next epoch")><Amount amount=pending_withdrawal /></KeyValue>
                    </KeyValueList>
                }
            }}
            <PoolChart rates />
        </Card>
        <KeysCard keys />
    }
}

#[component]
fn Facts(seat: ValidatorSeat, quorum: u64) -> impl IntoView {
    let commission = commission_words(&seat);
    let reports = t!(
        "{reports} with {power} of the voting power; {quorum} cost half of its reward",
        reports = say::count(seat.reporters.len() as u64),
        power = say::rate(seat.reported_power),
        quorum = say::rate(quorum)
    );
    view! {
        <Card testid="validator-facts">
            <AddressDigits address=seat.address />
            {seat
                .at_risk_epochs
                .map(|epochs| {
                    view! {
                        <Banner
                            tone=Tone::Caution
                            what=t_n!(epochs, "Its stake has been too small for {n} epoch.", "Its stake has been too small for {n} epochs.")
                            next=t!("After more than seven it is removed. Stakes can be withdrawn even then.").to_owned()
                        />
                    }
                })}
            <KeyValueList>
                <KeyValue label=t!("State") testid="validator-state"><OutlookMark outlook=seat.outlook /></KeyValue>
                <KeyValue label=t!("Account")><PlaceLink place=Place::Address(seat.address) /></KeyValue>
                <KeyValue label=t!("Stake")><Amount amount=seat.stake testid="validator-stake" /></KeyValue>
                <KeyValue label=t!("In the next epoch")><Amount amount=seat.next_stake /></KeyValue>
                <KeyValue label=t!("Voting power")>{say::rate(seat.voting_power)}</KeyValue>
                <KeyValue label=t!("Commission, now and next") testid="validator-commission">{commission}</KeyValue>
                <KeyValue label=t!("Reported by") testid="validator-reports">{reports}</KeyValue>
                <People label=t!("Those who report it") people=seat.reporters />
                <People label=t!("Those it reports") people=seat.reports />
            </KeyValueList>
        </Card>
    }
}

#[component]
fn People(label: &'static str, people: BTreeSet<Address>) -> impl IntoView {
    (!people.is_empty()).then(|| {
        view! {
            <KeyValue label=label>
                <span class="places">
                    {people.into_iter().map(|one| view! { <PlaceLink place=Place::Validator(one) /> }).collect_view()}
                </span>
            </KeyValue>
        }
    })
}

/// What another validator can do about it.
#[component]
fn ReportCard(seat: ValidatorSeat, own: Option<Address>, acting: Acting) -> impl IntoView {
    let reported = own.is_some_and(|own| seat.reporters.contains(&own));
    let address = seat.address;
    let unready = Signal::derive(move || !acting.possible());
    view! {
        <Card title=t!("Report it")>
            <p class="card-lede">
                {if reported {
                    t!("Your account reports this validator. The report stands until you take it back, or one of you leaves.")
                } else {
                    t!("Your account is a validator, so it can report this one. Reports of two thirds of the voting power cost it half of each epoch's reward.")
                }}
            </p>
            <div class="buttons">
                {if reported {
                    view! {
                        <Button busy=acting.busy() disabled=unready on_press=move || acting.prepare(ValidatorAct::UndoReport(address)) testid="undo-report">
                            {t!("Take the report back")}
                        </Button>
                    }
                        .into_any()
                } else {
                    view! {
                        <Button busy=acting.busy() disabled=unready on_press=move || acting.prepare(ValidatorAct::Report(address)) testid="report">
                            {t!("Report this validator")}
                        </Button>
                    }
                        .into_any()
                }}
            </div>
        </Card>
    }
}

#[component]
fn PoolChart(rates: Memo<Vec<PoolRate>>) -> impl IntoView {
    let points: Memo<Vec<Point>> = Memo::new(move |_| of_pool(&rates.read()));
    let tick = Callback::new(|(value,)| crate::measures::worth(value));
    view! { <Chart subject=pool() points tick /> }
}

#[component]
fn KeysCard(keys: Memo<ValidatorKeys>) -> impl IntoView {
    let line = |(what, now, next): (String, String, Option<String>)| {
        let what = told(&what);
        view! {
            <KeyValue label=what.clone()><Copied text=now what=t!("value") /></KeyValue>
            {next
                .map(|next| {
                    view! {
                        <KeyValue label=t!("{what}, from the next epoch on", what)>
                            <Copied text=next what=t!("value") />
                        </KeyValue>
                    }
                })}
        }
    };
    view! {
        <Card>
            <Disclosure summary=t!("Addresses and keys") testid="validator-keys">
                <KeyValueList>{move || keys.get().lines.into_iter().map(line).collect_view()}</KeyValueList>
            </Disclosure>
        </Card>
    }
}
