//! All accounts, in their owner's order.

use crate::components::button::{Button, IconButton};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::toast::use_notices;
use crate::languages::t;
use crate::parts::account::{choose_account, colour_class, kind_words};
use crate::parts::account_switcher::Balances;
use crate::parts::address::AddressDigits;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::identicon::Identicon;
use crate::session::use_session;
use bridge::accounts::AccountsRequest;
use bridge::wallet::AccountName;
use leptos::prelude::*;
use leptos_router::components::A;

/// All accounts.
#[component]
pub(super) fn AccountsCard() -> impl IntoView {
    let session = use_session();
    let balances = Balances::ask();
    let attempt = Attempt::new();
    let accounts = Memo::new(move |_| session.accounts());
    view! {
        <Card title=t!("Your accounts") testid="accounts">
            <AttemptFailure attempt />
            <ol class="account-rows">
                {move || {
                    let accounts = accounts.get();
                    let last = accounts.len().saturating_sub(1);
                    accounts
                        .into_iter()
                        .enumerate()
                        .map(|(at, account)| view! { <Row account at last balances attempt /> })
                        .collect_view()
                }}
            </ol>
        </Card>
    }
}

#[component]
fn Row(
    account: AccountName,
    at: usize,
    last: usize,
    balances: Balances,
    attempt: Attempt,
) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let address = account.address;
    let chosen = Memo::new(move |_| session.account() == Some(address));
    let shift = move |to: usize| {
        let request = AccountsRequest::Move { address, to };
        attempt.run(
            async move { session.bridge().change_accounts(request).await },
            move |status| {
                session.wallet.set(Some(status));
            },
        );
    };
    let kind = kind_words(&account);
    let label = account.label.clone();
    view! {
        <li class=format!("account-row {}", colour_class(account.colour)) data-testid="account-row" data-address=address.to_string()>
            <Identicon address />
            <div class="account-row-words">
                <p class="account-row-head">
                    <A href=format!("/accounts/{address}") attr:class="account-row-name" attr:data-testid="account-link">{account.label}</A>
                    <span class="field-hint">{kind}</span>
                    {move || balances.of(address).map(|amount| view! { <Amount amount testid="account-balance" /> })}
                </p>
                <AddressDigits address />
                <div class="buttons">
                    {move || match chosen.get() {
                        true => view! { <span class="field-hint" data-testid="account-in-use">{t!("In use")}</span> }.into_any(),
                        false => view! {
                            <Button on_press=move || choose_account(session, notices, address) testid="account-use">{t!("Use")}</Button>
                        }
                        .into_any(),
                    }}
                    {(at > 0)
                        .then(|| {
                            view! {
                                <IconButton label=t!("Move {label} up", label) icon=Icon::ArrowUp on_press=move || shift(at - 1) testid="account-up" />
                            }
                        })}
                    {(at < last)
                        .then(|| {
                            view! {
                                <IconButton label=t!("Move {label} down", label) icon=Icon::ArrowDown on_press=move || shift(at + 1) testid="account-down" />
                            }
                        })}
                </div>
            </div>
        </li>
    }
}
