//! Activity.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Activity.
#[component]
pub(crate) fn ActivityPage() -> impl IntoView {
    view! { <Page title="Activity".to_owned()>""</Page> }
}
