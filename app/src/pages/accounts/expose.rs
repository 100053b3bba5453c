//! A secret on the screen: after the password, for a minute, and only while somebody looks.

use crate::clipboard;
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::disclosure::Disclosure;
use crate::components::icon::Icon;
use crate::components::password::{PasswordField, WhosePassword, wipe, wipe_when_left};
use crate::components::toast::use_notices;
use crate::files::save_text;
use crate::languages::{t, t_n};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::session::use_session;
use bridge::accounts::{Exposed, WhichSecret};
use bridge::wallet::Password;
use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;

/// How long a secret is shown; seconds.
const SHOWN: u32 = 60;

/// Opens to ask for the password, and shows the secret.
#[component]
pub(super) fn Expose(
    /// What there is to see.
    summary: &'static str,
    /// For tests: what opens.
    opens: &'static str,
    /// Which.
    secret: WhichSecret,
    /// What the button says.
    label: &'static str,
    /// What whoever gets it can do.
    warning: &'static str,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let (session, notices) = (use_session(), use_notices());
    let (password, attempt) = (RwSignal::new(String::new()), Attempt::new());
    wipe_when_left(password);
    let shown = RwSignal::new(None::<Exposed>);
    let show = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if password.read_untracked().is_empty() {
            return;
        }
        let given = Password(password.get_untracked());
        attempt.run(async move { session.bridge().expose(given, secret).await }, move |exposed| {
            wipe(password);
            // Stretching the password takes its time: the window may have lost the focus meanwhile.
            if document().has_focus().unwrap_or(false) {
                shown.set(Some(exposed));
            } else {
                notices.toast(t!("It was not shown, because you turned to another window meanwhile. Ask for it again."));
            }
        });
    };
    let is_shown = Memo::new(move |_| shown.read().is_some());
    let inside = move || {
        match is_shown.get() {
        true => view! { <Shown shown testid /> }.into_any(),
        false => view! {
            <form class="form" on:submit=show data-testid=testid>
                <Banner tone=Tone::Danger what=warning.to_owned() next=t!("Look around you first. It is shown for a minute, and hidden when you turn to another window.").to_owned() />
                <WhosePassword />
                <PasswordField label=t!("Password of the wallet").to_owned() value=password testid=format!("{testid}-password") />
                <AttemptFailure attempt />
                <div class="buttons">
                    <Button rank=Rank::Danger icon=Icon::Eye submit=true busy=attempt.busy() testid=format!("{testid}-show")>{label}</Button>
                </div>
            </form>
        }
        .into_any(),
    }
    };
    view! { <Disclosure summary testid=opens>{inside}</Disclosure> }
}

/// The secret, until the time is up, the window loses the focus, or the page is left.
#[component]
fn Shown(shown: RwSignal<Option<Exposed>>, testid: &'static str) -> impl IntoView {
    let notices = use_notices();
    let left = RwSignal::new(SHOWN);
    let hide = move || {
        // The page may be gone with it.
        let _ = shown.try_set(None);
    };
    let tick = Interval::new(1_000, move || {
        let seconds = left.try_update(|left| {
            *left = left.saturating_sub(1);
            *left
        });
        if seconds == Some(0) {
            hide();
        }
    });
    let tick = StoredValue::new_local(Some(tick));
    let blur = window_event_listener(ev::blur, move |_| hide());
    on_cleanup(move || {
        blur.remove();
        drop(tick.try_update_value(Option::take));
    });
    view! {
        <div class="form" data-testid=format!("{testid}-shown")>
            {move || shown.get().map(|exposed| view! { <Contents exposed=StoredValue::new(exposed) /> })}
            <p class="field-hint" role="timer" data-testid="expose-left">{move || t!("Hidden in {left} s.", left = left.get())}</p>
            <div class="buttons">
                <Button icon=Icon::EyeOff on_press=hide testid="expose-hide">{t!("Hide it now")}</Button>
                <Button on_press=move || clipboard::clear(notices) testid="clipboard-clear">{t!("Clear the clipboard")}</Button>
            </div>
        </div>
    }
}

#[component]
fn Contents(exposed: StoredValue<Exposed>) -> impl IntoView {
    let kept = exposed;
    exposed.with_value(|exposed| match exposed {
        Exposed::Phrase(words) => {
            let line = words.join(" ");
            let items = words.iter().zip(1_usize..);
            let items = items.map(|(word, number)| {
                view! {
                    <li>
                        <span class="words-number">{number}</span>
                        <span class="words-word" data-testid=format!("phrase-word-{number}")>{word.clone()}</span>
                    </li>
                }
            });
            view! {
                <ol class="words" data-testid="exposed-phrase">{items.collect_view()}</ol>
                <CopySecret text=line label=t!("Copy the words") testid="copy-words" />
            }
            .into_any()
        }
        Exposed::Key { bech32, base64 } => view! {
            <p class="field-label">{t!("For wallets")}</p>
            <code class="secret" data-testid="exposed-bech32">{bech32.clone()}</code>
            <CopySecret text=bech32.clone() label=t!("Copy this form") testid="copy-bech32" />
            <p class="field-label">{t!("As in key files")}</p>
            <code class="secret" data-testid="exposed-base64">{base64.clone()}</code>
            <CopySecret text=base64.clone() label=t!("Copy this form") testid="copy-base64" />
        }
        .into_any(),
        Exposed::Keystore { keys, .. } => {
            let keys = *keys;
            view! {
                <p data-testid="exposed-keys">{t_n!(keys as u64, "The files hold {n} key.", "The files hold {n} keys.")}</p>
                <div class="buttons">
                    <SaveFile exposed=kept name="soma.keystore" testid="save-keystore" />
                    <SaveFile exposed=kept name="soma.aliases" testid="save-aliases" />
                </div>
            }
            .into_any()
        }
    })
}

#[component]
fn CopySecret(text: String, label: &'static str, testid: &'static str) -> impl IntoView {
    let notices = use_notices();
    let text = StoredValue::new(zeroize::Zeroizing::new(text));
    let copy = move || clipboard::copy_secret(text.with_value(|text| text.to_string()), notices);
    view! { <div class="buttons"><Button icon=Icon::Copy on_press=copy testid>{label}</Button></div> }
}

#[component]
fn SaveFile(
    exposed: StoredValue<Exposed>,
    name: &'static str,
    testid: &'static str,
) -> impl IntoView {
    let notices = use_notices();
    let save = move || {
        let saved = exposed.with_value(|exposed| match exposed {
            Exposed::Keystore { keystore, aliases, .. } => {
                save_text(name, if name == "soma.aliases" { aliases } else { keystore }).is_ok()
            }
            _ => false,
        });
        match saved {
            true => notices.toast(t!("{name} was handed to the browser's downloads.", name)),
            false => notices.toast(t!("The browser did not allow the download.")),
        }
    };
    view! { <Button icon=Icon::Download on_press=save testid>{t!("Save {name}", name)}</Button> }
}
