//! Models: what is published, publishing another, and one publication.

use crate::parts::page::Page;
use leptos::prelude::*;

/// Publications and models of this wallet.
#[component]
pub(crate) fn ModelsPage() -> impl IntoView {
    view! { <Page title="Models".to_owned()>""</Page> }
}

/// Beginning a publication.
#[component]
pub(crate) fn PublishPage() -> impl IntoView {
    view! { <Page title="Publish a model".to_owned()>""</Page> }
}

/// One publication.
#[component]
pub(crate) fn PublicationPage() -> impl IntoView {
    view! { <Page title="Publication".to_owned()>""</Page> }
}
