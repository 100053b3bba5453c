//! Passkeys that open the wallet beside the password.

use crate::components::button::{Button, Rank};
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::password::{PasswordField, WhosePassword, wipe, wipe_when_left};
use crate::components::toast::use_notices;
use crate::extension::PasskeyInPopup;
use crate::languages::t;
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::passkey;
use crate::session::use_session;
use crate::time::day_and_time;
use crate::vault::use_vault;
use bridge::vault::PasskeyView;
use bridge::wallet::Password;
use leptos::prelude::*;

/// Sets passkeys up, and takes them away.
#[component]
pub(super) fn PasskeysCard() -> impl IntoView {
    let vault = use_vault();
    let passkeys = Memo::new(move |_| {
        vault.standing.read().as_ref().map(|it| it.passkeys.clone()).unwrap_or_default()
    });
    view! {
        <Card title=t!("Passkeys") testid="passkeys">
            <p class="card-lede">
                {t!("A fingerprint, a face or a security key can unlock the wallet in place of the password. The password stays, \
                and changing it removes all passkeys. A passkey is no backup: it opens this browser's wallet only.")}
            </p>
            <ul class="lines">
                <For each=move || passkeys.get() key=|passkey| passkey.credential_id.clone() let:passkey>
                    <PasskeyLine passkey />
                </For>
            </ul>
            {if passkey::are_known() {
                view! {
                    <PasskeyInPopup />
                    <Disclosure summary=t!("Set up a passkey") testid="add-passkey">
                        <AddPasskey />
                    </Disclosure>
                }
                    .into_any()
            } else {
                view! { <p class="field-hint">{t!("This browser has no passkeys, or the page was not opened over https.")}</p> }
                    .into_any()
            }}
        </Card>
    }
}

#[component]
fn PasskeyLine(passkey: PasskeyView) -> impl IntoView {
    let (session, vault, notices) = (use_session(), use_vault(), use_notices());
    let attempt = Attempt::new();
    let PasskeyView { credential_id, made_ms, .. } = passkey;
    let remove = move || {
        let id = credential_id.clone();
        attempt.run(async move { session.bridge().remove_passkey(id).await }, move |standing| {
            vault.put(standing);
            notices.toast(t!("The passkey opens this wallet no more."));
        });
    };
    view! {
        <li class="network-line" data-testid="passkey">
            <div>
                <p class="line-name">{t!("Passkey")}</p>
                <p class="quiet">{t!("Set up on {when}", when = day_and_time(made_ms))}</p>
                <AttemptFailure attempt />
            </div>
            <Button rank=Rank::Secondary busy=attempt.busy() on_press=remove testid="remove-passkey">{t!("Remove")}</Button>
        </li>
    }
}

#[component]
fn AddPasskey() -> impl IntoView {
    let (session, vault, notices) = (use_session(), use_vault(), use_notices());
    let password = RwSignal::new(String::new());
    wipe_when_left(password);
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if password.read_untracked().is_empty() {
            return;
        }
        let typed = Password(password.get_untracked());
        let act = async move {
            let bridge = session.bridge();
            let options = bridge.begin_passkey(typed).await?;
            let (id, secret) = passkey::make(options).await?;
            bridge.finish_passkey(id, secret).await
        };
        attempt.run(act, move |standing| {
            wipe(password);
            tried.set(false);
            vault.put(standing);
            notices.toast(t!("The passkey unlocks this wallet from now on."));
        });
    };
    view! {
        <form class="form" on:submit=add>
            <WhosePassword />
            <PasswordField
                label=t!("Present password").to_owned()
                value=password
                error=Signal::derive(move || password.read().is_empty().then(|| t!("type the present password").to_owned()))
                tried
                testid="passkey-password"
            />
            <AttemptFailure attempt />
            <div class="buttons">
                <Button rank=Rank::Primary submit=true busy=attempt.busy() testid="passkey-make">{t!("Set it up")}</Button>
            </div>
        </form>
    }
}
