//! Where a target stands, in words, and when that ends.

use crate::languages::{Language, language, local_number, t};
use crate::say;
use crate::session::Session;
use bridge::network::NetworkFacts;
use leptos::prelude::*;
use wasm_core::intent::DecimalSign;
use wasm_core::preview::PaidAs;
use wasm_core::target::TargetStage;

/// A stage in a word or two.
#[must_use]
pub(super) fn stage(stage: TargetStage) -> &'static str {
    match stage {
        TargetStage::Open => t!("Open"),
        TargetStage::Expired => t!("Expired"),
        TargetStage::Filled => t!("Filled"),
        TargetStage::Audited => t!("In audit"),
        TargetStage::Due => t!("Claimable"),
        TargetStage::Settled => t!("Settled"),
    }
}

/// A stage's name for styles and tests.
#[must_use]
pub(super) const fn stage_key(stage: TargetStage) -> &'static str {
    match stage {
        TargetStage::Open => "open",
        TargetStage::Expired => "expired",
        TargetStage::Filled => "filled",
        TargetStage::Audited => "audited",
        TargetStage::Due => "due",
        TargetStage::Settled => "settled",
    }
}

/// A stage's style.
#[must_use]
pub(super) fn stage_class(stage: TargetStage) -> String {
    format!("stage stage-{}", stage_key(stage))
}

/// What somebody is paid for.
#[must_use]
pub(super) fn paid_as(paid_as: PaidAs) -> &'static str {
    match paid_as {
        PaidAs::Submitter => t!("For the data"),
        PaidAs::ModelOwner => t!("For the model"),
        PaidAs::Claimer => t!("For settling"),
        PaidAs::Bond => t!("Bond back"),
        PaidAs::Reporter => t!("For the report"),
    }
}

/// When an epoch begins, by the clock; milliseconds since 1970. Epochs that nobody times have no such
/// moment that is worth telling.
#[must_use]
pub(super) const fn begins_ms(facts: &NetworkFacts, epoch: u64) -> Option<u64> {
    /// A hundred years.
    const AGES: u64 = 100 * 366 * 86_400_000;
    if facts.epoch_duration_ms > AGES {
        return None;
    }
    match epoch.checked_sub(facts.epoch) {
        None | Some(0) => None,
        Some(ahead) => {
            let more = facts.epoch_duration_ms.saturating_mul(ahead - 1);
            Some(facts.epoch_end_ms().saturating_add(more))
        }
    }
}

/// Seconds until an epoch begins. Tracked.
#[must_use]
pub(super) fn seconds_until(session: Session, now_ms: u64, epoch: u64) -> Option<u64> {
    let facts = session.facts()?;
    let at = begins_ms(&facts, epoch)?;
    Some(at.saturating_sub(now_ms).div_ceil(1_000))
}

/// How long until an epoch begins, such as `3 h 20 min`. Tracked.
#[must_use]
pub(super) fn until(session: Session, now_ms: u64, epoch: u64) -> Option<String> {
    let seconds = seconds_until(session, now_ms, epoch)?;
    Some(if seconds == 0 { t!("any moment").to_owned() } else { say::span(seconds) })
}

/// A loss or distance with all its digits.
#[must_use]
pub(super) fn number(value: Option<f32>) -> String {
    value.map_or_else(|| t!("not a number").to_owned(), |it| local_number(&it.to_string()))
}

/// What stands between numbers: where a comma begins the fraction it cannot be one.
#[must_use]
pub(super) const fn between_numbers(language: Language) -> &'static str {
    match language.decimal_sign() {
        DecimalSign::Comma => "; ",
        DecimalSign::Point => ", ",
    }
}

/// Losses with all their digits, after one another.
#[must_use]
pub(super) fn numbers(values: &[Option<f32>]) -> String {
    let values: Vec<String> = values.iter().copied().map(number).collect();
    values.join(between_numbers(language()))
}

/// Whether the epoch is another one by now, as the pages of an open wallet know it. Tracked.
#[must_use]
pub(super) fn epoch(session: Session) -> Memo<Option<u64>> {
    Memo::new(move |_| session.facts().map(|facts| facts.epoch))
}
