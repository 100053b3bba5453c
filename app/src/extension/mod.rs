//! The wallet's page inside a browser extension: which face it has, and what it does with the browser beside
//! what any page may. On the web nothing of this happens.
//!
//! The extension's own scripts are in `extension/`; `docs/extension.md` says who does what.

mod asked;
mod chrome;
mod deadlines;
mod mirror;
mod places;
mod rest;

pub(crate) use asked::Requests;
pub(crate) use deadlines::keep as keep_deadlines;
pub(crate) use mirror::begin as mirror;
pub(crate) use places::{LongWork, OpenElsewhere, PasskeyInPopup};
pub(crate) use rest::{renew, resume};

use crate::session::Session;
use chrome::Area;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the wallet's page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// As a page of the web.
    Web,
    /// In a tab, by the extension.
    Tab,
    /// Below the extension's button, as long as it is looked at.
    Popup,
    /// Beside other pages.
    Panel,
    /// In a window that shows what sites ask.
    Request,
}

impl Face {
    /// The face of this page.
    #[must_use]
    pub(crate) fn here() -> Self {
        let protocol = window().location().protocol().unwrap_or_default();
        if !protocol.ends_with("extension:") {
            return Self::Web;
        }
        // Written there before the app starts: extension/src/route.js.
        let root = document().document_element();
        match root.and_then(|root| root.get_attribute("data-face")).as_deref() {
            Some("popup") => Self::Popup,
            Some("panel") => Self::Panel,
            Some("request") => Self::Request,
            _ => Self::Tab,
        }
    }

    /// Whether the extension shows it.
    #[must_use]
    pub(crate) fn is_of_extension(self) -> bool {
        self != Self::Web
    }
}

/// Whether the addresses of this wallet's pages lead there in other browsers, too. Inside an extension they lead
/// nowhere else.
#[must_use]
pub(crate) fn has_links() -> bool {
    Face::here() == Face::Web
}

/// Begins what the extension needs of every page of it.
pub(crate) fn begin(session: Session) {
    if Face::here().is_of_extension() {
        rest::begin(session);
    }
}

/// Forgets what the background was left with: the wallet is gone.
pub(crate) fn forget() {
    if Face::here().is_of_extension() {
        spawn_local(async {
            for name in [mirror::SITES, mirror::DROPPED, deadlines::KEY] {
                // Nothing there opens anything.
                let _ = Area::Local.remove(name).await;
            }
        });
    }
}
