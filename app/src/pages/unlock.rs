//! Opening a wallet that is there.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::password::{PasswordField, WhosePassword, wipe_when_left};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::erase::EraseDialog;
use crate::parts::page::Page;
use crate::reminders::use_reminders;
use crate::session::use_session;
use crate::shell::Mark;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Asks for the password. The page beneath it comes back as it was asked for: the address stays.
#[component]
pub(crate) fn UnlockPage() -> impl IntoView {
    let session = use_session();
    let password = RwSignal::new(String::new());
    wipe_when_left(password);
    let tried = RwSignal::new(false);
    let forgotten = RwSignal::new(false);
    let attempt = Attempt::new();
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if password.read_untracked().is_empty() {
            return;
        }
        let typed = Password(password.get_untracked());
        attempt.run(async move { session.bridge().unlock(typed).await }, move |status| {
            session.wallet.set(Some(status));
        });
    };
    view! {
        <main class="gate">
            <div class="gate-brand"><Mark />"Soma Wallet"</div>
            <Page title="Unlock".to_owned() narrow=true>
                <DueMeanwhile />
                <form class="card form" on:submit=unlock data-testid="unlock-form">
                    <WhosePassword />
                    <PasswordField
                        label="Password".to_owned()
                        value=password
                        error=Signal::derive(move || password.read().is_empty().then(|| "type your password".to_owned()))
                        tried
                        autofocus=true
                        testid="password"
                    />
                    <AttemptFailure attempt />
                    <Button rank=Rank::Primary submit=true wide=true busy=attempt.busy() testid="unlock">"Unlock"</Button>
                </form>
                <div class="buttons">
                    <Button rank=Rank::Quiet on_press=move || forgotten.set(true) testid="forgot-password">
                        "Forgot the password?"
                    </Button>
                </div>
                <EraseDialog open=forgotten />
            </Page>
        </main>
    }
}

/// Says that something is due in this epoch, without a word of what it is.
#[component]
fn DueMeanwhile() -> impl IntoView {
    let reminders = use_reminders();
    let count = Memo::new(move |_| reminders.count());
    move || {
        let what = match count.get() {
            0 => return None,
            1 => "One of your models waits for you in this epoch, and in this one only.".to_owned(),
            many => {
                format!("{many} of your models wait for you in this epoch, and in this one only.")
            }
        };
        let next = "Unlock the wallet, and look under Models.".to_owned();
        Some(view! { <Banner tone=Tone::Caution alert=true what next testid="due-while-locked" /> })
    }
}
