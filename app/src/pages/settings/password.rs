//! When the wallet locks, and the password that opens it.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::password::{PasswordField, wipe, wipe_when_left};
use crate::components::select::Select;
use crate::components::toast::use_notices;
use crate::languages::{t, t_n};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::new_password::{NewPassword, NewPasswordFields};
use crate::session::use_session;
use crate::vault::use_vault;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Idle minutes offered.
const MINUTES: [u16; 6] = [1, 5, 15, 30, 60, 240];

/// Locking and password.
#[component]
pub(super) fn SafetyCard() -> impl IntoView {
    view! {
        <Card title=t!("Lock and password")>
            <div class="form">
                <AutoLock />
                <LockOnSleep />
            </div>
            <p class="field-hint" data-testid="lock-on-close">{t!("Closing or reloading the page always locks: keys are only ever in its memory.")}</p>
            <Disclosure summary=t!("Change the password") testid="change-password">
                <ChangePassword />
            </Disclosure>
        </Card>
    }
}

#[component]
fn AutoLock() -> impl IntoView {
    let session = use_session();
    let attempt = Attempt::new();
    let options = Memo::new(move |_| {
        let chosen = session.auto_lock_minutes();
        let mut minutes = MINUTES.to_vec();
        minutes.extend(chosen.filter(|chosen| !MINUTES.contains(chosen)));
        minutes.sort_unstable();
        let mut options: Vec<_> =
            minutes.into_iter().map(|minutes| (minutes.to_string(), words(minutes))).collect();
        options.push(("never".to_owned(), t!("Never").to_owned()));
        options
    });
    let value = move || {
        session
            .auto_lock_minutes()
            .map_or_else(|| "never".to_owned(), |minutes| minutes.to_string())
    };
    let choose = move |key: String| {
        // Every key but "never" is a number: they were made above.
        let minutes = key.parse().ok();
        attempt.run(async move { session.bridge().set_auto_lock(minutes).await }, move |status| {
            session.wallet.set(Some(status));
        });
    };
    view! {
        <Select
            label=t!("Lock after").to_owned()
            value=Signal::derive(value)
            options
            on_choose=choose
            hint=t!("Counted from the last key or pointer you touched here.")
                .to_owned()
            testid="auto-lock"
        />
        <AttemptFailure attempt />
    }
}

#[component]
fn LockOnSleep() -> impl IntoView {
    let (session, vault) = (use_session(), use_vault());
    let attempt = Attempt::new();
    let locks = move || vault.standing.read().as_ref().is_none_or(|it| it.lock_on_sleep);
    let value = move || if locks() { "yes" } else { "no" }.to_owned();
    let options = || {
        vec![
            ("yes".to_owned(), t!("Lock").to_owned()),
            ("no".to_owned(), t!("Stay open, if the time above has not passed").to_owned()),
        ]
    };
    let choose = move |key: String| {
        let lock = key == "yes";
        attempt.run(
            async move { session.bridge().set_lock_on_sleep(lock).await },
            move |standing| {
                vault.put(standing);
            },
        );
    };
    view! {
        <Select
            label=t!("When the device slept").to_owned()
            value=Signal::derive(value)
            options=Signal::derive(options)
            on_choose=choose
            testid="lock-on-sleep"
        />
        <AttemptFailure attempt />
    }
}

/// Said before the password is changed, where passkeys end with it.
#[component]
fn PasskeysEnd() -> impl IntoView {
    let vault = use_vault();
    let any = move || vault.standing.read().as_ref().is_some_and(|it| !it.passkeys.is_empty());
    view! {
        <Show when=any>
            <p class="field-hint" data-testid="passkeys-end">
                {t!("Your passkeys open the wallet under the present password only. They are removed with it: set them up again \
                afterwards.")}
            </p>
        </Show>
    }
}

fn words(minutes: u16) -> String {
    match minutes {
        minutes if minutes % 60 == 0 => t_n!(u64::from(minutes / 60), "{n} hour", "{n} hours"),
        minutes => t_n!(u64::from(minutes), "{n} minute", "{n} minutes"),
    }
}

#[component]
fn ChangePassword() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let current = RwSignal::new(String::new());
    wipe_when_left(current);
    let tried = RwSignal::new(false);
    let chosen = NewPassword::new();
    let attempt = Attempt::new();
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(new) = chosen.take().filter(|_| !current.read_untracked().is_empty()) else {
            return;
        };
        let old = Password(current.get_untracked());
        attempt.run(async move { session.bridge().change_password(old, new).await }, move |()| {
            wipe(current);
            tried.set(false);
            chosen.wipe();
            notices.toast(t!("The password was changed."));
        });
    };
    view! {
        <form class="form" on:submit=change>
            <PasswordField
                label=t!("Present password").to_owned()
                value=current
                error=Signal::derive(move || current.read().is_empty().then(|| t!("type the present password").to_owned()))
                tried
                testid="current-password"
            />
            <NewPasswordFields chosen label=t!("New password") testid="new-password" />
            <PasskeysEnd />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="change-password-done">{t!("Change it")}</Button>
            </div>
        </form>
    }
}
