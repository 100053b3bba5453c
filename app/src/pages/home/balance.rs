//! The balance, and what to do with it.

use crate::components::button::Button;
use crate::components::icon::{Icon, Pictogram};
use crate::components::toast::use_notices;
use crate::languages::{t, t_view};
use crate::parts::amount::Amount;
use crate::parts::answer::{Answer, use_told};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::wallet::{AccountView, Receipt};
use leptos::prelude::*;
use leptos_router::components::A;

/// The balance, large, with Send and, where there is one, the faucet.
#[component]
pub(super) fn BalanceCard() -> impl IntoView {
    let account = use_told(|bridge| async move { bridge.account().await });
    view! {
        <section class="card balance-card" aria-labelledby="balance-title">
            <h2 class="card-title" id="balance-title">{t!("Balance")}</h2>
            <Answer told=account lines=2 let:account>
                <Balance account />
            </Answer>
            <div class="buttons">
                <A href="/send" attr:class="button button-primary" attr:data-testid="send">
                    <Pictogram icon=Icon::Send />
                    {t!("Send")}
                </A>
                <A href="/stake" attr:class="button button-secondary" attr:data-testid="home-stake">
                    <Pictogram icon=Icon::Stake />
                    {t!("Stake")}
                </A>
                <Faucet />
            </div>
        </section>
    }
}

#[component]
fn Balance(account: AccountView) -> impl IntoView {
    let coins = match account.coins.len() {
        0 | 1 => None,
        many => Some(t!("The balance lies in {coins} coins.", coins = say::count(many as u64))),
    };
    let hint = (account.spendable < account.balance).then(|| {
        view! {
            <p class="balance-hint" data-testid="spendable-hint">
                {t_view!(
                    "Up to {amount} can be sent in one transaction, with its fee paid on top.",
                    amount = view! { <Amount amount=account.spendable testid="spendable" /> }
                )}
                " " {coins}
            </p>
        }
    });
    view! {
        <p class="balance"><span class="total"><Amount amount=account.balance testid="balance" /></span></p>
        {hint}
    }
}

/// Coins for nothing, where the network gives them.
#[component]
fn Faucet() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let attempt = Attempt::new();
    let there_is_one = Memo::new(move |_| {
        session.network.read().as_ref().is_some_and(|status| status.network.faucet_url.is_some())
    });
    let ask = move || {
        attempt.run(
            async move { session.bridge().request_faucet().await },
            move |receipt: Receipt| {
                notices.toast(t!(
                    "The faucet sent {amount} SOMA.",
                    amount = say::change(receipt.change).trim_start_matches('+')
                ));
            },
        );
    };
    move || {
        there_is_one.get().then(|| {
            view! {
                <Button icon=Icon::Drop busy=attempt.busy() on_press=ask testid="faucet">{t!("Get test coins")}</Button>
                <div class="buttons-below"><AttemptFailure attempt on_retry=ask /></div>
            }
        })
    }
}
