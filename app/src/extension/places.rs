//! The same page elsewhere: a popup ends with the next click beside it, a tab and a side panel do not.

use super::{Face, chrome};
use crate::components::banner::{Banner, Tone};
use crate::components::button::{Button, Rank};
use crate::components::icon::{Icon, Pictogram};
use crate::components::toast::use_notices;
use crate::languages::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// Pages whose work goes on for longer than a popup does, by the beginning of their path.
const LONG: [&str; 4] = ["/score", "/match", "/models/publish", "/targets"];

/// Opens the present page in a tab, and ends the popup.
fn open_tab(path: String) {
    spawn_local(async move {
        let Some(address) = chrome::address(&format!("index.html#{path}")) else { return };
        if chrome::open_tab(&address).await.is_ok() && Face::here() == Face::Popup {
            let _ = window().close();
        }
    });
}

fn path_now() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let search = location.search.get();
        let mark = if search.is_empty() { "" } else { "?" };
        format!("{}{mark}{search}{}", location.pathname.get(), location.hash.get())
    })
}

/// The ways out of a small place, among the pages that the navigation lists. Nothing on the web.
#[component]
pub(crate) fn OpenElsewhere() -> impl IntoView {
    let face = Face::here();
    let path = path_now();
    let notices = use_notices();
    let window_here = RwSignal::new(None::<f64>);
    let offers_panel = face == Face::Popup && chrome::has_panel();
    if offers_panel {
        // Asked now: in the click there is no time to ask anything.
        spawn_local(async move { window_here.set(chrome::window_here().await) });
    }
    let panel = move |_| {
        let opened =
            window_here.get_untracked().is_some_and(|here| chrome::open_panel(here).is_ok());
        if opened {
            let _ = window().close();
        } else {
            notices.toast(t!("The side panel could not be opened here.").to_owned());
        }
    };
    matches!(face, Face::Popup | Face::Panel).then(|| {
        view! {
            <div class="nav-elsewhere">
                <button
                    type="button"
                    class="nav-link"
                    data-testid="open-in-tab"
                    on:click=move |_| open_tab(path.get_untracked())
                >
                    <Pictogram icon=Icon::Elsewhere />
                    <span>{t!("Open in a tab")}</span>
                </button>
                {offers_panel.then(|| view! {
                    <button type="button" class="nav-link" data-testid="open-in-panel" on:click=panel>
                        <Pictogram icon=Icon::Panel />
                        <span>{t!("Open in the side panel")}</span>
                    </button>
                })}
            </div>
        }
    })
}

/// Says in a popup that what a page does takes longer than the popup stays.
#[component]
pub(crate) fn LongWork() -> impl IntoView {
    let path = path_now();
    let location = use_location();
    let is_long = Memo::new(move |_| {
        let path = location.pathname.read();
        let begins = |page: &str| {
            path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // Of targets, only to submit takes long: data are scored for it.
        LONG.into_iter().any(begins) && (!path.starts_with("/targets") || path.ends_with("/submit"))
    });
    (Face::here() == Face::Popup).then(|| {
        view! {
            <Show when=move || is_long.get()>
                <Banner
                    tone=Tone::Info
                    what=t!("This window closes as soon as you click beside it.").to_owned()
                    next=t!("Work with large files goes on only while its page is open: do it in a tab.").to_owned()
                    testid="long-work"
                >
                    <Button
                        rank=Rank::Secondary
                        icon=Icon::Elsewhere
                        on_press=move || open_tab(path.get_untracked())
                        testid="long-work-tab"
                    >
                        {t!("Open in a tab")}
                    </Button>
                </Banner>
            </Show>
        }
    })
}

/// Says in a popup that it may be gone once the browser asks for a passkey in a window of its own.
#[component]
pub(crate) fn PasskeyInPopup() -> impl IntoView {
    let path = path_now();
    (Face::here() == Face::Popup).then(|| {
        view! {
            <p class="field-hint" data-testid="passkey-in-popup">
                {t!("If this window closes when the browser asks for your passkey, use it in a tab.")}
            </p>
            <Button
                rank=Rank::Quiet
                icon=Icon::Elsewhere
                on_press=move || open_tab(path.get_untracked())
                testid="passkey-tab"
            >
                {t!("Open in a tab")}
            </Button>
        }
    })
}
