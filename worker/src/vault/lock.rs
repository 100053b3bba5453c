//! Opening and closing.

use super::attempts::try_password;
use super::open::OpenWallet;
use super::refusals::{damaged, older_opens};
use super::standing::tell;
use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use crate::wallet::status;
use bridge::protocol::Event;
use bridge::vault::LockedBy;
use bridge::wallet::{Password, WalletStatus};
use browser::clock::now_ms;
use browser::vault_shelf::VaultShelf;
use std::rc::Rc;
use wasm_core::vault::{self, Copies, Keeper, Place, UnlockError, Unlocked};

/// Opens the vault: the newest copy that is whole.
pub(crate) async fn unlock(
    context: &Rc<Context>,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let opened = open(context, password, false).await;
    tell(context).await;
    opened
}

/// Opens the copy that the password opens, although another one is newer.
pub(super) async fn open_older(
    context: &Rc<Context>,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let opened = open(context, password, true).await;
    tell(context).await;
    opened
}

async fn open(
    context: &Rc<Context>,
    password: &Password,
    older_does: bool,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let copies = look(context).await?;
    let (place, unlocked) = try_password(context, || try_copies(&copies, password)).await?;
    let is_newest = copies.whole().first().is_some_and(|(newest, _)| *newest == place);
    if !is_newest && !older_does {
        return Err(older_opens());
    }
    Ok(enter(context, &copies, place, unlocked).await)
}

/// The copies, where any is whole.
pub(super) async fn look(context: &Context) -> Result<Copies, Refusal> {
    let copies = Copies::look(&VaultShelf(&context.store)).await;
    context.presence.saw(&copies);
    if !copies.exist() {
        return Err(Refusal::new(
            "wallet/absent",
            "There is no wallet in this browser.",
            "Create one, or import yours.",
        ));
    }
    if copies.whole().is_empty() {
        return Err(damaged(&copies.standing(None)));
    }
    Ok(copies)
}

/// The newest copy that the password opens. What keeps the newest from opening is told, not what keeps
/// an older one.
fn try_copies(copies: &Copies, password: &Password) -> Result<(Place, Unlocked), UnlockError> {
    let mut tried: Vec<&[u8]> = Vec::new();
    let mut first = None;
    for (place, copy) in copies.whole() {
        if tried.contains(&copy.envelope.as_slice()) {
            continue;
        }
        tried.push(&copy.envelope);
        match vault::open(&password.0, &copy.envelope) {
            Ok(unlocked) => return Ok((place, unlocked)),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or(UnlockError::NotOurs))
}

/// Goes on with a vault that was opened from one of its copies.
pub(super) async fn enter(
    context: &Rc<Context>,
    copies: &Copies,
    place: Place,
    unlocked: Unlocked,
) -> WalletStatus {
    let keeper = Keeper::of(copies, place);
    let former = keeper.is_former();
    context.presence.standing.replace(keeper.standing().clone());
    context.presence.generation.set(keeper.generation());
    let passkeys = copies.whole().into_iter().find(|(at, _)| *at == place);
    let passkeys = passkeys.map(|(_, copy)| copy.passkeys.clone()).unwrap_or_default();
    context.presence.enter(OpenWallet::new(unlocked, keeper), passkeys);
    if former && let Some(wallet) = context.presence.open() {
        // A wallet from before there were two copies. Where that fails it stays as it was, and the next
        // change says why.
        let _ = wallet.store(context).await;
    }
    super::password::forget_interrupted(context).await;
    entered(context)
}

/// Tells everybody that the wallet is open.
pub(super) fn entered(context: &Rc<Context>) -> WalletStatus {
    context.touched.set(now_ms());
    context.presence.locked_by.set(None);
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    context.network_moved();
    status
}

/// Closes the vault: keys and reviews are gone.
pub(crate) fn lock(context: &Context) -> WalletStatus {
    lock_because(context, LockedBy::Hand)
}

/// Closes the vault, and remembers why.
pub(super) fn lock_because(context: &Context, by: LockedBy) -> WalletStatus {
    context.presence.leave();
    super::rest::forget(context);
    context.presence.locked_by.set(Some(by));
    context.forget_reviews();
    let status = status(context);
    post(&Event::Wallet(status.clone()));
    status
}
