//! Paying many at once: lines of addresses and amounts, each looked at, all of them in one transaction.

mod lines;

use super::around::AroundCoins;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::file_drop::FileDrop;
use crate::components::first_wrong::focus_first_wrong;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::textarea::Textarea;
use crate::files::read_small_text;
use crate::languages::{decimal_sign, t, told};
use crate::parts::account::RecipientPicker;
use crate::parts::act::{Act, ActStage};
use crate::parts::amount::Amount;
use crate::parts::answer::use_told;
use crate::parts::failure::punctuated;
use crate::parts::page::Page;
use crate::say;
use bridge::coins::{CoinsAct, Holdings};
use leptos::prelude::*;
use leptos::task::spawn_local;
use lines::Lines;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::intent::{DecimalSign, PayList, PayMany};
use web_sys::File;

/// More than one transaction could ever pay; bytes.
const LARGEST_FILE: u32 = 1 << 20;

/// Paying many at once.
#[component]
pub(crate) fn PayManyPage() -> impl IntoView {
    let act = Act::new(|bridge, act| async move { bridge.prepare_coins_act(act).await });
    let told = use_told(|bridge| async move { bridge.holdings().await });
    let holdings = Memo::new(move |before: Option<&Option<Holdings>>| {
        told.value().or_else(|| before.cloned().flatten())
    });
    let text = RwSignal::new(String::new());
    act.after(|_| true, move || text.set(String::new()));
    view! {
        <Page title=t!("Pay many").to_owned() lede=t!("Several people in one transaction, with one fee.").to_owned()>
            <AroundCoins />
            <ActStage act back=t!("Pay others")>
                <PayForm text holdings act />
            </ActStage>
        </Page>
    }
}

/// What all the lines come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sum {
    payments: u64,
    total: Shannons,
    fee: Shannons,
    left: Option<Shannons>,
}

fn sum(pay: &PayMany, holdings: &Holdings) -> Option<Sum> {
    let total = pay.total().ok()?;
    let payments = pay.payments.len() as u64;
    // The coin that pays is written too.
    let fee = holdings.fees.payment(payments.saturating_add(1), total.0).total_fee;
    let left = total.checked_add(Shannons(fee)).and_then(|all| holdings.balance.checked_sub(all));
    Some(Sum { payments, total, fee: Shannons(fee), left })
}

/// Begins a line of its own for somebody; the amount is to be typed.
fn add_line(text: RwSignal<String>, address: Address) {
    text.update(|text| {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        // A comma after the address would look like the one in the amount.
        let mark = match decimal_sign() {
            DecimalSign::Point => ',',
            DecimalSign::Comma => ';',
        };
        text.push_str(&format!("{address}{mark} "));
    });
}

#[component]
fn PayForm(
    text: RwSignal<String>,
    holdings: Memo<Option<Holdings>>,
    act: Act<CoinsAct>,
) -> impl IntoView {
    let tried = RwSignal::new(false);
    let list = Memo::new(move |_| PayList::parse(&text.read(), decimal_sign()));
    let sum = Memo::new(move |_| {
        let pay = list.read().whole().ok()?;
        sum(&pay, holdings.read().as_ref()?)
    });
    let error = Signal::derive(move || match list.read().whole() {
        Err(error) => Some(error.to_string()),
        Ok(_) if sum.get().is_some_and(|sum| sum.left.is_none()) => {
            Some(t!("this is more than this account has, the fee included").to_owned())
        }
        Ok(_) => None,
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        match list.read_untracked().whole() {
            Ok(pay) if error.read_untracked().is_none() => act.prepare(CoinsAct::PayMany(pay)),
            _ => focus_first_wrong(),
        }
    };
    Effect::new(move |_| {
        if text.read().is_empty() {
            tried.set(false);
        }
        act.forgive();
    });
    view! {
        <form class="card form" on:submit=submit novalidate>
            <Textarea
                label=t!("Who receives how much").to_owned()
                value=text
                hint=t!("One line for each: an address, a comma or semicolon, an amount in SOMA. Lines that begin with # are left out.").to_owned()
                error
                tried
                rows=8
                testid="pay-lines"
            />
            <RecipientPicker on_choose=move |address: Address| add_line(text, address) testid="pay-pick" />
            <PayFile text />
            <Lines list />
            {move || sum.get().map(|sum| view! { <Totals sum /> })}
            <div class="buttons buttons-end">
                <Button
                    rank=Rank::Primary
                    icon=Icon::ArrowRight
                    submit=true
                    busy=Signal::derive(move || act.prepares(|_| true))
                    disabled=Signal::derive(move || act.unready() || holdings.read().is_none())
                    testid="pay-review"
                >
                    {t!("Review")}
                </Button>
            </div>
        </form>
    }
}

/// A file that takes the place of what was typed.
#[component]
fn PayFile(text: RwSignal<String>) -> impl IntoView {
    let (name, unreadable) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let take = move |file: File| {
        spawn_local(async move {
            let read = read_small_text(&file, LARGEST_FILE).await;
            // The page may be gone by then.
            match read {
                Ok(contents) => {
                    let _ = unreadable.try_set(None);
                    let _ = name.try_set(Some(file.name()));
                    let _ = text.try_set(contents);
                }
                Err(error) => {
                    let _ = unreadable.try_set(Some(told(&error.to_string())));
                }
            }
        });
    };
    let label =
        move || name.get().unwrap_or_else(|| t!("Or choose a file, or drop it here").to_owned());
    view! {
        <div class="field">
            <FileDrop
                label=Signal::derive(label)
                hint=t!("A table with two columns (CSV); it takes the place of the lines above.").to_owned()
                accept=".csv,.txt,.tsv,text/csv,text/plain"
                wrong=Signal::derive(move || unreadable.read().is_some())
                small=true
                on_file=take
                testid="pay-file"
            />
            <p class="field-error" aria-live="polite">{move || unreadable.get()}</p>
        </div>
    }
}

#[component]
fn Totals(sum: Sum) -> impl IntoView {
    let Sum { payments, total, fee, left } = sum;
    let too_much = || {
        view! {
            <Banner
                tone=Tone::Caution
                what=punctuated(t!("this is more than this account has, the fee included"))
                testid="pay-too-much"
            />
        }
    };
    view! {
        <KeyValueList testid="pay-totals">
            <KeyValue label=t!("Payments") testid="pay-count">{say::count(payments)}</KeyValue>
            <KeyValue label=t!("Together")><Amount amount=total testid="pay-total" /></KeyValue>
            <KeyValue label=t!("Fee")><Amount amount=fee testid="pay-fee" /></KeyValue>
            {left.map(|left| view! { <KeyValue label=t!("Stays here")><Amount amount=left testid="pay-left" /></KeyValue> })}
        </KeyValueList>
        {left.is_none().then(too_much)}
    }
}
