//! Opening and closing.

use super::copies::kept;
use super::refusals::unlock_refusal;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::wallet::status;
use bridge::protocol::Event;
use bridge::wallet::{Password, WalletStatus};
use browser::clock::{now_ms, sleep_ms};
use std::rc::Rc;
use wasm_core::vault;

/// Between two looks at the clock.
const IDLE_LOOK_MS: u32 = 5_000;

/// Opens the vault.
pub(crate) async fn unlock(
    context: &Rc<Context>,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let sealed = kept(&context.store).await?;
    let unlocked = vault::open(&password.0, &sealed).map_err(unlock_refusal)?;
    context.presence.enter(unlocked);
    Ok(entered(context))
}

/// Tells everybody that the wallet is open.
pub(super) fn entered(context: &Rc<Context>) -> WalletStatus {
    context.touched.set(now_ms());
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    context.network_moved();
    status
}

/// Closes the vault: keys and reviews are gone.
pub(crate) fn lock(context: &Context) -> WalletStatus {
    context.presence.leave();
    context.forget_reviews();
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    status
}

/// Closes the vault once nobody has been here for as long as its owner allows. A device that slept
/// wakes with the time gone by.
pub(crate) async fn lock_when_idle(context: Rc<Context>) {
    loop {
        sleep_ms(IDLE_LOOK_MS).await;
        let minutes = context.settings.borrow().auto_lock_minutes;
        let idle = now_ms().saturating_sub(context.touched.get());
        let due = minutes.is_some_and(|minutes| idle >= u64::from(minutes) * 60_000);
        if due && context.presence.open().is_some() {
            lock(&context);
        }
    }
}
