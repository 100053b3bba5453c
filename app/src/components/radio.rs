//! One of a few, each with a word on what it means.

use super::unique_id;
use leptos::prelude::*;

/// One way among several.
#[derive(Clone, Debug)]
pub(crate) struct Way<K> {
    /// What is chosen by it.
    pub(crate) key: K,
    /// Its name.
    pub(crate) title: &'static str,
    /// What it means.
    pub(crate) hint: &'static str,
    /// For tests; stands on the input.
    pub(crate) testid: &'static str,
}

/// One of a few, all in sight.
#[component]
pub(crate) fn Radio<K>(
    /// What is asked for.
    legend: &'static str,
    /// What there is to choose.
    ways: Vec<Way<K>>,
    /// What is chosen.
    chosen: RwSignal<K>,
) -> impl IntoView
where
    K: Copy + PartialEq + Send + Sync + 'static,
{
    let group = unique_id("radio");
    view! {
        <fieldset class="ways">
            <legend>{legend}</legend>
            {ways
                .into_iter()
                .map(|Way { key, title, hint, testid }| {
                    view! {
                        <label class="way">
                            <input
                                type="radio"
                                name=group.clone()
                                prop:checked=move || chosen.get() == key
                                on:change=move |_| chosen.set(key)
                                data-testid=testid
                            />
                            <span class="way-words">
                                <span class="way-title">{title}</span>
                                <span class="way-hint">{hint}</span>
                            </span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
