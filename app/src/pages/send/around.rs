//! The ways between the pages about coins.

use crate::languages::t;
use leptos::prelude::*;
use leptos_router::components::A;

/// Links to the pages about coins; the present one is marked.
#[component]
pub(crate) fn AroundCoins() -> impl IntoView {
    view! {
        <nav class="around" aria-label=t!("Pages about coins")>
            <A href="/send" exact=true attr:class="around-link" attr:data-testid="send-one">{t!("Send")}</A>
            <A href="/send/many" attr:class="around-link" attr:data-testid="send-many">{t!("Pay many")}</A>
            <A href="/coins" attr:class="around-link" attr:data-testid="coins">{t!("Coins and objects")}</A>
        </nav>
    }
}
