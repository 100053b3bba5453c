//! The field for a file of data: its name once it is chosen, and what is wrong with it.

use crate::components::file_drop::FileDrop;
use crate::languages::t;
use bridge::score::MAX_DATA;
use leptos::prelude::*;
use web_sys::File;

/// Chooses the file.
#[component]
pub(crate) fn DataFile(
    /// Which one.
    file: RwSignal<Option<File>, LocalStorage>,
    /// What to say beneath its name.
    #[prop(into)]
    hint: Signal<Option<String>>,
    /// Whether the form was sent once: from then on a missing file is wrong.
    tried: RwSignal<bool>,
    /// What is wrong with it. Tracked.
    error: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let label = move || {
        file.get()
            .map_or_else(|| t!("Choose a file, or drop it here").to_owned(), |file| file.name())
    };
    let wrong = move || (tried.get() || file.read().is_some()).then(error).flatten();
    view! {
        <div class="field">
            <FileDrop
                label=Signal::derive(label)
                hint=hint
                wrong=Signal::derive(move || wrong().is_some())
                on_file=move |chosen| file.set(Some(chosen))
                testid=testid
            />
            <p class="field-error" aria-live="polite" data-testid=format!("{testid}-error")>{wrong}</p>
        </div>
    }
}

/// Why data of so many bytes is not taken; nothing where it is.
#[must_use]
pub(crate) fn size_problem(size: u64) -> Option<&'static str> {
    match size {
        0 => Some(t!("there is nothing in it")),
        1..=MAX_DATA => None,
        _ => Some(t!("more than the 1,048,576 bytes that the network takes for a target")),
    }
}
