//! The network's state: objects, who owns them, what was executed, what was sealed.
//!
//! Everything here is synchronous and takes the time as a parameter; a service holds the ledger
//! behind a lock, and passes on the checkpoints that it returns.

use crate::admission::{self, AdmissionError, Checks, Objects};
use crate::bls::BlsKeypair;
use crate::checkpoints::{Checkpoint, Cut, committee};
use crate::execute::{Context, DeletedInput, Inputs, Outcome, execute};
use crate::genesis::Genesis;
use crate::supply::SupplyChange;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasm_core::address::{Address, ObjectId};
use wasm_core::checkpoint::{Committee, EndOfEpochData};
use wasm_core::digest::{CheckpointDigest, OpaqueDigest, TransactionDigest, blake2b256};
use wasm_core::effects::{IdOperation, TransactionEffects, TransactionFee};
use wasm_core::object::{Object, ObjectRef, ObjectType, Owner, Version};
use wasm_core::system_state::{SystemState, SystemStateV1};
use wasm_core::target::TargetV1;
use wasm_core::tx::kind::{ChangeEpoch, ConsensusCommitPrologueV1};
use wasm_core::tx::sign::{SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};

/// How many coins a simulation takes for gas on its own.
const MOST_GAS_COINS: usize = 100;

/// Shannons of the coin that a simulation without checks makes up.
const MADE_UP_BALANCE: u64 = 1_000_000_000_000_000_000;

/// A network in memory.
#[derive(Debug)]
pub struct Ledger {
    validator_keys: Vec<BlsKeypair>,
    current: BTreeMap<ObjectId, Arc<Object>>,
    history: BTreeMap<(ObjectId, Version), Arc<Object>>,
    owned: BTreeMap<Address, BTreeSet<ObjectId>>,
    targets: BTreeSet<ObjectId>,
    /// Shared objects deleted in this epoch.
    deleted_shared: BTreeMap<ObjectId, DeletedInput>,
    state: Arc<SystemStateV1>,
    /// The rules of this epoch.
    context: Context,
    epoch_fees: TransactionFee,
    supply_change: SupplyChange,
    transactions: BTreeMap<TransactionDigest, Arc<Executed>>,
    /// Executed, and not in a checkpoint yet.
    unsealed: Vec<Arc<Executed>>,
    checkpoints: Vec<Arc<Checkpoint>>,
    sealed_by: BTreeMap<TransactionDigest, u64>,
    numbers: BTreeMap<CheckpointDigest, u64>,
    epochs: Vec<EpochInfo>,
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
    /// Shannons that it minted and burned by the rules.
    pub supply_change: SupplyChange,
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

impl Executed {
    pub(crate) fn new(
        transaction: TransactionData,
        signature: Option<UserSignature>,
        inputs: &Inputs,
        outcome: Outcome,
    ) -> Self {
        let written: Vec<Object> = outcome.written.into_values().collect();
        let balance_changes = balance_changes(&outcome.effects, &inputs.objects, &written);
        Self {
            digest: outcome.effects.as_v1().transaction_digest,
            transaction,
            signature,
            effects: outcome.effects,
            inputs: inputs.objects.clone(),
            written,
            supply_change: outcome.supply_change,
            balance_changes,
        }
    }
}

/// What addresses have won and lost in coins. An input that is not among the changed objects is
/// neither.
fn balance_changes(
    effects: &TransactionEffects,
    inputs: &[Object],
    written: &[Object],
) -> Vec<BalanceChange> {
    let changed: BTreeSet<ObjectId> =
        effects.as_v1().changed_objects.iter().map(|(id, _)| *id).collect();
    let is_changed = |object: &&Object| object.id().is_ok_and(|id| changed.contains(&id));
    let coin = |object: &Object| Some((object.owner.address()?, object.coin_balance().ok()?));
    let lost =
        inputs.iter().filter(is_changed).filter_map(coin).map(|(owner, n)| (owner, -i128::from(n)));
    let won = written.iter().filter_map(coin).map(|(owner, n)| (owner, i128::from(n)));
    let mut sums = BTreeMap::new();
    for (owner, amount) in lost.chain(won) {
        *sums.entry(owner).or_insert(0) += amount;
    }
    sums.into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(address, amount)| BalanceChange { address, amount })
        .collect()
}

fn add_fees(sum: TransactionFee, more: TransactionFee) -> TransactionFee {
    TransactionFee::new(
        sum.base_fee.saturating_add(more.base_fee),
        sum.operation_fee.saturating_add(more.operation_fee),
        sum.value_fee.saturating_add(more.value_fee),
    )
}

