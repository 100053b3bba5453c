//! Says above the way into a wallet that a site waits, and for what the wallet is to be opened.

use crate::components::button::Button;
use crate::dapp::use_asking;
use crate::languages::t;
use leptos::prelude::*;

/// Which site waits; nothing where none does.
#[component]
pub(crate) fn AskedNotice(
    /// What has to be done first.
    first: &'static str,
) -> impl IntoView {
    let asking = use_asking();
    move || {
        let (asking, open) = (asking?, asking?.first()?);
        let origin = open.origin();
        let shown = origin.clone();
        Some(view! {
            <section class="asked-notice" role="note" data-testid="asked-notice" data-origin=origin>
                <div>
                    <p class="review-kicker">{t!("A site waits for you")}</p>
                    <p class="site-origin site-origin-small">{shown}</p>
                    <p class="quiet">{first}</p>
                </div>
                <Button on_press=move || asking.refuse(open) testid="asked-refuse">{t!("Refuse")}</Button>
            </section>
        })
    }
}
