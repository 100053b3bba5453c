//! A line to type in, with its label, hint and error tied together for every reader.

use super::unique_id;
use crate::languages::told;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What kind of keyboard and completion a field asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Typing {
    /// Words.
    #[default]
    Text,
    /// A decimal number.
    Decimal,
    /// A web address.
    Url,
    /// Something exact: no correction, no completion, letters of one width.
    Code,
}

impl Typing {
    const fn mode(self) -> &'static str {
        match self {
            Self::Text | Self::Code => "text",
            Self::Decimal => "decimal",
            Self::Url => "url",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Text => "input",
            Self::Decimal => "input input-number",
            Self::Url | Self::Code => "input input-code",
        }
    }
}

/// How long after a field is left its error appears: longer than a click takes, which an error that pushes
/// the button away would lose; milliseconds.
const TELL_AFTER: u32 = 350;

/// When an error may be shown: not while somebody types for the first time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    value: RwSignal<String>,
    left: RwSignal<bool>,
    tried: Signal<bool>,
}

impl Told {
    /// Errors wait until something was typed and the field was left, or until the form was tried.
    #[must_use]
    pub(crate) fn new(value: RwSignal<String>, tried: Signal<bool>) -> Self {
        Self { value, left: RwSignal::new(false), tried }
    }

    /// The field was left.
    pub(crate) fn leave(self) {
        // A browser also says so when a focused field is taken away, and then its values are gone.
        let typed = self.value.try_with_untracked(|value| !value.is_empty());
        if typed != Some(true) || self.left.try_get_untracked() != Some(false) {
            return;
        }
        spawn_local(async move {
            TimeoutFuture::new(TELL_AFTER).await;
            // The field may be gone by then.
            let _ = self.left.try_set(true);
        });
    }

    /// The error, once it may be told.
    #[must_use]
    pub(crate) fn of(self, error: Signal<Option<String>>) -> Option<String> {
        let left = self.left.get() && !self.value.read().is_empty();
        (left || self.tried.get()).then(|| error.get()).flatten()
    }
}

/// Label above, control, then hint or error below: the frame of every field.
#[component]
pub(crate) fn FieldFrame(
    /// Id of the control.
    id: String,
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong, where it may be told.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field" class:field-wrong=move || error.read().is_some()>
            <label class="field-label" for=id>{move || label.get()}</label>
            {children()}
            <p class="field-hint" id=hint_id hidden=move || hint.get().is_none()>{move || hint.get()}</p>
            <p class="field-error" id=error_id aria-live="polite">{move || error.get().map(|error| told(&error))}</p>
        </div>
    }
}

/// A line to type in.
#[component]
pub(crate) fn Field(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What was typed.
    value: RwSignal<String>,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it, `None` where nothing is.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Show the error even if the field was not left yet.
    #[prop(optional, into)]
    tried: Signal<bool>,
    /// Keyboard and completion.
    #[prop(optional)]
    typing: Typing,
    /// What stands behind the value, such as a unit.
    #[prop(optional)]
    suffix: Option<&'static str>,
    /// What the browser may complete; nothing by default.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Put the cursor here when shown.
    #[prop(optional)]
    autofocus: bool,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What stands beside the line, such as a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let id = unique_id("field");
    let told = Told::new(value, tried);
    let shown = Signal::derive(move || told.of(error));
    let described = format!("{id}-hint {id}-error");
    let input = NodeRef::new();
    focus_when_shown(input, autofocus);
    view! {
        <FieldFrame id=id.clone() label hint error=shown>
            <div class="input-row">
                <div class="input-box">
                    <input
                        node_ref=input
                        id=id
                        class=typing.class()
                        type="text"
                        inputmode=typing.mode()
                        autocomplete=autocomplete
                        autocapitalize="none"
                        spellcheck="false"
                        bind:value=value
                        aria-describedby=described
                        aria-invalid=move || shown.read().is_some().then_some("true")
                        data-testid=testid
                        on:blur=move |_| told.leave()
                    />
                    {suffix.map(|suffix| view! { <span class="input-suffix" aria-hidden="true">{suffix}</span> })}
                </div>
                {children.map(|children| children())}
            </div>
        </FieldFrame>
    }
}

/// Puts the cursor into an input once it is in the page.
pub(super) fn focus_when_shown(input: NodeRef<leptos::html::Input>, wanted: bool) {
    if wanted {
        Effect::new(move |_| {
            if let Some(input) = input.get() {
                // An element that refuses focus is not worth a word.
                let _ = input.focus();
            }
        });
    }
}
