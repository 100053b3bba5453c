//! A secret in the clipboard: for a minute, and then no more, as far as the browser lets a page decide that.

use crate::components::toast::Notices;
use crate::languages::t;
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;

/// How long a secret stays in the clipboard; milliseconds.
const STAYS: u32 = 60_000;

thread_local! {
    /// How often this page wrote to the clipboard: the browser tells of no copy that a page makes itself.
    static WRITTEN: Cell<u64> = const { Cell::new(0) };
}

/// Copies what is no secret. Says whether the browser let it.
pub(crate) async fn copy(text: &str) -> Result<(), ()> {
    write(text).await
}

/// Copies a secret, and clears the clipboard after a minute where it is certain to hold the secret still:
/// where nothing else was copied here and this window kept the focus. Browsers tell no page what the
/// clipboard holds without asking, and let no page in the background clear it.
pub(crate) fn copy_secret(text: String, notices: Notices) {
    spawn_local(async move {
        if write(&text).await.is_err() {
            notices.toast(t!(
                "The browser did not allow copying. Select the secret and copy it by hand."
            ));
            return;
        }
        drop(zeroize::Zeroizing::new(text));
        notices.toast(
            t!("Copied. The clipboard is cleared in a minute if you stay on this page; elsewhere, copy something \
             else over it."),
        );
        let written = WRITTEN.get();
        let left = Rc::new(Cell::new(false));
        let [by_blur, by_copy] = [Rc::clone(&left), Rc::clone(&left)];
        let blur = window_event_listener(ev::blur, move |_| by_blur.set(true));
        let copy = window_event_listener(ev::copy, move |_| by_copy.set(true));
        TimeoutFuture::new(STAYS).await;
        blur.remove();
        copy.remove();
        if written != WRITTEN.get() {
            // The secret was copied over from here; what is there now stays.
            return;
        }
        if left.get() {
            notices.toast(t!(
                "The secret may still be in the clipboard. Copy something else over it."
            ));
        } else {
            clear(notices);
        }
    });
}

/// Clears the clipboard, whatever it holds.
pub(crate) fn clear(notices: Notices) {
    spawn_local(async move {
        match write("").await {
            Ok(()) => notices.toast(t!("The clipboard was cleared.")),
            Err(()) => notices.toast(
                t!("The browser did not allow clearing the clipboard. Copy something else over the secret."),
            ),
        }
    });
}

async fn write(text: &str) -> Result<(), ()> {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.map_err(drop)?;
    WRITTEN.set(WRITTEN.get().wrapping_add(1));
    Ok(())
}
