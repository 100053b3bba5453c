//! Opening a wallet that is there.

use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::password::{PasswordField, WhosePassword, wipe_when_left};
use crate::extension::PasskeyInPopup;
use crate::languages::{t, t_n};
use crate::pages::requests::AskedNotice;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::erase::EraseDialog;
use crate::parts::page::Page;
use crate::parts::vault_copies::troubles;
use crate::passkey;
use crate::reminders::Reminders;
use crate::session::use_session;
use crate::shell::Mark;
use crate::time::use_now;
use crate::vault::use_vault;
use bridge::vault::{InForce, LockedBy};
use bridge::wallet::Password;
use leptos::prelude::*;

/// The password opens a copy that is not the newest.
const OLDER_OPENS: &str = "vault/older-opens";
/// It is too early for another password. The button says how long that is.
const TOO_EARLY: &str = "vault/wait";
/// Between two looks at the clock while one has to wait, in milliseconds.
const TICK_MS: u32 = 250;

/// Asks for the password. The page beneath it comes back as it was asked for: the address stays.
#[component]
pub(crate) fn UnlockPage() -> impl IntoView {
    let session = use_session();
    let password = RwSignal::new(String::new());
    wipe_when_left(password);
    let tried = RwSignal::new(false);
    let forgotten = RwSignal::new(false);
    let attempt = Attempt::new();
    let wait = use_wait();
    // Once one can try again, that one could not is no news.
    Effect::new(move |_| {
        let was_early = attempt.failure().get().is_some_and(|failure| failure.code == TOO_EARLY);
        if was_early && wait.get() == 0 {
            attempt.forgive();
        }
    });
    let typed = move || {
        tried.set(true);
        let usable = !password.read_untracked().is_empty() && wait.get_untracked() == 0;
        usable.then(|| Password(password.get_untracked()))
    };
    let unlock = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(typed) = typed() else { return };
        attempt.run(async move { session.bridge().unlock(typed).await }, move |status| {
            session.wallet.set(Some(status));
        });
    };
    let open_older = move || {
        let Some(typed) = typed() else { return };
        attempt.run(async move { session.bridge().open_older(typed).await }, move |status| {
            session.wallet.set(Some(status));
        });
    };
    let older = move || attempt.failure().get().is_some_and(|failure| failure.code == OLDER_OPENS);
    view! {
        <main class="gate">
            <div class="gate-brand"><Mark />{t!("Soma Wallet")}</div>
            <Page title=t!("Unlock").to_owned() narrow=true>
                <AskedNotice first=t!("Unlock the wallet to see what it asks.") />
                <DueMeanwhile />
                <WhatWasFound />
                <form class="card form" on:submit=unlock data-testid="unlock-form">
                    <WhosePassword />
                    <WhyLocked />
                    <KeysGone />
                    <PasswordField
                        label=t!("Password").to_owned()
                        value=password
                        error=Signal::derive(move || password.read().is_empty().then(|| t!("type your password").to_owned()))
                        tried
                        autofocus=true
                        testid="password"
                    />
                    <AttemptFailure attempt />
                    <Button rank=Rank::Primary submit=true wide=true busy=attempt.busy() disabled=Signal::derive(move || wait.get() > 0) testid="unlock">
                        {move || match wait.get() {
                            0 => t!("Unlock").to_owned(),
                            seconds => t_n!(seconds, "Unlock in {n} second", "Unlock in {n} seconds"),
                        }}
                    </Button>
                    <Waiting wait />
                    <Show when=older>
                        <Button wide=true busy=attempt.busy() on_press=open_older testid="open-older">
                            {t!("Open the older copy")}
                        </Button>
                    </Show>
                    <ByPasskey />
                </form>
                <div class="buttons">
                    <Button rank=Rank::Quiet on_press=move || forgotten.set(true) testid="forgot-password">
                        {t!("Forgot the password?")}
                    </Button>
                </div>
                <EraseDialog open=forgotten />
            </Page>
        </main>
    }
}

/// Seconds until another password may be tried.
fn use_wait() -> Memo<u64> {
    let (vault, now) = (use_vault(), use_now(TICK_MS));
    Memo::new(move |_| vault.may_try_at.get().saturating_sub(now.get()).div_ceil(1_000))
}

/// Says once, not every second, why the button waits.
#[component]
fn Waiting(wait: Memo<u64>) -> impl IntoView {
    let waits = Memo::new(move |_| wait.get() > 0);
    view! {
        <p class="field-hint" role="status" data-testid="unlock-wait" data-seconds=move || wait.get().to_string()>
            {move || {
                waits
                    .get()
                    .then_some(
                        t!("After several wrong passwords each further one has to wait, up to five minutes. Nothing is deleted, \
                        however often it is wrong."),
                    )
            }}
        </p>
    }
}

