//! A site wants to know accounts: which, and what that means.

use crate::components::button::{Button, Rank};
use crate::components::icon::{Icon, Pictogram};
use crate::dapp::{Asking, Open, use_armed};
use crate::languages::t;
use crate::parts::address::AddressDigits;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::parts::review_site::SiteHead;
use crate::session::use_session;
use bridge::dapp::{AskingSite, Choosable, Decision};
use leptos::prelude::*;
use wasm_core::address::Address;

/// Chooses the accounts that the site may know.
#[component]
pub(super) fn Connect(
    asking: Asking,
    open: Open,
    site: AskingSite,
    accounts: Vec<Choosable>,
) -> impl IntoView {
    let armed = use_armed();
    let attempt = Attempt::new();
    let in_use = untrack(|| use_session().account());
    let has_permitted = accounts.iter().any(|account| account.is_permitted);
    let lines: Vec<(Choosable, RwSignal<bool>)> = accounts
        .into_iter()
        .map(|account| {
            let chosen =
                account.is_permitted || (!has_permitted && Some(account.address) == in_use);
            (account, RwSignal::new(chosen))
        })
        .collect();
    let none_at_all = lines.is_empty();
    let lines = StoredValue::new(lines);
    let chosen = move || -> Vec<Address> {
        lines.with_value(|lines| {
            let chosen = lines.iter().filter(|(_, chosen)| chosen.get());
            chosen.map(|(account, _)| account.address).collect()
        })
    };
    let connect = move || {
        let accounts = untrack(chosen);
        attempt
            .run(async move { asking.approve(open, Decision::Accounts(accounts)).await }, |()| {});
    };
    view! {
        <Page title=t!("Connect with this site?").to_owned()>
            <section class="card review" data-testid="asked-connect">
                <SiteHead site what=t!("This site asks which accounts you have") />
                <fieldset class="choose-accounts">
                    <legend>{t!("Accounts that it may know")}</legend>
                    {lines
                        .get_value()
                        .into_iter()
                        .map(|(account, chosen)| {
                            view! {
                                <label class="check choose-account" data-testid="asked-account" data-address=account.address.to_string()>
                                    <input type="checkbox" bind:checked=chosen />
                                    <span>
                                        <span class="line-name">{account.label}</span>
                                        <AddressDigits address=account.address />
                                    </span>
                                </label>
                            }
                        })
                        .collect_view()}
                    <p class="quiet" hidden=!none_at_all data-testid="asked-no-accounts">
                        {t!("No account of this wallet signs by itself: watched accounts, and those that others sign for, \
                        cannot be connected.")}
                    </p>
                </fieldset>
                <Meaning />
                <AttemptFailure attempt />
                <div class="buttons buttons-end">
                    <Button disabled=attempt.busy() on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
                    <Button
                        rank=Rank::Primary
                        busy=attempt.busy()
                        disabled=Signal::derive(move || !armed.get() || chosen().is_empty())
                        on_press=connect
                        testid="asked-approve"
                    >
                        {t!("Connect")}
                    </Button>
                </div>
            </section>
        </Page>
    }
}

/// What the site will and will not be able to do.
#[component]
fn Meaning() -> impl IntoView {
    let can = [
        t!(
            "see the addresses and public keys of these accounts, and with them everything that the chain shows of them"
        ),
        t!("ask you to sign transactions and messages with them"),
    ];
    let cannot = [
        t!("sign or move anything without your yes in this wallet"),
        t!("see your other accounts, your names for them, your keys or recovery words"),
    ];
    let list = |icon: Icon, lines: [&'static str; 2]| {
        let lines = lines.into_iter().map(|line| view! { <li><Pictogram icon />{line}</li> });
        lines.collect_view()
    };
    view! {
        <div class="site-means">
            <div>
                <h2 class="review-title">{t!("It will be able to")}</h2>
                <ul class="means-can">{list(Icon::Check, can)}</ul>
            </div>
            <div>
                <h2 class="review-title">{t!("It will not be able to")}</h2>
                <ul class="means-cannot">{list(Icon::Cross, cannot)}</ul>
            </div>
        </div>
        <p class="quiet">{t!("You can end the connection at any time under Settings, Sites.")}</p>
    }
}
