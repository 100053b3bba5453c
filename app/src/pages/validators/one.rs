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
use crate::measures::of_pool;
use crate::pages::explorer::Frame;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::asked::{Answered, ask_network};
use crate::parts::places::PlaceLink;
use crate::parts::review_points::Copied;
use crate::say;
use crate::session::use_session;
use bridge::explore::Place;
use bridge::page::Bridge;
use bridge::validators::ValidatorAct;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::collections::BTreeSet;
use wasm_core::address::Address;
use wasm_core::network::{Outlook, PoolRate, ValidatorKeys, ValidatorSeat, ValidatorsTable};

const POOL: Subject = Subject {
    title: "Worth of a share of its pool",
    unit: "SOMA by share",
    across: "Epoch",
    shape: Shape::Line,
    file: "pool-rate",
};

/// The validator of the page's path.
#[component]
pub(crate) fn ValidatorPage() -> impl IntoView {
    let params = use_params_map();
    let address = Memo::new(move |_| params.read().get("address")?.parse::<Address>().ok());
    let title = Signal::derive(move || {
        address.get().map_or_else(
            || "Validator".to_owned(),
            |address| format!("Validator {}", address.to_short()),
        )
    });
    let acting = Acting::new();
    let session = use_session();
    let epoch = Memo::new(move |_| (session.facts().map(|facts| facts.epoch), acting.done.get()));
    let question = ask_network(epoch, |bridge: Bridge, _| async move { bridge.validators().await });
    view! {
        <Frame title>
            <Stage acting>
                <Answered question lines=6 let:table>
                    {move || view! { <Asked table=table.clone() address=address.get() acting /> }}
                </Answered>
            </Stage>
        </Frame>
    }
}

#[component]
fn Asked(table: ValidatorsTable, address: Option<Address>, acting: Acting) -> impl IntoView {
    let session = use_session();
    let seat = table.validators.iter().find(|seat| Some(seat.address) == address).cloned();
    let Some(seat) = seat else {
        return view! {
            <Banner
                tone=Tone::Caution
                what="No validator of this network has this address.".to_owned()
                next="It may be one of another network, or have left with nothing in its pool.".to_owned()
                testid="no-validator"
            />
        }
        .into_any();
    };
    let own = untrack(|| session.account());
    let is_own = own == Some(seat.address);
    let acts = |seat: &ValidatorSeat| matches!(seat.outlook, Outlook::Active | Outlook::Leaving);
    let may_report = table.validators.iter().any(|other| Some(other.address) == own && acts(other));
    let reportable = !is_own && may_report && acts(&seat);
    view! {
        <Facts seat=seat.clone() quorum=table.quorum />
        {reportable.then(|| view! { <ReportCard seat=seat.clone() own acting /> })}
        {is_own.then(|| view! { <OwnCard seat=seat.clone() acting /> })}
        <Card title="Its pool">
            <KeyValueList>
                <KeyValue label="Pool"><Copied text=seat.pool.to_string() what="id" /></KeyValue>
                <KeyValue label="Rewards in it"><Amount amount=seat.rewards /></KeyValue>
                <KeyValue label="Joins with the next epoch"><Amount amount=seat.pending_stake /></KeyValue>
                <KeyValue label="Leaves with the next epoch"><Amount amount=seat.pending_withdrawal /></KeyValue>
            </KeyValueList>
            <PoolChart rates=seat.rates.clone() />
        </Card>
        <KeysCard keys=seat.keys />
    }
    .into_any()
}

#[component]
fn Facts(seat: ValidatorSeat, quorum: u64) -> impl IntoView {
    let commission = commission_words(&seat);
    let reports = format!(
        "{} with {} of the voting power; {} cost half of its reward",
        say::count(seat.reporters.len() as u64),
        say::rate(seat.reported_power),
        say::rate(quorum),
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
                            what=format!("Its stake has been too small for {} epochs.", say::count(epochs))
                            next="After more than seven it is removed. Stakes can be withdrawn even then.".to_owned()
                        />
                    }
                })}
            <KeyValueList>
                <KeyValue label="State" testid="validator-state"><OutlookMark outlook=seat.outlook /></KeyValue>
                <KeyValue label="Account"><PlaceLink place=Place::Address(seat.address) /></KeyValue>
                <KeyValue label="Stake"><Amount amount=seat.stake testid="validator-stake" /></KeyValue>
                <KeyValue label="In the next epoch"><Amount amount=seat.next_stake /></KeyValue>
                <KeyValue label="Voting power">{say::rate(seat.voting_power)}</KeyValue>
                <KeyValue label="Commission, now and next" testid="validator-commission">{commission}</KeyValue>
                <KeyValue label="Reported by" testid="validator-reports">{reports}</KeyValue>
                <People label="Those who report it" people=seat.reporters />
                <People label="Those it reports" people=seat.reports />
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
        <Card title="Report it">
            <p class="card-lede">
                {if reported {
                    "Your account reports this validator. The report stands until you take it back, or one of you leaves."
                } else {
                    "Your account is a validator, so it can report this one. Reports of two thirds of the voting power cost it half of each epoch's reward."
                }}
            </p>
            <div class="buttons">
                {if reported {
                    view! {
                        <Button busy=acting.busy() disabled=unready on_press=move || acting.prepare(ValidatorAct::UndoReport(address)) testid="undo-report">
                            "Take the report back"
                        </Button>
                    }
                        .into_any()
                } else {
                    view! {
                        <Button busy=acting.busy() disabled=unready on_press=move || acting.prepare(ValidatorAct::Report(address)) testid="report">
                            "Report this validator"
                        </Button>
                    }
                        .into_any()
                }}
            </div>
        </Card>
    }
}

#[component]
fn PoolChart(rates: Vec<PoolRate>) -> impl IntoView {
    let points: Vec<Point> = of_pool(&rates);
    let tick = Callback::new(|(value,)| crate::measures::worth(value));
    view! { <Chart subject=POOL points=Signal::stored(points) tick /> }
}

#[component]
fn KeysCard(keys: ValidatorKeys) -> impl IntoView {
    view! {
        <Card>
            <Disclosure summary="Addresses and keys" testid="validator-keys">
                <KeyValueList>
                    {keys
                        .lines
                        .into_iter()
                        .map(|(what, now, next)| {
                            view! {
                                <KeyValue label=what.clone()><Copied text=now what="value" /></KeyValue>
                                {next
                                    .map(|next| {
                                        view! {
                                            <KeyValue label=format!("{what}, from the next epoch on")>
                                                <Copied text=next what="value" />
                                            </KeyValue>
                                        }
                                    })}
                            }
                        })
                        .collect_view()}
                </KeyValueList>
            </Disclosure>
        </Card>
    }
}
