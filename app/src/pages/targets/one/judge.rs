//! Judging the data of a target, for the account of a validator: in the one epoch in which that counts.

use super::decision::{Decide, Decision};
use crate::components::card::Card;
use crate::languages::t;
use crate::parts::answer::Told;
use crate::say;
use crate::session::use_session;
use bridge::targets::TargetView;
use leptos::prelude::*;
use wasm_core::target::TargetStage;

/// What an active validator can do about the data; nothing for anybody else.
#[component]
pub(super) fn JudgeCard(
    /// The target.
    target: TargetView,
    /// What is told of it.
    told: Told<TargetView>,
    /// Set while a report is being decided on.
    deciding: RwSignal<bool>,
) -> impl IntoView {
    let TargetView { id, stage, reports, quorum, own_power, claimable_from, .. } = target;
    let own = untrack(|| use_session().account());
    let reported = reports.counted.iter().any(|(reporter, _)| Some(*reporter) == own);
    let power = own_power?;
    let card = match stage {
        TargetStage::Filled => {
            // The audit is the epoch before the one in which the reward is due.
            let audit = claimable_from?.saturating_sub(1);
            let words = t!(
                "Your account is a validator. It can report this data in epoch {audit} and in no other: fetch and check it before.",
                audit = say::count(audit)
            );
            view! { <Card title=t!("Judge it") testid="target-judge"><p class="card-lede">{words}</p></Card> }.into_any()
        }
        TargetStage::Audited => {
            let words = if reported {
                t!("Your account reports this data. Until this epoch ends you can take that back.")
                    .to_owned()
            } else {
                t!(
                    "Your account is a validator with {power} of the voting power. Report the data if it is not what its \
                    submitter says, in this epoch: at {quorum} its bond goes to the reporters, and the reward back to the network.",
                    power = say::rate(power),
                    quorum = say::rate(quorum)
                )
            };
            let decision = if reported { Decision::TakeBack } else { Decision::Report };
            view! {
                <Card title=t!("Judge it") testid="target-judge">
                    <p class="card-lede">{words}</p>
                    <Decide id decision told deciding />
                </Card>
            }
            .into_any()
        }
        _ => return None,
    };
    Some(card)
}
