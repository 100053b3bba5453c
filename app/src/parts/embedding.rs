//! An embedding as bars.

use crate::bars;
use crate::languages::t;
use crate::say;
use leptos::prelude::*;

/// An embedding as bars. Directions count, not lengths: each picture has a scale of its own.
#[component]
pub(crate) fn Bars(
    /// Whose embedding it is.
    caption: &'static str,
    /// Its numbers; none for what is no number.
    numbers: Vec<Option<f32>>,
    /// It is the one that the page is about.
    own: bool,
) -> impl IntoView {
    let (largest, count) = (bars::largest(&numbers), numbers.len());
    let path = bars::of(&numbers, largest);
    drop(numbers);
    let largest_words = say::fixed(largest, 3);
    let words = t!(
        "{caption}: {count} numbers, the largest {largest} in size",
        caption,
        count = say::count(count as u64),
        largest = largest_words
    );
    view! {
        <figure class="bars">
            <svg
                class="bars-picture"
                class:bars-own=own
                viewBox=format!("0 0 {count} {}", bars::HEIGHT)
                preserveAspectRatio="none"
                role="img"
                aria-label=words
            >
                <path class="bars-zero" d=format!("M0 {}h{count}", bars::HEIGHT / 2.0) />
                <path class="bars-bars" d=path />
            </svg>
            <figcaption>{t!("{caption}, up to ±{largest}", caption, largest = largest_words)}</figcaption>
        </figure>
    }
}
