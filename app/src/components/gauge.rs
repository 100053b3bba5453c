//! A distance on its scale, beside the one that is allowed.

use crate::languages::{local_number, t};
use crate::say;
use leptos::prelude::*;

/// Distances reach from the same direction to the opposite one.
const FARTHEST: f32 = 2.0;

/// The scale from 0 to 2, with the part that is allowed and where the data lies.
#[component]
pub(crate) fn Gauge(
    /// How far the data is.
    distance: f32,
    /// How far it may be.
    allowed: f32,
    /// Lower and without words below, for a row of many.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let percent = |value: f32| format!("{:.2}", (value / FARTHEST).clamp(0.0, 1.0) * 100.0);
    let words = t!(
        "Distance {distance} on a scale from 0 to 2; up to {allowed} is allowed",
        distance = say::fixed(distance, 6),
        allowed = local_number(&allowed.to_string())
    );
    let (at, to) = (percent(distance), percent(allowed));
    view! {
        <figure class="gauge" class:gauge-near=distance <= allowed class:gauge-small=small>
            <svg class="gauge-picture" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=words>
                <rect class="gauge-all" x="0" y="3" width="100" height="4" />
                <rect class="gauge-allowed" x="0" y="3" width=to height="4" />
                <path class="gauge-at" d=format!("M{at} 0v10") />
            </svg>
            {(!small).then(|| view! {
                <figcaption class="gauge-words" aria-hidden="true">
                    <span>{t!("0 · same direction")}</span><span>{t!("1 · unrelated")}</span><span>{t!("2 · opposite")}</span>
                </figcaption>
            })}
        </figure>
    }
}
