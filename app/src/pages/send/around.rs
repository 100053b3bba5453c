//! The ways between the pages about coins.

use leptos::prelude::*;
use leptos_router::components::A;

/// Links to the pages about coins; the present one is marked.
#[component]
pub(crate) fn AroundCoins() -> impl IntoView {
    view! {
        <nav class="around" aria-label="Pages about coins">
            <A href="/send" exact=true attr:class="around-link" attr:data-testid="send-one">"Send"</A>
            <A href="/send/many" attr:class="around-link" attr:data-testid="send-many">"Pay many"</A>
            <A href="/coins" attr:class="around-link" attr:data-testid="coins">"Coins and objects"</A>
        </nav>
    }
}
