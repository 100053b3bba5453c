//! One of a few.

use super::unique_id;
use leptos::prelude::*;

/// One of a few, as a list that opens. Options are `(value, words)`.
#[component]
pub(crate) fn Select(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// The value chosen.
    #[prop(into)]
    value: Signal<String>,
    /// What there is to choose.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Called with the value chosen.
    #[prop(into)]
    on_choose: Callback<(String,)>,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let id = unique_id("select");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{move || label.get()}</label>
            <div class="select-box">
                <select
                    id=id
                    class="input"
                    aria-describedby=hint_id.clone()
                    data-testid=testid
                    prop:value=move || value.get()
                    on:change:target=move |event| on_choose.run((event.target().value(),))
                >
                    {move || {
                        options
                            .get()
                            .into_iter()
                            .map(|(key, words)| {
                                let chosen = key == value.get();
                                view! { <option value=key selected=chosen>{words}</option> }
                            })
                            .collect_view()
                    }}
                </select>
            </div>
            <p class="field-hint" id=hint_id hidden=move || hint.get().is_none()>{move || hint.get()}</p>
        </div>
    }
}
