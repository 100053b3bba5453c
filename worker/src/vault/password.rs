//! Another password. Whatever stops it, the vault opens with the one before or with the new one, and it
//! is said which.

use super::attempts::try_password;
use super::cost;
use super::refusals::{half_changed, not_both, seal_refusal};
use super::standing::tell;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::vault::InForce;
use bridge::wallet::Password;
use browser::random::BrowserRandom;
use browser::store::Drawer;
use std::rc::Rc;
use wasm_core::vault::{self, ChangePasswordError};

/// Where the number of the copy before the change is kept while the change is under way.
const KEY: &str = "password-change";

/// Seals the vault under another password. Passkeys opened the former one: they are gone.
pub(crate) async fn change_password(
    context: &Rc<Context>,
    current: &Password,
    new: &Password,
) -> Result<(), Refusal> {
    let changed = change(context, current, new).await;
    tell(context).await;
    changed
}

async fn change(context: &Rc<Context>, current: &Password, new: &Password) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    if let Some(place) = wallet.keeper.lock().await.left_alone() {
        return Err(not_both(place));
    }
    let cost = cost::of_this_device()?;
    let sealed = wallet.unlocked.borrow().seal(&mut BrowserRandom).map_err(seal_refusal)?;
    let (unlocked, sealed) = try_password(context, || {
        match vault::change_password(&sealed, &current.0, &new.0, cost, &mut BrowserRandom) {
            Ok(changed) => Ok(Ok(changed)),
            Err(ChangePasswordError::Seal(error)) => Ok(Err(error)),
            Err(ChangePasswordError::Unlock(error)) => Err(error),
        }
    })
    .await?
    .map_err(seal_refusal)?;
    let before = wallet.keeper.lock().await.generation();
    context.store.save(Drawer::Settings, KEY, &before).await?;
    context.presence.stale_note.set(false);
    let kept = wallet.keep(context, sealed, Vec::new()).await;
    if kept.is_ok() {
        // In its place, and before anything else can fail: the next change is sealed under the new password.
        // A wallet that was locked meanwhile stays locked.
        wallet.unlocked.replace(unlocked);
        super::rest::forget(context);
    }
    // Nothing is under way any more, whatever became of it.
    context.presence.stale_note.set(true);
    drop_stale_note(context).await;
    kept?;
    let left_alone = wallet.keeper.lock().await.left_alone();
    left_alone.map_or(Ok(()), |place| Err(half_changed(place)))
}

/// Takes away the note of a change that is over, where that failed before: once more is written, it would
/// name the wrong password.
pub(super) async fn drop_stale_note(context: &Context) {
    if context.presence.stale_note.get() {
        let dropped = context.store.remove(Drawer::Settings, KEY).await;
        context.presence.stale_note.set(dropped.is_err());
    }
}

/// Which password is in force, where a change of it was interrupted.
pub(super) async fn interrupted(context: &Context) -> Option<InForce> {
    if context.presence.open().is_some() {
        // It is known.
        return None;
    }
    let before: u64 = context.store.load(Drawer::Settings, KEY).await.ok().flatten()?;
    let new = context.presence.generation.get() > before;
    Some(if new { InForce::New } else { InForce::Former })
}

/// It is known which password opens the vault.
pub(super) async fn forget_interrupted(context: &Context) {
    // A note that stays says once more what is true.
    let _ = context.store.remove(Drawer::Settings, KEY).await;
}
