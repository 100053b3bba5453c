//! Whether the browser keeps what this site stores.
//!
//! Only a page can ask for a promise; a worker has no such call. Without the promise a browser short of disk may clear
//! the wallet, which the words or a backup file bring back. A window that is private forgets it in any case, and none says
//! that it is one; some of them give pages no private files, which tells.

use crate::session::{Phase, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::DomException;

/// The browser's answers, once it was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persistence {
    /// Whether it promised; nothing before it answered.
    pub(crate) promised: RwSignal<Option<bool>>,
    /// Whether it refuses private files to this page.
    pub(crate) refuses_files: RwSignal<bool>,
}

impl Persistence {
    /// Provides the answers to everything below, and asks for the promise as soon as there is a wallet to keep.
    pub(crate) fn provide(session: Session) {
        let persistence =
            Self { promised: RwSignal::new(None), refuses_files: RwSignal::new(false) };
        spawn_local(async move { persistence.refuses_files.set(refuses_files().await) });
        let phase = session.phase();
        Effect::new(move |_| {
            if phase.get() == Phase::Open && persistence.promised.get_untracked().is_none() {
                spawn_local(async move { persistence.promised.set(Some(ask().await)) });
            }
        });
        provide_context(persistence);
    }
}

async fn ask() -> bool {
    let Ok(promise) = window().navigator().storage().persist() else { return false };
    JsFuture::from(promise).await.is_ok_and(|granted| granted.is_truthy())
}

/// Whether there are no private files here for reasons that have nothing to do with what lies in them.
async fn refuses_files() -> bool {
    let storage = window().navigator().storage();
    if storage.is_undefined() {
        return true;
    }
    let thrown = JsFuture::from(storage.get_directory()).await.err();
    let thrown = thrown.as_ref().and_then(|thrown| thrown.dyn_ref::<DomException>());
    thrown.is_some_and(|thrown| thrown.name() == "SecurityError")
}

/// Whether the browser keeps what this site stores.
#[must_use]
pub(crate) fn use_persistence() -> Persistence {
    use_context().expect("the app provides persistence before any page")
}
