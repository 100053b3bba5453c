//! Particulars: a name and its value, line by line.

use leptos::prelude::*;

/// A list of particulars; put [`KeyValue`] lines into it.
#[component]
pub(crate) fn KeyValueList(
    /// The lines.
    children: Children,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! { <dl class="key-values" data-testid=testid>{children()}</dl> }
}

/// A line of particulars.
#[component]
pub(crate) fn KeyValue(
    /// The name.
    #[prop(into)]
    label: String,
    /// The value.
    children: Children,
    /// For tests; stands on the value.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! {
        <div class="key-value">
            <dt>{label}</dt>
            <dd data-testid=testid>{children()}</dd>
        </div>
    }
}
