//! The weights file: chosen or dropped, and judged by its header.

use super::draft::Draft;
use crate::components::file_drop::FileDrop;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::{t, told};
use crate::parts::failure::sentence;
use crate::say;
use bridge::publish::WeightsSummary;
use leptos::prelude::*;

/// Chooses the weights file and shows what is in it.
#[component]
pub(super) fn WeightsField(draft: Draft) -> impl IntoView {
    let label = move || {
        draft.file.get().map_or_else(
            || t!("Choose a .safetensors file, or drop it here").to_owned(),
            |file| file.name(),
        )
    };
    let hint = move || {
        Some(if draft.file.read().is_some() {
            t!("Choose another file").to_owned()
        } else {
            t!("Of any size. It is read piece by piece and never leaves this device unencrypted.")
                .to_owned()
        })
    };
    let missing = move || draft.tried.get() && draft.file.read().is_none();
    view! {
        <div class="field">
            <FileDrop
                label=Signal::derive(label)
                hint=Signal::derive(hint)
                accept=".safetensors"
                wrong=Signal::derive(move || missing() || matches!(draft.weights.get(), Some(Err(_))))
                on_file=move |file| draft.take_file(file)
                testid="publish-file"
            />
            {move || missing().then(|| view! { <p class="field-error" data-testid="publish-file-error">{t!("choose a weights file")}</p> })}
            {move || {
                let looking = draft.file.read().is_some() && draft.weights.read().is_none();
                looking.then(|| view! { <p class="field-hint" role="status">{t!("Reading the file's header…")}</p> })
            }}
            {move || match draft.weights.get() {
                Some(Ok(summary)) => view! { <Summary summary /> }.into_any(),
                Some(Err(failure)) => view! {
                    <p class="field-error" role="alert" data-testid="publish-file-error" data-code=failure.code.clone()>
                        {sentence(&failure.what)}" "{told(&failure.next)}
                    </p>
                }
                .into_any(),
                None => ().into_any(),
            }}
        </div>
    }
}

#[component]
fn Summary(summary: WeightsSummary) -> impl IntoView {
    view! {
        <KeyValueList testid="publish-file-summary">
            <KeyValue label=t!("Size")>{t!("{size} ({bytes} bytes)", size = say::bytes(summary.size), bytes = say::count(summary.size))}</KeyValue>
            <KeyValue label=t!("Tensors")>{say::count(summary.tensors)}</KeyValue>
            <KeyValue label=t!("Parameters")>{say::count(summary.parameters)}</KeyValue>
            <KeyValue label=t!("Element types")>{summary.dtypes.join(", ")}</KeyValue>
        </KeyValueList>
    }
}
