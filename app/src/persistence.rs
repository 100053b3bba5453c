//! Whether the browser promises to keep what this site stores.
//!
//! Only a page can ask; a worker has no such call. Without the promise a browser short of disk may clear the wallet,
//! which the words or a backup file bring back.

use crate::session::{Phase, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// The browser's answer, once it was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persistence {
    /// Whether it promised; nothing before it answered.
    pub(crate) promised: RwSignal<Option<bool>>,
}

impl Persistence {
    /// Provides the answer to everything below, and asks as soon as there is a wallet to keep.
    pub(crate) fn provide(session: Session) {
        let persistence = Self { promised: RwSignal::new(None) };
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

/// Whether the browser promises to keep what this site stores.
#[must_use]
pub(crate) fn use_persistence() -> Persistence {
    use_context().expect("the app provides persistence before any page")
}
