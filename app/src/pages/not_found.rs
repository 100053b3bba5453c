//! An address that leads nowhere.

use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::parts::page::Page;
use leptos::prelude::*;
use leptos_router::components::A;

/// An address that leads nowhere.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    view! {
        <Page title="Not here".to_owned()>
            <Empty icon=Icon::Info title="There is no page at this address">
                <A href="/" attr:class="button button-secondary">"Go to Home"</A>
            </Empty>
        </Page>
    }
}
