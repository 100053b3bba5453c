//! Another password.

use super::copies::{keep, kept};
use super::refusals::{seal_refusal, unlock_refusal};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::Password;
use browser::random::BrowserRandom;
use std::rc::Rc;
use wasm_core::vault::{self, ChangePasswordError};

/// Seals the vault under another password.
pub(crate) async fn change_password(
    context: &Rc<Context>,
    current: &Password,
    new: &Password,
) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    if !wallet.is_stored() {
        wallet.store(&context.store).await?;
    }
    let sealed = kept(&context.store).await?;
    let (unlocked, sealed) =
        vault::change_password(&sealed, &current.0, &new.0, &mut BrowserRandom).map_err(
            |error| match error {
                ChangePasswordError::Unlock(error) => unlock_refusal(error),
                ChangePasswordError::Seal(error) => seal_refusal(error),
            },
        )?;
    keep(&context.store, &sealed).await?;
    // In its place: a wallet that was locked meanwhile stays locked.
    wallet.unlocked.replace(unlocked);
    Ok(())
}
