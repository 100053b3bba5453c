//! What surrounds every page of an open wallet: header, navigation, and the way to the contents.

use crate::components::button::IconButton;
use crate::components::icon::{Icon, Pictogram};
use crate::components::toast::use_notices;
use crate::extension::{self, LongWork, OpenElsewhere};
use crate::languages::{t, told};
use crate::parts::account::WatchedNotice;
use crate::parts::account_switcher::AccountSwitcher;
use crate::parts::attempt::Attempt;
use crate::parts::epoch_clock::EpochClock;
use crate::parts::failure::in_a_line;
use crate::parts::matching_runs::MatchingRuns;
use crate::parts::network_badge::{network_name, state_words};
use crate::parts::publications::RevealDue;
use crate::parts::search_box::SearchBox;
use crate::parts::vault_copies::{NoPrivateFiles, VaultTrouble};
use crate::routes::Pages;
use crate::session::{Session, use_session};
use crate::time::now_ms;
use bridge::network::{NetworkState, NetworkStatus};
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

/// Least time between two words to the worker that somebody is here; milliseconds.
const TOUCH_EVERY: u64 = 15_000;

/// The frame of the open wallet.
#[component]
pub(crate) fn Shell() -> impl IntoView {
    let session = use_session();
    let main = NodeRef::<html::Main>::new();
    keep_awake(session);
    let skip = move |event: ev::MouseEvent| {
        // The page's base would turn a mere fragment into another address.
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            // An element that refuses focus is not worth a word.
            let _ = main.focus();
        }
    };
    view! {
        <a class="skip-link" href="#main" on:click=skip>{t!("Skip to the contents")}</a>
        <div class="shell">
            <header class="top">
                <span class="brand"><Mark />{t!("Soma Wallet")}</span>
                <div class="top-search"><SearchBox /></div>
                <AccountSwitcher />
                <NetworkPicker />
                <LockButton />
            </header>
            <Navigation />
            <main class="main" id="main" tabindex="-1" node_ref=main>
                <WatchedNotice />
                <NetworkTrouble />
                <NoPrivateFiles />
                <VaultTrouble />
                <RevealDue />
                <LongWork />
                <MatchingRuns />
                <Pages />
            </main>
        </div>
    }
}

/// The wallet's sign.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M18.5 6.5C17 4.8 14.8 4 12 4 8.3 4 5.5 5.7 5.5 8.3c0 5.4 13 2 13 7.4 0 2.6-2.8 4.3-6.5 4.3-2.8 0-5-.8-6.5-2.5" />
            <path class="brand-rule" d="M3 22.5h18" />
        </svg>
    }
}

/// Pages that a narrow screen shows behind "More", by the beginning of their path.
const FURTHER: [&str; 7] =
    ["/match", "/score", "/stake", "/network", "/multisig", "/activity", "/settings"];

/// The way to every page. Where it is narrow, four of them and the rest behind "More".
#[component]
fn Navigation() -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let path = use_location().pathname;
    let further = Memo::new(move |_| {
        let path = path.read();
        FURTHER.into_iter().any(|page| {
            path.split_once(page).is_some_and(|(_, rest)| rest.is_empty() || rest.starts_with('/'))
        })
    });
    Effect::new(move |_| {
        path.track();
        open.set(false);
    });
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
            if let Some(button) = button.get_untracked() {
                // An element that refuses focus is not worth a word.
                let _ = button.focus();
            }
        }
    };
    view! {
        <nav class="nav" aria-label=t!("Pages") on:keydown=escape>
            <NavLink href="/" exact=true icon=Icon::Home words=t!("Home") testid="nav-home" />
            <NavLink href="/send" icon=Icon::Send words=t!("Send") testid="nav-send" />
            <NavLink href="/models" icon=Icon::Models words=t!("Models") testid="nav-models" />
            <NavLink href="/targets" icon=Icon::Target words=t!("Targets") testid="nav-targets" />
            <button
                type="button"
                class="nav-link nav-more"
                class:is-current=further
                aria-expanded=move || open.get().to_string()
                aria-controls="nav-further"
                data-testid="nav-more"
                node_ref=button
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Pictogram icon=Icon::More />
                <span>{t!("More")}</span>
            </button>
            <div class="nav-backdrop" hidden=move || !open.get() on:click=move |_| open.set(false)></div>
            <div class="nav-further" class:is-open=open id="nav-further">
                <NavLink href="/stake" icon=Icon::Stake words=t!("Stake") testid="nav-stake" />
                <NavLink href="/match" icon=Icon::Match words=t!("Match") testid="nav-match" />
                <NavLink href="/score" icon=Icon::Score words=t!("Score") testid="nav-score" />
                <NavLink href="/network" icon=Icon::Network words=t!("Network") testid="nav-network" />
                <NavLink href="/multisig" icon=Icon::Key words=t!("Multisig") testid="nav-multisig" />
                <NavLink href="/activity" icon=Icon::Activity words=t!("Activity") testid="nav-activity" />
                <NavLink href="/settings" icon=Icon::Settings words=t!("Settings") testid="nav-settings" />
                <OpenElsewhere />
            </div>
            <div class="nav-foot"><EpochClock /></div>
        </nav>
    }
}

