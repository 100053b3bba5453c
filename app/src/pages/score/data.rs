//! The data: a file, or text that is pasted.

use super::draft::{Draft, FILE, TEXT};
use crate::components::file_drop::FileDrop;
use crate::components::tabs::Tabs;
use crate::components::textarea::Textarea;
use crate::say;
use leptos::prelude::*;

/// Chooses the data.
#[component]
pub(super) fn DataField(draft: Draft) -> impl IntoView {
    let tabs = vec![(FILE, "A file"), (TEXT, "Text")];
    view! {
        <Tabs label="Where the data comes from" tabs chosen=draft.source>
            {move || {
                if draft.source.get() == FILE {
                    view! { <DataFile draft /> }.into_any()
                } else {
                    view! { <DataText draft /> }.into_any()
                }
            }}
        </Tabs>
    }
}

#[component]
fn DataFile(draft: Draft) -> impl IntoView {
    let label = move || {
        draft
            .file
            .get()
            .map_or_else(|| "Choose a file, or drop it here".to_owned(), |file| file.name())
    };
    let hint = move || {
        Some(draft.file.get().map_or_else(
            || "Of any kind, up to 1 MiB. Models read bytes.".to_owned(),
            |file| format!("{} · choose another file", say::bytes(size(&file))),
        ))
    };
    let wrong = move || {
        let shown = draft.tried.get() || draft.file.read().is_some();
        shown.then(|| draft.data().err()).flatten()
    };
    view! {
        <div class="field">
            <FileDrop
                label=Signal::derive(label)
                hint=Signal::derive(hint)
                wrong=Signal::derive(move || wrong().is_some())
                on_file=move |file| draft.file.set(Some(file))
                testid="score-data"
            />
            <p class="field-error" aria-live="polite" data-testid="score-data-error">{wrong}</p>
        </div>
    }
}

#[component]
fn DataText(draft: Draft) -> impl IntoView {
    view! {
        <Textarea
            label="Text".to_owned()
            value=draft.text
            hint=Signal::derive(move || {
                let size = draft.text.read().len() as u64;
                Some(if size == 0 { "It is scored as UTF-8.".to_owned() } else { say::bytes(size) })
            })
            error=Signal::derive(move || draft.data().err())
            tried=draft.tried
            rows=5
            testid="score-text"
        />
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's size is whole and not negative"
)]
fn size(file: &web_sys::File) -> u64 {
    file.size() as u64
}
