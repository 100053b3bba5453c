//! The engine for machines without a GPU: vector instructions where there are any, one thread or
//! several, weights read once and layer by layer.

pub mod attention;
pub mod cross_entropy;
pub mod elementary;
pub mod executor;
pub mod gelu;
pub mod layer_norm;
pub mod matrix;
pub mod memory;
mod parts;
mod passes;
pub mod rotate;
pub mod sig_reg;
#[cfg(test)]
pub(crate) mod testing;

pub use executor::{Executor, OneThread, Threads};
pub use fearless_simd::Level;

use super::config::{ModelConfig, SLICES};
use super::engine::{Engine, EvaluateError, Unwatched, Watch, Watched};
use super::loss::{BatchSums, ModelScore};
use super::noise::directions;
use super::plan::Task;
use super::rotary::RotaryTable;
use super::tensors::{LayerTensor, ModelTensor};
use super::tokens::Sequences;
use super::weight_source::WeightSource;
use super::weights_file::{BlockBuffer, WeightsFile};
use elementary::add;
use fearless_simd::dispatch;
use matrix::{Packed, panel_width};
use memory::{HostPlan, Machine};
use parts::Loader;
use passes::{Asking, Head, Passes, Telling, Workspace};
use std::ops::Range;

/// Positions that one thread computes at a time, at most.
pub const TILE: usize = 192;
/// A multiple of the rows of every register block; so are the positions of a tile.
const TILE_STEP: usize = 12;

/// Evaluates models on the CPU.
#[derive(Clone, Debug)]
pub struct CpuEngine<E = OneThread> {
    level: Level,
    executor: E,
    memory: u64,
}

impl<E: Executor> CpuEngine<E> {
    /// An engine that takes at most so many bytes of memory, besides the data and the results.
    #[must_use]
    pub fn new(executor: E, memory: u64) -> Self {
        Self { level: Level::new(), executor, memory }
    }

    /// The same with fewer instructions than the machine has, for comparison.
    #[must_use]
    pub fn with_level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// How a model and data would be evaluated.
    ///
    /// # Errors
    /// Where the memory does not suffice.
    pub fn plan(
        &self,
        config: &ModelConfig,
        sequences: &Sequences,
    ) -> Result<HostPlan, EvaluateError> {
        let sequence_length = sequences.batching().sequence_length();
        let task = Task { config: *config, sequence_length, rows: sequences.rows() };
        let machine = Machine { threads: self.executor.width(), panel: panel_width(self.level) };
        Ok(HostPlan::choose(&task, machine, self.memory)?)
    }

    /// The representations of all positions, `[rows, sequence_length, width]`: what losses and
    /// embeddings are made of.
    ///
    /// # Errors
    /// Where weights or memory fail.
    pub async fn representations<S: WeightSource>(
        &self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
    ) -> Result<Vec<f32>, EvaluateError> {
        let plan = self.plan(model.config(), sequences)?;
        let watch = &mut Unwatched;
        let rows = 0..sequences.rows();
        let mut run = self.run(model, sequences, rows.len(), plan, watch);
        let mut representations = Vec::new();
        for group in groups(rows, plan.group) {
            let group = run.pass_layers(group).await?;
            let norm = run.loader.norm(ModelTensor::FinalGamma, ModelTensor::FinalBeta).await?;
            for stream in group.streams.chunks_exact(run.stream()) {
                representations.extend(run.passes.represent(&norm, stream));
            }
        }
        Ok(representations)
    }

    /// The sums of all batches over some of the sequences. Several engines, each in a worker of its
    /// own, share the sequences out between them and [merge](BatchSums::merge) what they get.
    ///
    /// # Errors
    /// Where weights, memory or the watcher end it.
    pub async fn sums<S: WeightSource, W: Watch>(
        &self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        rows: Range<usize>,
        seed: u64,
        watch: &mut W,
    ) -> Result<Vec<BatchSums>, EvaluateError> {
        let plan = self.plan(model.config(), sequences)?;
        let mut run = self.run(model, sequences, rows.len(), plan, watch);
        let mut sums = vec![BatchSums::new(model.config().width()); sequences.batches().count()];
        for group in groups(rows, plan.group) {
            let group = run.pass_layers(group).await?;
            run.measure(&group, seed, &mut sums).await?;
        }
        Ok(sums)
    }

