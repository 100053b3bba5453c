//! The root: what every page uses, and the choice between welcome, unlock and the open wallet.

use crate::components::button::{Button, Rank};
use crate::components::icon::Icon;
use crate::components::toast::{NoticeBoard, Notices};
use crate::extension;
use crate::furniture::{Delivery, Furniture};
use crate::languages::{self, Languages, t};
use crate::matching::forget_queue;
use crate::parts::failure::FailureBanner;
use crate::parts::new_version::NewVersion;
use crate::parts::page::{Page, Visited};
use crate::persistence::Persistence;
use crate::preferences::Preferences;
use crate::rooms::{self, Missing};
use crate::session::{Phase, Session, use_session};
use crate::shell::Mark;
use crate::vault::Vault;
use crate::versions::Versions;
use bridge::beginning::Beginning;
use bridge::protocol::Failure;
use leptos::prelude::*;
use leptos_router::components::Router;

/// Shows the wallet, in the language of this device.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        languages::begin().await;
        let beginning = Beginning::of_this_page().await;
        mount_to_body(move || view! { <App beginning /> });
    });
}

/// The wallet.
#[component]
fn App(
    /// Whether anybody was here before.
    beginning: Beginning,
) -> impl IntoView {
    Preferences::provide();
    let languages = Languages::provide();
    Notices::provide();
    Visited::provide();
    Versions::provide();
    let is_blank = matches!(beginning, Beginning::Blank);
    let session = Session::provide(beginning);
    Vault::provide(session);
    Persistence::provide(session);
    extension::begin(session);
    forget_with_wallet(session);
    let furniture = Furniture::provide(is_blank);
    if is_blank {
        // What somebody sees first comes first; nothing but the worker's keys and networks is missing there.
        rooms::after_welcome(move || session.wake());
    }
    // Texts are said when they are shown: another language shows everything anew.
    move || {
        let _ = languages.in_force();
        view! { <Everything session furniture /> }
    }
}

/// What this browser keeps beside the vault goes with the wallet, whichever page erases it.
fn forget_with_wallet(session: Session) {
    let phase = session.phase();
    Effect::new(move |_| {
        if phase.get() == Phase::Absent {
            forget_queue();
            extension::forget();
        }
    });
}

/// What is shown of the wallet.
#[component]
fn Everything(session: Session, furniture: Furniture) -> impl IntoView {
    let phase = session.phase();
    view! {
        <NewVersion />
        <Router base=base_path()>
            {move || {
                if let Some(failure) = session.stopped.get() {
                    return view! { <Stopped failure /> }.into_any();
                }
                if let Some(failure) = session.refused.get() {
                    return view! { <Refused failure /> }.into_any();
                }
                match (phase.get(), furniture.delivery()) {
                    (Phase::Opening, _) | (_, Delivery::Coming) => view! { <Opening /> }.into_any(),
                    (_, Delivery::Missing) => {
                        view! { <Incomplete furniture /> }.into_any()
                    }
                    (Phase::Absent, _) => rooms::welcome(()),
                    (Phase::Locked, _) => {
                        rooms::expect_wallet();
                        rooms::unlock(())
                    }
                    (Phase::Open, _) => rooms::wallet(()),
                }
            }}
        </Router>
        <NoticeBoard />
    }
}

/// Until the worker speaks.
#[component]
fn Opening() -> impl IntoView {
    view! {
        <main class="gate" aria-busy="true">
            <p class="opening" role="status" data-testid="opening">{t!("Opening the wallet…")}</p>
        </main>
    }
}

/// The worker is gone, and with it everything but this page.
#[component]
fn Stopped(failure: Failure) -> impl IntoView {
    let reload = move || {
        // A browser that refuses to reload has its own button.
        let _ = window().location().reload();
    };
    view! {
        <Gate title=t!("The wallet stopped").to_owned()>
            <FailureBanner failure />
            <div class="buttons">
                <Button rank=Rank::Primary icon=Icon::Refresh on_press=reload testid="reload">{t!("Reload")}</Button>
            </div>
        </Gate>
    }
}

/// The worker does not let this page in yet.
#[component]
fn Refused(failure: Failure) -> impl IntoView {
    let session = use_session();
    view! {
        <Gate title=t!("Not now").to_owned()>
            <FailureBanner failure on_retry=move || session.enter() />
        </Gate>
    }
}

/// What every page needs did not come.
#[component]
fn Incomplete(furniture: Furniture) -> impl IntoView {
    view! {
        <Gate title=t!("Not now").to_owned()>
            <Missing bring=move || furniture.bring() />
        </Gate>
    }
}

/// A page outside of which nothing of the wallet can be reached.
#[component]
fn Gate(title: String, children: Children) -> impl IntoView {
    view! {
        <main class="gate">
            <div class="gate-brand"><Mark />{t!("Soma Wallet")}</div>
            <Page title>{children()}</Page>
        </main>
    }
}

/// Where the wallet is served, without the slash at the end: routes are counted from there.
pub(crate) fn base_path() -> String {
    let path = document()
        .base_uri()
        .ok()
        .flatten()
        .and_then(|base| web_sys::Url::new(&base).ok())
        .map(|base| base.pathname())
        .unwrap_or_default();
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}
