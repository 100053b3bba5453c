//! Whether there is a wallet, who has it open, and what is known of its copies.

use super::open::OpenWallet;
use bridge::vault::LockedBy;
use browser::rest_key::RestKey;
use browser::store::Store;
use browser::vault_shelf::VaultShelf;
use futures::lock::Mutex;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_core::mnemonic::Mnemonic;
use wasm_core::vault::{AttemptsCount, Copies, Passkey, Standing};

/// Whether there is a wallet, and the open one.
pub(crate) struct Presence {
    exists: Cell<bool>,
    open: RefCell<Option<Rc<OpenWallet>>>,
    /// A new phrase, and the words that will be asked for.
    pub(crate) draft: RefCell<Option<(Mnemonic, Vec<u8>)>>,
    /// How the copies stand.
    pub(super) standing: RefCell<[Standing; 2]>,
    /// The number of the newest copy.
    pub(super) generation: Cell<u64>,
    /// Passkeys that open the newest copy, or the open wallet.
    pub(super) passkeys: RefCell<Vec<Passkey>>,
    /// What a passkey that is being set up computes its secret from.
    pub(super) begun: Cell<Option<[u8; 32]>>,
    /// Why it was locked.
    pub(super) locked_by: Cell<Option<LockedBy>>,
    /// When the clock was looked at last; milliseconds since 1970.
    pub(super) looked: Cell<u64>,
    /// Wrong passwords; whoever holds it may try one.
    pub(super) attempts: Mutex<AttemptsCount>,
    /// The note of a change of the password lies there, although none is under way.
    pub(super) stale_note: Cell<bool>,
    /// Under what the open wallet rests, where it was asked to.
    pub(super) rest_key: RefCell<Option<RestKey>>,
}

impl Presence {
    /// Looks at what lies in this browser.
    pub(crate) async fn look(store: &Store) -> Self {
        let this = Self {
            exists: Cell::new(false),
            open: RefCell::default(),
            draft: RefCell::default(),
            standing: RefCell::new([Standing::Good, Standing::Good]),
            generation: Cell::new(0),
            passkeys: RefCell::default(),
            begun: Cell::new(None),
            locked_by: Cell::new(None),
            looked: Cell::new(browser::clock::now_ms()),
            attempts: Mutex::default(),
            stale_note: Cell::new(false),
            rest_key: RefCell::default(),
        };
        this.saw(&Copies::look(&VaultShelf(store)).await);
        this
    }

    /// Takes over what lies in this browser, while nobody has it open.
    pub(super) fn saw(&self, copies: &Copies) {
        self.exists.set(copies.exist());
        if self.open.borrow().is_some() {
            return;
        }
        *self.standing.borrow_mut() = copies.standing(None);
        let newest = copies.whole().into_iter().next().map(|(_, copy)| copy);
        self.generation.set(newest.map_or(0, |copy| copy.generation));
        *self.passkeys.borrow_mut() = newest.map(|copy| copy.passkeys.clone()).unwrap_or_default();
    }

    /// Whether there is a wallet, open or not.
    pub(crate) fn exists(&self) -> bool {
        self.exists.get()
    }

    pub(crate) fn open(&self) -> Option<Rc<OpenWallet>> {
        self.open.borrow().clone()
    }

    /// Somebody opened the wallet.
    pub(super) fn enter(&self, wallet: OpenWallet, passkeys: Vec<Passkey>) {
        self.exists.set(true);
        self.draft.take();
        *self.passkeys.borrow_mut() = passkeys;
        *self.open.borrow_mut() = Some(Rc::new(wallet));
    }

    /// Forgets all secrets.
    pub(super) fn leave(&self) {
        self.open.take();
        self.draft.take();
        self.begun.take();
    }

    /// Nothing is left of the wallet.
    pub(super) fn erased(&self) {
        self.exists.set(false);
        *self.standing.borrow_mut() = [Standing::Good, Standing::Good];
        self.generation.set(0);
        self.passkeys.take();
        self.locked_by.set(None);
    }
}
