//! One evaluation, as the engine does it that leads, or that is alone.

use super::elementary::add;
use super::executor::Executor;
use super::matrix::Packed;
use super::memory::HostPlan;
use super::parts::Loader;
use super::passes::{Head, Passes, Streams};
use super::team::Followers;
use crate::score::config::SLICES;
use crate::score::engine::{EvaluateError, Watch};
use crate::score::loss::BatchSums;
use crate::score::noise::directions;
use crate::score::rotary::RotaryTable;
use crate::score::tensors::ModelTensor;
use crate::score::tokens::Sequences;
use crate::score::weight_source::WeightSource;
use fearless_simd::dispatch;
use std::ops::Range;

/// Sequences on their way through the layers.
pub(super) struct Group {
    rows: Range<usize>,
    /// Their residual streams, `[rows, positions, width]`.
    streams: Vec<f32>,
    tables: Vec<RotaryTable>,
}

/// One evaluation.
pub(super) struct Evaluation<'r, S, W, E, T> {
    pub(super) loader: Loader<'r, 'r, S, W>,
    pub(super) passes: Passes<'r, E>,
    pub(super) sequences: &'r Sequences,
    pub(super) team: &'r mut T,
    pub(super) plan: HostPlan,
}

impl<S: WeightSource, W: Watch, E: Executor, T: Followers> Evaluation<'_, S, W, E, T> {
    /// Values of one residual stream.
    const fn stream(&self) -> usize {
        self.passes.length * self.passes.config.width()
    }

    /// The representations of some sequences.
    pub(super) async fn represent(
        &mut self,
        rows: Range<usize>,
    ) -> Result<Vec<f32>, EvaluateError> {
        let group = self.pass_layers(rows).await?;
        let norm = self.loader.norm(ModelTensor::FinalGamma, ModelTensor::FinalBeta).await?;
        let mut representations = Vec::with_capacity(group.streams.len());
        for stream in group.streams.chunks_exact(self.stream()) {
            representations.extend(self.passes.represent(&norm, stream));
        }
        Ok(representations)
    }

    /// Takes some sequences through all layers.
    pub(super) async fn pass_layers(&mut self, rows: Range<usize>) -> Result<Group, EvaluateError> {
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
        if let Some(first) = group.streams.chunks_exact(size).next() {
            self.team.tell(first)?;
        }
        let norm = self.loader.attention_norm(layer).await?;
        if self.plan.slices > 1 {
            for (table, stream) in group.tables.iter().zip(group.streams.chunks_exact_mut(size)) {
                let telling = self.loader.telling(layer).await?;
                let memory = self.passes.remember(&norm, &telling, table, stream);
                drop(telling);
                let asking = self.loader.asking(layer).await?;
                self.passes.attend(&norm, &asking, table, &memory, Streams::of(stream));
                self.team.collect(stream).await?;
                self.through(1).await?;
            }
        } else {
            let (telling, asking) =
                (self.loader.telling(layer).await?, self.loader.asking(layer).await?);
            for (row, table) in group.tables.iter().enumerate() {
                let stream = self.own_and_tell_next(row, &mut group.streams)?;
                let memory = self.passes.remember(&norm, &telling, table, stream);
                self.passes.attend(&norm, &asking, table, &memory, Streams::of(stream));
                self.team.collect(stream).await?;
                self.through(1).await?;
            }
        }
        Ok(())
    }

    async fn feed_forward(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        let (size, slices) = (self.stream(), self.plan.slices);
        if let Some(first) = group.streams.chunks_exact(size).next() {
            self.team.tell(first)?;
        }
        let norm = self.loader.feed_forward_norm(layer).await?;
        let hidden = self.loader.share.hidden.clone();
        if slices == 1 {
            let part = self.loader.feed_forward(layer, hidden).await?;
            for row in 0..group.tables.len() {
                let stream = self.own_and_tell_next(row, &mut group.streams)?;
                self.passes.feed_forward(&norm, &part, Streams::of(stream));
                self.team.collect(stream).await?;
                self.through(1).await?;
            }
            return Ok(());
        }
        // Where memory is short, groups are of one sequence.
        let mut sums = vec![0.0; group.streams.len()];
        for slice in pieces(hidden.clone(), slices) {
            let last = slice.end == hidden.end;
            let part = self.loader.feed_forward(layer, slice).await?;
            let streams = Streams { stream: Some(&group.streams), sums: &mut sums };
            self.passes.feed_forward(&norm, &part, streams);
            self.through(usize::from(last)).await?;
        }
        dispatch!(self.passes.level, simd => add(simd, &mut group.streams, &sums));
        self.team.collect(&mut group.streams).await
    }

    /// A sequence's residual stream. The others are told the one after it, so that they do not wait
    /// while this one is collected.
    fn own_and_tell_next<'g>(
        &mut self,
        row: usize,
        streams: &'g mut [f32],
    ) -> Result<&'g mut [f32], EvaluateError> {
        let mut streams = streams.chunks_exact_mut(self.stream()).skip(row);
        let stream = streams.next().expect("there is a stream for each table");
        if let Some(next) = streams.next() {
            self.team.tell(next)?;
        }
        Ok(stream)
    }

    /// One more sequence is through with some part: a half-layer, or less, which only counts as a
    /// chance to cancel.
    async fn through(&mut self, half_layers: usize) -> Result<(), EvaluateError> {
        self.loader.watched.worked((half_layers * self.passes.length) as u64).await
    }

    /// Adds what came of some sequences to the sums of their batches.
    pub(super) async fn measure(
        &mut self,
        group: &Group,
        seed: u64,
        sums: &mut [BatchSums],
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.norm(ModelTensor::FinalGamma, ModelTensor::FinalBeta).await?;
        let predictor = self.loader.predictor().await?;
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

/// Cuts a range into so many pieces, or fewer where it is short.
pub(super) fn pieces(whole: Range<usize>, count: usize) -> impl Iterator<Item = Range<usize>> {
    let (end, step) = (whole.end, whole.len().div_ceil(count).max(1));
    whole.step_by(step).map(move |start| start..end.min(start + step))
}
