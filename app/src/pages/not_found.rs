//! An address that leads nowhere.

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::parts::page::Page;
use leptos::prelude::*;
use leptos_router::components::A;

/// An address that leads nowhere.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title=t!("Not here").to_owned()>
            <Empty icon=Icon::Info title=t!("There is no page at this address")>
                <A href="/" attr:class="button button-secondary">{t!("Go to Home")}</A>
            </Empty>
        </Page>
    }
}
