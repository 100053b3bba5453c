//! The network as it lives: pulse and economy, told by the worker while some page shows them.

use crate::session::Session;
use crate::time::use_now;
use bridge::network::NetworkState;
use bridge::protocol::{Event, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_core::digest::CheckpointDigest;
use wasm_core::network::{Economy, Pulse};

/// Which network is asked. Changes where an answer of the one would be wrong for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Its name.
    pub(crate) network: String,
    /// Which chain that is, while it answers.
    pub(crate) chain: Option<CheckpointDigest>,
}

/// The network in use, once it has answered or failed to. Tracked.
pub(crate) fn asked_network(session: Session) -> Memo<Option<Asked>> {
    Memo::new(move |_| {
        let status = session.network.read();
        let status = status.as_ref()?;
        let connecting = matches!(status.state, NetworkState::Connecting);
        (!connecting).then(|| Asked {
            network: status.network.name.clone(),
            chain: status.facts().map(|facts| facts.chain_id),
        })
    })
}

/// The network as it lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetworkLife {
    session: Session,
    network: Memo<Option<Asked>>,
    viewers: StoredValue<usize>,
    /// Since the worker listens; nothing until it said.
    pub(crate) pulse: RwSignal<Option<Pulse>>,
    /// As it is now; nothing until the worker said.
    pub(crate) economy: RwSignal<Option<Result<Economy, Failure>>>,
}

impl NetworkLife {
    /// Provides it to everything below. Nothing is asked before a page watches.
    pub(crate) fn provide(session: Session) {
        let life = Self {
            session,
            network: asked_network(session),
            viewers: StoredValue::new(0),
            pulse: RwSignal::new(None),
            economy: RwSignal::new(None),
        };
        session.bridge().listen(move |event| match event {
            Event::Pulse(newer) => {
                let Ok(newer) = newer.read() else { return };
                life.pulse.update(|pulse| {
                    // Before the whole is known, a part of it says little.
                    if let Some(pulse) = pulse {
                        pulse.merge(newer);
                    }
                });
            }
            Event::Economy(economy) => {
                if let Ok(economy) = economy.read() {
                    life.economy.set(Some(Ok(economy)));
                }
            }
            _ => {}
        });
        provide_context(life);
    }

    /// Keeps pulse and economy told for as long as the caller is shown.
    pub(crate) fn watch(self) {
        self.viewers.update_value(|viewers| *viewers += 1);
        Effect::new(move |before: Option<Option<Asked>>| {
            let network = self.network.get();
            if network.is_some() && before.as_ref() != Some(&network) {
                let same = before.flatten().is_some_and(|before| {
                    network.as_ref().is_some_and(|now| {
                        before.network == now.network
                            && (before.chain == now.chain || now.chain.is_none())
                    })
                });
                if !same {
                    self.pulse.set(None);
                    self.economy.set(None);
                }
                self.ask();
            }
            network
        });
        // An epoch may have passed while the stream was down.
        let epoch = Memo::new(move |_| self.session.facts().map(|facts| facts.epoch));
        Effect::new(move |before: Option<Option<u64>>| {
            let epoch = epoch.get();
            if before.flatten().is_some_and(|before| Some(before) != epoch) {
                self.ask_economy();
            }
            epoch
        });
        on_cleanup(move || {
            let left = self.viewers.try_update_value(|viewers| {
                *viewers = viewers.saturating_sub(1);
                *viewers
            });
            if left == Some(0) {
                let bridge = self.session.bridge();
                spawn_local(async move {
                    // Where the worker is gone, it tells nothing anyway.
                    let _ = bridge.unwatch_network().await;
                });
            }
        });
    }

    fn ask(self) {
        spawn_local(async move {
            if let Ok(pulse) = self.session.bridge().watch_network().await {
                // The page may be gone by then.
                let _ = self.pulse.try_set(Some(pulse));
            }
        });
        self.ask_economy();
    }

    /// Asks for the economy, as after a failure.
    pub(crate) fn ask_economy(self) {
        spawn_local(async move {
            let answer = self.session.bridge().economy().await;
            let _ = self.economy.try_update(|known| match (&answer, &known) {
                // What is known stays while the node is gone; the page says above that it may be old.
                (Err(_), Some(Ok(_))) => {}
                _ => *known = Some(answer),
            });
        });
    }

    /// The economy, while it is known. Tracked.
    pub(crate) fn economy_now(self) -> Option<Economy> {
        self.economy.get().and_then(Result::ok)
    }

    /// The chain's time, as far as this device's clock can tell: renewed every `every` milliseconds.
    /// Nothing before a checkpoint was heard of.
    pub(crate) fn chain_clock(self, every: u32) -> Signal<Option<u64>> {
        let now = use_now(every);
        Signal::derive(move || {
            let newest = self.pulse.read().as_ref()?.newest?;
            Some(newest.timestamp_ms.saturating_add(now.get().saturating_sub(newest.heard_ms)))
        })
    }
}

/// The network as it lives.
#[must_use]
pub(crate) fn use_network_life() -> NetworkLife {
    use_context().expect("the app provides the network's life before any page")
}