/// Why the wallet is locked, where it locked itself.
#[component]
fn WhyLocked() -> impl IntoView {
    let vault = use_vault();
    let why = Memo::new(move |_| vault.standing.read().as_ref().and_then(|it| it.locked_by));
    move || {
        let said = match why.get()? {
            LockedBy::Hand => return None,
            LockedBy::Sleep => t!("Locked because the device slept.").to_owned(),
            LockedBy::Idle { minutes } => t_n!(
                u64::from(minutes),
                "Locked after a minute without use.",
                "Locked after {n} minutes without use."
            ),
        };
        Some(view! { <p class="field-hint" data-testid="why-locked">{said}</p> })
    }
}

/// That the keys went with the page that had them.
#[component]
fn KeysGone() -> impl IntoView {
    let session = use_session();
    view! {
        <Show when=move || session.moved.get()>
            <p class="field-hint" role="status" data-testid="keys-gone">
                {t!("The page that had the wallet open was closed, and the keys went with it. Your password opens it here; nothing \
                is lost.")}
            </p>
        </Show>
    }
}

/// What is wrong with a copy of the wallet, and which password is in force where a change of it was
/// interrupted.
#[component]
fn WhatWasFound() -> impl IntoView {
    let vault = use_vault();
    let found = Memo::new(move |_| {
        let standing = vault.standing.read();
        let standing = standing.as_ref()?;
        standing.usable.then(|| troubles(&standing.copies)).flatten()
    });
    let interrupted =
        Memo::new(move |_| vault.standing.read().as_ref().and_then(|it| it.interrupted));
    view! {
        {move || {
            interrupted
                .get()
                .map(|in_force| {
                    let (what, next) = match in_force {
                        InForce::New => (
                            t!("The change of your password was interrupted, after the wallet was sealed under the new one."),
                            t!("Unlock with the new password. Nothing is lost."),
                        ),
                        InForce::Former => (
                            t!("The change of your password was interrupted before anything was written."),
                            t!("Unlock with the password that you had before. Nothing is lost."),
                        ),
                    };
                    view! {
                        <Banner tone=Tone::Caution what=what.to_owned() next=next.to_owned() testid="password-interrupted" />
                    }
                })
        }}
        {move || {
            found
                .get()
                .map(|what| {
                    let next = t!("The other copy of your wallet is whole and is used. Nothing is overwritten: after you \
                        unlocked, the wallet offers to repair it.");
                    view! { <Banner tone=Tone::Caution what next=next.to_owned() testid="vault-found" /> }
                })
        }}
    }
}

/// Unlocks by a passkey, where one was set up.
#[component]
fn ByPasskey() -> impl IntoView {
    let (session, vault) = (use_session(), use_vault());
    let attempt = Attempt::new();
    let offered = Memo::new(move |_| {
        let has = vault.standing.read().as_ref().is_some_and(|it| !it.passkeys.is_empty());
        has && passkey::are_known()
    });
    let unlock = move || {
        let standing = vault.standing.get_untracked();
        let passkeys = standing.map(|it| it.passkeys).unwrap_or_default();
        let by = async move {
            let (id, secret) = passkey::ask(&passkeys).await?;
            session.bridge().unlock_by_passkey(id, secret).await
        };
        attempt.run(by, move |status| session.wallet.set(Some(status)));
    };
    view! {
        <Show when=move || offered.get()>
            <AttemptFailure attempt />
            <Button wide=true busy=attempt.busy() on_press=unlock testid="unlock-passkey">{t!("Unlock with a passkey")}</Button>
            <PasskeyInPopup />
        </Show>
    }
}

/// Says that something is due in this epoch, without a word of what it is.
#[component]
fn DueMeanwhile() -> impl IntoView {
    // Nothing is known of what is due before the wallet was open once.
    let reminders = use_context::<Reminders>();
    let count = Memo::new(move |_| reminders.map_or(0, Reminders::count));
    move || {
        let what = match count.get() {
            0 => return None,
            some => t_n!(
                some as u64,
                "One of your models waits for you in this epoch, and in this one only.",
                "{n} of your models wait for you in this epoch, and in this one only."
            ),
        };
        let next = t!("Unlock the wallet, and look under Models.").to_owned();
        Some(view! { <Banner tone=Tone::Caution alert=true what next testid="due-while-locked" /> })
    }
}
