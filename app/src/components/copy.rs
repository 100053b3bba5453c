//! Copying, with an answer that it was done.

use super::button::IconButton;
use super::icon::Icon;
use super::toast::use_notices;
use crate::clipboard;
use crate::languages::t;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Copies a text.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What it is, for the label "Copy …".
    #[prop(into)]
    what: String,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let notices = use_notices();
    let label = {
        let what = what.clone();
        move || if copied.get() { t!("Copied").to_owned() } else { t!("Copy {what}", what) }
    };
    let copy = move || {
        let (text, what) = (text.get_untracked(), what.clone());
        spawn_local(async move {
            let written = clipboard::copy(&text).await;
            if written.is_err() {
                notices.toast(t!(
                    "The browser did not allow copying. Select the {what} and copy it by hand.",
                    what
                ));
                return;
            }
            notices.announce(t!("Copied {what}", what));
            copied.set(true);
            TimeoutFuture::new(1_600).await;
            // The button may be gone by then.
            let _ = copied.try_set(false);
        });
    };
    view! {
        <IconButton
            label=Signal::derive(label)
            icon=Signal::derive(move || if copied.get() { Icon::Check } else { Icon::Copy })
            on_press=copy
            testid=testid.unwrap_or_else(|| "copy".to_owned())
        />
    }
}
