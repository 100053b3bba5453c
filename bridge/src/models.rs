//! Models of a network, as a page sees them: all of them, one, one's own, and where to place another.
//!
//! The wallet's worker tells what the chain says; the scoring worker does what takes long, as fetching
//! weights and weighing places.

use crate::network::Network;
use crate::protocol::Failure;
use crate::publish::JobId;
use crate::wallet::{Password, SendAmount};
use serde::{Deserialize, Serialize};
use std::fmt;
use wasm_core::address::{Address, ModelId, ObjectId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::Checksum;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use wasm_core::calendar::{Coming, Deadline, Duty};
pub use wasm_core::placement::Draws;

/// What the wallet's worker tells of models.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ModelsRequest {
    /// All models of the chosen network. → `List`
    List,
    /// What their targets say: who is drawn, who won, and where all of them stand. → `Standings`
    Standings,
    /// All of one model. → `One`
    One(ModelId),
    /// What one model was when past epochs began, newest first. → `Past`
    Past {
        /// Which model.
        model: ModelId,
        /// How many epochs at most.
        epochs: u64,
    },
    /// Prepare a transaction about a model. → [`Reply::Review`](crate::protocol::Reply::Review)
    Prepare(ModelAct),
    /// What must happen with models of this wallet, and when. → `Calendar`
    Calendar,
    /// Commits whose secrets this wallet holds, without the secrets. → `Vault`
    Vault,
    /// The secrets of one commit, for whoever knows the wallet's password. → `Secrets`
    Secrets {
        /// Which commit.
        job: JobId,
        /// The wallet's password.
        password: Password,
    },
    /// Look whether all that a reveal will show is in order. → `Checks`
    Check(JobId),
}

/// What the scoring worker does about models.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum WeightsRequest {
    /// Fetch weights, compare them with what was published, and look into them where the key is public.
    /// → `Weights`, with `Event::Score` on the way
    Fetch {
        /// Which model.
        model: ModelId,
        /// Where.
        network: Network,
    },
    /// The same, and hand the file out. →
    /// [`Reply::SealedFile`](crate::protocol::Reply::SealedFile), with the file beside it
    Save {
        /// Which model.
        model: ModelId,
        /// Where.
        network: Network,
        /// Decrypted, instead of as published.
        plain: bool,
    },
    /// How many targets would draw a model. → `Plan`
    Plan(Box<PlanOptions>),
    /// Search places for a model. → `Proposals`
    Propose {
        /// Where.
        network: Network,
        /// Shannons in its pool.
        stake: Shannons,
        /// The model that it takes the place of.
        replaces: Option<ModelId>,
    },
}

/// The good answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum ModelsReply {
    List(ModelList),
    Standings(Box<Standings>),
    One(Box<ModelDetail>),
    Past(Vec<PastModel>),
    Calendar(Vec<CalendarEntry>),
    Vault(Vec<VaultEntry>),
    Secrets(CommitSecrets),
    Checks(Vec<Check>),
    Weights(Box<WeightsReport>),
    Plan(Box<Plan>),
    Proposals(Vec<ProposedPlace>),
}

/// How far a model has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Standing {
    /// Drawn for targets.
    Active {
        /// The only epoch in which the reveal of an update counts, where one waits.
        update_due: Option<u64>,
    },
    /// Committed.
    Pending {
        /// The only epoch in which its reveal counts.
        due: u64,
    },
    /// Staked for, and nothing promised.
    Created,
    /// Out of service for good.
    Inactive,
}

/// A model in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// Its id.
    pub id: ModelId,
    /// Who owns it.
    pub owner: Address,
    /// Whether the owner is an account of this wallet.
    pub own: bool,
    /// What this wallet calls it, where it published it.
    pub name: Option<String>,
    /// How far it has come.
    pub standing: Standing,
    /// All that is staked with it.
    pub stake: Shannons,
    /// What its stake counts for when models are drawn: a part of the roots of all stakes, 0 to 1; none
    /// of a model that is not drawn.
    pub weight: Option<f32>,
    /// Share of the stakes' rewards that its owner takes; basis points.
    pub commission_bps: u64,
    /// The same from the next epoch on.
    pub next_commission_bps: u64,
    /// Bytes of its encrypted weights; none before the first commit.
    pub size: Option<u64>,
    /// Validators that report it.
    pub reports: u64,
}

/// All models.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelList {
    /// The models: the wallet's own first, then by stake.
    pub models: Vec<ModelRow>,
    /// All that is staked with active models.
    pub total_stake: Shannons,
    /// How many models are drawn for each target.
    pub per_target: u64,
}

