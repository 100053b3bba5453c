//! A target that this account has a part in, on its way to its settlement.

use super::super::words;
use crate::components::banner::{Banner, Tone};
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::parts::amount::{Amount, Change};
use crate::say;
use crate::session::use_session;
use crate::time::use_now;
use bridge::targets::TrayEntry;
use leptos::prelude::*;
use leptos_router::components::A;
use wasm_core::target::TargetStage;

/// One line, unfolding to what is expected of it.
#[component]
pub(super) fn TrayLine(entry: TrayEntry, epoch: u64) -> impl IntoView {
    let session = use_session();
    let now = use_now(1_000);
    let (stage, from) = (entry.stage, entry.claimable_from);
    let paid = entry.paid();
    let next = move || match stage {
        TargetStage::Due => "Can be claimed now".to_owned(),
        _ => {
            let left = words::until(session, now.get(), from);
            let when = left.map_or_else(String::new, |left| format!(", in {left}"));
            format!("Claimable from epoch {}{when}", say::count(from))
        }
    };
    let reported = !entry.reports.counted.is_empty();
    let lost = entry.reports.has_quorum();
    let id = entry.target;
    let part = if entry.submitted { "Your data" } else { "Your model won" };
    let profit = i128::from(paid.0) - i128::from(entry.fee.0);
    let payments = entry.payments.iter().map(|payment| {
        let label = words::paid_as(payment.paid_as);
        let amount = payment.amount;
        view! { <KeyValue label><Amount amount /></KeyValue> }
    });
    let payments = payments.collect_view();
    let (fee, fill_epoch) = (entry.fee, entry.fill_epoch);
    let power = entry.reports.power();
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
                        {part}" · filled in epoch "{say::count(fill_epoch)}" of "{say::count(epoch)}
                    </span>
                </span>
                <span class="entry-aside">
                    <span class=format!("stage stage-{}", words::stage_key(stage))>{words::stage(stage)}</span>
                    <Amount amount=paid testid="tray-paid" />
                </span>
            </div>
            <p class="field-hint">{next}</p>
            {lost
                .then(|| {
                    view! {
                        <Banner
                            tone=Tone::Danger
                            what="Validators with a quorum of the voting power reported the data: its bond and reward are lost.".to_owned()
                            testid="tray-forfeit"
                        />
                    }
                })}
            {(reported && !lost)
                .then(|| {
                    view! {
                        <Banner
                            tone=Tone::Caution
                            what=format!(
                                "Validators with {} of the voting power reported the data. Without a quorum nothing changes.",
                                say::rate(power)
                            )
                            testid="tray-reported"
                        />
                    }
                })}
            <details class="disclosure">
                <summary>"What is expected"</summary>
                <div class="disclosure-body">
                    <KeyValueList>
                        {payments}
                        <KeyValue label="Fee of settling"><Amount amount=fee /></KeyValue>
                        <KeyValue label="If you settle it yourself"><Change change=profit testid="tray-profit" /></KeyValue>
                    </KeyValueList>
                    <p class="field-hint">"Anybody may settle it; you are paid then too, but for the share for settling."</p>
                </div>
            </details>
        </li>
    }
}
