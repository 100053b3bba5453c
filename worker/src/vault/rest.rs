//! The open wallet at rest: where no page is left that has it open, a ticket opens it again without a
//! password, until the moment in which it would have locked by itself. Only extensions ask for one.
//!
//! What opens the vault (`wasm_core::vault`, `rest`) is sealed under a key of the browser's that nobody can
//! read. The ticket lies with the page, in storage that ends with the browser; the key lies in the database,
//! and is deleted when the wallet locks.

use super::lock::{enter, look};
use super::refusals::unlock_refusal;
use super::standing::tell;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::wallet::{capital, status};
use bridge::vault::{RestTicket, SealedTicket};
use bridge::wallet::WalletStatus;
use browser::clock::now_ms;
use browser::random::BrowserRandom;
use browser::rest_key::{RestKey, RestKeyError};
use std::rc::Rc;
use wasm_core::vault::{RestError, open_rested, rests_until};

/// Tells this use of the browser's key from any other.
const BOUND: &[u8] = b"soma-wallet rest v1";

/// A ticket for the wallet as it is open now.
pub(super) async fn ticket(context: &Context) -> Result<RestTicket, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    let key = context.presence.rest_key.borrow().clone();
    let key = match key {
        Some(key) => key,
        None => RestKey::make(&context.store).await.map_err(refusal)?,
    };
    let still_open = || context.presence.open().is_some_and(|open| Rc::ptr_eq(&open, &wallet));
    if !still_open() {
        // It was locked meanwhile, and what was just kept must not outlast that.
        forget(context);
        return Err(Refusal::locked());
    }
    context.presence.rest_key.replace(Some(key.clone()));
    let touched_ms = context.touched.get();
    let rested = wallet.unlocked.borrow().rest(touched_ms, &mut BrowserRandom);
    let sealed = key.seal(&rested, BOUND).await.map_err(refusal)?;
    if !still_open() {
        return Err(Refusal::locked());
    }
    let settings = context.settings.borrow();
    Ok(RestTicket {
        sealed: SealedTicket(hex::encode(sealed)),
        until_ms: rests_until(touched_ms, settings.auto_lock_minutes),
        locks_on_sleep: settings.lock_on_sleep,
    })
}

/// Opens the wallet by a ticket. Whoever opens it so has done nothing yet: it locks when it would have.
pub(super) async fn resume(
    context: &Rc<Context>,
    ticket: &SealedTicket,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    if context.presence.open().is_some() {
        return Ok(status(context));
    }
    let key = RestKey::kept(&context.store).await.map_err(refusal)?.ok_or_else(over)?;
    let sealed = hex::decode(&ticket.0).map_err(|_| over())?;
    let rested = key.open(&sealed, BOUND).await.map_err(refusal)?;
    let copies = look(context).await?;
    let (place, copy) = copies.whole().into_iter().next().ok_or_else(over)?;
    let minutes = context.settings.borrow().auto_lock_minutes;
    let opened = open_rested(&rested, minutes, now_ms(), &copy.envelope);
    let (unlocked, touched_ms) = opened.map_err(|error| {
        forget(context);
        match error {
            RestError::Vault(error) => unlock_refusal(error),
            RestError::Over | RestError::Unreadable => over(),
        }
    })?;
    context.presence.rest_key.replace(Some(key));
    let status = enter(context, &copies, place, unlocked).await;
    context.touched.set(touched_ms);
    tell(context).await;
    Ok(status)
}

/// The wallet is locked, or sealed under another password: no ticket opens it any more.
pub(super) fn forget(context: &Context) {
    context.presence.rest_key.take();
    let store = context.store.clone();
    wasm_bindgen_futures::spawn_local(async move {
        // Where that fails the ticket ends by itself.
        let _ = RestKey::forget(&store).await;
    });
}

fn over() -> Refusal {
    Refusal::new("rest/over", "The wallet is locked.", "Unlock it with your password.")
}

fn refusal(error: RestKeyError) -> Refusal {
    match error {
        RestKeyError::NotOurs => over(),
        error => Refusal::passing("rest/refused", capital(&error), "Unlock with your password."),
    }
}
