//! Nothing here yet, and what would bring something.

use super::icon::{Icon, Pictogram};
use leptos::prelude::*;

/// Nothing here yet.
#[component]
pub(crate) fn Empty(
    /// A picture of what would be here.
    icon: Icon,
    /// What there is none of.
    title: &'static str,
    /// What would bring some.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Acts that would.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Pictogram icon />
            <p class="empty-title">{title}</p>
            {hint.map(|hint| view! { <p class="empty-hint">{hint}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
