//! What an explorer shows: places a text may stand for, and what there is at each.

use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::describe::Description;
use wasm_core::digest::{CheckpointDigest, ObjectDigest, TransactionDigest};
use wasm_core::effects::TransactionFee;
use wasm_core::epoch::ProtocolConfig;
use wasm_core::network::EpochPoint;
use wasm_core::object::{ObjectType, Owner, Version};
use wasm_core::ports::Executed;
use wasm_core::preview::Explanation;

/// Somewhere on a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Place {
    Transaction(TransactionDigest),
    Checkpoint(u64),
    Epoch(u64),
    Object(ObjectId),
    Target(TargetId),
    Model(ModelId),
    Validator(Address),
    Address(Address),
}

/// What was looked for, or why it is not to be had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Looked<T> {
    /// It is there.
    Found(Box<T>),
    /// It is not.
    Missing(Missing),
}

/// Why something is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// It is still to come.
    ToCome {
        /// The newest there is.
        newest: u64,
    },
    /// The node keeps only newer ones.
    Pruned {
        /// The oldest checkpoint that it keeps.
        oldest: u64,
    },
    /// The node knows none.
    Unknown {
        /// The oldest checkpoint that it keeps, where that is not the first.
        oldest: Option<u64>,
    },
}

/// Which checkpoint is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CheckpointName {
    /// The one of a number.
    Number(u64),
    /// The one of a digest.
    Digest(CheckpointDigest),
}

/// A transaction that was executed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransactionView {
    /// Who sent it; the zero address stands for the system.
    pub sender: Address,
    /// The chain's name of its kind; none where this wallet does not know the kind.
    pub kind: Option<String>,
    /// In words; none where this wallet does not know the kind.
    pub description: Option<Description>,
    /// What it did.
    pub executed: Executed,
    /// Why it failed, where it did.
    pub failure: Option<Explanation>,
    /// Its BCS in hex, where what the node tells of it has its digest.
    pub bytes: Option<String>,
    /// What it did, as JSON with lines.
    pub effects: String,
}

/// A transaction in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionLine {
    /// Which.
    pub digest: TransactionDigest,
    /// What it says, as a sentence without a full stop.
    pub headline: String,
    /// Who sent it; the zero address stands for the system.
    pub sender: Address,
    /// Whether it did what it says.
    pub succeeded: bool,
    /// What it cost.
    pub fee: Shannons,
}

/// A checkpoint whose digests were computed anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointView {
    /// Its number.
    pub number: u64,
    /// Its identity.
    pub digest: CheckpointDigest,
    /// The one before; none for the first.
    pub previous: Option<CheckpointDigest>,
    /// Root of its transactions.
    pub contents: String,
    /// Its epoch.
    pub epoch: u64,
    /// Milliseconds since 1970.
    pub timestamp_ms: u64,
    /// Transactions of the chain up to and with it.
    pub transactions_so_far: u64,
    /// Fees of the epoch so far.
    pub fees_so_far: TransactionFee,
    /// The protocol of the next epoch, where this checkpoint ends one.
    pub next_protocol: Option<u64>,
    /// Its transactions, in their order.
    pub transactions: Vec<TransactionLine>,
    /// The newest checkpoint of the node.
    pub newest: u64,
}

/// An object at one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectView {
    /// Which.
    pub id: ObjectId,
    /// At which version.
    pub version: Version,
    /// What it is then.
    pub digest: ObjectDigest,
    /// What it is.
    pub object_type: ObjectType,
    /// Who may use it.
    pub owner: Owner,
    /// Who wrote this version.
    pub previous_transaction: TransactionDigest,
    /// What it holds.
    pub contents: ObjectContents,
    /// Its BCS in hex; none where it is too large to be looked at.
    pub bytes: Option<String>,
    /// Length of its BCS.
    pub size: u64,
}

/// What an object holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectContents {
    /// Coins.
    Coin(Shannons),
    /// A stake.
    Stake(StakeView),
    /// A target.
    Target {
        /// How far it has come, in a word.
        status: String,
        /// What it pays.
        reward: Shannons,
        /// The only epoch in which it can be filled.
        generation_epoch: u64,
        /// Who filled it.
        submitter: Option<Address>,
    },
    /// The system state.
    SystemState {
        /// Its epoch.
        epoch: u64,
    },
    /// Bytes that are not what the type says.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// A stake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StakeView {
    /// Which object.
    pub id: ObjectId,
    /// Which pool.
    pub pool: ObjectId,
    /// Whose pool that is.
    pub with: Option<StakedWith>,
    /// From when it counts.
    pub activation_epoch: u64,
    /// What was paid in.
    pub principal: Shannons,
    /// What it has earned by now; none where its pool is not known.
    pub reward: Option<Shannons>,
}

/// Whose pool a stake is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum StakedWith {
    Validator(Address),
    Model(ModelId),
}

/// A coin in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoinLine {
    /// Which object.
    pub id: ObjectId,
    /// What it holds.
    pub balance: Shannons,
}

/// What an address has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressView {
    /// Whose.
    pub address: Address,
    /// All its coins together.
    pub balance: Shannons,
    /// Its coins, richest first.
    pub coins: Vec<CoinLine>,
    /// Its stakes.
    pub stakes: Vec<StakeView>,
    /// Whether it has more than was listed.
    pub more: bool,
    /// Whether it is a validator, will be, or was.
    pub validator: bool,
    /// Models it owns.
    pub models: Vec<ModelId>,
    /// Targets it filled that are not settled yet.
    pub filled: Vec<TargetId>,
}

/// An epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochView {
    /// The economy, the checkpoints and the time.
    pub point: EpochPoint,
    /// Who signed in it: name, and voting power of 10,000.
    pub committee: Vec<(String, u64)>,
    /// The constants in force.
    pub config: Option<ProtocolConfig>,
    /// The current epoch.
    pub current: u64,
}
