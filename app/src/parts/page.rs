//! The frame of a page: its title in the tab, in the page, and in the ear.

use crate::reminders::name_tab;
use leptos::html;
use leptos::prelude::*;

/// Whether a page was shown before: the first one of a visit leaves the focus where the browser put it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visited(StoredValue<bool>);

impl Visited {
    /// Provides the memory to everything below.
    pub(crate) fn provide() {
        provide_context(Self(StoredValue::new(false)));
    }

    fn swap(self) -> bool {
        let before = self.0.get_value();
        self.0.set_value(true);
        before
    }
}

/// A page with its title. Names the tab and, after the first page, takes the focus to the title.
#[component]
pub(crate) fn Page(
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// One sentence below the title.
    #[prop(optional, into)]
    lede: MaybeProp<String>,
    /// What stands at the end of the title's line.
    #[prop(optional, into)]
    aside: Option<ViewFn>,
    /// Narrow, for a form alone.
    #[prop(optional)]
    narrow: bool,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let visited = use_context::<Visited>().is_some_and(Visited::swap);
    Effect::new(move |_| name_tab(title.get()));
    Effect::new(move |_| {
        if let Some(heading) = heading.get().filter(|_| visited) {
            // An element that refuses focus is not worth a word.
            let _ = heading.focus();
        }
    });
    view! {
        <div class="page" class:page-narrow=narrow>
            <header class="page-head">
                <div>
                    <h1 class="page-title" node_ref=heading tabindex="-1">{move || title.get()}</h1>
                    <p class="page-lede" hidden=move || lede.get().is_none()>{move || lede.get()}</p>
                </div>
                {aside.map(|aside| view! { <div class="page-aside">{aside.run()}</div> })}
            </header>
            {children()}
        </div>
    }
}
