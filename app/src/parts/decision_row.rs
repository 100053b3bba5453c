//! The row of buttons that ends a review: leave it, or do it.

use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::languages::t;
use leptos::prelude::*;

/// Leave it, whatever else there is, and do it.
#[component]
pub(crate) fn DecisionRow(
    /// How leaving it is called.
    #[prop(default = t!("Cancel"))]
    leave: &'static str,
    /// What there is between the two.
    #[prop(optional)]
    children: Option<Children>,
    /// A picture of what is done.
    icon: Icon,
    /// What is done.
    #[prop(into)]
    words: Signal<&'static str>,
    /// Being done right now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Something stands in the way.
    #[prop(into)]
    blocked: Signal<bool>,
    /// Called to do it.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Called to leave it.
    #[prop(into)]
    on_cancel: Callback<()>,
    /// For tests.
    #[prop(default = "review-confirm")]
    testid: &'static str,
) -> impl IntoView {
    view! {
        <div class="buttons buttons-end">
            <Button disabled=busy on_press=move || on_cancel.run(()) testid="review-cancel">{leave}</Button>
            {children.map(|children| children())}
            <Button rank=Rank::Primary icon busy disabled=blocked on_press=move || on_confirm.run(()) testid>
                {move || words.get()}
            </Button>
        </div>
    }
}
