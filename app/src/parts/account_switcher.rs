//! The account in use, in the header, and the window in which another one is chosen.

use super::account::{choose_account, colour_class, kind_words, teller};
use super::address::AddressDigits;
use super::amount::Amount;
use super::identicon::Identicon;
use crate::components::dialog::Dialog;
use crate::components::icon::{Icon, Pictogram};
use crate::languages::t;
use crate::session::use_session;
use bridge::wallet::AccountName;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::amount::Shannons;

/// What accounts have in coins, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Balances(RwSignal<Option<BTreeMap<Address, Shannons>>>);

impl Balances {
    /// Asks for them now, and whenever something about the account or the network changes.
    pub(crate) fn ask() -> Self {
        let session = use_session();
        let balances = RwSignal::new(None);
        let scope = session.scope();
        Effect::new(move |_| {
            scope.track();
            // Accounts come and go.
            session.wallet.track();
            spawn_local(async move {
                // Without the network accounts are shown all the same, without what they have.
                let answer = session.bridge().balances().await.ok();
                let _ = balances.try_set(answer.map(BTreeMap::from_iter));
            });
        });
        Self(balances)
    }

    /// What an account has. Tracked.
    #[must_use]
    pub(crate) fn of(self, address: Address) -> Option<Shannons> {
        self.0.read().as_ref().and_then(|all| all.get(&address).copied())
    }
}

/// The account in use; pressed, the choice of another.
#[component]
pub(crate) fn AccountSwitcher() -> impl IntoView {
    let session = use_session();
    let open = RwSignal::new(false);
    let current = Memo::new(move |_| session.current());
    view! {
        {move || {
            current
                .get()
                .map(|account| {
                    view! {
                        <button
                            type="button"
                            class=format!("account-switch {}", colour_class(account.colour))
                            aria-haspopup="dialog"
                            data-testid="account-switch"
                            data-address=account.address.to_string()
                            on:click=move |_| open.set(true)
                        >
                            <Identicon address=account.address />
                            <span class="account-switch-words">
                                <span class="visually-hidden">{t!("Account: ")}</span>
                                <span class="account-switch-name">{account.label}</span>
                                <code class="account-switch-short">{account.address.to_short()}</code>
                            </span>
                        </button>
                    }
                })
        }}
        <Dialog open title=t!("Accounts").to_owned() testid="account-dialog">
            <Choices open />
        </Dialog>
    }
}

#[component]
fn Choices(open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let balances = Balances::ask();
    view! {
        <ul class="account-choices">
            {move || {
                let chosen = session.account();
                session
                    .accounts()
                    .into_iter()
                    .map(|account| {
                        let current = chosen == Some(account.address);
                        view! { <li><Choice account current balances open /></li> }
                    })
                    .collect_view()
            }}
        </ul>
        <div class="buttons">
            <A href="/accounts" attr:class="button button-secondary" attr:data-testid="manage-accounts" on:click=move |_| open.set(false)>
                <Pictogram icon=Icon::Settings />
                {t!("Accounts")}
            </A>
            <A href="/accounts/book" attr:class="button button-secondary" attr:data-testid="open-book" on:click=move |_| open.set(false)>
                <Pictogram icon=Icon::File />
                {t!("Address book")}
            </A>
            <A href="/receive" attr:class="button button-secondary" attr:data-testid="open-receive" on:click=move |_| open.set(false)>
                <Pictogram icon=Icon::Qr />
                {t!("Receive")}
            </A>
        </div>
    }
}

#[component]
fn Choice(
    account: AccountName,
    current: bool,
    balances: Balances,
    open: RwSignal<bool>,
) -> impl IntoView {
    let (session, notices) = teller();
    let address = account.address;
    let choose = move |_| {
        open.set(false);
        if !current {
            choose_account(session, notices, address);
        }
    };
    let kind = kind_words(&account);
    view! {
        <button
            type="button"
            class=format!("account-choice {}", colour_class(account.colour))
            aria-current=current.then_some("true")
            data-testid="account-choice"
            data-address=address.to_string()
            on:click=choose
        >
            <Identicon address />
            <span class="account-choice-words">
                <span class="account-choice-name">{account.label}</span>
                <AddressDigits address />
                <span class="field-hint">{kind}</span>
            </span>
            <span class="account-choice-balance">
                {move || balances.of(address).map(|amount| view! { <Amount amount testid="choice-balance" /> })}
            </span>
        </button>
    }
}
