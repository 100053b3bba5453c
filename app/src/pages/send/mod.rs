//! Sending coins: the form, then the review of exactly what would be signed.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Sending coins.
#[component]
pub(crate) fn SendPage() -> impl IntoView {
    view! { <Page title="Send".to_owned()>""</Page> }
}