/// What targets say of models.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct Standings {
    /// By model, only those of which targets say something.
    pub models: Vec<ModelTally>,
    /// Open targets.
    pub open: u64,
    /// Filled targets that the node still has. One that was claimed is gone.
    pub filled: u64,
    /// Models and targets on a plane.
    pub map: EmbeddingMap,
}

/// What targets say of one model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelTally {
    /// Which.
    pub id: ModelId,
    /// Open targets that drew it.
    pub drawn: u64,
    /// Filled targets that it won.
    pub wins: u64,
    /// What those pay in all, before it is divided.
    pub won: Shannons,
}

/// Directions of embedding space on a plane.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct EmbeddingMap {
    /// Active models.
    pub models: Vec<MapModel>,
    /// Open targets, or some of them.
    pub targets: Vec<MapTarget>,
    /// Part of the differences between all of these that the plane shows, 0 to 1.
    pub shown: f64,
}

/// A model on the plane.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapModel {
    /// Which.
    pub id: ModelId,
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
}

/// A target on the plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapTarget {
    /// Which.
    pub id: TargetId,
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// What it pays.
    pub reward: Shannons,
    /// Models that it drew.
    pub models: Vec<ModelId>,
}

/// All of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelDetail {
    /// What a list says of it.
    pub row: ModelRow,
    /// Version of the architecture that its weights are for.
    pub architecture_version: u64,
    /// Where the published weights lie.
    pub weights: Option<WeightsPlace>,
    /// The key that opens them, in Base58, once it is public.
    pub key: Option<String>,
    /// Where it stands in embedding space; empty before the reveal. None for what is no number: its owner
    /// may write anything there.
    pub embedding: Vec<Option<f32>>,
    /// New weights that are promised, and the epoch in which they are to be revealed.
    pub update: Option<(WeightsPlace, u64)>,
    /// Its stakes.
    pub pool: PoolView,
    /// Stakes of the account in use in that pool.
    pub own_stakes: Vec<OwnStake>,
    /// Validators that report it.
    pub reporters: Vec<Address>,
    /// What its owner must do next.
    pub deadline: Option<Deadline>,
    /// What the end of this epoch changes.
    pub coming: Vec<Coming>,
    /// Filled targets that it won and the node still has, newest first.
    pub wins: Vec<Win>,
    /// Whether the account in use is its owner.
    pub is_mine: bool,
    /// Whether the account in use is an active validator, who may report.
    pub is_validator: bool,
    /// The account in use.
    pub account: Address,
}

/// Where encrypted weights lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsPlace {
    /// The address.
    pub url: String,
    /// Bytes.
    pub size: u64,
    /// Blake2b-256 of them.
    pub checksum: Checksum,
}

/// A pool of stakes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolView {
    /// What stakes know it by.
    pub id: ObjectId,
    /// Since which epoch it counts.
    pub active_since: Option<u64>,
    /// Since which epoch it does not any more.
    pub ended: Option<u64>,
    /// Shannons in it.
    pub balance: Shannons,
    /// Shares given out.
    pub shares: u64,
    /// Shannons that join with the next epoch.
    pub joining: Shannons,
    /// Shannons that leave with the next epoch.
    pub leaving: Shannons,
    /// What it held when epochs began, oldest first.
    pub history: Vec<PoolPoint>,
}

/// A pool as an epoch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolPoint {
    /// Which epoch.
    pub epoch: u64,
    /// Shannons in it.
    pub balance: Shannons,
    /// Shares given out.
    pub shares: u64,
}

/// A stake of the account in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStake {
    /// The object that stands for it.
    pub id: ObjectId,
    /// What was put in.
    pub principal: Shannons,
    /// What it would bring if it were taken back now.
    pub value: Shannons,
    /// Since, or from, which epoch it counts.
    pub counts_from: u64,
}

/// A target that a model won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Win {
    /// Which.
    pub target: TargetId,
    /// When it was filled.
    pub epoch: u64,
    /// What it pays in all.
    pub reward: Shannons,
    /// Who filled it.
    pub submitter: Option<Address>,
}

/// A model as an epoch began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastModel {
    /// Which epoch.
    pub epoch: u64,
    /// What it was then; none where there was none of that id.
    pub row: Option<ModelRow>,
}

/// A transaction about a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelAct {
    /// Set the commission from the next epoch on.
    SetCommission {
        /// Which model.
        model: ModelId,
        /// Basis points.
        commission_bps: u64,
    },
    /// Stake with it.
    Stake {
        /// Which model.
        model: ModelId,
        /// How much.
        amount: SendAmount,
    },
    /// Take a stake back.
    Withdraw(ObjectId),
    /// Take it out of service for good.
    Deactivate(ModelId),
    /// Report it, as a validator.
    Report(ModelId),
    /// Take that report back.
    UndoReport(ModelId),
}

