//! The root: what every page uses, and the choice between welcome, unlock and the open wallet.

use crate::components::toast::{NoticeBoard, Notices};
use crate::jobs::Jobs;
use crate::pages::{unlock::UnlockPage, welcome::WelcomePage};
use crate::parts::failure::FailureBanner;
use crate::parts::page::Visited;
use crate::preferences::Preferences;
use crate::session::{Phase, Session};
use crate::shell::Shell;
use leptos::prelude::*;
use leptos_router::components::Router;

/// The wallet.
#[component]
pub fn App() -> impl IntoView {
    Preferences::provide();
    Notices::provide();
    Visited::provide();
    let session = Session::provide();
    Jobs::provide(session);
    let phase = session.phase();
    view! {
        <Router base=base_path()>
            {move || session.stopped.get().map(|failure| view! { <div class="stopped"><FailureBanner failure /></div> })}
            {move || match phase.get() {
                Phase::Opening => view! { <Opening /> }.into_any(),
                Phase::Absent => view! { <WelcomePage /> }.into_any(),
                Phase::Locked => view! { <UnlockPage /> }.into_any(),
                Phase::Open => view! { <Shell /> }.into_any(),
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
            <p class="opening" role="status" data-testid="opening">"Opening the wallet…"</p>
        </main>
    }
}

/// Where the wallet is served, without the slash at the end: routes are counted from there.
fn base_path() -> String {
    let path = document()
        .base_uri()
        .ok()
        .flatten()
        .and_then(|base| web_sys::Url::new(&base).ok())
        .map(|base| base.pathname())
        .unwrap_or_default();
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
}
