//! Matching, as a page sees it: many files, each scored once by each model, held against all open targets.
//!
//! The queue belongs to the scoring worker and outlives it: files and scores are kept in this browser
//! until they are removed. A number that is not finite is told as none.

use crate::network::Network;
use crate::protocol::Failure;
use crate::score::{EngineChoice, ScoreStep};
use serde::{Deserialize, Serialize};
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::Checksum;

/// Which rows come first.
pub use wasm_core::matching::MatchOrder;

/// The most files that are queued at once.
pub const MOST_FILES: usize = 1_000;

/// The most rows of a table that are told at once.
pub const MOST_ROWS: usize = 500;

/// What a page may ask the scoring worker about matching. Beside each stands the [`MatchReply`] that
/// answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MatchRequest {
    /// What is queued, what was scored of it, and whether the queue goes on. → `Queue`
    Queue,
    /// Keep the attached file. The same bytes are kept once, under the name they came with first.
    /// → `Added`
    Add,
    /// Forget these files and what was scored of them. → `Queue`
    Remove(Vec<Checksum>),
    /// Score, model by model, every file that has no score by these models' present weights; go on
    /// with that after a reload as soon as the queue is asked for. → `Queue` at once
    Start(Box<MatchOptions>),
    /// Stop within a layer. What was scored stays, and [`Self::Start`] goes on there. → `Queue`
    Pause,
    /// Ask the network for all its open targets, and hold them against what was scored. → `Ground`
    Compare {
        /// Whose.
        network: Network,
        /// Who would submit and claim.
        account: Address,
    },
    /// A window of the table that the last comparison made, new scores included. → `Table`
    Table {
        /// Which rows, in which order.
        query: MatchQuery,
        /// Place of the first of them.
        from: usize,
        /// How many, [`MOST_ROWS`] at most.
        count: usize,
    },
    /// What a submission needs of one pair. → `Chosen`, with the data's file beside it
    Choose {
        /// The data.
        data: Checksum,
        /// The target.
        target: TargetId,
    },
}

/// The good answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named by the request it answers")]
pub enum MatchReply {
    Queue(Box<QueueView>),
    Added(QueuedFile),
    Ground(Box<GroundView>),
    Table(Box<MatchTable>),
    Chosen(Box<ChosenMatch>),
}

/// What the scoring worker says of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MatchEvent {
    /// How far the evaluation under way is. At most ten times a second.
    Progress(MatchProgress),
    /// A file was scored, or the queue began, ended or stopped: it is to be asked for again, and the
    /// table with it. At most four times a second.
    Moved,
}

/// How scoring shall be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchOptions {
    /// The models, in the order in which their weights are fetched.
    pub models: Vec<ModelId>,
    /// Who computes.
    pub engine: EngineChoice,
    /// Bytes of a graphics device's memory that may be taken.
    pub gpu_memory: u64,
    /// How many workers compute where the processor does.
    pub workers: u32,
    /// Where the models are looked up.
    pub network: Network,
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct QueueView {
    /// Files in the order in which they came.
    pub files: Vec<QueuedFile>,
    /// Models that were asked for last, in their order.
    pub models: Vec<ModelId>,
    /// Whether it goes on, and if not, why.
    pub state: QueueState,
}

/// Whether the queue goes on.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub enum QueueState {
    /// Nothing was started, or all is scored.
    #[default]
    Idle,
    /// It goes on.
    Running,
    /// A person stopped it.
    Paused,
    /// It stopped at this.
    Failed(Failure),
}

/// A file of the queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueuedFile {
    /// Blake2b-256 of its bytes, which names it.
    pub checksum: Checksum,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// What each of the models that were asked for last made of it.
    pub scores: Vec<FileScore>,
}

/// What a model made of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileScore {
    /// Which model.
    pub model: ModelId,
    /// What came of it; none while it is not scored.
    pub loss: Option<FileLoss>,
}

/// The loss of a model, where it was evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum FileLoss {
    /// Lower is better.
    Finite(f32),
    /// It is no number, and never wins against one.
    NotFinite,
}

