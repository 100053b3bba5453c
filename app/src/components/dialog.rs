//! A window over the page. The browser's own `dialog` keeps the focus inside and closes on Escape.

use super::button::IconButton;
use super::icon::Icon;
use super::unique_id;
use crate::languages::t;
use leptos::html;
use leptos::prelude::*;

/// A window over the page, shown while `open`. Its contents exist only meanwhile.
#[component]
pub(crate) fn Dialog(
    /// Whether it is shown; closing sets it to false.
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// For tests.
    #[prop(optional, into)]
    testid: Option<String>,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let id = unique_id("dialog");
    let title_id = id.clone();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // Only a dialog outside the page cannot be shown, and this one is in it.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let children = StoredValue::new(children);
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            aria-labelledby=id
            data-testid=testid
            on:close=move |_| {
                // Said a moment after closing, when the page may be gone.
                let _ = open.try_set(false);
            }
        >
            <div class="dialog-head">
                <h2 class="dialog-title" id=title_id>{move || title.get()}</h2>
                <IconButton label=t!("Close").to_owned() icon=Icon::Cross on_press=move || open.set(false) testid="dialog-close" />
            </div>
            <div class="dialog-body">
                <Show when=move || open.get()>{move || children.with_value(|children| children())}</Show>
            </div>
        </dialog>
    }
}