/// Something in the calendar of a wallet's models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEntry {
    /// Which model.
    pub model: ModelId,
    /// What this wallet calls it, where it published it.
    pub name: Option<String>,
    /// Whose it is.
    pub account: Address,
    /// The publication that does it, where this wallet has one.
    pub job: Option<JobId>,
    /// What it is.
    pub what: CalendarItem,
}

/// What is in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CalendarItem {
    /// To be done.
    Deadline(Deadline),
    /// Happens by itself when this epoch ends.
    Coming(Coming),
}

/// A commit whose secrets a wallet holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultEntry {
    /// Names it.
    pub job: JobId,
    /// What its owner calls it.
    pub label: String,
    /// When its key was made; milliseconds since 1970.
    pub created_ms: u64,
    /// Checksum and size of the encrypted file, once it is sealed.
    pub sealed: Option<(Checksum, u64)>,
    /// Values of its embedding, once it has one.
    pub embedding: Option<u64>,
    /// The model, once the chain has given it an id.
    pub model: Option<ModelId>,
    /// The epoch of its commit, once it was committed.
    pub committed_in: Option<u64>,
    /// Whether it was saved in an encrypted file; none where this browser has no publication of it.
    pub backed_up: Option<bool>,
}

/// The secrets of a commit. They do not print.
#[derive(Clone, PartialEq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct CommitSecrets {
    /// The key in Base58.
    pub key: String,
    /// The embedding's values; empty where there is none yet.
    pub embedding: Vec<f32>,
}

impl fmt::Debug for CommitSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitSecrets(..)")
    }
}

/// One thing that was looked at before a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// What was found, as a sentence; or why the reveal would fail.
    pub found: Result<String, Failure>,
}

/// What is looked at before a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckKind {
    /// The embedding's length and values, against the chain.
    Embedding,
    /// Key, file and embedding of the vault are those of the publication.
    Secrets,
    /// The encrypted file opens with the key, and its header is that of the architecture.
    Header,
}

/// What was found in fetched weights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsReport {
    /// Bytes that were compared.
    pub size: u64,
    /// Their Blake2b-256, which is the one that was published.
    pub checksum: Checksum,
    /// What is in them; none while the key is not public.
    pub inside: Option<Result<WeightsInside, Failure>>,
}

/// Tensors that are told of a file; the network's model has 389.
pub const MOST_TENSORS: usize = 1_000;

/// What decrypted weights hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsInside {
    /// How many tensors there are.
    pub count: u64,
    /// The tensors in the order of the file, [`MOST_TENSORS`] at most.
    pub tensors: Vec<TensorRow>,
    /// Values of all of them.
    pub parameters: u64,
    /// The architecture's sizes, or why they are those of no model that can be scored.
    pub architecture: Result<Architecture, String>,
}

/// A tensor of a weights file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorRow {
    /// Its name.
    pub name: String,
    /// Its element type, such as `F32`.
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Bytes of it.
    pub bytes: u64,
}

/// Sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Values of an embedding.
    pub width: u64,
    /// Layers.
    pub layers: u64,
    /// Attention heads.
    pub heads: u64,
    /// Width between the halves of a layer.
    pub inner: u64,
}

/// What a plan is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanOptions {
    /// Where.
    pub network: Network,
    /// Where the model would stand.
    pub embedding: Vec<f32>,
    /// Shannons in its pool.
    pub stake: Shannons,
    /// Other stakes to compare.
    pub stakes: Vec<Shannons>,
    /// The model that it takes the place of.
    pub replaces: Option<ModelId>,
}

/// What would come of a placement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// With the stake that was asked for.
    pub outlook: Outlook,
    /// With the other stakes, in their order.
    pub by_stake: Vec<(Shannons, Outlook)>,
    /// How the other models fare now, most drawn first.
    pub rivals: Vec<Rival>,
    /// Models drawn for each target.
    pub per_target: u64,
    /// Whether the network has more open targets than were looked at.
    pub more_targets: bool,
}

/// What would come of a placement, today and in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Of the targets that are open.
    pub open: Draws,
    /// Of targets drawn at random, as the network draws new ones.
    pub chance: Draws,
}

/// Another model in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rival {
    /// Which.
    pub id: ModelId,
    /// What is staked with it.
    pub stake: Shannons,
    /// What it is drawn for now.
    pub outlook: Outlook,
}

/// A place that was searched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedPlace {
    /// Where.
    pub embedding: Vec<f32>,
    /// What would come of it.
    pub outlook: Outlook,
}

#[cfg(test)]
mod tests {
    use super::CommitSecrets;

    #[test]
    fn the_secrets_of_a_commit_do_not_print() {
        let secrets = CommitSecrets { key: "beef".to_owned(), embedding: vec![0.5] };
        assert_eq!(format!("{secrets:?}"), "CommitSecrets(..)");
    }
}
