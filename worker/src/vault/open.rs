//! The open wallet, and every change to its secrets.

use super::cost;
use super::lock::entered;
use super::password::drop_stale_note;
use super::refusals::{seal_refusal, shelf_refusal};
use super::standing::tell;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::{Password, WalletStatus};
use browser::random::BrowserRandom;
use browser::vault_shelf::VaultShelf;
use futures::lock::Mutex;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::keys::Keypair;
use wasm_core::vault::{Copies, Keeper, Passkey, Secrets, Unlocked};

/// An open wallet. Dropping it wipes its secrets.
pub(crate) struct OpenWallet {
    pub(super) unlocked: RefCell<Unlocked>,
    /// The secrets are ahead of what is stored: a change could not be written.
    ahead: Cell<bool>,
    /// Lays its copies down.
    pub(super) keeper: Mutex<Keeper>,
}

impl OpenWallet {
    pub(super) fn new(unlocked: Unlocked, keeper: Keeper) -> Self {
        let (unlocked, keeper) = (RefCell::new(unlocked), Mutex::new(keeper));
        Self { unlocked, ahead: Cell::new(false), keeper }
    }

    /// The chosen account, or the first where none is chosen.
    pub(crate) fn account_or_first(&self, chosen: Option<Address>) -> Address {
        let unlocked = self.unlocked.borrow();
        let accounts = unlocked.secrets.accounts();
        let known = chosen.filter(|address| unlocked.secrets.account(address).is_some());
        known.or_else(|| accounts.first().map(|account| account.address())).unwrap_or_default()
    }

    /// The key of an account.
    pub(crate) fn keypair(&self, address: &Address) -> Result<Keypair, Refusal> {
        self.unlocked.borrow().secrets.keypair(address).ok_or_else(|| {
            Refusal::new(
                "wallet/no-key",
                format!("The wallet has no key for {address}."),
                "Import its key, or choose another account.",
            )
        })
    }

    /// Looks at the secrets.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Secrets) -> T) -> T {
        look(&self.unlocked.borrow().secrets)
    }

    /// Whether all secrets are stored as they are here.
    pub(crate) fn is_stored(&self) -> bool {
        !self.ahead.get()
    }

    /// Seals the secrets and stores them. Only whoever has the vault's turn does this.
    pub(super) async fn store(&self, context: &Context) -> Result<(), Refusal> {
        let sealed = self.unlocked.borrow().seal(&mut BrowserRandom).map_err(seal_refusal)?;
        let passkeys = context.presence.passkeys.borrow().clone();
        self.ahead.set(true);
        self.keep(context, sealed, passkeys).await?;
        self.ahead.set(false);
        Ok(())
    }

    /// Lays down what was sealed, with the passkeys that open it, and tells how the copies stand then.
    /// Only whoever has the vault's turn does this.
    pub(super) async fn keep(
        &self,
        context: &Context,
        sealed: Vec<u8>,
        passkeys: Vec<Passkey>,
    ) -> Result<(), Refusal> {
        drop_stale_note(context).await;
        let shelf = VaultShelf(&context.store);
        let mut keeper = self.keeper.lock().await;
        let kept = keeper.keep(&shelf, sealed, passkeys.clone()).await;
        self.after(context, &keeper, kept.is_ok().then_some(passkeys)).await;
        kept.map_err(|error| shelf_refusal(&error))
    }

    /// Lays the vault down at both places, whatever lies there.
    async fn repair(&self, context: &Context) -> Result<(), Refusal> {
        let shelf = VaultShelf(&context.store);
        let sealed = self.unlocked.borrow().seal(&mut BrowserRandom).map_err(seal_refusal)?;
        let passkeys = context.presence.passkeys.borrow().clone();
        let mut keeper = self.keeper.lock().await;
        let repaired = keeper.repair(&shelf, sealed, passkeys).await;
        self.after(context, &keeper, None).await;
        repaired.map_err(|error| shelf_refusal(&error))
    }

    async fn after(&self, context: &Context, keeper: &Keeper, passkeys: Option<Vec<Passkey>>) {
        let presence = &context.presence;
        presence.generation.set(keeper.generation());
        let former = presence.standing.replace(keeper.standing().clone());
        let changed = passkeys.is_some_and(|passkeys| {
            let former = presence.passkeys.replace(passkeys.clone());
            former != passkeys
        });
        if changed || former != *keeper.standing() {
            tell(context).await;
        }
    }
}

/// Changes the secrets of the open wallet, and returns only when the change is sealed and stored.
///
/// The wallet is looked up when it is this change's turn: while it waited, the wallet may have been
/// locked, opened anew, or sealed under another password.
pub(crate) async fn change_secrets<T>(
    context: &Context,
    change: impl FnOnce(&mut Secrets) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let wallet = context.open_wallet()?;
    let before = wallet.unlocked.borrow().copy_secrets().map_err(seal_refusal)?;
    let outcome = change(&mut wallet.unlocked.borrow_mut().secrets);
    let stored = match &outcome {
        Ok(_) => wallet.store(context).await,
        Err(_) => Ok(()),
    };
    if outcome.is_err() || stored.is_err() {
        // All or nothing: what was refused must not be stored by the next change.
        wallet.unlocked.borrow_mut().secrets = before;
        wallet.ahead.set(false);
    }
    stored?;
    outcome
}

/// Lays the open wallet down at both places, as its owner said.
pub(super) async fn repair(context: &Context) -> Result<(), Refusal> {
    let _turn = context.vault_turn.lock().await;
    context.open_wallet()?.repair(context).await
}

/// A wallet that exists is never overwritten.
pub(crate) fn refuse_second(context: &Context) -> Result<(), Refusal> {
    if context.presence.exists() {
        return Err(Refusal::new(
            "wallet/exists",
            "There is a wallet in this browser already.",
            "Unlock it, or erase it first if you have its phrase.",
        ));
    }
    Ok(())
}

/// Makes the wallet of these secrets.
pub(crate) async fn found(
    context: &Rc<Context>,
    secrets: Secrets,
    password: &Password,
) -> Result<WalletStatus, Refusal> {
    let _turn = context.vault_turn.lock().await;
    let cost = cost::of_this_device()?;
    // Another wallet may have been founded while this one waited, or could not be read a moment ago.
    let copies = Copies::look(&VaultShelf(&context.store)).await;
    context.presence.saw(&copies);
    refuse_second(context)?;
    let unlocked =
        Unlocked::make_at(cost, &password.0, secrets, &mut BrowserRandom).map_err(seal_refusal)?;
    let wallet = OpenWallet::new(unlocked, Keeper::beside(&copies));
    wallet.store(context).await?;
    context.presence.enter(wallet, Vec::new());
    tell(context).await;
    Ok(entered(context))
}
