//! Choosing a file: by the browser's dialog, by keyboard, or by dropping it.

use super::icon::{Icon, Pictogram};
use super::unique_id;
use leptos::ev::DragEvent;
use leptos::prelude::*;
use web_sys::File;

/// A place for a file.
#[component]
pub(crate) fn FileDrop(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// Endings that the dialog offers, such as `.json,.txt`.
    #[prop(optional)]
    accept: Option<&'static str>,
    /// Whether what was chosen, or that nothing was, is wrong.
    #[prop(optional, into)]
    wrong: Signal<bool>,
    /// Lower, for a file beside another way to give the same.
    #[prop(optional)]
    small: bool,
    /// Called with the file.
    #[prop(into)]
    on_file: Callback<(File,)>,
    /// For tests; stands on the input.
    #[prop(into)]
    testid: String,
) -> impl IntoView {
    let hint_id = unique_id("file-hint");
    let over = RwSignal::new(false);
    let dragged = move |event: &DragEvent, here: bool| {
        event.prevent_default();
        over.set(here);
    };
    let dropped = move |event: DragEvent| {
        dragged(&event, false);
        let file =
            event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            on_file.run((file,));
        }
    };
    view! {
        <label
            class="file-drop"
            class:file-drop-small=small
            class:file-drop-over=over
            class:file-drop-wrong=wrong
            on:dragover=move |event| dragged(&event, true)
            on:dragleave=move |event| dragged(&event, false)
            on:drop=dropped
        >
            <Pictogram icon=Icon::File />
            <span class="file-drop-words">
                <span class="file-drop-label">{move || label.get()}</span>
                <span class="file-drop-hint" id=hint_id.clone() hidden=move || hint.get().is_none()>{move || hint.get()}</span>
            </span>
            <input
                class="file-drop-input"
                type="file"
                accept=accept
                aria-describedby=hint_id
                aria-invalid=move || wrong.get().then_some("true")
                data-testid=testid
                on:change:target=move |event| {
                    let input = event.target();
                    if let Some(file) = input.files().and_then(|files| files.get(0)) {
                        on_file.run((file,));
                    }
                    // The same file chosen again is a choice too.
                    input.set_value("");
                }
            />
        </label>
    }
}
