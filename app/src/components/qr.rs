//! A QR code, drawn here.

use crate::qr_path;
use leptos::prelude::*;

/// A text as a QR code; nothing where it is too long for one.
#[component]
pub(crate) fn Qr(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    move || {
        let (size, path) = qr_path::of(&text.read())?;
        Some(view! {
            <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges">
                <rect class="qr-paper" width=size height=size />
                <path class="qr-ink" d=path />
            </svg>
        })
    }
}
