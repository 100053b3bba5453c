//! The open wallet, and every change to its secrets.

use super::copies::{self, keep};
use super::lock::entered;
use super::refusals::{seal_refusal, unlock_refusal};
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::{Password, WalletStatus};
use browser::random::BrowserRandom;
use browser::store::{Store, StoreError};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_core::address::Address;
use wasm_core::keys::Keypair;
use wasm_core::mnemonic::Mnemonic;
use wasm_core::vault::{Secrets, Unlocked};

/// An open wallet. Dropping it wipes its secrets.
pub(crate) struct OpenWallet {
    pub(super) unlocked: RefCell<Unlocked>,
    /// The secrets are ahead of what is stored: a change could not be written.
    ahead: Cell<bool>,
}

impl OpenWallet {
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

    /// Asks again for the password, before secrets are shown.
    pub(crate) fn check_password(&self, password: &Password) -> Result<(), Refusal> {
        self.unlocked.borrow().check_password(&password.0).map_err(unlock_refusal)
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
    pub(super) async fn store(&self, store: &Store) -> Result<(), StoreError> {
        let sealed = self.unlocked.borrow().seal(&mut BrowserRandom);
        self.ahead.set(true);
        keep(store, &sealed).await?;
        self.ahead.set(false);
        Ok(())
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
    let outcome = change(&mut wallet.unlocked.borrow_mut().secrets)?;
    wallet.store(&context.store).await?;
    Ok(outcome)
}

/// Whether there is a wallet, and the open one.
#[derive(Default)]
pub(crate) struct Presence {
    pub(super) exists: Cell<bool>,
    open: RefCell<Option<Rc<OpenWallet>>>,
    /// A new phrase, and the words that will be asked for.
    pub(crate) draft: RefCell<Option<(Mnemonic, Vec<u8>)>>,
}

impl Presence {
    pub(crate) async fn look(store: &Store) -> Result<Self, StoreError> {
        let this = Self::default();
        this.exists.set(copies::exists(store).await?);
        Ok(this)
    }

    /// Whether there is a wallet, open or not.
    pub(crate) fn exists(&self) -> bool {
        self.exists.get()
    }

    pub(crate) fn open(&self) -> Option<Rc<OpenWallet>> {
        self.open.borrow().clone()
    }

    /// Somebody opened the wallet.
    pub(super) fn enter(&self, unlocked: Unlocked) {
        self.exists.set(true);
        self.draft.take();
        let wallet = OpenWallet { unlocked: RefCell::new(unlocked), ahead: Cell::new(false) };
        *self.open.borrow_mut() = Some(Rc::new(wallet));
    }

    /// Forgets all secrets.
    pub(super) fn leave(&self) {
        self.open.take();
        self.draft.take();
    }
}

/// A wallet that exists is never overwritten.
pub(crate) fn refuse_second(context: &Context) -> Result<(), Refusal> {
    if context.presence.exists.get() {
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
    // Another wallet may have been founded while this one waited.
    refuse_second(context)?;
    let unlocked =
        Unlocked::make(&password.0, secrets, &mut BrowserRandom).map_err(seal_refusal)?;
    keep(&context.store, &unlocked.seal(&mut BrowserRandom)).await?;
    context.presence.enter(unlocked);
    Ok(entered(context))
}
