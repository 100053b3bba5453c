//! Closing by itself: after some time without anybody, and when the device slept.

use super::lock::lock_because;
use crate::context::Context;
use bridge::vault::LockedBy;
use browser::clock::{now_ms, sleep_ms};
use std::rc::Rc;

/// Between two looks at the clock.
const LOOK_MS: u32 = 5_000;
/// A clock that moved on so far between two looks did so while the device slept: nothing here keeps the
/// worker from looking for so long.
const SLEPT_MS: u64 = 120_000;
const MINUTE_MS: u64 = 60_000;

/// Looks at the clock again and again, and closes the vault when it is time.
pub(crate) async fn lock_when_left(context: Rc<Context>) {
    context.presence.looked.set(now_ms());
    loop {
        sleep_ms(LOOK_MS).await;
        look(&context);
    }
}

/// Somebody is here. A key pressed on a device that just woke does not keep open what should be closed.
pub(crate) fn touch(context: &Context) {
    look(context);
    context.touched.set(now_ms());
}

fn look(context: &Context) {
    let now = now_ms();
    let slept = now.saturating_sub(context.presence.looked.replace(now)) > SLEPT_MS;
    if context.presence.open().is_none() {
        return;
    }
    let (minutes, on_sleep) = {
        let settings = context.settings.borrow();
        (settings.auto_lock_minutes, settings.lock_on_sleep)
    };
    let idle = now.saturating_sub(context.touched.get());
    if slept && on_sleep {
        lock_because(context, LockedBy::Sleep);
    } else if let Some(minutes) = minutes
        && idle >= u64::from(minutes) * MINUTE_MS
    {
        lock_because(context, LockedBy::Idle { minutes });
    }
}