#[component]
fn NavLink(
    href: &'static str,
    #[prop(optional)] exact: bool,
    icon: Icon,
    words: &'static str,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <A href=href exact=exact attr:class="nav-link" attr:data-testid=testid>
            <Pictogram icon />
            <span>{words}</span>
        </A>
    }
}

/// Chooses the network; its mark and word tell whether it answers.
#[component]
fn NetworkPicker() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let attempt = Attempt::new();
    let chosen = Memo::new(move |_| {
        session
            .network
            .read()
            .as_ref()
            .map(|status| status.network.name.clone())
            .unwrap_or_default()
    });
    let state = move || {
        session
            .network
            .read()
            .as_ref()
            .map_or((t!("connecting"), "mark mark-waiting"), |status| state_words(&status.state))
    };
    let choose = move |name: String| {
        attempt.run(
            async move { session.bridge().select_network(name).await },
            move |status: NetworkStatus| {
                notices.announce(t!("Network: {name}", name = network_name(&status.network)));
                session.network.set(Some(status));
            },
        );
    };
    Effect::new(move |_| {
        if let Some(failure) = attempt.failure().get() {
            notices.toast(in_a_line(&failure));
        }
    });
    view! {
        <label class="network-picker">
            <span class=move || state().1 aria-hidden="true"></span>
            <span class="visually-hidden">{t!("Network")}</span>
            <select
                data-testid="network-picker"
                data-state=move || state().0
                prop:value=move || chosen.get()
                on:change:target=move |event| choose(event.target().value())
            >
                {move || {
                    let chosen = chosen.get();
                    session
                        .networks
                        .get()
                        .into_iter()
                        .map(|network| {
                            let selected = network.name == chosen;
                            view! { <option value=network.name.clone() selected=selected>{network_name(&network)}</option> }
                        })
                        .collect_view()
                }}
            </select>
            <span class="network-picker-state">{move || state().0}</span>
        </label>
    }
}

/// Locks the wallet.
#[component]
fn LockButton() -> impl IntoView {
    let session = use_session();
    let notices = use_notices();
    let lock = move || {
        spawn_local(async move {
            match session.bridge().lock().await {
                Ok(status) => session.wallet.set(Some(status)),
                Err(failure) => notices.toast(told(&failure.what)),
            }
        });
    };
    view! { <IconButton label=t!("Lock the wallet").to_owned() icon=Icon::Lock on_press=lock testid="lock" /> }
}

/// Says above every page when the network cannot be used.
#[component]
fn NetworkTrouble() -> impl IntoView {
    use crate::components::banner::{Banner, Tone};
    let session = use_session();
    let attempt = Attempt::new();
    let again = move || {
        attempt.run(async move { session.bridge().network_status().await }, move |status| {
            session.network.set(Some(status));
        });
    };
    let trouble = Memo::new(move |_| {
        let network = session.network.read();
        let status = network.as_ref()?;
        match &status.state {
            NetworkState::Offline { reason } => Some((
                t!("{name} cannot be used: {reason}.", name = network_name(&status.network), reason),
                t!("What you see may be old, and nothing can be sent. Your wallet is safe on this device.").to_owned(),
                true,
            )),
            NetworkState::WrongChain { expected, actual } => Some((
                t!("{name} is now another chain: {actual} answers instead of {expected}.", name = network_name(&status.network), actual, expected),
                t!("Nothing is signed for it. If you trust the change, remove the network in the settings and add it again.").to_owned(),
                false,
            )),
            NetworkState::Connecting | NetworkState::Online(_) => None,
        }
    });
    move || {
        trouble.get().map(|(what, next, retry)| {
            if retry {
                view! { <Banner tone=Tone::Caution alert=true what next on_retry=again testid="network-trouble" /> }.into_any()
            } else {
                view! { <Banner tone=Tone::Danger alert=true what next testid="network-trouble" /> }.into_any()
            }
        })
    }
}

/// Tells the worker now and then that somebody is here, so that the wallet does not lock under their hands.
fn keep_awake(session: Session) {
    let last = StoredValue::new(0_u64);
    let touch = move || {
        let now = now_ms();
        if now.saturating_sub(last.get_value()) < TOUCH_EVERY {
            return;
        }
        last.set_value(now);
        spawn_local(async move {
            // A worker that cannot hear this says so by itself.
            let _ = session.bridge().touch().await;
            extension::renew(session);
        });
    };
    let by_key = window_event_listener(ev::keydown, move |_| touch());
    let by_pointer = window_event_listener(ev::pointerdown, move |_| touch());
    on_cleanup(move || {
        by_key.remove();
        by_pointer.remove();
    });
}
