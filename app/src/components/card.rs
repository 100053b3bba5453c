//! A sheet with a title, and what belongs together on it.

use leptos::prelude::*;

/// A titled section.
#[component]
pub(crate) fn Card(
    /// Its title; a heading of the second level.
    #[prop(optional, into)]
    title: Option<String>,
    /// What stands at the end of the title's line, such as a link.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card" data-testid=testid>
            {title
                .map(|title| {
                    view! {
                        <div class="card-head">
                            <h2 class="card-title">{title}</h2>
                            {aside.map(|aside| aside.run())}
                        </div>
                    }
                })}
            {children()}
        </section>
    }
}
