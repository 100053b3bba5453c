//! The shape of what is being loaded.

use crate::languages::t;
use leptos::prelude::*;

/// Grey lines in the place of text to come.
#[component]
pub(crate) fn Skeleton(
    /// How many.
    #[prop(default = 1)]
    lines: usize,
    /// What is being loaded, for those who do not see it.
    #[prop(default = t!("Loading…"))]
    label: &'static str,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{label}</span>
            {(0..lines).map(|_| view! { <span class="skeleton-line" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}
