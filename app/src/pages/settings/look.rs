//! Light and dark.

use crate::components::card::Card;
use crate::languages::t;
use crate::preferences::{Theme, use_preferences};
use leptos::prelude::*;

/// Chooses the theme.
#[component]
pub(super) fn LookCard() -> impl IntoView {
    let theme = use_preferences().theme;
    view! {
        <Card title=t!("Look")>
            <fieldset class="choices">
                <legend>{t!("Theme")}</legend>
                {Theme::ALL
                    .into_iter()
                    .map(|choice| {
                        view! {
                            <label class="choice">
                                <input
                                    type="radio"
                                    name="theme"
                                    prop:checked=move || theme.get() == choice
                                    on:change=move |_| theme.set(choice)
                                    data-testid=format!("theme-{}", choice.key())
                                />
                                {choice.words()}
                            </label>
                        }
                    })
                    .collect_view()}
            </fieldset>
        </Card>
    }
}
