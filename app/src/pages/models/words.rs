//! What a model is, in a few words.

use crate::languages::t;
use crate::say;
use bridge::models::{ModelRow, Standing};
use leptos::prelude::*;
use wasm_core::address::ModelId;

/// How far a model has come, with its class for the eye.
#[must_use]
pub(super) fn standing(standing: &Standing) -> (&'static str, String) {
    match standing {
        Standing::Active { update_due: None } => {
            ("standing standing-good", t!("Active").to_owned())
        }
        Standing::Active { update_due: Some(due) } => (
            "standing standing-good",
            t!("Active, new weights due in epoch {epoch}", epoch = say::count(*due)),
        ),
        Standing::Pending { due } => (
            "standing standing-waits",
            t!("Committed, reveal due in epoch {epoch}", epoch = say::count(*due)),
        ),
        Standing::Created => {
            ("standing standing-waits", t!("Created, nothing committed").to_owned())
        }
        Standing::Inactive => ("standing", t!("Out of service").to_owned()),
    }
}

/// Commission now, and from the next epoch on where that is another.
#[must_use]
pub(super) fn commission(row: &ModelRow) -> String {
    let now = say::rate(row.commission_bps);
    if row.commission_bps == row.next_commission_bps {
        now
    } else {
        t!("{now}, then {next}", now, next = say::rate(row.next_commission_bps))
    }
}

/// A part of one in percent, to a tenth.
#[must_use]
pub(super) fn part(part: f64) -> String {
    say::percent_sign(&format!("{:.1}", part * 100.0))
}

/// What a model is called: its owner's name for it, or the first and last digits of its id.
#[component]
pub(super) fn ModelName(
    /// Which.
    id: ModelId,
    /// What this wallet calls it.
    name: Option<String>,
) -> impl IntoView {
    let short = id.to_short();
    match name {
        Some(name) => view! { <span class="model-name">{name}</span> }.into_any(),
        None => view! { <code class="model-name" title=id.to_string()>{short}</code> }.into_any(),
    }
}
