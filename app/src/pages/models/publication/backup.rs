//! Key and embedding as an encrypted file: asked for before the commit, offered afterwards.

use crate::components::banner::{Banner, Tone};
use crate::components::button::Button;
use crate::components::disclosure::Disclosure;
use crate::components::icon::{Icon, Pictogram};
use crate::components::password::{PasswordField, wipe, wipe_when_left};
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::new_password::{NewPassword, NewPasswordFields};
use crate::session::use_session;
use bridge::publish::PublishView;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Before the commit: save the key, or know what losing it means.
#[component]
pub(super) fn BackupStep(job: Memo<PublishView>) -> impl IntoView {
    let saved = Memo::new(move |_| job.read().backed_up);
    view! {
        <section class="backup-step" data-testid="job-backup" data-saved=move || saved.get().to_string()>
            {move || {
                if saved.get() {
                    view! {
                        <p class="backup-saved"><Pictogram icon=Icon::Check />{t!("Key and embedding were saved in an encrypted file.")}</p>
                        <Disclosure summary=t!("Save them again")><BackupForm job /></Disclosure>
                    }
                        .into_any()
                } else {
                    view! {
                        <h3 class="backup-title">{t!("First, save the key")}</h3>
                        <Banner
                            tone=Tone::Caution
                            what=t!("Key and embedding exist only in this browser.").to_owned()
                            next=t!("If this browser's data is lost before the reveal, nobody can reveal, and stake may be lost. \
                                Recovery words do not bring the key back; this file does.")
                                .to_owned()
                            testid="job-backup-caution"
                        />
                        <BackupForm job />
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// Chooses a password and saves the file.
#[component]
pub(super) fn BackupForm(job: Memo<PublishView>) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
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
        let id = job.read_untracked().id.clone();
        attempt.run(
            async move {
                let answer = session.bridge().backup_publish(id, own, password).await;
                // The form may be gone by now: the publication counts as saved from here on.
                if let Ok((name, contents)) = &answer {
                    match save_text(name, contents) {
                        Ok(()) => {
                            notices
                                .toast(t!("{name} was handed to the browser's downloads.", name));
                        }
                        Err(_) => {
                            notices.toast(t!(
                                "The browser did not allow the download. Save it again."
                            ));
                        }
                    }
                }
                answer
            },
            move |_| {
                wipe(current);
                // The form may be gone by now.
                let _ = tried.try_set(false);
                chosen.wipe();
            },
        );
    };
    view! {
        <form class="form backup-form" on:submit=save>
            <PasswordField
                label=t!("Password of the wallet").to_owned()
                value=current
                error=Signal::derive(move || current.read().is_empty().then(|| t!("type the password of the wallet").to_owned()))
                tried
                testid="job-backup-own-password"
            />
            <NewPasswordFields
                chosen
                label=t!("Password of the file")
                hint=t!("Of its own: you need it to restore the file.").to_owned()
                testid="job-backup-password"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button icon=Icon::Download submit=true busy=attempt.busy() testid="job-backup-save">{t!("Save encrypted backup")}</Button>
            </div>
        </form>
    }
}
