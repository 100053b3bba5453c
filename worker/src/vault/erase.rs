//! The end of the wallet in this browser.

use super::lock::lock;
use super::refusals::shelf_refusal;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::WalletStatus;
use browser::vault_shelf::VaultShelf;
use std::rc::Rc;
use wasm_core::vault;

/// Deletes everything this browser keeps of the wallet.
pub(crate) async fn erase(context: &Rc<Context>) -> Result<WalletStatus, Refusal> {
    // Locked first, and without a word yet: nothing may begin while all is being deleted.
    context.presence.leave();
    context.forget_reviews();
    let cleared = clear(context).await;
    if cleared.is_ok() {
        context.presence.erased();
        crate::dapp::erased(context);
        *context.settings.borrow_mut() = crate::settings::Settings::default();
        let network = context.settings.borrow().network();
        crate::network::choose(context, network);
    }
    let status = lock(context);
    cleared.map(|()| status)
}

async fn clear(context: &Rc<Context>) -> Result<(), Refusal> {
    crate::publish::stop_all(context).await;
    let _jobs = context.jobs_turn.lock().await;
    let _vault = context.vault_turn.lock().await;
    let _ledger = context.ledger_turn.lock().await;
    crate::publish::erase_files(context).await?;
    crate::targets::erase_files(context).await?;
    crate::score::forget_weights().await?;
    crate::score::erase_files().await?;
    vault::forget(&VaultShelf(&context.store)).await.map_err(|error| shelf_refusal(&error))?;
    Ok(context.store.clear().await?)
}
