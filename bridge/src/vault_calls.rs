//! What a page asks about the vault, one method a request.

use crate::questions::questions;
use crate::vault::{
    PasskeyOptions, PasskeySecret, RestTicket, SealedTicket, VaultReply, VaultRequest,
    VaultStanding,
};
use crate::wallet::{Password, WalletStatus};

questions! { asked Vault, answered Vault;
    /// How the vault stands.
    vault() => VaultRequest::Look, VaultReply::Standing(it) => *it, VaultStanding;
    /// Writes the open wallet to both places.
    repair_vault() => VaultRequest::Repair, VaultReply::Standing(it) => *it, VaultStanding;
    /// Opens the copy that the password opens, although another one is newer.
    open_older(password: Password) => VaultRequest::OpenOlder(password), VaultReply::Status(it) => it, WalletStatus;
    /// Whether the wallet locks when the device slept.
    set_lock_on_sleep(lock: bool) => VaultRequest::SetLockOnSleep(lock), VaultReply::Standing(it) => *it, VaultStanding;
    /// Begins to set up a passkey.
    begin_passkey(password: Password) => VaultRequest::BeginPasskey(password), VaultReply::NewPasskey(it) => it, PasskeyOptions;
    /// Lets the passkey that was begun open the vault.
    finish_passkey(credential_id: String, secret: PasskeySecret)
        => VaultRequest::FinishPasskey { credential_id, secret }, VaultReply::Standing(it) => *it, VaultStanding;
    /// What opens the wallet again while it would not have locked by itself.
    rest() => VaultRequest::Rest, VaultReply::Rest(it) => it, RestTicket;
    /// Opens the wallet by that.
    resume(ticket: SealedTicket) => VaultRequest::Resume(ticket), VaultReply::Status(it) => it, WalletStatus;
    /// Forgets a passkey.
    remove_passkey(credential_id: String)
        => VaultRequest::RemovePasskey { credential_id }, VaultReply::Standing(it) => *it, VaultStanding;
    /// Opens the vault by a passkey.
    unlock_by_passkey(credential_id: String, secret: PasskeySecret)
        => VaultRequest::UnlockByPasskey { credential_id, secret }, VaultReply::Status(it) => it, WalletStatus;
}
