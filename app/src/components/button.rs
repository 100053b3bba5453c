//! Something to press: four ranks, with a busy state that keeps its place and its focus.

use super::icon::{Icon, Pictogram};
use leptos::prelude::*;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rank {
    /// The one thing to do here.
    Primary,
    /// One of several things.
    #[default]
    Secondary,
    /// Something on the side.
    Quiet,
    /// Something that cannot be undone.
    Danger,
}

impl Rank {
    const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Secondary => "button button-secondary",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button. While busy or unavailable it stays focusable, says so, and does nothing.
#[component]
pub(crate) fn Button(
    /// What it says.
    children: Children,
    /// How much it asks for attention.
    #[prop(optional)]
    rank: Rank,
    /// A picture before the words.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Being done right now.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Cannot be done.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Sends the form it stands in.
    #[prop(optional)]
    submit: bool,
    /// Takes the whole width.
    #[prop(optional)]
    wide: bool,
    /// Called when pressed.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let idle = move || !busy.get_untracked() && !disabled.get_untracked();
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=rank.class()
            class:button-wide=wide
            class:is-busy=busy
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || (busy.get() || disabled.get()).then_some("true")
            data-testid=testid
            on:click=move |event| {
                if !idle() {
                    event.prevent_default();
                } else if let Some(on_press) = on_press {
                    on_press.run(());
                }
            }
        >
            <span class="button-spinner" aria-hidden="true"></span>
            {icon.map(|icon| view! { <Pictogram icon /> })}
            <span class="button-label">{children()}</span>
        </button>
    }
}

/// A button that is only a picture, with its words for those who do not see it.
#[component]
pub(crate) fn IconButton(
    /// What it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// What it shows.
    #[prop(into)]
    icon: Signal<Icon>,
    /// Whether it is pressed in, for a button that switches something.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Called when pressed.
    #[prop(into)]
    on_press: Callback<()>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=move || label.get()
            title=move || label.get()
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            data-testid=testid
            on:click=move |_| on_press.run(())
        >
            <Pictogram icon />
        </button>
    }
}
