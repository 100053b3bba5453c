//! A site wants a transaction signed: the review that every transaction has, with the site above it.

use crate::dapp::{Asking, Open, use_armed};
use crate::languages::t;
use crate::parts::page::Page;
use crate::parts::review::ReviewPanel;
use crate::parts::review_site::{ForSite, Remember};
use bridge::dapp::AskingSite;
use bridge::page::Reviewed;
use leptos::prelude::*;
use wasm_core::dapp::Scope;

/// Reviews what the site asks for.
#[component]
pub(super) fn Transaction(
    asking: Asking,
    open: Open,
    site: AskingSite,
    execute: bool,
    reviewed: Reviewed,
    suggestion: Option<Scope>,
) -> impl IntoView {
    let for_site = ForSite {
        asking,
        open,
        execute,
        site: StoredValue::new(site),
        armed: use_armed(),
        remember: Remember::nothing(suggestion),
    };
    let title = if execute { t!("Sign and send for a site?") } else { t!("Sign for a site?") };
    view! {
        <Page title=title.to_owned()>
            <ReviewPanel
                reviewed
                on_cancel=move || asking.refuse(open)
                on_again=move || asking.look_again(open)
                after=|| ()
                for_site
            />
        </Page>
    }
}
