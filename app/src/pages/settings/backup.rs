//! The wallet as an encrypted file.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::password::{PasswordField, wipe, wipe_when_left};
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::new_password::{NewPassword, NewPasswordFields};
use crate::persistence::use_persistence;
use crate::session::use_session;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Saves the wallet as an encrypted file.
#[component]
pub(super) fn BackupCard() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let promised = use_persistence().promised;
    let (current, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    wipe_when_left(current);
    let chosen = NewPassword::new();
    let attempt = Attempt::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(password) = chosen.take().filter(|_| !current.read_untracked().is_empty()) else {
            return;
        };
        let own = Password(current.get_untracked());
        attempt.run(
            async move { session.bridge().backup_wallet(own, password).await },
            move |(name, contents)| {
                wipe(current);
                tried.set(false);
                chosen.wipe();
                match save_text(&name, &contents) {
                    Ok(()) => {
                        notices.toast(t!("{name} was handed to the browser's downloads.", name));
                    }
                    Err(_) => notices.toast(t!("The browser did not allow the download.")),
                }
            },
        );
    };
    view! {
        <Card title=t!("Backup file")>
            <p class="card-lede">
                {t!("Everything in this wallet, the keys of unfinished publications included, encrypted under a password of its \
                own. Recovery words alone do not bring publications back.")}
            </p>
            <Show when=move || promised.get() == Some(false)>
                <p class="card-lede" data-testid="not-kept">
                    {t!("This browser does not promise to keep the wallet: it may clear what this site stores when the disk \
                    is full. Keep your recovery words, or a backup file, somewhere else.")}
                </p>
            </Show>
            <Disclosure summary=t!("Save a backup file") testid="backup">
                <form class="form" on:submit=save>
                    <PasswordField
                        label=t!("Password of the wallet").to_owned()
                        value=current
                        error=Signal::derive(move || current.read().is_empty().then(|| t!("type the password of the wallet").to_owned()))
                        tried
                        testid="backup-own-password"
                    />
                    <NewPasswordFields chosen label=t!("Password of the file") testid="backup-password" />
                    <AttemptFailure attempt />
                    <div class="buttons">
                        <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="backup-save">{t!("Save the file")}</Button>
                    </div>
                </form>
            </Disclosure>
        </Card>
    }
}
