//! What happens to a target next, and when; and settling it, once that is due.

use super::super::words;
use super::decision::{Decide, Decision};
use crate::components::banner::{Banner, Tone};
use crate::components::card::Card;
use crate::languages::t;
use crate::parts::answer::Told;
use crate::say;
use crate::session::use_session;
use crate::time::use_now;
use bridge::targets::TargetView;
use leptos::prelude::*;
use wasm_core::target::TargetStage;

/// What happens next, and when.
#[component]
pub(super) fn NextCard(
    target: TargetView,
    told: Told<TargetView>,
    /// Set while its settlement is being decided on.
    deciding: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let now = use_now(1_000);
    let text = sentence(&target);
    let TargetView { id, stage, claimable_from: from, reports, .. } = target;
    let when = move || {
        let epoch = match stage {
            // The audit begins before the reward is due.
            TargetStage::Filled => from?.checked_sub(1)?,
            TargetStage::Open | TargetStage::Audited => from?,
            _ => return None,
        };
        Some(match words::seconds_until(session, now.get(), epoch)? {
            0 => t!("At any moment.").to_owned(),
            left => t!("In {left}.", left = say::span(left)),
        })
    };
    let tone = match stage {
        TargetStage::Due | TargetStage::Expired => Tone::Success,
        _ if reports.has_quorum() => Tone::Caution,
        _ => Tone::Info,
    };
    view! {
        <Card title=t!("What happens next") testid="target-next">
            <Banner tone what=text next=Signal::derive(when) testid="target-next-words" />
            {stage
                .is_claimable()
                .then(|| view! { <Decide id decision=Decision::Settle told deciding /> })}
        </Card>
    }
}

fn sentence(target: &TargetView) -> String {
    let epoch = |epoch: u64| say::count(epoch);
    let from = target.claimable_from.map(epoch).unwrap_or_default();
    match target.stage {
        TargetStage::Open => t!("It waits for data until epoch {epoch} ends. Whoever submits first what is near enough fills it; unfilled, it expires.", epoch = epoch(target.generation_epoch)),
        TargetStage::Filled => t!("It has data. In the next epoch validators may report it, and from epoch {from} on the reward can be claimed.", from),
        TargetStage::Audited => t!("Validators may report the data in this epoch. From epoch {from} on the reward can be claimed.", from),
        TargetStage::Due if target.reports.has_quorum() => {
            t!("The data was reported by a quorum: settling pays the bond to the reporters, and the reward goes back.").to_owned()
        }
        TargetStage::Due => t!("The audit is over. Whoever settles it has everybody paid.").to_owned(),
        TargetStage::Expired => {
            t!("Nobody filled it in its epoch. Settling gives the reward back to the network, less a share for whoever does it.")
                .to_owned()
        }
        TargetStage::Settled => t!("It is settled. Nothing more happens.").to_owned(),
    }
}
