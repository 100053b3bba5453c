//! The engine for machines without a GPU: vector instructions where there are any, one thread or
//! several, weights read once and layer by layer.

pub mod attention;
pub mod cross_entropy;
pub mod elementary;
mod evaluation;
pub mod executor;
mod following;
pub mod gelu;
pub mod layer_norm;
pub mod matrix;
pub mod memory;
mod parts;
mod passes;
pub mod rotate;
pub mod sig_reg;
pub mod team;
#[cfg(test)]
pub(crate) mod testing;
pub mod trial;

pub use executor::{Executor, OneThread, Threads};
pub use fearless_simd::Level;
pub use memory::Allowance;
pub use team::{Alone, Followers, Leader, Member};

use super::config::ModelConfig;
use super::engine::{Engine, EvaluateError, Unwatched, Watch, Watched};
use super::loss::{BatchSums, ModelScore};
use super::plan::Task;
use super::tokens::Sequences;
use super::weight_source::WeightSource;
use super::weights_file::{BlockBuffer, WeightsFile};
use evaluation::Evaluation;
use following::Following;
use matrix::panel_width;
use memory::{HostPlan, Machine};
use parts::Loader;
use passes::{Passes, Workspace};
use std::ops::Range;

/// Positions that one thread computes at a time, at most.
pub const TILE: usize = 264;
/// A multiple of the rows of every register block; so are the positions of a tile.
const TILE_STEP: usize = 12;

/// Evaluates models on the CPU, alone or leading others.
#[derive(Clone, Debug)]
pub struct CpuEngine<E = OneThread, T = Alone> {
    level: Level,
    executor: E,
    memory: u64,
    team: T,
}

impl<E: Executor> CpuEngine<E> {
    /// An engine that takes at most so many bytes of memory, besides the data and the results.
    #[must_use]
    pub fn new(executor: E, memory: u64) -> Self {
        Self { level: Level::new(), executor, memory, team: Alone }
    }

    /// The same at the head of others, each of which [follows](Self::follow). The memory is that of all
    /// of them together, and each is told the same.
    #[must_use]
    pub fn with_team<T: Followers>(self, team: T) -> CpuEngine<E, T> {
        CpuEngine { level: self.level, executor: self.executor, memory: self.memory, team }
    }

    /// Does the part of a member that does not lead, in one evaluation of the leader's.
    ///
    /// # Errors
    /// Where weights or memory fail, or the leader is gone.
    ///
    /// # Panics
    /// Where there are more members than the model has [work for](Member::most).
    pub async fn follow<S: WeightSource, L: Leader>(
        &self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        member: Member,
        leader: &mut L,
    ) -> Result<(), EvaluateError> {
        let plan = self.plan_for(model.config(), sequences, member.members)?;
        let (level, config, buffer) = (self.level, *model.config(), BlockBuffer::default());
        let mut nobody = Unwatched;
        let watched = Watched::new(0, 0, 0, &mut nobody);
        let (share, piece) = (member.share(&config), plan.piece(member.members));
        let loader = Loader { level, model, share, watched, buffer, piece };
        let workspaces = vec![Workspace::default(); self.executor.width()];
        let length = sequences.batching().sequence_length();
        let passes = Passes { level, executor: &self.executor, workspaces, config, length };
        let mut following = Following { loader, passes, sequences, leader, member, plan };
        for group in groups(sequences.rows(), plan.group) {
            following.pass_layers(group.clone()).await?;
            following.measure(group, seed).await?;
        }
        Ok(())
    }
}

impl<E: Executor, T> CpuEngine<E, T> {
    /// The same with fewer instructions than the machine has, for comparison.
    #[must_use]
    pub fn with_level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    fn plan_for(
        &self,
        config: &ModelConfig,
        sequences: &Sequences,
        members: usize,
    ) -> Result<HostPlan, EvaluateError> {
        let sequence_length = sequences.batching().sequence_length();
        let task = Task { config: *config, sequence_length, rows: sequences.rows() };
        let (threads, panel) = (self.executor.width(), panel_width(self.level));
        Ok(HostPlan::choose(&task, Machine { threads, panel, members }, self.memory)?)
    }
}

impl<E: Executor, T: Followers> CpuEngine<E, T> {
    /// How a model and data would be evaluated.
    ///
    /// # Errors
    /// Where the memory does not suffice.
    pub fn plan(
        &self,
        config: &ModelConfig,
        sequences: &Sequences,
    ) -> Result<HostPlan, EvaluateError> {
        self.plan_for(config, sequences, 1 + self.team.count())
    }

    fn evaluation<'r, S: WeightSource, W: Watch>(
        &'r mut self,
        model: &'r WeightsFile<S>,
        sequences: &'r Sequences,
        watch: &'r mut W,
    ) -> Result<Evaluation<'r, S, W, E, T>, EvaluateError> {
        let member = Member { index: 0, members: 1 + self.team.count() };
        let (plan, rows) = (self.plan(model.config(), sequences)?, sequences.rows());
        let (groups, layers) = (rows.div_ceil(plan.group) as u64, model.config().layers() as u64);
        let length = sequences.batching().sequence_length();
        let work = 2 * layers * (rows * length) as u64;
        let share = member.share(model.config());
        let places = model.places();
        let watched = Watched::new(groups * layers, groups * places.bytes(), work, watch)
            .with_own_bytes(groups * share.bytes(places));
        let (level, config, buffer) = (self.level, *model.config(), BlockBuffer::default());
        let piece = plan.piece(member.members);
        let loader = Loader { level, model, share, watched, buffer, piece };
        let workspaces = vec![Workspace::default(); self.executor.width()];
        let passes = Passes { level, executor: &self.executor, workspaces, config, length };
        Ok(Evaluation { loader, passes, sequences, team: &mut self.team, plan })
    }
}

impl<E: Executor> CpuEngine<E, Alone> {
    /// The representations of all positions, `[rows, sequence_length, width]`: what losses and
    /// embeddings are made of.
    ///
    /// # Errors
    /// Where weights or memory fail.
    pub async fn representations<S: WeightSource>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
    ) -> Result<Vec<f32>, EvaluateError> {
        let watch = &mut Unwatched;
        let mut evaluation = self.evaluation(model, sequences, watch)?;
        let mut representations = Vec::new();
        for group in groups(sequences.rows(), evaluation.plan.group) {
            representations.extend(evaluation.represent(group).await?);
        }
        Ok(representations)
    }
}

impl<E: Executor, T: Followers> Engine for CpuEngine<E, T> {
    async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        let mut evaluation = self.evaluation(model, sequences, watch)?;
        let mut sums = vec![BatchSums::new(model.config().width()); sequences.batches().count()];
        for group in groups(sequences.rows(), evaluation.plan.group) {
            let group = evaluation.pass_layers(group).await?;
            evaluation.measure(&group, seed, &mut sums).await?;
        }
        Ok(ModelScore::of(&sums))
    }
}

/// Ranges of so many sequences.
fn groups(rows: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(size).map(move |start| start..rows.min(start + size))
}
