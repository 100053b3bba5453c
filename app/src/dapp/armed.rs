//! Whether a yes counts: not in the moment in which a window appears under somebody's hand.

use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;

/// How long what is asked has to be in sight before it can be agreed to; milliseconds. A site can have its
/// window appear between the two clicks of a double click.
const SETTLED_MS: u32 = 700;

/// True once the view has been in sight and in focus for a moment; false again whenever it comes back.
pub(crate) fn use_armed() -> Signal<bool> {
    let armed = RwSignal::new(false);
    let waiting = StoredValue::new_local(None::<Timeout>);
    let arm = move || {
        let _ = armed.try_set(false);
        let later = Timeout::new(SETTLED_MS, move || {
            // The view may be gone by then.
            let _ = armed.try_set(true);
        });
        // The one before is dropped, which ends it.
        let _ = waiting.try_set_value(Some(later));
    };
    arm();
    let focused = window_event_listener(ev::focus, move |_| arm());
    let seen = window_event_listener(ev::visibilitychange, move |_| arm());
    on_cleanup(move || {
        focused.remove();
        seen.remove();
    });
    armed.into()
}