impl Objects for Ledger {
    fn current(&self, id: &ObjectId) -> Option<&Object> {
        self.object(id)
    }

    fn deleted_shared(&self, id: &ObjectId) -> Option<DeletedInput> {
        self.deleted_shared.get(id).copied()
    }
}

/// A ledger with one more coin, for show.
struct WithCoin<'a> {
    ledger: &'a Ledger,
    id: ObjectId,
    coin: Object,
}

impl Objects for WithCoin<'_> {
    fn current(&self, id: &ObjectId) -> Option<&Object> {
        if *id == self.id { Some(&self.coin) } else { self.ledger.object(id) }
    }

    fn deleted_shared(&self, id: &ObjectId) -> Option<DeletedInput> {
        Objects::deleted_shared(self.ledger, id)
    }
}

fn state_of(written: &[Object]) -> Option<SystemStateV1> {
    let object =
        written.iter().find(|object| object.data.object_type == ObjectType::SystemState)?;
    let SystemState::V1(state) =
        object.system_state().expect("only the executor writes the system state");
    Some(state)
}

impl Ledger {
    /// A network that has only begun.
    #[must_use]
    pub fn new(genesis: Genesis) -> Self {
        let checkpoint = Arc::new(genesis.checkpoint);
        let executed = checkpoint.transactions.first().expect("genesis has a transaction");
        let state = state_of(&executed.written).expect("genesis makes the system state");
        let state = Arc::new(state);
        let epoch = EpochInfo {
            epoch: state.epoch,
            protocol_version: state.protocol_version,
            committee: committee(&state),
            first_checkpoint: 0,
            last_checkpoint: None,
            start_ms: state.epoch_start_timestamp_ms,
            end_ms: None,
            system_state: Arc::clone(&state),
        };
        let mut ledger = Self {
            validator_keys: genesis.validator_keys,
            current: BTreeMap::new(),
            history: BTreeMap::new(),
            owned: BTreeMap::new(),
            targets: BTreeSet::new(),
            deleted_shared: BTreeMap::new(),
            context: Context::of(&state),
            state,
            epoch_fees: TransactionFee::default(),
            supply_change: SupplyChange::default(),
            transactions: BTreeMap::new(),
            unsealed: Vec::new(),
            checkpoints: Vec::new(),
            sealed_by: BTreeMap::new(),
            numbers: BTreeMap::new(),
            epochs: vec![epoch],
        };
        let executed = Arc::clone(executed);
        ledger.apply(&executed);
        ledger.keep(&checkpoint);
        ledger
    }

    /// Signs checkpoints with another key too, once its validator is in the committee.
    pub fn sign_with(&mut self, key: BlsKeypair) {
        self.validator_keys.push(key);
    }

    /// Digest of checkpoint 0.
    #[must_use]
    pub fn chain_id(&self) -> CheckpointDigest {
        self.checkpoints[0].digest
    }

