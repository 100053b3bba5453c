//! The wallet as an encrypted file, and such a file again.

use super::attempts::check_password;
use super::refusals::{seal_refusal, unlock_refusal};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::Password;
use browser::random::BrowserRandom;
use wasm_core::vault::{self, Backup, UnlockError};

/// The whole wallet as an encrypted file, once the wallet's own password was given again: nobody who finds
/// the wallet open takes all of it along.
pub(crate) async fn backup(
    context: &Context,
    current: &Password,
    password: &Password,
) -> Result<(String, String), Refusal> {
    check_password(context, current).await?;
    // Looked up afterwards: it may have been locked meanwhile.
    let wallet = context.open_wallet()?;
    let sealed = wallet
        .read(|secrets| vault::seal_wallet_backup(&password.0, secrets, &mut BrowserRandom))
        .map_err(seal_refusal)?;
    Ok(("soma-wallet.backup".into(), hex::encode(sealed)))
}

/// Opens a backup file: the hex digits that [`backup`] wrote.
pub(crate) fn open_backup(contents: &str, password: &Password) -> Result<Backup, Refusal> {
    let bytes = hex::decode(contents.trim()).map_err(|_| {
        Refusal::new(
            "backup/damaged",
            "This is not a backup file of this wallet.",
            "Choose the file that the wallet saved.",
        )
    })?;
    vault::open_backup(&password.0, &bytes).map_err(|error| match error {
        UnlockError::WrongPassword => Refusal::new(
            "backup/wrong-password",
            "The password is not this file's, or the file was changed.",
            "A backup keeps the password it was made with, even after the wallet's was changed.",
        ),
        error => unlock_refusal(error),
    })
}
