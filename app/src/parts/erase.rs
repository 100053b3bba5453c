//! Deleting the wallet from this browser: only after its name for it was typed.

use super::attempt::{Attempt, AttemptFailure};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::languages::t;
use crate::scoring::Scoring;
use crate::session::use_session;
use leptos::prelude::*;

/// What must be typed.
const WORD: &str = "erase";

/// The dialog that deletes the wallet, shown while `open`.
#[component]
pub(crate) fn EraseDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open title=t!("Erase this wallet").to_owned() testid="erase-dialog">
            <EraseForm open />
        </Dialog>
    }
}

#[component]
fn EraseForm(open: RwSignal<bool>) -> impl IntoView {
    let (session, scoring) = (use_session(), use_context::<Scoring>());
    let typed = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let agreed = move || typed.read().trim().eq_ignore_ascii_case(WORD);
    let erase = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if agreed() {
            // Weights in use could not be deleted.
            if let Some(scoring) = scoring {
                scoring.end();
            }
            attempt.run(async move { session.bridge().erase_wallet().await }, move |status| {
                session.wallet.set(Some(status));
            });
        }
    };
    view! {
        <form class="form" on:submit=erase>
            <Banner
                tone=Tone::Danger
                what=t!("This deletes the keys and the publications kept in this browser. Nobody can undo it.").to_owned()
                next=t!("Your coins stay on the network. You reach them again only with the recovery words, private key or \
                    backup file. A model that waits for its reveal is lost without its key.")
                    .to_owned()
            />
            <Field
                label=t!("Type “{word}” to agree", word = WORD)
                value=typed
                tried
                error=Signal::derive(move || (!agreed()).then(|| t!("type the word {word}", word = WORD)))
                testid="erase-word"
            />
            <AttemptFailure attempt />
            <div class="buttons buttons-end">
                <Button on_press=move || open.set(false)>{t!("Keep it")}</Button>
                <Button rank=Rank::Danger submit=true busy=attempt.busy() testid="erase-confirm">{t!("Erase the wallet")}</Button>
            </div>
        </form>
    }
}
