//! The data that filled a target: whose, how near, where it lies, and the reports against it.

use super::super::words::{number, numbers};
use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::components::toast::use_notices;
use crate::files::save_blob;
use crate::languages::{t, t_n};
use crate::parts::address::AddressChip;
use crate::parts::amount::Amount;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::say;
use crate::session::use_session;
use bridge::targets::{DataFile, SubmittedData, TargetView};
use leptos::prelude::*;
use wasm_core::address::TargetId;
use wasm_core::preview::Reports;

/// The data, once there is some.
#[component]
pub(super) fn DataCard(target: TargetView) -> impl IntoView {
    let TargetView { id, data, reports, quorum, .. } = target;
    data.map(|data| {
        let file = data.file.clone();
        view! {
            <Card title=t!("The data") testid="target-data">
                <Particulars data />
                {file.map(|file| view! { <TheFile id file /> })}
                <ReportList reports quorum />
            </Card>
        }
    })
}

#[component]
fn Particulars(data: SubmittedData) -> impl IntoView {
    view! {
        <KeyValueList>
            {data
                .submitter
                .map(|address| view! { <KeyValue label=t!("Submitted by")><AddressChip address testid="target-submitter" /></KeyValue> })}
            {data
                .model_owner
                .map(|address| view! { <KeyValue label=t!("Owner of the winning model")><AddressChip address /></KeyValue> })}
            {data.epoch.map(|epoch| view! { <KeyValue label=t!("In epoch")>{say::count(epoch)}</KeyValue> })}
            <KeyValue label=t!("Distance") testid="target-distance">{number(data.distance)}</KeyValue>
            <KeyValue label=t!("Losses")>{numbers(&data.losses)}</KeyValue>
            <KeyValue label=t!("Bond")><Amount amount=data.bond testid="target-bond" /></KeyValue>
        </KeyValueList>
    }
}

/// Where the data lies, and a way to have it.
#[component]
fn TheFile(id: TargetId, file: DataFile) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let attempt = Attempt::new();
    let save = move || {
        attempt.run(
            async move { session.bridge().target_data(id).await },
            move |(name, file): (String, web_sys::File)| match save_blob(&name, &file) {
                Ok(()) => notices.toast(t!("{name} was handed to the browser's downloads.", name)),
                Err(_) => notices.toast(t!("The browser did not allow the download.")),
            },
        );
    };
    view! {
        <KeyValueList testid="target-file">
            <KeyValue label=t!("Size")>{t_n!(file.size, "{n} byte", "{n} bytes")}</KeyValue>
            <KeyValue label=t!("Checksum")><code class="score-id">{file.checksum.to_string()}</code></KeyValue>
            <KeyValue label=t!("Address")><code class="score-id" data-testid="target-data-url">{file.url}</code></KeyValue>
            {file.at_node.map(|url| view! { <KeyValue label=t!("Through the node")><code class="score-id">{url}</code></KeyValue> })}
        </KeyValueList>
        <AttemptFailure attempt on_retry=save />
        <div class="buttons">
            <Button icon=Icon::Download busy=attempt.busy() on_press=save testid="target-download">{t!("Download and check")}</Button>
            <span class="field-hint">{t!("From its address, or else through the node. Its checksum is compared.")}</span>
        </div>
    }
}

/// Reports of validators.
#[component]
fn ReportList(reports: Reports, quorum: u64) -> impl IntoView {
    let power = reports.power();
    let percent = |power: u64| say::rate(power);
    if reports.counted.is_empty() && reports.void.is_empty() {
        return view! { <p class="field-hint" data-testid="target-reports" data-power="0">{t!("No validator has reported it.")}</p> }.into_any();
    }
    let lost = reports.has_quorum();
    let what = if lost {
        t!(
            "Validators with {power} of the voting power report this data as dishonest: its bond is lost.",
            power = percent(power)
        )
    } else {
        t!(
            "Validators with {power} of the voting power report this data as dishonest. At {quorum} its bond is lost.",
            power = percent(power),
            quorum = percent(quorum)
        )
    };
    let lines = reports.counted.into_iter().map(|(address, power)| {
        view! { <li class="entry"><AddressChip address /><span>{percent(power)}</span></li> }
    });
    let lines = lines.collect_view();
    let void = reports.void.into_iter().map(|address| {
        view! { <li class="entry"><AddressChip address /><span class="entry-note">{t!("no validator any more")}</span></li> }
    });
    let void = void.collect_view();
    view! {
        <div data-testid="target-reports" data-power=power.to_string()>
            <Banner tone=if lost { Tone::Danger } else { Tone::Caution } what />
            <ul class="lines">{lines}{void}</ul>
        </div>
    }
    .into_any()
}
