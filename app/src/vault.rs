//! How the vault stands: asked for once there is a wallet, then kept up to date by the worker's events.

use crate::session::{Phase, Session};
use crate::time::now_ms;
use bridge::protocol::Event;
use bridge::vault::VaultStanding;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the vault stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vault {
    /// What the worker said last.
    pub(crate) standing: RwSignal<Option<VaultStanding>>,
    /// When another password may be tried; milliseconds since 1970.
    pub(crate) may_try_at: RwSignal<u64>,
}

impl Vault {
    /// Provides it to everything below.
    pub(crate) fn provide(session: Session) {
        let vault = Self { standing: RwSignal::new(None), may_try_at: RwSignal::new(0) };
        session.bridge().listen(move |event| {
            if let Event::Vault(standing) = event
                && let Ok(standing) = standing.read()
            {
                vault.put(standing);
            }
        });
        let phase = session.phase();
        Effect::new(move |_| {
            if matches!(phase.get(), Phase::Locked | Phase::Open) {
                spawn_local(async move {
                    // What cannot be asked is told wherever it is needed.
                    if let Ok(standing) = session.bridge().vault().await {
                        vault.put(standing);
                    }
                });
            }
        });
        provide_context(vault);
    }

    /// Takes over what the worker says.
    pub(crate) fn put(self, standing: VaultStanding) {
        // Where nobody has to wait, no clock that is a moment behind may say otherwise.
        let may_try_at = match standing.wait_ms {
            0 => 0,
            wait_ms => now_ms().saturating_add(wait_ms),
        };
        self.may_try_at.set(may_try_at);
        self.standing.set(Some(standing));
    }
}

/// How the vault stands.
#[must_use]
pub(crate) fn use_vault() -> Vault {
    use_context().expect("the app provides the vault before any page")
}
