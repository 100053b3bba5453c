//! Giving chosen objects away: to whom, and what that means.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::field::{Field, Typing};
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::account::RecipientPicker;
use crate::parts::act::Act;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::say;
use bridge::coins::{CoinsAct, Held, HeldObject, Holdings};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::intent::{SendCoins, TransferObjects};

/// The form; nothing while nothing is chosen.
#[component]
pub(super) fn GiveCard(
    chosen: Memo<Vec<HeldObject>>,
    holdings: Memo<Holdings>,
    ticked: RwSignal<BTreeSet<ObjectId>>,
    act: Act<CoinsAct>,
) -> impl IntoView {
    let some = Memo::new(move |_| !chosen.read().is_empty());
    move || some.get().then(|| view! { <GiveForm chosen holdings ticked act /> })
}

/// What the chosen objects come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    coins: u64,
    money: Shannons,
    stakes: u64,
    staked: Shannons,
    fee: Shannons,
    all_money: bool,
}

fn tally(chosen: &[HeldObject], holdings: &Holdings) -> Chosen {
    let mut tally = Chosen {
        coins: 0,
        money: Shannons::ZERO,
        stakes: 0,
        staked: Shannons::ZERO,
        fee: Shannons::ZERO,
        all_money: false,
    };
    for object in chosen {
        match object.what {
            Held::Coin(balance) => {
                tally.coins += 1;
                tally.money = Shannons(tally.money.0.saturating_add(balance.0));
            }
            Held::Stake { principal, .. } => {
                tally.stakes += 1;
                tally.staked = Shannons(tally.staked.0.saturating_add(principal.0));
            }
            Held::Other(_) => {}
        }
    }
    tally.all_money = tally.coins > 0 && tally.money >= holdings.balance;
    tally.fee = fee(chosen, holdings);
    tally
}

/// Coins that stay pay, and one of them is written; where they do not suffice, a coin that is given pays.
fn fee(chosen: &[HeldObject], holdings: &Holdings) -> Shannons {
    let given = chosen.len() as u64;
    let stays = |object: &&HeldObject| {
        let mut given = chosen.iter().map(|it| it.reference.id);
        object.promised.is_none() && given.all(|id| id != object.reference.id)
    };
    let stay = holdings.objects.iter().filter(stays).fold(0_u64, |sum, object| match object.what {
        Held::Coin(balance) => sum.saturating_add(balance.0),
        _ => sum,
    });
    let fee = holdings.fees.flat(given.saturating_add(1)).total_fee;
    Shannons(if stay >= fee { fee } else { holdings.fees.flat(given).total_fee })
}

#[component]
fn GiveForm(
    chosen: Memo<Vec<HeldObject>>,
    holdings: Memo<Holdings>,
    ticked: RwSignal<BTreeSet<ObjectId>>,
    act: Act<CoinsAct>,
) -> impl IntoView {
    let (recipient, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let receiver = Memo::new(move |_| SendCoins::parse_recipient(&recipient.read()));
    let tally = Memo::new(move |_| tally(&chosen.read(), &holdings.read()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match receiver.get_untracked() {
            Ok(recipient) => {
                let objects = chosen.read_untracked().iter().map(|it| it.reference.id).collect();
                act.prepare(CoinsAct::Transfer(TransferObjects { objects, recipient }));
            }
            Err(_) => focus_first_wrong(),
        }
    };
    Effect::new(move |_| {
        recipient.track();
        act.forgive();
    });
    let gives = |act: &CoinsAct| matches!(act, CoinsAct::Transfer(_));
    view! {
        <form class="card form" on:submit=submit novalidate data-testid="give" aria-labelledby="give-title">
            <h2 class="card-title" id="give-title">{t!("Give what is chosen away")}</h2>
            {move || view! { <Totals tally=tally.get() /> }}
            <Field
                label=t!("To").to_owned()
                value=recipient
                typing=Typing::Code
                hint=t!("An address: 0x and 64 digits.").to_owned()
                error=Signal::derive(move || receiver.get().err().map(|error| error.to_string()))
                tried
                testid="give-recipient"
            />
            <RecipientPicker on_choose=move |address: Address| recipient.set(address.to_string()) testid="give-pick" />
            {move || {
                receiver
                    .get()
                    .ok()
                    .map(|address| {
                        view! {
                            <div class="receiver">
                                <p class="field-hint">{t!("Compare this with what the receiver gave you:")}</p>
                                <AddressDigits address />
                            </div>
                        }
                    })
            }}
            <div class="buttons buttons-end">
                <Button rank=Rank::Quiet on_press=move || ticked.set(BTreeSet::new()) testid="give-none">{t!("Choose none")}</Button>
                <Button
                    rank=Rank::Primary
                    icon=Icon::ArrowRight
                    submit=true
                    busy=Signal::derive(move || act.prepares(gives))
                    disabled=Signal::derive(move || act.unready())
                    testid="give-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn Totals(tally: Chosen) -> impl IntoView {
    let Chosen { coins, money, stakes, staked, fee, all_money } = tally;
    view! {
        <KeyValueList>
            {(coins > 0)
                .then(|| {
                    view! { <KeyValue label=t!("Coins ({coins})", coins = say::count(coins))><Amount amount=money testid="give-money" /></KeyValue> }
                })}
            {(stakes > 0)
                .then(|| {
                    view! { <KeyValue label=t!("Stakes ({stakes})", stakes = say::count(stakes))><Amount amount=staked testid="give-staked" /></KeyValue> }
                })}
            <KeyValue label=t!("Fee")><Amount amount=fee testid="give-fee" /></KeyValue>
        </KeyValueList>
        {(stakes > 0)
            .then(|| {
                view! {
                    <Banner
                        tone=Tone::Danger
                        what=t!("Whoever has a stake takes it back, with all that it earned. A stake that is given away is gone.").to_owned()
                        testid="give-warning"
                    />
                }
            })}
        {all_money
            .then(|| {
                view! {
                    <Banner
                        tone=Tone::Danger
                        what=t!("These are all the coins of this account. What remains here cannot pay a fee any more.").to_owned()
                        testid="give-warning"
                    />
                }
            })}
        {(coins > 0 && !all_money)
            .then(|| {
                view! {
                    <Banner
                        tone=Tone::Caution
                        what=t!("Whole coins are given, with all that they hold. To give a certain amount, send it.").to_owned()
                        testid="give-warning"
                    />
                }
            })}
    }
}
