//! Short notes of what happened elsewhere, and the words for those who listen instead of look.

use super::icon::{Icon, Pictogram};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How long a note stays; milliseconds.
const STAY: u32 = 6_000;

/// Notes in sight, and what is read aloud.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notices {
    shown: RwSignal<Vec<(u32, String)>>,
    spoken: RwSignal<String>,
    next: StoredValue<u32>,
}

impl Notices {
    /// Provides notes to everything below.
    pub(crate) fn provide() -> Self {
        let notices = Self {
            shown: RwSignal::default(),
            spoken: RwSignal::default(),
            next: StoredValue::new(0),
        };
        provide_context(notices);
        notices
    }

    /// Reads a result aloud, in the language in force. It is shown elsewhere.
    pub(crate) fn announce(&self, text: impl Into<String>) {
        self.spoken.set(text.into());
    }

    /// Shows a note for a while, in the language in force, and reads it aloud.
    pub(crate) fn toast(&self, text: impl Into<String>) {
        let (text, id): (String, u32) = (text.into(), self.next.get_value());
        self.next.set_value(id.wrapping_add(1));
        self.spoken.set(text.clone());
        self.shown.update(|shown| shown.push((id, text)));
        let shown = self.shown;
        spawn_local(async move {
            TimeoutFuture::new(STAY).await;
            // The page may be gone by then.
            let _ = shown.try_update(|shown| shown.retain(|(other, _)| *other != id));
        });
    }
}

/// The notes of this page.
#[must_use]
pub(crate) fn use_notices() -> Notices {
    use_context().expect("the app provides notices before any page")
}

/// Where notes appear. Once, at the end of the page.
#[component]
pub(crate) fn NoticeBoard() -> impl IntoView {
    let notices = use_notices();
    view! {
        <div class="visually-hidden" aria-live="polite" role="status" data-testid="announcer">
            {move || notices.spoken.get()}
        </div>
        <ul class="toasts" aria-hidden="true">
            <For each=move || notices.shown.get() key=|(id, _)| *id let((_, text))>
                <li class="toast"><Pictogram icon=Icon::Info /><span>{text}</span></li>
            </For>
        </ul>
    }
}