    fn run<'r, S: WeightSource, W: Watch>(
        &'r self,
        model: &'r WeightsFile<S>,
        sequences: &'r Sequences,
        rows: usize,
        plan: HostPlan,
        watch: &'r mut W,
    ) -> Run<'r, S, W, E> {
        let (config, length) = (*model.config(), sequences.batching().sequence_length());
        let groups = rows.div_ceil(plan.group) as u64;
        let layers = config.layers() as u64;
        let work = 2 * layers * (rows * length) as u64;
        let watched = Watched::new(groups * layers, groups * model.places().bytes(), work, watch);
        let (level, buffer) = (self.level, BlockBuffer::default());
        let workspaces = vec![Workspace::default(); self.executor.width()];
        Run {
            loader: Loader { level, model, watched, buffer },
            passes: Passes { level, executor: &self.executor, workspaces, config, length },
            sequences,
            plan,
        }
    }
}

impl<E: Executor> Engine for CpuEngine<E> {
    async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        let sums = self.sums(model, sequences, 0..sequences.rows(), seed, watch).await?;
        Ok(ModelScore::of(&sums))
    }
}

/// Sequences on their way through the layers.
struct Group {
    rows: Range<usize>,
    /// Their residual streams, `[rows, positions, width]`.
    streams: Vec<f32>,
    tables: Vec<RotaryTable>,
}

/// One evaluation.
struct Run<'r, S, W, E> {
    loader: Loader<'r, 'r, S, W>,
    passes: Passes<'r, E>,
    sequences: &'r Sequences,
    plan: HostPlan,
}

