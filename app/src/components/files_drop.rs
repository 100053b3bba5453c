//! Choosing many files, or a folder: by the browser's dialogs, by keyboard, or by dropping them.

use super::icon::{Icon, Pictogram};
use super::unique_id;
use crate::dropped::{Given, of_drop, of_list};
use leptos::ev::DragEvent;
use leptos::prelude::*;

/// A place for many files, and for folders.
#[component]
pub(crate) fn FilesDrop(
    /// What is asked for.
    label: &'static str,
    /// What helps to choose.
    hint: &'static str,
    /// What chooses a folder, in words.
    folder: &'static str,
    /// Called with what was dropped or chosen.
    #[prop(into)]
    on_given: Callback<(Vec<Given>,)>,
    /// For tests; stands on the input for files, and with `-folder` on that for a folder.
    testid: &'static str,
) -> impl IntoView {
    let hint_id = unique_id("files-hint");
    let over = RwSignal::new(false);
    let dragged = move |event: &DragEvent, here: bool| {
        event.prevent_default();
        over.set(here);
    };
    let dropped = move |event: DragEvent| {
        dragged(&event, false);
        if let Some(data) = event.data_transfer() {
            on_given.run((of_drop(&data),));
        }
    };
    let choose = move |input: web_sys::HtmlInputElement| {
        if let Some(files) = input.files() {
            on_given.run((of_list(&files),));
        }
        // The same files chosen again are a choice too.
        input.set_value("");
    };
    view! {
        <div
            class="files-drop"
            on:dragover=move |event| dragged(&event, true)
            on:dragleave=move |event| dragged(&event, false)
            on:drop=dropped
        >
            <label class="file-drop" class:file-drop-over=over>
                <Pictogram icon=Icon::File />
                <span class="file-drop-words">
                    <span class="file-drop-label">{label}</span>
                    <span class="file-drop-hint" id=hint_id.clone()>{hint}</span>
                </span>
                <input
                    class="file-drop-input"
                    type="file"
                    multiple
                    aria-describedby=hint_id
                    data-testid=testid
                    on:change:target=move |event| choose(event.target())
                />
            </label>
            <label class="button button-secondary files-folder">
                <Pictogram icon=Icon::Plus />
                <span class="button-label">{folder}</span>
                <input
                    class="file-drop-input"
                    type="file"
                    prop:webkitdirectory=true
                    data-testid=format!("{testid}-folder")
                    on:change:target=move |event| choose(event.target())
                />
            </label>
        </div>
    }
}
