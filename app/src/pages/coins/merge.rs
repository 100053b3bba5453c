//! Joining coins into one.

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, t_view};
use crate::parts::act::Act;
use crate::parts::amount::Amount;
use crate::say;
use bridge::coins::{CoinsAct, Held, Holdings, MergeOffer};
use leptos::prelude::*;
use wasm_core::amount::Shannons;

/// The balance, and what joining its coins would do.
#[component]
pub(super) fn MergeCard(holdings: Memo<Holdings>, act: Act<CoinsAct>) -> impl IntoView {
    let figures = Memo::new(move |_| {
        let holdings = holdings.read();
        let coins = holdings.objects.iter().filter(|object| matches!(object.what, Held::Coin(_)));
        (coins.count() as u64, holdings.balance, holdings.spendable)
    });
    let merge = Memo::new(move |_| holdings.read().merge);
    view! {
        <Card testid="coins-summary">
            {move || {
                let (coins, balance, spendable) = figures.get();
                view! {
                    <KeyValueList>
                        <KeyValue label=t!("Balance")><Amount amount=balance testid="coins-balance" /></KeyValue>
                        <KeyValue label=t!("Coins") testid="coins-count">{say::count(coins)}</KeyValue>
                        <KeyValue label=t!("Most that one transaction sends")><Amount amount=spendable testid="coins-spendable" /></KeyValue>
                    </KeyValueList>
                }
            }}
            {move || merge.get().map(|offer| view! { <Merge offer act /> })}
        </Card>
    }
}

#[component]
fn Merge(offer: MergeOffer, act: Act<CoinsAct>) -> impl IntoView {
    let MergeOffer { coins, total, fee } = offer;
    let left = Shannons(total.0.saturating_sub(fee.0));
    let joins = |act: &CoinsAct| *act == CoinsAct::Merge;
    view! {
        <div class="coins-merge">
            <p data-testid="merge-offer">
                {t_view!(
                    "{coins} coins can be joined into one of {left}, for a fee of {fee}. Sending and staking join coins by themselves \
                    where they need several.",
                    coins = say::count(coins),
                    left = view! { <Amount amount=left testid="merge-left" /> },
                    fee = view! { <Amount amount=fee testid="merge-fee" /> }
                )}
            </p>
            <Button
                icon=Icon::Plus
                busy=Signal::derive(move || act.prepares(joins))
                disabled=Signal::derive(move || act.unready())
                on_press=move || act.prepare(CoinsAct::Merge)
                testid="merge-review"
            >
                {t!("Join them")}
            </Button>
        </div>
    }
}
