//! Who is paid what when a target is settled, as the chain divides it.

use super::super::words;
use crate::components::card::Card;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::address::AddressChip;
use crate::parts::amount::{Amount, Change};
use crate::session::use_session;
use bridge::targets::TargetView;
use leptos::prelude::*;
use wasm_core::target::TargetStage;

/// Who is paid what.
#[component]
pub(super) fn RewardCard(target: TargetView) -> impl IntoView {
    let account = untrack(|| use_session().account());
    let TargetView { stage, prospect, .. } = target;
    let note = match stage {
        TargetStage::Open => t!("If nobody fills it and you settle it after its epoch:"),
        TargetStage::Settled => return ().into_any(),
        _ => t!("If you settle it, with reports and rates as they are now:"),
    };
    let profit = account.map(|account| prospect.profit(account));
    let fee = prospect.fee;
    let rows = prospect.settlement.payments.into_iter().map(|payment| {
        let is_own = Some(payment.to) == account;
        view! {
            <li class="entry" data-testid="target-payment">
                <span class="entry-words">
                    <span>{words::paid_as(payment.paid_as)}</span>
                    {if is_own {
                        view! { <span class="entry-note">{t!("this account")}</span> }.into_any()
                    } else {
                        view! { <AddressChip address=payment.to /> }.into_any()
                    }}
                </span>
                <Amount amount=payment.amount />
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=t!("What settling pays") testid="target-payments">
            <p class="card-lede">{note}</p>
            <ul class="lines">{rows}</ul>
            <KeyValueList>
                <KeyValue label=t!("Fee of settling")><Amount amount=fee testid="target-claim-fee" /></KeyValue>
                {profit
                    .map(|profit| {
                        view! { <KeyValue label=t!("For this account, after the fee")><Change change=profit testid="target-profit" /></KeyValue> }
                    })}
            </KeyValueList>
        </Card>
    }
    .into_any()
}
