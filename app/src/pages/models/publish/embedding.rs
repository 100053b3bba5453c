//! The embedding: pasted as text or read from a file, and counted while it is typed.

use super::draft::Draft;
use crate::components::file_drop::FileDrop;
use crate::components::unique_id;
use crate::files::read_small;
use crate::languages::{t, told};
use crate::say;
use crate::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::embedding;
use web_sys::File;

/// More than any embedding; bytes.
const LARGEST: u32 = 8 << 20;

/// The embedding.
#[component]
pub(super) fn EmbeddingField(draft: Draft) -> impl IntoView {
    let session = use_session();
    let dimension = Memo::new(move |_| session.facts().map(|facts| facts.embedding_dim));
    // What was wrong with the last file; typing is another try.
    let of_file = RwSignal::new(None::<String>);
    let take = move |file: File| {
        let dimension = dimension.get_untracked();
        spawn_local(async move {
            match text_of(&file, dimension).await {
                Ok(text) => {
                    of_file.set(None);
                    draft.embedding.set(text);
                }
                Err(problem) => of_file.set(Some(problem)),
            }
        });
    };
    let given = move || draft.tried.get() || !draft.embedding.read().trim().is_empty();
    let error = Memo::new(move |_| {
        of_file.get().or_else(|| given().then(|| draft.embedding_read().get().err()).flatten())
    });
    let id = unique_id("embedding");
    let described = format!("{id}-hint {id}-error");
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="form">
            <div class="field" class:field-wrong=move || error.read().is_some()>
                <label class="field-label" for=id.clone()>{t!("Numbers")}</label>
                <textarea
                    id=id
                    class="input input-code embedding-text"
                    rows="4"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    prop:value=move || draft.embedding.get()
                    on:input:target=move |event| {
                        of_file.set(None);
                        draft.embedding.set(event.target().value());
                    }
                    aria-describedby=described
                    aria-invalid=move || error.read().is_some().then_some("true")
                    data-testid="publish-embedding"
                ></textarea>
                <p class="field-hint" id=hint_id>{move || hint(dimension.get())}</p>
                <p class="field-error" id=error_id aria-live="polite" data-testid="publish-embedding-error">{move || error.get().map(|error| told(&error))}</p>
                {move || {
                    let good = error.read().is_none().then(|| draft.embedding_read().get().ok()).flatten();
                    good.map(|read| {
                        let count = say::count(read.values().len() as u64);
                        view! { <p class="field-good" role="status" data-testid="publish-embedding-good">{t!("{count} numbers, as the network asks for", count)}</p> }
                    })
                }}
            </div>
            <FileDrop
                label=t!("Read them from a file").to_owned()
                hint=t!(".json, .txt or .csv with the numbers, or .f32 or .bin with their raw little-endian bytes").to_owned()
                accept=".json,.txt,.csv,.f32,.bin"
                small=true
                on_file=take
                testid="publish-embedding-file"
            />
        </div>
    }
}

fn hint(dimension: Option<u64>) -> String {
    match dimension {
        Some(count) => t!(
            "The {count} numbers that say where the model stands: a JSON list, or numbers between spaces or commas.",
            count = say::count(count)
        ),
        None => t!(
            "The numbers that say where the model stands: a JSON list, or numbers between spaces or commas."
        )
        .to_owned(),
    }
}

/// The numbers of a file as text. Raw values are written out in full, so that nothing is lost.
async fn text_of(file: &File, dimension: Option<u64>) -> Result<String, String> {
    let bytes = read_small(file, LARGEST).await.map_err(|error| error.to_string())?;
    let name = file.name().to_ascii_lowercase();
    if !name.ends_with(".f32") && !name.ends_with(".bin") {
        return String::from_utf8(bytes).map_err(|_| {
            t!("this file is not text; raw values need a name that ends in .f32 or .bin").to_owned()
        });
    }
    let dimension =
        dimension.ok_or_else(|| t!("this can be checked once the network answers").to_owned())?;
    let read = embedding::from_f32_le(&bytes, dimension).map_err(|error| error.to_string())?;
    Ok(read.values().iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
}