/// How far the evaluation under way is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchProgress {
    /// The data; none while weights are being fetched.
    pub data: Option<Checksum>,
    /// By which model; none before the first.
    pub model: Option<ModelId>,
    /// What is being done.
    pub step: ScoreStep,
    /// Evaluations done since it was started.
    pub done: u64,
    /// Evaluations there were to do.
    pub total: u64,
}

/// What the network had to offer when it was asked last.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct GroundView {
    /// The epoch then.
    pub epoch: u64,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// Open targets.
    pub targets: usize,
    /// Whether there are more than could be held.
    pub more_targets: bool,
    /// Models that open targets draw, those first that most of the reward can be had with.
    pub models: Vec<DrawnByTargets>,
    /// Which of them open targets draw together.
    pub sets: Vec<DrawnTogether>,
}

/// A model that open targets draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnByTargets {
    /// Its id.
    pub id: ModelId,
    /// Bytes of its weights; none where they cannot be opened, so that no target that draws it can
    /// be matched here.
    pub size: Option<u64>,
    /// How many open targets draw it.
    pub targets: usize,
    /// Their rewards together.
    pub reward: Shannons,
}

/// Open targets that draw the same models: they can be matched once all of these scored a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnTogether {
    /// Places of the models in [`GroundView::models`], smallest first, none twice.
    pub models: Vec<usize>,
    /// How many targets.
    pub targets: usize,
    /// Their rewards together.
    pub reward: Shannons,
}

/// Which rows of the table, in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchQuery {
    /// Rows of one file only.
    pub data: Option<Checksum>,
    /// Rows of one target only.
    pub target: Option<TargetId>,
    /// Only those that are near enough.
    pub passing: bool,
    /// Which come first.
    pub order: MatchOrder,
}

/// A window of the table.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct MatchTable {
    /// How many rows the query shows.
    pub total: usize,
    /// How many pairs are near enough, whatever the query shows.
    pub passing: usize,
    /// Targets whose models all have a score of at least one file.
    pub targets: usize,
    /// Place of the first row.
    pub from: usize,
    /// The rows.
    pub rows: Vec<MatchRow>,
}

/// A file and a target whose models all scored it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchRow {
    /// The data.
    pub data: Checksum,
    /// Name of its file.
    pub name: String,
    /// The target.
    pub target: TargetId,
    /// The target's model that lost least.
    pub winner: ModelId,
    /// What it lost.
    pub loss: Option<f32>,
    /// How much worse the second best of the target's models is.
    pub margin: Option<f32>,
    /// Below which margin another honest machine may see another winner.
    pub noise: f32,
    /// Distance of the winner's embedding from the target.
    pub distance: Option<f32>,
    /// How near it must come.
    pub threshold: f32,
    /// What the target holds.
    pub reward: Shannons,
    /// What the submitter is paid of it, claiming it alone, by the parameters in force.
    pub paid: Shannons,
    /// The bond, which comes back with the reward; none where the data is too large.
    pub bond: Option<Shannons>,
    /// Fees of submitting and of claiming.
    pub fees: Shannons,
}

impl MatchRow {
    /// Whether it is near enough.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.distance.is_some_and(|distance| distance <= self.threshold)
    }

    /// Whether the best two models are so close that another honest machine may see another winner.
    #[must_use]
    pub fn is_close(&self) -> bool {
        self.margin.is_some_and(|margin| margin < self.noise)
    }

    /// What is left of the payment after fees. Below zero where fees are higher.
    #[must_use]
    pub fn expected(&self) -> i128 {
        i128::from(self.paid.0) - i128::from(self.fees.0)
    }
}

/// What a submission needs of one pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenMatch {
    /// The target.
    pub target: TargetId,
    /// The data.
    pub data: Checksum,
    /// The model that won.
    pub model: ModelId,
    /// The data's embedding by it.
    pub embedding: Vec<f32>,
    /// Its distance from the target.
    pub distance: f32,
    /// What the winner lost.
    pub loss: f32,
}
