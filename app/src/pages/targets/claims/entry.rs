//! A target that this account has a part in, on its way to its settlement.

use super::super::words;
use crate::components::banner::{Banner, Tone};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use crate::parts::amount::{Amount, Change};
use crate::say;
use crate::session::use_session;
use crate::time::use_now;
use bridge::targets::TrayEntry;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::preview::Reports;
use wasm_core::target::TargetStage;

/// One line, unfolding to what is expected of it.
#[component]
pub(super) fn TrayLine(entry: TrayEntry, epoch: u64) -> impl IntoView {
    let session = use_session();
    let now = use_now(1_000);
    let paid = entry.paid();
    let TrayEntry { target: id, stage, fill_epoch, claimable_from, submitted, reports, .. } = entry;
    let next = move || match stage {
        TargetStage::Due => t!("Can be claimed now").to_owned(),
        _ => {
            let epoch = say::count(claimable_from);
            match words::seconds_until(session, now.get(), claimable_from) {
                None => t!("Claimable from epoch {epoch}", epoch),
                Some(0) => t!("Claimable from epoch {epoch}, at any moment", epoch),
                Some(left) => {
                    t!("Claimable from epoch {epoch}, in {left}", epoch, left = say::span(left))
                }
            }
        }
    };
    let part = if submitted { t!("Your data") } else { t!("Your model won") };
    let (fee, profit) = (entry.fee, i128::from(paid.0) - i128::from(entry.fee.0));
    let payments = entry.payments.into_iter().map(|payment| {
        let label = words::paid_as(payment.paid_as);
        view! { <KeyValue label><Amount amount=payment.amount /></KeyValue> }
    });
    let payments = payments.collect_view();
    view! {
        <li
            class="entry-block"
            data-testid="tray-entry"
            data-target=id.to_string()
            data-stage=words::stage_key(stage)
            data-paid=paid.0.to_string()
        >
            <div class="entry">
                <span class="entry-words">
                    <A href=format!("/targets/{id}")><code>{id.to_short()}</code></A>
                    <span class="entry-note">
                        {t!("{part} · filled in epoch {filled} of {now}", part, filled = say::count(fill_epoch), now = say::count(epoch))}
                    </span>
                </span>
                <span class="entry-aside">
                    <span class=words::stage_class(stage)>{words::stage(stage)}</span>
                    <Amount amount=paid testid="tray-paid" />
                </span>
            </div>
            <p class="field-hint">{next}</p>
            <ReportBanner reports />
            <details class="disclosure">
                <summary>{t!("What is expected")}</summary>
                <div class="disclosure-body">
                    <KeyValueList>
                        {payments}
                        <KeyValue label=t!("Fee of settling")><Amount amount=fee /></KeyValue>
                        <KeyValue label=t!("If you settle it yourself")><Change change=profit testid="tray-profit" /></KeyValue>
                    </KeyValueList>
                    <p class="field-hint">{t!("Anybody may settle it; you are paid then too, but for the share for settling.")}</p>
                </div>
            </details>
        </li>
    }
}

/// What reports mean for the bond; nothing where there are none.
#[component]
fn ReportBanner(reports: Reports) -> impl IntoView {
    if reports.has_quorum() {
        return view! {
            <Banner
                tone=Tone::Danger
                what=t!("Validators with a quorum of the voting power reported the data: its bond and reward are lost.").to_owned()
                testid="tray-forfeit"
            />
        }
        .into_any();
    }
    let power = say::rate(reports.power());
    let Reports { counted, .. } = reports;
    if counted.is_empty() {
        return ().into_any();
    }
    view! {
        <Banner
            tone=Tone::Caution
            what=t!("Validators with {power} of the voting power reported the data. Without a quorum nothing changes.", power)
            testid="tray-reported"
        />
    }
    .into_any()
}
