//! Opening a wallet that is there.

use crate::components::button::{Button, Rank};
use crate::components::password::{PasswordField, wipe};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::page::Page;
use crate::session::use_session;
use crate::shell::Mark;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Asks for the password.
#[component]
pub(crate) fn UnlockPage() -> impl IntoView {
    let session = use_session();
    let password = RwSignal::new(String::new());
    let attempt = Attempt::new();
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let typed = Password(password.get_untracked());
        attempt.run(async move { session.bridge().unlock(typed).await }, move |status| {
            wipe(password);
            session.wallet.set(Some(status));
        });
    };
    view! {
        <main class="gate">
            <div class="gate-brand"><Mark />"Soma Wallet"</div>
            <Page title="Unlock".to_owned() narrow=true>
                <form class="card form" on:submit=unlock data-testid="unlock-form">
                    <PasswordField label="Password".to_owned() value=password autofocus=true testid="password" />
                    <AttemptFailure attempt />
                    <Button rank=Rank::Primary submit=true wide=true busy=attempt.busy() testid="unlock">"Unlock"</Button>
                </form>
            </Page>
        </main>
    }
}
