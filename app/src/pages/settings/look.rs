//! Language, light and dark.

use crate::components::card::Card;
use crate::components::select::Select;
use crate::components::toast::use_notices;
use crate::languages::{Language, Languages, t};
use crate::preferences::{Theme, use_preferences};
use leptos::prelude::*;

/// Chooses language and theme.
#[component]
pub(super) fn LookCard() -> impl IntoView {
    let theme = use_preferences().theme;
    view! {
        <Card title=t!("Language and look")>
            <div class="form">
            <LanguageChoice />
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
            </div>
        </Card>
    }
}

/// Chooses the language. Everything is shown anew in it at once.
#[component]
fn LanguageChoice() -> impl IntoView {
    let languages = expect_context::<Languages>();
    let notices = use_notices();
    // Each by its own name, so that whoever reads nothing else on the page finds it.
    let options: Vec<(String, String)> = [(String::new(), t!("As the browser").to_owned())]
        .into_iter()
        .chain(Language::ALL.map(|it| (it.tag().to_owned(), it.own_name().to_owned())))
        .collect();
    // Where it cannot be had, the choice goes back to what it was.
    let refused = RwSignal::new(());
    let value = Signal::derive(move || {
        refused.track();
        Languages::chosen().map(Language::tag).unwrap_or_default().to_owned()
    });
    let choose = move |tag: String| {
        leptos::task::spawn_local(async move {
            if !languages.choose(Language::of_tag(&tag)).await {
                refused.set(());
                notices.toast(
                    t!("The words of this language could not be fetched. Try again when you are online.").to_owned(),
                );
            }
        });
    };
    view! {
        <Select label=t!("Language").to_owned() value options=Signal::stored(options) on_choose=choose testid="language" />
    }
}
