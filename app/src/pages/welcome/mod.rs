//! Before there is a wallet: create one, or bring one along.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Before there is a wallet.
#[component]
pub(crate) fn WelcomePage() -> impl IntoView {
    view! { <main class="gate"><Page title="Welcome".to_owned() narrow=true>""</Page></main> }
}
