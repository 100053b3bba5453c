//! Settings.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Settings.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    view! { <Page title="Settings".to_owned()>""</Page> }
}
