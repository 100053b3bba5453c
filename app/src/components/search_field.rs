//! A field that narrows a list down while somebody types.

use super::unique_id;
use crate::languages::t;
use leptos::prelude::*;

/// Where somebody types what is sought.
#[component]
pub(crate) fn SearchField(
    /// What is typed.
    value: RwSignal<String>,
    /// What may be typed.
    placeholder: &'static str,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let id = unique_id(testid);
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{t!("Search")}</label>
            <input
                id=id
                class="input input-code"
                type="search"
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                bind:value=value
                data-testid=testid
            />
        </div>
    }
}
