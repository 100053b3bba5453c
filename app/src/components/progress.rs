//! How far something has come.

use crate::languages::t;
use crate::say::percent;
use leptos::prelude::*;

/// A bar with its numbers in words.
#[component]
pub(crate) fn Progress(
    /// What is being done.
    #[prop(into)]
    label: Signal<String>,
    /// Done, of `total`.
    #[prop(into)]
    done: Signal<u64>,
    /// In all; nothing known where 0.
    #[prop(into)]
    total: Signal<u64>,
    /// The numbers in words, such as "12 of 40 MB".
    #[prop(optional, into)]
    detail: MaybeProp<String>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let percent = Memo::new(move |_| percent(done.get(), total.get()));
    view! {
        <div class="progress" data-testid=testid>
            <div class="progress-head">
                <span>{move || label.get()}</span>
                <span class="progress-percent">{move || format!("{}%", percent.get())}</span>
            </div>
            <progress
                max="100"
                value=move || percent.get().to_string()
                aria-label=move || label.get()
                aria-valuetext=move || detail.get().unwrap_or_else(|| t!("{percent} percent", percent = percent.get()))
            ></progress>
            <p class="progress-detail" hidden=move || detail.get().is_none()>{move || detail.get()}</p>
        </div>
    }
}
