//! All that the worker has, in one place.

use crate::activity::Histories;
use crate::dapp::{self, Sites};
use crate::epochs::Epochs;
use crate::indexer::Checked;
use crate::multisig::Proposals;
use crate::network::Following;
use crate::post::post;
use crate::publish::Publications;
use crate::refusal::Refusal;
use crate::review::Reviews;
use crate::settings::Settings;
use crate::targets::Targets;
use crate::vault::{OpenWallet, Presence};
use crate::watch::Watch;
use bridge::protocol::{Event, RequestId};
use browser::clock::now_ms;
use browser::store::Store;
use futures::future::AbortHandle;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::Address;

/// All that the worker has. Borrows are never held across an await.
pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) settings: RefCell<Settings>,
    pub(crate) presence: Presence,
    pub(crate) following: Following,
    pub(crate) watch: Watch,
    pub(crate) epochs: Epochs,
    pub(crate) indexer: Checked,
    pub(crate) reviews: RefCell<Reviews>,
    pub(crate) publications: Publications,
    pub(crate) proposals: Proposals,
    pub(crate) targets: Targets,
    pub(crate) histories: Histories,
    pub(crate) sites: Sites,
    /// When somebody was last here; milliseconds since 1970.
    pub(crate) touched: Cell<u64>,
    /// Whose turn it is to change an activity ledger.
    pub(crate) ledger_turn: futures::lock::Mutex<()>,
    /// Whose turn it is to change the vault. Where two turns are taken, jobs come before the vault.
    pub(crate) vault_turn: futures::lock::Mutex<()>,
    /// Whose turn it is to change the record of a publication.
    pub(crate) jobs_turn: futures::lock::Mutex<()>,
    /// Whose turn it is to change a preference.
    settings_turn: futures::lock::Mutex<()>,
    /// Requests that can be given up.
    pub(crate) running: RefCell<BTreeMap<RequestId, AbortHandle>>,
}

impl Context {
    pub(crate) fn new(store: Store, settings: Settings, presence: Presence) -> Self {
        let following = Following::new(settings.network());
        Self {
            store,
            settings: RefCell::new(settings),
            presence,
            following,
            watch: Watch::default(),
            epochs: Epochs::default(),
            indexer: Checked::default(),
            reviews: RefCell::default(),
            publications: Publications::default(),
            proposals: Proposals::default(),
            targets: Targets::default(),
            histories: Histories::default(),
            sites: Sites::default(),
            touched: Cell::new(now_ms()),
            ledger_turn: futures::lock::Mutex::default(),
            vault_turn: futures::lock::Mutex::default(),
            jobs_turn: futures::lock::Mutex::default(),
            settings_turn: futures::lock::Mutex::default(),
            running: RefCell::default(),
        }
    }

    /// Changes a preference, and keeps it.
    pub(crate) async fn change_settings(
        &self,
        change: impl FnOnce(&mut Settings),
    ) -> Result<(), Refusal> {
        let _turn = self.settings_turn.lock().await;
        let mut settings = self.settings.borrow().clone();
        change(&mut settings);
        settings.save(&self.store).await?;
        *self.settings.borrow_mut() = settings;
        Ok(())
    }

    /// The open wallet.
    pub(crate) fn open_wallet(&self) -> Result<Rc<OpenWallet>, Refusal> {
        self.presence.open().ok_or_else(Refusal::locked)
    }

    /// The account in use.
    pub(crate) fn account(&self) -> Result<Address, Refusal> {
        let wallet = self.open_wallet()?;
        let chosen = self.settings.borrow().account;
        Ok(wallet.account_or_first(chosen))
    }

    /// Prepared transactions die: the wallet was locked, or account or network changed.
    pub(crate) fn forget_reviews(&self) {
        self.reviews.borrow_mut().forget_all();
        self.targets.forget_plans();
        dapp::reviews_died(self);
    }

    /// Money of the account in use may have moved.
    pub(crate) fn account_changed(&self) {
        post(&Event::AccountChanged);
    }

    /// Another epoch, or another chain: what waits for one may go on.
    pub(crate) fn network_moved(self: &Rc<Self>) {
        post(&Event::AccountChanged);
        let context = Rc::clone(self);
        wasm_bindgen_futures::spawn_local(async move {
            crate::activity::settle(&context).await;
            crate::publish::network_moved(&context).await;
            Box::pin(crate::targets::network_moved(&context)).await;
        });
    }
}
