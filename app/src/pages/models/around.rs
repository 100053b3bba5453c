//! The ways between the pages about models.

use crate::languages::t;
use leptos::prelude::*;
use leptos_router::components::A;

/// Links to the pages about models; the present one is marked.
#[component]
pub(super) fn Around() -> impl IntoView {
    view! {
        <nav class="around" aria-label=t!("Pages about models")>
            <A href="/models" exact=true attr:class="around-link" attr:data-testid="models-all">{t!("Models")}</A>
            <A href="/models/own" attr:class="around-link" attr:data-testid="models-own">{t!("Calendar and vault")}</A>
            <A href="/models/planner" attr:class="around-link" attr:data-testid="models-planner">{t!("Planner")}</A>
        </nav>
    }
}
