//! The data: a file, or text that is pasted.

use super::draft::{Draft, FILE, TEXT};
use crate::components::tabs::Tabs;
use crate::components::textarea::Textarea;
use crate::languages::t;
use crate::parts::data_file::DataFile;
use crate::say;
use leptos::prelude::*;

/// Chooses the data.
#[component]
pub(super) fn DataField(draft: Draft) -> impl IntoView {
    let tabs = vec![(FILE, t!("A file")), (TEXT, t!("Text"))];
    view! {
        <Tabs label=t!("Where the data comes from") tabs chosen=draft.source>
            {move || {
                if draft.source.get() == FILE {
                    view! { <FileField draft /> }.into_any()
                } else {
                    view! { <DataText draft /> }.into_any()
                }
            }}
        </Tabs>
    }
}

#[component]
fn FileField(draft: Draft) -> impl IntoView {
    let hint = move || {
        Some(draft.file.get().map_or_else(
            || t!("Of any kind, up to 1 MiB. Models read bytes.").to_owned(),
            |file| t!("{size} · choose another file", size = say::bytes(size(&file))),
        ))
    };
    view! {
        <DataFile
            file=draft.file
            hint=Signal::derive(hint)
            tried=draft.tried
            error=move || draft.data().err()
            testid="score-data"
        />
    }
}

#[component]
fn DataText(draft: Draft) -> impl IntoView {
    view! {
        <Textarea
            label=t!("Text").to_owned()
            value=draft.text
            hint=Signal::derive(move || {
                let size = draft.text.read().len() as u64;
                Some(if size == 0 { t!("It is scored as UTF-8.").to_owned() } else { say::bytes(size) })
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