impl<S: WeightSource, W: Watch, E: Executor> Run<'_, S, W, E> {
    /// Values of one residual stream.
    const fn stream(&self) -> usize {
        self.passes.length * self.passes.config.width()
    }

    async fn pass_layers(&mut self, rows: Range<usize>) -> Result<Group, EvaluateError> {
        let mut group = self.embed(rows).await?;
        for layer in 0..self.passes.config.layers() {
            self.attention(layer, &mut group).await?;
            self.feed_forward(layer, &mut group).await?;
            self.loader.watched.layer_passed().await?;
        }
        Ok(group)
    }

    async fn embed(&mut self, rows: Range<usize>) -> Result<Group, EvaluateError> {
        let (width, head_width) = (self.passes.config.width(), self.passes.config.head_width());
        let embedding = self.loader.rows(ModelTensor::Embedding, 0..width).await?;
        let mut streams = Vec::with_capacity(rows.len() * self.stream());
        for token in self.sequences.tokens(rows.clone()) {
            let start = *token as usize * width;
            streams.extend_from_slice(&embedding[start..start + width]);
        }
        let table = |row| RotaryTable::of(self.sequences.positions(row..row + 1), head_width);
        let tables = rows.clone().map(table).collect();
        Ok(Group { rows, streams, tables })
    }

    async fn attention(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        let size = self.stream();
        let (gamma, beta) = (LayerTensor::Norm1Gamma, LayerTensor::Norm1Beta);
        let norm = self.loader.norm(of(layer, gamma), of(layer, beta)).await?;
        let sequences = group.tables.iter().zip(group.streams.chunks_exact_mut(size));
        if self.plan.slices > 1 {
            for (table, stream) in sequences {
                let telling = self.telling(layer).await?;
                let memory = self.passes.remember(&norm, &telling, table, stream);
                drop(telling);
                let asking = self.asking(layer).await?;
                self.passes.attend(&norm, &asking, table, &memory, stream);
                self.through(1).await?;
            }
        } else {
            let (telling, asking) = (self.telling(layer).await?, self.asking(layer).await?);
            for (table, stream) in sequences {
                let memory = self.passes.remember(&norm, &telling, table, stream);
                self.passes.attend(&norm, &asking, table, &memory, stream);
                self.through(1).await?;
            }
        }
        Ok(())
    }

    async fn telling(&mut self, layer: usize) -> Result<Telling, EvaluateError> {
        let (weight, bias) = (of(layer, LayerTensor::Key), of(layer, LayerTensor::KeyBias));
        let key = self.loader.dense(weight, bias).await?;
        let (weight, bias) = (of(layer, LayerTensor::Value), of(layer, LayerTensor::ValueBias));
        Ok(Telling { key, value: self.loader.dense(weight, bias).await? })
    }

    async fn asking(&mut self, layer: usize) -> Result<Asking, EvaluateError> {
        let (weight, bias) = (of(layer, LayerTensor::Query), of(layer, LayerTensor::QueryBias));
        let query = self.loader.dense(weight, bias).await?;
        let (weight, bias) = (of(layer, LayerTensor::Output), of(layer, LayerTensor::OutputBias));
        Ok(Asking { query, output: self.loader.dense(weight, bias).await? })
    }

    async fn feed_forward(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        let (size, slices) = (self.stream(), self.plan.slices);
        let (gamma, beta) = (LayerTensor::Norm2Gamma, LayerTensor::Norm2Beta);
        let norm = self.loader.norm(of(layer, gamma), of(layer, beta)).await?;
        let mut bias = self.loader.vector(of(layer, LayerTensor::OuterBias)).await?;
        let mut sums = if slices > 1 { vec![0.0; group.streams.len()] } else { Vec::new() };
        let hidden = self.passes.config.hidden();
        let step = hidden.div_ceil(slices);
        for slice in (0..hidden).step_by(step).map(|start| start..hidden.min(start + step)) {
            let (weight, inner_bias) = (LayerTensor::Inner, LayerTensor::InnerBias);
            let (weight, inner_bias) = (of(layer, weight), of(layer, inner_bias));
            let inner = self.loader.dense_columns(weight, inner_bias, slice.clone()).await?;
            let last = slice.end == hidden;
            let outer = of(layer, LayerTensor::Outer);
            let outer = self.loader.dense_rows(outer, bias.clone(), slice).await?;
            // The bias is added once.
            bias.fill(0.0);
            let mut sums = sums.chunks_exact_mut(size);
            for stream in group.streams.chunks_exact_mut(size) {
                self.passes.feed_forward(&norm, &inner, &outer, stream, sums.next());
                self.through(usize::from(last)).await?;
            }
        }
        if slices > 1 {
            dispatch!(self.passes.level, simd => add(simd, &mut group.streams, &sums));
        }
        Ok(())
    }

    /// One more sequence is through with some part: a half-layer, or less, which only counts as a
    /// chance to cancel.
    async fn through(&mut self, half_layers: usize) -> Result<(), EvaluateError> {
        self.loader.watched.worked((half_layers * self.passes.length) as u64).await
    }

    async fn measure(
        &mut self,
        group: &Group,
        seed: u64,
        sums: &mut [BatchSums],
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.norm(ModelTensor::FinalGamma, ModelTensor::FinalBeta).await?;
        let predictor =
            self.loader.dense(ModelTensor::Predictor, ModelTensor::PredictorBias).await?;
        let head = Head { norm, predictor };
        let (width, level) = (self.passes.config.width(), self.passes.level);
        let batches = sums.iter_mut().zip(self.sequences.batches()).enumerate();
        for (batch, (sums, rows)) in batches {
            let rows = rows.start.max(group.rows.start)..rows.end.min(group.rows.end);
            if rows.is_empty() {
                continue;
            }
            let directions = Packed::of_rows(level, SLICES, &directions(seed, batch as u64, width));
            for row in rows {
                let start = (row - group.rows.start) * self.stream();
                let stream = &group.streams[start..start + self.stream()];
                let targets = self.sequences.targets(row..row + 1);
                self.passes.measure(&head, &directions, targets, stream, sums);
                self.through(0).await?;
            }
        }
        Ok(())
    }
}

const fn of(layer: usize, tensor: LayerTensor) -> ModelTensor {
    ModelTensor::Layer(layer, tensor)
}

/// Ranges of so many sequences.
fn groups(rows: Range<usize>, size: usize) -> impl Iterator<Item = Range<usize>> {
    let end = rows.end;
    rows.step_by(size).map(move |start| start..end.min(start + size))
}