    /// The current epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.state.epoch
    }

    /// The system state as it is now.
    #[must_use]
    pub fn system_state(&self) -> &SystemStateV1 {
        &self.state
    }

    /// What is known of an epoch that has begun.
    #[must_use]
    pub fn epoch_info(&self, epoch: u64) -> Option<&EpochInfo> {
        self.epochs.get(usize::try_from(epoch).ok()?)
    }

    /// Fees of the epoch so far.
    #[must_use]
    pub const fn epoch_fees(&self) -> TransactionFee {
        self.epoch_fees
    }

    /// Shannons minted and burned by the rules since the start.
    #[must_use]
    pub const fn supply_change(&self) -> SupplyChange {
        self.supply_change
    }

    /// All objects as they are now, by id.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.current.values().map(AsRef::as_ref)
    }

    /// An object as it is now.
    #[must_use]
    pub fn object(&self, id: &ObjectId) -> Option<&Object> {
        self.current.get(id).map(AsRef::as_ref)
    }

    /// An object as it was at a version; all versions are kept.
    #[must_use]
    pub fn object_at(&self, id: &ObjectId, version: Version) -> Option<&Object> {
        self.history.get(&(*id, version)).map(AsRef::as_ref)
    }

    /// An address's objects in the order of the node's listings: by type, coins by balance
    /// ascending, then by id.
    #[must_use]
    pub fn owned(&self, owner: Address, object_type: Option<ObjectType>) -> Vec<&Object> {
        let ids = self.owned.get(&owner).into_iter().flatten();
        let mut objects: Vec<(ObjectType, u64, ObjectId, &Object)> = ids
            .filter_map(|id| Some((*id, self.object(id)?)))
            .filter(|(_, object)| object_type.is_none_or(|kind| kind == object.data.object_type))
            .map(|(id, object)| {
                (object.data.object_type, object.coin_balance().unwrap_or(0), id, object)
            })
            .collect();
        objects.sort_by_key(|&(object_type, balance, id, _)| (object_type, balance, id));
        objects.into_iter().map(|(.., object)| object).collect()
    }

    /// Shannons in all coins of an address, saturating.
    #[must_use]
    pub fn balance(&self, owner: Address) -> u64 {
        self.owned
            .get(&owner)
            .into_iter()
            .flatten()
            .filter_map(|id| self.object(id)?.coin_balance().ok())
            .fold(0, u64::saturating_add)
    }

    /// All targets, by id.
    pub fn targets(&self) -> impl Iterator<Item = (ObjectId, TargetV1)> + '_ {
        self.targets.iter().filter_map(|id| Some((*id, self.object(id)?.target().ok()?)))
    }

    /// What a transaction did, once executed.
    #[must_use]
    pub fn transaction(&self, digest: &TransactionDigest) -> Option<&Arc<Executed>> {
        self.transactions.get(digest)
    }

    /// The checkpoint that seals a transaction, once sealed.
    #[must_use]
    pub fn checkpoint_of(&self, digest: &TransactionDigest) -> Option<&Arc<Checkpoint>> {
        self.checkpoint(*self.sealed_by.get(digest)?)
    }

    /// A checkpoint by number. None is ever forgotten: the lowest available is 0.
    #[must_use]
    pub fn checkpoint(&self, sequence_number: u64) -> Option<&Arc<Checkpoint>> {
        self.checkpoints.get(usize::try_from(sequence_number).ok()?)
    }

    /// A checkpoint by digest.
    #[must_use]
    pub fn checkpoint_by_digest(&self, digest: &CheckpointDigest) -> Option<&Arc<Checkpoint>> {
        self.checkpoint(*self.numbers.get(digest)?)
    }

    /// The newest checkpoint.
    #[must_use]
    pub fn latest_checkpoint(&self) -> &Arc<Checkpoint> {
        self.checkpoints.last().expect("a ledger begins with checkpoint 0")
    }

    /// Checks and executes. The same transaction again is answered with the same effects. It waits
    /// for the next [`seal`](Self::seal).
    ///
    /// # Errors
    /// Where it is refused before execution. What fails in execution is no error: its effects say so.
    pub fn execute(&mut self, signed: &SignedTransaction) -> Result<Arc<Executed>, AdmissionError> {
        let transaction = &signed.transaction;
        admission::check_kind(transaction)?;
        admission::check_size(signed)?;
        admission::check_signature(transaction, std::slice::from_ref(&signed.signature))?;
        if let Some(executed) = self.transactions.get(&transaction.digest()) {
            return Ok(Arc::clone(executed));
        }
        let inputs = admission::gather(transaction, self, Checks::All)?;
        Ok(self.run(transaction.clone(), Some(signed.signature.clone()), &inputs))
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
        admission::check_kind(transaction)?;
        let unpaid = transaction.gas_payment().is_empty();
        let with_gas = |gas: Vec<ObjectRef>| {
            let TransactionData::V1(data) = transaction;
            TransactionData::new(data.kind.clone(), data.sender, gas)
        };
        let (transaction, inputs) = match (unpaid, checks) {
            (false, checks) => {
                let checks = if checks { Checks::All } else { Checks::Existence };
                (transaction.clone(), admission::gather(transaction, self, checks)?)
            }
            (true, true) => {
                let transaction = with_gas(self.select_gas(transaction));
                let inputs = admission::gather(&transaction, self, Checks::All)?;
                (transaction, inputs)
            }
            (true, false) => {
                let (gas, with_coin) = self.make_up_coin(transaction.sender());
                let transaction = with_gas(vec![gas]);
                let inputs = admission::gather(&transaction, &with_coin, Checks::Existence)?;
                (transaction, inputs)
            }
        };
        let outcome = execute(&self.context, &transaction, &inputs);
        Ok(Executed::new(transaction, None, &inputs, outcome))
    }

    fn select_gas(&self, transaction: &TransactionData) -> Vec<ObjectRef> {
        let used: BTreeSet<ObjectId> =
            transaction.kind().owned_inputs().iter().map(|input| input.id).collect();
        self.owned(transaction.sender(), Some(ObjectType::Coin))
            .into_iter()
            .filter_map(|coin| coin.reference().ok())
            .filter(|coin| !used.contains(&coin.id))
            .take(MOST_GAS_COINS)
            .collect()
    }

    fn make_up_coin(&self, owner: Address) -> (ObjectRef, WithCoin<'_>) {
        let id = ObjectId([0xff; 32]);
        let payload = MADE_UP_BALANCE.to_le_bytes();
        let owner = Owner::AddressOwner(owner);
        let digest = TransactionDigest::default();
        let coin = Object::new(id, 1, ObjectType::Coin, &payload, owner, digest);
        let reference = ObjectRef { id, version: 1, digest: coin.digest() };
        (reference, WithCoin { ledger: self, id, coin })
    }

    /// Seals what was executed since the last checkpoint, if anything was.
    pub fn seal(&mut self, now_ms: u64) -> Option<Arc<Checkpoint>> {
        if self.unsealed.is_empty() {
            return None;
        }
        Some(self.cut(self.not_before_last(now_ms), None))
    }

    /// Closes the epoch now, and seals. The last checkpoint returned is the epoch's last.
    pub fn advance_epoch(&mut self, now_ms: u64) -> Vec<Arc<Checkpoint>> {
        self.advance_epoch_into(self.state.protocol_version, now_ms)
    }

    /// The same into another protocol version. An epoch that cannot be ended as it should, as into a
    /// version that is unknown, puts the network into safe mode until the next one that can.
    pub fn advance_epoch_into(
        &mut self,
        protocol_version: u64,
        now_ms: u64,
    ) -> Vec<Arc<Checkpoint>> {
        let now_ms = self.not_before_last(now_ms);
        let last = self.latest_checkpoint().digest;
        let change = ChangeEpoch {
            epoch: self.epoch().saturating_add(1),
            epoch_start_timestamp_ms: now_ms,
            protocol_version,
            fees: self.epoch_fees.total_fee,
            epoch_randomness: blake2b256(&[b"soma-localnet-epoch", &last.0]).to_vec(),
        };
        self.run_system(TransactionKind::ChangeEpoch(change));
        let end = EndOfEpochData {
            next_epoch_validator_committee: committee(&self.state),
            next_epoch_protocol_version: self.state.protocol_version,
            epoch_commitments: Vec::new(),
        };
        let checkpoint = self.cut(now_ms, Some(end));
        self.begin_epoch(&checkpoint);
        vec![checkpoint]
    }

    /// Whether the epoch has lasted as long as it should, so that it is time to advance.
    #[must_use]
    pub fn epoch_is_over(&self, now_ms: u64) -> bool {
        let began = self.state.epoch_start_timestamp_ms;
        now_ms >= began.saturating_add(self.state.parameters.epoch_duration_ms)
    }

    /// Time does not run backwards from one checkpoint to the next.
    fn not_before_last(&self, now_ms: u64) -> u64 {
        now_ms.max(self.latest_checkpoint().summary.timestamp_ms)
    }

    fn run_system(&mut self, kind: TransactionKind) -> Arc<Executed> {
        let transaction = TransactionData::new(kind, Address::ZERO, Vec::new());
        let uses_state = transaction.kind().uses_system_state();
        let state = uses_state.then(|| self.object(&ObjectId::SYSTEM_STATE).cloned()).flatten();
        let inputs = Inputs { objects: state.into_iter().collect(), deleted: Vec::new() };
        self.run(transaction, None, &inputs)
    }

    fn run(
        &mut self,
        transaction: TransactionData,
        signature: Option<UserSignature>,
        inputs: &Inputs,
    ) -> Arc<Executed> {
        let outcome = execute(&self.context, &transaction, inputs);
        let executed = Arc::new(Executed::new(transaction, signature, inputs, outcome));
        self.apply(&executed);
        self.unsealed.push(Arc::clone(&executed));
        executed
    }

    /// Takes over what a transaction did.
    fn apply(&mut self, executed: &Arc<Executed>) {
        let effects = executed.effects.as_v1();
        for (id, change) in &effects.changed_objects {
            if change.id_operation == IdOperation::Deleted {
                self.forget(id, effects.version, executed.digest);
            }
        }
        for deleted in effects.unchanged_shared_objects.iter().map(|(id, _)| id) {
            if let Some(deleted) = self.deleted_shared.get_mut(deleted) {
                deleted.version = effects.version;
            }
        }
        for object in &executed.written {
            self.store(object.clone());
        }
        if let Some(state) = state_of(&executed.written) {
            self.state = Arc::new(state);
        }
        self.epoch_fees = add_fees(self.epoch_fees, effects.transaction_fee);
        self.supply_change += executed.supply_change;
        self.transactions.insert(executed.digest, Arc::clone(executed));
    }

    fn forget(&mut self, id: &ObjectId, version: Version, transaction: TransactionDigest) {
        let Some(object) = self.current.remove(id) else { return };
        self.targets.remove(id);
        match object.owner {
            Owner::AddressOwner(owner) => self.disown(owner, id),
            Owner::Shared { .. } => {
                let deleted = DeletedInput { id: *id, version, transaction };
                self.deleted_shared.insert(*id, deleted);
            }
            Owner::Immutable => {}
        }
    }

    fn disown(&mut self, owner: Address, id: &ObjectId) {
        if let Some(ids) = self.owned.get_mut(&owner) {
            ids.remove(id);
            if ids.is_empty() {
                self.owned.remove(&owner);
            }
        }
    }

    fn store(&mut self, object: Object) {
        let Ok(id) = object.id() else { return };
        let owner = object.owner.address();
        let version = object.data.version;
        if object.data.object_type == ObjectType::Target {
            self.targets.insert(id);
        }
        let object = Arc::new(object);
        self.history.insert((id, version), Arc::clone(&object));
        let before = self.current.insert(id, object).and_then(|object| object.owner.address());
        if before != owner {
            if let Some(before) = before {
                self.disown(before, &id);
            }
            if let Some(owner) = owner {
                self.owned.entry(owner).or_default().insert(id);
            }
        }
    }

    /// Seals all that is unsealed, behind the head of a consensus commit.
    fn cut(&mut self, now_ms: u64, end_of_epoch_data: Option<EndOfEpochData>) -> Arc<Checkpoint> {
        let last = Arc::clone(self.latest_checkpoint());
        let sequence_number = last.summary.sequence_number + 1;
        let waiting = std::mem::take(&mut self.unsealed);
        let commit = blake2b256(&[b"soma-localnet-commit", &last.digest.0]);
        let epoch = self.context.epoch;
        self.run_system(TransactionKind::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
            epoch,
            round: sequence_number,
            sub_dag_index: None,
            commit_timestamp_ms: now_ms,
            consensus_commit_digest: OpaqueDigest(commit),
            additional_state_digest: OpaqueDigest::default(),
        }));
        let mut transactions = std::mem::take(&mut self.unsealed);
        transactions.extend(waiting);
        let cut = Cut {
            epoch,
            sequence_number,
            transactions_before: last.summary.network_total_transactions,
            previous_digest: Some(last.digest),
            epoch_fees: self.epoch_fees,
            timestamp_ms: now_ms,
            end_of_epoch_data,
        };
        let committee = &self.epochs.last().expect("an epoch is always under way").committee;
        let checkpoint = Arc::new(cut.seal(transactions, committee, &self.validator_keys));
        self.keep(&checkpoint);
        checkpoint
    }

    fn keep(&mut self, checkpoint: &Arc<Checkpoint>) {
        let number = checkpoint.summary.sequence_number;
        for executed in &checkpoint.transactions {
            self.sealed_by.insert(executed.digest, number);
        }
        self.numbers.insert(checkpoint.digest, number);
        self.checkpoints.push(Arc::clone(checkpoint));
    }

    /// Goes on under the rules of the state that the change of epoch has left.
    fn begin_epoch(&mut self, last: &Checkpoint) {
        if let Some(ended) = self.epochs.last_mut() {
            ended.last_checkpoint = Some(last.summary.sequence_number);
            ended.end_ms = Some(last.summary.timestamp_ms);
        }
        self.context = Context::of(&self.state);
        self.epoch_fees = TransactionFee::default();
        self.deleted_shared.clear();
        self.epochs.push(EpochInfo {
            epoch: self.state.epoch,
            protocol_version: self.state.protocol_version,
            committee: committee(&self.state),
            first_checkpoint: last.summary.sequence_number + 1,
            last_checkpoint: None,
            start_ms: self.state.epoch_start_timestamp_ms,
            end_ms: None,
            system_state: Arc::clone(&self.state),
        });
    }
}
