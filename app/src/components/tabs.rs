//! One of a few views, chosen at the top.

use super::unique_id;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A row of tabs and the panel of the chosen one.
#[component]
pub(crate) fn Tabs(
    /// What is chosen between, in words.
    label: &'static str,
    /// The tabs: key and title.
    tabs: Vec<(&'static str, &'static str)>,
    /// Key of the chosen tab.
    chosen: RwSignal<&'static str>,
    /// What the chosen tab shows.
    children: Children,
) -> impl IntoView {
    let id = unique_id("tabs");
    let row = NodeRef::<html::Div>::new();
    let keys: StoredValue<Vec<&'static str>> =
        StoredValue::new(tabs.iter().map(|(key, _)| *key).collect());
    // As the ARIA practices have it: arrows move, and what has the focus is chosen.
    let step = move |event: web_sys::KeyboardEvent| {
        let keys = keys.get_value();
        let here = keys.iter().position(|key| *key == chosen.get_untracked()).unwrap_or(0);
        let there = match event.key().as_str() {
            "ArrowRight" => (here + 1) % keys.len(),
            "ArrowLeft" => (here + keys.len() - 1) % keys.len(),
            "Home" => 0,
            "End" => keys.len() - 1,
            _ => return,
        };
        event.prevent_default();
        chosen.set(keys[there]);
        let tab = row.get_untracked().and_then(|row| {
            row.query_selector(&format!("[data-key='{}']", keys[there])).ok().flatten()
        });
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
            // An element that refuses focus is not worth a word.
            let _ = tab.focus();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=row on:keydown=step>
            {tabs
                .into_iter()
                .map(|(key, title)| {
                    let here = move || chosen.get() == key;
                    view! {
                        <button
                            type="button"
                            role="tab"
                            class="tab"
                            id=format!("{id}-{key}")
                            data-key=key
                            data-testid=format!("tab-{key}")
                            aria-selected=move || here().to_string()
                            tabindex=move || if here() { "0" } else { "-1" }
                            on:click=move |_| chosen.set(key)
                        >
                            {title}
                        </button>
                    }
                })
                .collect_view()}
        </div>
        <div role="tabpanel" class="tab-panel" aria-labelledby={
            let id = id.clone();
            move || format!("{id}-{}", chosen.get())
        }>{children()}</div>
    }
}
