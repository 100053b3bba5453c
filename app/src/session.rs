//! Who is here: the wallet, the chosen network, and the line to the worker. One context.

use crate::extension;
use bridge::accounts::PhraseName;
use bridge::beginning::Beginning;
use bridge::network::{Network, NetworkFacts, NetworkState, NetworkStatus};
use bridge::page::{Bridge, Host};
use bridge::protocol::{Event, Failure};
use bridge::wallet::{AccountKind, AccountName, WalletStatus};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::address::Address;
use wasm_core::digest::CheckpointDigest;
use wasm_core::vault::Contact;

/// Whether the wallet can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The worker has not said yet.
    Opening,
    /// There is none in this browser.
    Absent,
    /// There is one, closed.
    Locked,
    /// Open.
    Open,
}

/// What answers about an account depend on: when it changes, they are asked for again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Whose.
    pub(crate) account: Address,
    /// On which network.
    pub(crate) network: String,
    /// Which chain that is, while it answers.
    pub(crate) chain: Option<CheckpointDigest>,
    /// In which epoch.
    pub(crate) epoch: Option<u64>,
    /// How often the account changed since the page was opened.
    pub(crate) changes: u64,
}

impl Scope {
    /// Whether what was asked then is of the account, network and chain of now.
    pub(crate) fn is_still(&self, now: &Self) -> bool {
        self.account == now.account
            && self.network == now.network
            && (self.chain == now.chain || now.chain.is_none() || self.chain.is_none())
    }
}

/// Who is here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    bridge: StoredValue<Bridge, LocalStorage>,
    /// The wallet; nothing until the worker said.
    pub(crate) wallet: RwSignal<Option<WalletStatus>>,
    /// The chosen network; nothing until the worker said.
    pub(crate) network: RwSignal<Option<NetworkStatus>>,
    /// Networks to choose from.
    pub(crate) networks: RwSignal<Vec<Network>>,
    /// Why this page does not get in yet, as while another page has the wallet and does not answer.
    pub(crate) refused: RwSignal<Option<Failure>>,
    /// Why the worker cannot be used any more.
    pub(crate) stopped: RwSignal<Option<Failure>>,
    /// The page that had the wallet open is gone, and this one has to open it anew.
    pub(crate) moved: RwSignal<bool>,
    /// How often this page is just coming in: what it hears of a closed wallet then is asked again.
    entering: StoredValue<u32>,
    /// The wallet became another one while this page came in.
    stale: StoredValue<bool>,
    changes: RwSignal<u64>,
    /// How often something of web sites' permissions changed since the page was opened.
    pub(crate) sites: RwSignal<u64>,
}

impl Session {
    /// Provides the session to everything below. Where it is known that there is no wallet, the worker starts when
    /// [`Self::wake`] says so.
    pub(crate) fn provide(beginning: Beginning) -> Self {
        let (bridge, is_blank) = match beginning {
            Beginning::Blank => (Bridge::asleep(), true),
            Beginning::Held(early) => (Bridge::start(early), false),
        };
        let session = Self {
            bridge: StoredValue::new_local(bridge.clone()),
            wallet: RwSignal::new(is_blank.then_some(WalletStatus::Absent)),
            network: RwSignal::new(None),
            networks: RwSignal::new(Vec::new()),
            refused: RwSignal::new(None),
            stopped: RwSignal::new(None),
            moved: RwSignal::new(false),
            entering: StoredValue::new(0),
            stale: StoredValue::new(false),
            changes: RwSignal::new(0),
            sites: RwSignal::new(0),
        };
        bridge.listen(move |event| match event {
            Event::Wallet(status) => {
                session.hear(status);
                if session.refused.read_untracked().is_some() {
                    session.enter();
                }
            }
            Event::Network(status) => session.network.set(Some(status.clone())),
            Event::AccountChanged => session.changes.update(|changes| *changes += 1),
            Event::Dapp(_) => session.sites.update(|changes| *changes += 1),
            _ => {}
        });
        bridge.on_host(move |host| match host {
            Host::Own | Host::Other => {
                let was_open = session.phase_now() == Phase::Open;
                session.moved.update(|moved| *moved |= was_open);
                session.enter();
            }
            Host::Silent(failure) => session.refused.set(Some(failure.clone())),
        });
        bridge.on_stop(move |failure| session.stopped.set(Some(failure.clone())));
        session.enter();
        provide_context(session);
        session
    }

    /// The wallet changed. That it is closed counts only once this page has tried to open it by its ticket.
    fn hear(self, status: &WalletStatus) {
        if self.entering.get_value() > 0 {
            self.stale.set_value(true);
        } else {
            self.put(status.clone());
        }
    }

    fn put(self, status: WalletStatus) {
        if matches!(status, WalletStatus::Open { .. }) {
            self.moved.set(false);
        }
        self.wallet.set(Some(status));
    }

