//! Several lines to type in.

use super::field::{FieldFrame, Told};
use super::unique_id;
use leptos::prelude::*;

/// Several lines to type in. Without correction and completion: what goes in here is exact.
#[component]
pub(crate) fn Textarea(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What was typed.
    value: RwSignal<String>,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Show the error even if the field was not left yet.
    #[prop(optional, into)]
    tried: Signal<bool>,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let id = unique_id("text");
    let told = Told::new(value, tried);
    let shown = Signal::derive(move || told.of(error));
    let described = format!("{id}-hint {id}-error");
    view! {
        <FieldFrame id=id.clone() label hint error=shown>
            <textarea
                id=id
                class="input input-code"
                rows=rows
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                bind:value=value
                aria-describedby=described
                aria-invalid=move || shown.read().is_some().then_some("true")
                data-testid=testid
                on:blur=move |_| told.leave()
            ></textarea>
        </FieldFrame>
    }
}
