//! The ledger as the services share it: one lock, one clock, and everybody who waits for checkpoints.

use crate::admission::AdmissionError;
use crate::bls::BlsKeypair;
use crate::checkpoints::Checkpoint;
use crate::ledger::{Executed, Ledger};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, broadcast};
use wasm_core::digest::TransactionDigest;
use wasm_core::tx::sign::SignedTransaction;

/// The version of the node that this network behaves like.
pub const SERVER_VERSION: &str = "0.1.21";

/// A chain that is not the public one.
pub const CHAIN: &str = "localnet";

/// How many checkpoints a subscriber may be behind.
const SUBSCRIBER_LAG: usize = 256;

/// A network's ledger, shared by all services.
#[derive(Debug)]
pub struct Node {
    server: String,
    ledger: RwLock<Ledger>,
    sealed: broadcast::Sender<Arc<Checkpoint>>,
    executed: Notify,
    epoch_changed: Notify,
}

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

impl Node {
    /// Shares a ledger.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self {
            server: format!("soma-node/{SERVER_VERSION}"),
            ledger: RwLock::new(ledger),
            sealed: broadcast::channel(SUBSCRIBER_LAG).0,
            executed: Notify::new(),
            epoch_changed: Notify::new(),
        }
    }

    /// The same node under another version. Nothing but its name changes.
    #[must_use]
    pub fn with_version(self, version: &str) -> Self {
        Self { server: format!("soma-node/{version}"), ..self }
    }

    /// What the network calls itself, in headers and in its service info: clients compare the
    /// version with their own.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The ledger, to look at.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger_mut(&self) -> RwLockWriteGuard<'_, Ledger> {
        self.ledger.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs checkpoints with another key too, once its validator is in the committee.
    pub fn sign_with(&self, key: BlsKeypair) {
        self.ledger_mut().sign_with(key);
    }

    /// Executes a transaction; it will be in the next checkpoint.
    ///
    /// # Errors
    /// Where it is refused before execution.
    pub fn execute(&self, signed: &SignedTransaction) -> Result<Arc<Executed>, AdmissionError> {
        let executed = self.ledger_mut().execute(signed);
        self.executed.notify_one();
        executed
    }

    /// Returns when something was executed since the last call.
    pub async fn something_executed(&self) {
        self.executed.notified().await;
    }

    /// Seals what was executed into a checkpoint, and tells subscribers.
    pub fn seal(&self) {
        let mut ledger = self.ledger_mut();
        if let Some(checkpoint) = ledger.seal(now_ms()) {
            self.tell(checkpoint);
        }
    }

    /// Ends the epoch now, and returns the number of the new one.
    pub fn advance_epoch(&self) -> u64 {
        let mut ledger = self.ledger_mut();
        let version = ledger.system_state().protocol_version;
        self.advance_into(&mut ledger, version)
    }

    /// The same into another protocol version. Into one that is unknown the network goes in safe mode.
    pub fn advance_epoch_into(&self, protocol_version: u64) -> u64 {
        self.advance_into(&mut self.ledger_mut(), protocol_version)
    }

    fn advance_into(&self, ledger: &mut Ledger, protocol_version: u64) -> u64 {
        for checkpoint in ledger.advance_epoch_into(protocol_version, now_ms()) {
            self.tell(checkpoint);
        }
        self.epoch_changed.notify_waiters();
        ledger.epoch()
    }

    /// Ends the epoch if it has lasted long enough.
    pub fn advance_epoch_if_over(&self) {
        let mut ledger = self.ledger_mut();
        let now = now_ms();
        if ledger.epoch_is_over(now) {
            for checkpoint in ledger.advance_epoch(now) {
                self.tell(checkpoint);
            }
        }
    }

    /// Hands a checkpoint to all subscribers; called under the lock, so that their order is the chain's.
    fn tell(&self, checkpoint: Arc<Checkpoint>) {
        // Nobody listening is no error.
        let _ = self.sealed.send(checkpoint);
    }

    /// Every checkpoint from the next on. Whoever falls too far behind loses the subscription.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Checkpoint>> {
        self.sealed.subscribe()
    }

    /// How many follow the checkpoints now.
    #[must_use]
    pub fn subscribers(&self) -> usize {
        self.sealed.receiver_count()
    }

    /// Returns when an executed transaction is in a checkpoint.
    pub async fn sealed(&self, digest: &TransactionDigest) {
        let mut checkpoints = self.subscribe();
        // A receiver that lags is told so and may look again; only a closed channel would never answer.
        while self.ledger().checkpoint_of(digest).is_none() {
            if matches!(checkpoints.recv().await, Err(broadcast::error::RecvError::Closed)) {
                return;
            }
        }
    }

    /// Milliseconds until the epoch is over by the clock.
    #[must_use]
    pub fn epoch_rest_ms(&self) -> u64 {
        let ledger = self.ledger();
        let state = ledger.system_state();
        let end = state.epoch_start_timestamp_ms.saturating_add(state.parameters.epoch_duration_ms);
        end.saturating_sub(now_ms())
    }

    /// Returns at the next [`advance_epoch`](Self::advance_epoch).
    pub async fn epoch_changed(&self) {
        self.epoch_changed.notified().await;
    }
}