    /// Asks what every page needs to know: the wallet, the networks, and the chosen one.
    pub(crate) fn enter(self) {
        spawn_local(async move {
            let bridge = self.bridge();
            self.entering.update_value(|entering| *entering += 1);
            extension::resume(&bridge).await;
            let status = loop {
                self.stale.set_value(false);
                let status = bridge.status().await;
                if status.is_err() || !self.stale.get_value() {
                    break status;
                }
            };
            self.entering.update_value(|entering| *entering -= 1);
            match status {
                Ok(status) => {
                    // Said anew, it would have everything shown anew, and what was typed would be gone.
                    if self.refused.read_untracked().is_some() {
                        self.refused.set(None);
                    }
                    self.put(status);
                }
                Err(failure) => {
                    self.refused.set(Some(failure));
                    return;
                }
            }
            if let Ok(networks) = bridge.networks().await {
                self.networks.set(networks);
            }
            // A network that cannot be asked is a state of it, not a failure; the worker's events follow.
            if let Ok(status) = bridge.network_status().await {
                self.network.set(Some(status));
            }
        });
    }

    /// Starts the worker, where it did not start at once.
    pub(crate) fn wake(self) {
        self.bridge().wake();
    }

    /// The line to the worker.
    #[must_use]
    pub(crate) fn bridge(&self) -> Bridge {
        self.bridge.get_value()
    }

    /// Whether another page of this browser has the wallet, and this one uses it from there.
    pub(crate) fn is_guest(&self) -> bool {
        self.bridge.with_value(Bridge::is_guest)
    }

    /// Whether the wallet can be used. Tracked; changes only when the answer does.
    #[must_use]
    pub(crate) fn phase(self) -> Memo<Phase> {
        Memo::new(move |_| phase_of(self.wallet.read().as_ref()))
    }

    /// Whether it can be used now.
    fn phase_now(self) -> Phase {
        phase_of(self.wallet.read_untracked().as_ref())
    }

    /// The account in use, while the wallet is open. Tracked.
    #[must_use]
    pub(crate) fn account(&self) -> Option<Address> {
        match &*self.wallet.read() {
            Some(WalletStatus::Open { selected, .. }) => Some(*selected),
            _ => None,
        }
    }

    /// All accounts, while the wallet is open. Tracked.
    #[must_use]
    pub(crate) fn accounts(&self) -> Vec<AccountName> {
        match &*self.wallet.read() {
            Some(WalletStatus::Open { accounts, .. }) => accounts.clone(),
            _ => Vec::new(),
        }
    }

    /// The account in use, with its name. Tracked.
    #[must_use]
    pub(crate) fn current(&self) -> Option<AccountName> {
        let address = self.account()?;
        self.accounts().into_iter().find(|account| account.address == address)
    }

    /// All recovery phrases, while the wallet is open. Tracked.
    #[must_use]
    pub(crate) fn phrases(&self) -> Vec<PhraseName> {
        match &*self.wallet.read() {
            Some(WalletStatus::Open { phrases, .. }) => phrases.clone(),
            _ => Vec::new(),
        }
    }

    /// The address book, while the wallet is open. Tracked.
    #[must_use]
    pub(crate) fn contacts(&self) -> Vec<Contact> {
        match &*self.wallet.read() {
            Some(WalletStatus::Open { contacts, .. }) => contacts.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether several keys sign for an account of this wallet. Tracked.
    #[must_use]
    pub(crate) fn signs_together(&self, address: Address) -> bool {
        let is_it = |account: &AccountName| {
            account.address == address && account.kind == AccountKind::Multisig
        };
        self.accounts().iter().any(is_it)
    }

    /// Idle minutes after which the wallet locks. Tracked.
    #[must_use]
    pub(crate) fn auto_lock_minutes(&self) -> Option<u16> {
        match &*self.wallet.read() {
            Some(
                WalletStatus::Open { auto_lock_minutes, .. }
                | WalletStatus::Locked { auto_lock_minutes },
            ) => *auto_lock_minutes,
            _ => None,
        }
    }

    /// What the network says of itself, while it answers. Tracked.
    #[must_use]
    pub(crate) fn facts(&self) -> Option<NetworkFacts> {
        self.network.read().as_ref().and_then(|status| status.facts().cloned())
    }

    /// Whether the network answers and is the one that was kept. Tracked.
    #[must_use]
    pub(crate) fn is_online(&self) -> bool {
        self.network
            .read()
            .as_ref()
            .is_some_and(|status| matches!(status.state, NetworkState::Online(_)))
    }

    /// What answers about the account depend on; nothing while the wallet is closed.
    #[must_use]
    pub(crate) fn scope(self) -> Memo<Option<Scope>> {
        Memo::new(move |_| {
            let account = self.account()?;
            let network = self.network.read();
            let facts = network.as_ref().and_then(|status| status.facts());
            Some(Scope {
                account,
                network: network
                    .as_ref()
                    .map(|status| status.network.name.clone())
                    .unwrap_or_default(),
                chain: facts.map(|facts| facts.chain_id),
                epoch: facts.map(|facts| facts.epoch),
                changes: self.changes.get(),
            })
        })
    }
}

const fn phase_of(status: Option<&WalletStatus>) -> Phase {
    match status {
        None => Phase::Opening,
        Some(WalletStatus::Absent) => Phase::Absent,
        Some(WalletStatus::Locked { .. }) => Phase::Locked,
        Some(WalletStatus::Open { .. }) => Phase::Open,
    }
}

/// Who is here.
#[must_use]
pub(crate) fn use_session() -> Session {
    use_context().expect("the app provides a session before any page")
}
