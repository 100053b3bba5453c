//! The network's state: objects, who owns them, what was executed, what was sealed.
//!
//! Everything here is synchronous and takes the time as a parameter; a service holds the ledger
//! behind a lock, and passes on the checkpoints that it returns.

use crate::admission::AdmissionError;
use crate::checkpoints::Checkpoint;
use crate::genesis::Genesis;
use std::sync::Arc;
use wasm_core::address::{Address, ObjectId};
use wasm_core::checkpoint::Committee;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::effects::TransactionEffects;
use wasm_core::object::{Object, ObjectType, Version};
use wasm_core::system_state::SystemStateV1;
use wasm_core::target::TargetV1;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::{SignedTransaction, UserSignature};

/// A network in memory.
#[derive(Debug)]
pub struct Ledger {
    genesis: Genesis,
}

/// A transaction with all that it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// What the network knows it by.
    pub digest: TransactionDigest,
    /// What was asked. After a simulation, with the gas that was chosen.
    pub transaction: TransactionData,
    /// The sender's signature; none for the system's transactions and for simulations.
    pub signature: Option<UserSignature>,
    /// What it did.
    pub effects: TransactionEffects,
    /// Its inputs as they were before.
    pub inputs: Vec<Object>,
    /// Everything it wrote, as it is after.
    pub written: Vec<Object>,
    /// Coins won and lost, only what is not zero, by address.
    pub balance_changes: Vec<BalanceChange>,
}

/// Coins won or lost by one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceChange {
    /// Whose.
    pub address: Address,
    /// Shannons, negative where lost.
    pub amount: i128,
}

/// What is known of an epoch.
#[derive(Clone, Debug)]
pub struct EpochInfo {
    /// Which.
    pub epoch: u64,
    /// Protocol version in force.
    pub protocol_version: u64,
    /// Who signs its checkpoints.
    pub committee: Committee,
    /// Its first checkpoint.
    pub first_checkpoint: u64,
    /// Its last checkpoint, once it has ended.
    pub last_checkpoint: Option<u64>,
    /// Milliseconds since 1970.
    pub start_ms: u64,
    /// Milliseconds since 1970, once it has ended.
    pub end_ms: Option<u64>,
    /// The system state at its start.
    pub system_state: Arc<SystemStateV1>,
}

impl Ledger {
    /// A network that has only begun.
    #[must_use]
    pub fn new(genesis: Genesis) -> Self {
        Self { genesis }
    }

    /// Digest of checkpoint 0.
    #[must_use]
    pub fn chain_id(&self) -> CheckpointDigest {
        self.genesis.chain_id
    }

    /// The current epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        unimplemented!()
    }

    /// The system state as it is now.
    #[must_use]
    pub fn system_state(&self) -> &SystemStateV1 {
        unimplemented!()
    }

    /// What is known of an epoch that has begun.
    #[must_use]
    pub fn epoch_info(&self, epoch: u64) -> Option<&EpochInfo> {
        let _ = epoch;
        unimplemented!()
    }

    /// An object as it is now.
    #[must_use]
    pub fn object(&self, id: &ObjectId) -> Option<&Object> {
        let _ = id;
        unimplemented!()
    }

    /// An object as it was at a version; all versions are kept.
    #[must_use]
    pub fn object_at(&self, id: &ObjectId, version: Version) -> Option<&Object> {
        let _ = (id, version);
        unimplemented!()
    }

    /// An address's objects in the order of the node's listings: by type, coins by balance
    /// ascending, then by id.
    #[must_use]
    pub fn owned(&self, owner: Address, object_type: Option<ObjectType>) -> Vec<&Object> {
        let _ = (owner, object_type);
        unimplemented!()
    }

    /// Shannons in all coins of an address, saturating.
    #[must_use]
    pub fn balance(&self, owner: Address) -> u64 {
        let _ = owner;
        unimplemented!()
    }

    /// All targets, by id.
    pub fn targets(&self) -> impl Iterator<Item = (ObjectId, TargetV1)> + '_ {
        std::iter::empty()
    }

    /// What a transaction did, once executed.
    #[must_use]
    pub fn transaction(&self, digest: &TransactionDigest) -> Option<&Arc<Executed>> {
        let _ = digest;
        unimplemented!()
    }

    /// The checkpoint that seals a transaction, once sealed.
    #[must_use]
    pub fn checkpoint_of(&self, digest: &TransactionDigest) -> Option<&Arc<Checkpoint>> {
        let _ = digest;
        unimplemented!()
    }

    /// A checkpoint by number. None is ever forgotten: the lowest available is 0.
    #[must_use]
    pub fn checkpoint(&self, sequence_number: u64) -> Option<&Arc<Checkpoint>> {
        let _ = sequence_number;
        unimplemented!()
    }

    /// A checkpoint by digest.
    #[must_use]
    pub fn checkpoint_by_digest(&self, digest: &CheckpointDigest) -> Option<&Arc<Checkpoint>> {
        let _ = digest;
        unimplemented!()
    }

    /// The newest checkpoint.
    #[must_use]
    pub fn latest_checkpoint(&self) -> &Arc<Checkpoint> {
        unimplemented!()
    }

    /// Checks and executes. The same transaction again is answered with the same effects. It waits
    /// for the next [`seal`](Self::seal).
    ///
    /// # Errors
    /// Where it is refused before execution. What fails in execution is no error: its effects say so.
    pub fn execute(&mut self, signed: &SignedTransaction) -> Result<Arc<Executed>, AdmissionError> {
        let _ = signed;
        unimplemented!()
    }

    /// Executes for show: no signature, nothing kept.
    ///
    /// With checks, a transaction without gas gets up to 100 of the sender's coins, poorest first;
    /// without, a made-up coin of 10^18 shannons.
    ///
    /// # Errors
    /// Where it would be refused.
    pub fn simulate(
        &self,
        transaction: &TransactionData,
        checks: bool,
    ) -> Result<Executed, AdmissionError> {
        let _ = (transaction, checks);
        unimplemented!()
    }

    /// Seals what was executed since the last checkpoint, if anything was.
    pub fn seal(&mut self, now_ms: u64) -> Option<Arc<Checkpoint>> {
        let _ = now_ms;
        unimplemented!()
    }

    /// Closes the epoch now, and seals. The last checkpoint returned is the epoch's last.
    pub fn advance_epoch(&mut self, now_ms: u64) -> Vec<Arc<Checkpoint>> {
        let _ = now_ms;
        unimplemented!()
    }

    /// Whether the epoch has lasted as long as it should, so that it is time to advance.
    #[must_use]
    pub fn epoch_is_over(&self, now_ms: u64) -> bool {
        let _ = now_ms;
        unimplemented!()
    }
}
