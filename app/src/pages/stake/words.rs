//! What the pages about stakes say of places.

use crate::components::icon::{Icon, Pictogram};
use crate::languages::{t, t_n};
use crate::parts::places::PlaceLink;
use crate::say;
use bridge::explore::Place;
use bridge::stakes::{Growth, PlaceStanding, StakeHolder, StakePlace};
use leptos::prelude::*;

/// Who it is, with a link to its page.
#[component]
pub(super) fn HolderLink(
    /// Who.
    holder: StakeHolder,
) -> impl IntoView {
    let (kind, place) = match holder {
        StakeHolder::Validator(address) => (t!("Validator"), Place::Validator(address)),
        StakeHolder::Model(id) => (t!("Model"), Place::Model(id)),
    };
    view! { <span class="holder">{kind}" "<PlaceLink place bare=true /></span> }
}

/// Who it is, as plain words.
pub(super) fn holder_words(holder: StakeHolder) -> String {
    match holder {
        StakeHolder::Validator(address) => {
            t!("validator {address}", address = address.to_short())
        }
        StakeHolder::Model(id) => t!("model {id}", id = id.to_short()),
    }
}

/// How far it has come.
pub(super) fn standing_words(standing: PlaceStanding) -> String {
    match standing {
        PlaceStanding::Active => t!("Active").to_owned(),
        PlaceStanding::Leaving => t!("Leaves with this epoch").to_owned(),
        PlaceStanding::Joining => t!("Waits to join").to_owned(),
        PlaceStanding::Committed { reveal_in } => {
            t!("Not active; reveal in epoch {epoch}", epoch = say::count(reveal_in))
        }
        PlaceStanding::Created { commit_by } => {
            t!("Not active; commit by epoch {epoch}", epoch = say::count(commit_by))
        }
        PlaceStanding::Ended => t!("Out of service").to_owned(),
    }
}

/// Where it stands, with a mark where that is nothing good.
#[component]
pub(super) fn StandingMark(
    /// Where.
    standing: PlaceStanding,
) -> impl IntoView {
    let words = standing_words(standing);
    match standing {
        PlaceStanding::Active => {
            view! { <span class="state state-done"><Pictogram icon=Icon::Check />{words}</span> }
                .into_any()
        }
        PlaceStanding::Ended => view! { <span class="quiet">{words}</span> }.into_any(),
        _ => {
            view! { <span class="state state-pending"><Pictogram icon=Icon::Clock />{words}</span> }
                .into_any()
        }
    }
}

/// The commission, and the next one where it changes.
pub(super) fn commission_words(place: &StakePlace) -> String {
    let now = say::rate(place.commission_bps);
    if place.next_commission_bps == place.commission_bps {
        now
    } else {
        format!("{now} → {}", say::rate(place.next_commission_bps))
    }
}

/// How the worth of a share changed, in percent.
pub(super) fn growth_words(growth: Option<Growth>) -> String {
    let Some(Growth { millionths, epochs }) = growth else { return "–".to_owned() };
    let size = millionths.unsigned_abs();
    let sign = match millionths {
        0 => "",
        1.. => "+",
        _ => "\u{2212}",
    };
    let digits = format!("{}.{:04}", size / 10_000, size % 10_000);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let growth = say::percent_sign(&format!("{sign}{digits}"));
    t_n!(epochs, "{growth} in {n} epoch", "{growth} in {n} epochs", growth)
}
