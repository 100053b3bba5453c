//! A password: hidden unless asked to be seen, with an honest word on its strength.

use super::button::IconButton;
use super::field::{FieldFrame, Told, focus_when_shown};
use super::icon::Icon;
use super::unique_id;
use crate::languages::t;
use crate::strength::Strength;
use leptos::prelude::*;
use zeroize::Zeroize;

/// Overwrites what was typed, once it is used.
pub(crate) fn wipe(secret: RwSignal<String>) {
    // Where it is gone already, nothing is left to overwrite.
    let _ = secret.try_update(Zeroize::zeroize);
}

/// Overwrites what was typed when the page that asked for it is left.
pub(crate) fn wipe_when_left(secret: RwSignal<String>) {
    on_cleanup(move || wipe(secret));
}

/// Tells a password manager whose password the form asks for; there is one wallet in a browser.
#[component]
pub(crate) fn WhosePassword() -> impl IntoView {
    view! {
        <input
            class="visually-hidden"
            type="text"
            autocomplete="username"
            value=t!("Soma Wallet")
            readonly=true
            tabindex="-1"
            aria-hidden="true"
        />
    }
}

/// A password field.
#[component]
pub(crate) fn PasswordField(
    /// What is asked for.
    #[prop(into)]
    label: Signal<String>,
    /// What was typed.
    value: RwSignal<String>,
    /// What helps to answer.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Show the error even if the field was not left yet.
    #[prop(optional, into)]
    tried: Signal<bool>,
    /// A password to be chosen now: shows its strength.
    #[prop(optional)]
    new: bool,
    /// A password to be repeated: offered to password managers as new, without strength.
    #[prop(optional)]
    again: bool,
    /// Put the cursor here when shown.
    #[prop(optional)]
    autofocus: bool,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let id = unique_id("password");
    let told = Told::new(value, tried);
    let shown = Signal::derive(move || told.of(error));
    let described = format!("{id}-hint {id}-error");
    let seen = RwSignal::new(false);
    let input = NodeRef::new();
    focus_when_shown(input, autofocus);
    let reveal_label =
        move || if seen.get() { t!("Hide password") } else { t!("Show password") }.to_owned();
    view! {
        <FieldFrame id=id.clone() label hint error=shown>
            <div class="input-box">
                <input
                    node_ref=input
                    id=id
                    class="input"
                    type=move || if seen.get() { "text" } else { "password" }
                    autocomplete=if new || again { "new-password" } else { "current-password" }
                    autocapitalize="none"
                    spellcheck="false"
                    bind:value=value
                    aria-describedby=described
                    aria-invalid=move || shown.read().is_some().then_some("true")
                    data-testid=testid
                    on:blur=move |_| told.leave()
                />
                <IconButton
                    label=Signal::derive(reveal_label)
                    icon=Signal::derive(move || if seen.get() { Icon::EyeOff } else { Icon::Eye })
                    on_press=move || seen.update(|seen| *seen = !*seen)
                />
            </div>
            {new.then(|| view! { <StrengthHint value /> })}
        </FieldFrame>
    }
}

/// Three marks and a word.
#[component]
fn StrengthHint(value: RwSignal<String>) -> impl IntoView {
    let strength =
        Memo::new(move |_| (!value.read().is_empty()).then(|| Strength::of(&value.read())));
    let level = move || strength.get().map_or(0, Strength::level);
    view! {
        <p class="strength" data-level=move || level().to_string() aria-live="polite">
            <span class="strength-marks" aria-hidden="true"><i></i><i></i><i></i></span>
            <span>{move || strength.get().map_or(t!("At least 10 characters"), Strength::words)}</span>
        </p>
    }
}
