//! More to see, for those who want it.

use leptos::prelude::*;

/// A line that opens to show more.
#[component]
pub(crate) fn Disclosure(
    /// What there is to see.
    #[prop(into)]
    summary: String,
    /// Open it: what is inside is asked for.
    #[prop(optional, into)]
    open: Signal<bool>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What is seen then.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="disclosure" open=move || open.get() data-testid=testid>
            <summary>{summary}</summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
}
