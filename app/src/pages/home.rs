//! Home.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Home.
#[component]
pub(crate) fn HomePage() -> impl IntoView {
    view! { <Page title="Home".to_owned()>""</Page> }
}
