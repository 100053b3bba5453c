//! Keeping an address although it looks like another one: only with an act of its own.

use super::attempt::Attempt;
use crate::languages::t;
use bridge::accounts::LOOKS_ALIKE;
use leptos::prelude::*;

/// The box to keep an address nevertheless, once the worker refused it because it looks like another one.
#[component]
pub(crate) fn DespiteAlike(
    /// What was refused.
    attempt: Attempt,
    /// Whether it was accepted.
    despite: RwSignal<bool>,
    /// What is typed as the address; another one has to be accepted anew.
    address: RwSignal<String>,
) -> impl IntoView {
    Effect::new(move |_| {
        address.track();
        despite.set(false);
        attempt.forgive();
    });
    let refused = Memo::new(move |_| {
        attempt.failure().read().as_ref().is_some_and(|failure| failure.code == LOOKS_ALIKE)
    });
    move || {
        (refused.get() || despite.get()).then(|| {
            view! {
                <label class="check">
                    <input type="checkbox" bind:checked=despite data-testid="despite-alike" />
                    <span>{t!("I compared all digits, and this is the address that I mean.")}</span>
                </label>
            }
        })
    }
}
