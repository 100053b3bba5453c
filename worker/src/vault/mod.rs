//! The vault in this browser: where it lies, who has it open, and how it is opened and closed.

mod attempts;
mod backup;
mod clock;
mod cost;
mod erase;
mod lock;
mod open;
mod passkeys;
mod password;
mod presence;
mod refusals;
mod rest;
mod standing;

pub(crate) use attempts::check_password;
pub(crate) use backup::{backup, open_backup};
pub(crate) use clock::{lock_when_left, touch};
pub(crate) use erase::erase;
pub(crate) use lock::{lock, unlock};
pub(crate) use open::{OpenWallet, change_secrets, found, refuse_second};
pub(crate) use password::change_password;
pub(crate) use presence::Presence;
pub(crate) use refusals::seal_refusal;

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::vault::{VaultReply, VaultRequest};
use std::rc::Rc;

/// Answers what a page asks about the vault.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: VaultRequest,
) -> Result<VaultReply, Refusal> {
    match request {
        VaultRequest::Look => {}
        VaultRequest::Repair => open::repair(context).await?,
        VaultRequest::OpenOlder(password) => {
            return lock::open_older(context, &password).await.map(VaultReply::Status);
        }
        VaultRequest::SetLockOnSleep(lock) => {
            context.change_settings(|settings| settings.lock_on_sleep = lock).await?;
        }
        VaultRequest::BeginPasskey(password) => {
            return passkeys::begin(context, &password).await.map(VaultReply::NewPasskey);
        }
        VaultRequest::FinishPasskey { credential_id, secret } => {
            passkeys::finish(context, &credential_id, &secret).await?;
        }
        VaultRequest::RemovePasskey { credential_id } => {
            passkeys::remove(context, &credential_id).await?;
        }
        VaultRequest::Rest => return rest::ticket(context).await.map(VaultReply::Rest),
        VaultRequest::Resume(ticket) => {
            return rest::resume(context, &ticket).await.map(VaultReply::Status);
        }
        VaultRequest::UnlockByPasskey { credential_id, secret } => {
            let status = passkeys::unlock(context, &credential_id, &secret).await?;
            return Ok(VaultReply::Status(status));
        }
    }
    Ok(VaultReply::Standing(Box::new(standing::standing(context).await)))
}
