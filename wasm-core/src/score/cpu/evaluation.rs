//! One evaluation, as the engine does it that leads, or that is alone.

use super::attention::Memory;
use super::elementary::add;
use super::executor::Executor;
use super::matrix::Packed;
use super::memory::HostPlan;
use super::parts::{Asking, Loader, Norm, Telling};
use super::passes::{Head, Passes, Streams};
use super::team::{Followers, Units};
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
    units: Units,
    pace: Pace,
}

/// How far the others are: units told and collected, counted through all half-layers.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    told: usize,
    collected: usize,
}

impl Pace {
    /// Whether the next unit is ready, and the others are not too far ahead: whoever attends needs all
    /// of a sequence, and a little of what comes next.
    fn may_tell(&self, units: &Units, layers: usize) -> bool {
        let is_ready = self.told < self.collected + units.count();
        let ahead = 2 * units.of(0).len();
        is_ready && self.told < self.collected + ahead && self.told < 2 * layers * units.count()
    }
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
        let unit = self.passes.unit(1 + self.team.count());
        let units = Units::new(rows.len(), self.passes.length, unit, width);
        Ok(Group { rows, streams, tables, units, pace: Pace::default() })
    }

    async fn attention(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        self.tell_ahead(group)?;
        let norm = self.loader.attention_norm(layer).await?;
        if self.plan.slices > 1 {
            // Where memory is short, groups are of one sequence.
            let telling = self.loader.telling(layer).await?;
            let memory = self.remember(0, &norm, &telling, group);
            drop(telling);
            let asking = self.loader.asking(layer).await?;
            self.attend(0, &norm, &asking, &memory, group).await?;
        } else {
            let (telling, asking) =
                (self.loader.telling(layer).await?, self.loader.asking(layer).await?);
            for row in 0..group.tables.len() {
                let memory = self.remember(row, &norm, &telling, group);
                self.attend(row, &norm, &asking, &memory, group).await?;
            }
        }
        self.collect_all(group).await
    }

    /// Keys and values of a sequence.
    fn remember(&mut self, row: usize, norm: &Norm, telling: &Telling, group: &Group) -> Memory {
        let mut memory = self.passes.memory(self.loader.share.heads.len());
        for at in group.units.of(row) {
            let (unit, table) = (group.units.unit(at), &group.tables[row]);
            let rows = (unit.first, &group.streams[unit.values]);
            self.passes.remember(norm, telling, table, rows, &mut memory);
        }
        memory
    }

    /// Adds what a sequence's attention finds.
    async fn attend(
        &mut self,
        row: usize,
        norm: &Norm,
        asking: &Asking,
        memory: &Memory,
        group: &mut Group,
    ) -> Result<(), EvaluateError> {
        for at in group.units.of(row) {
            let (unit, table) = (group.units.unit(at), &group.tables[row]);
            let streams = Streams::of(&mut group.streams[unit.values]);
            self.passes.attend(norm, asking, table, memory, (unit.first, streams));
            self.computed(at, group).await?;
        }
        Ok(())
    }

    async fn feed_forward(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        self.tell_ahead(group)?;
        let norm = self.loader.feed_forward_norm(layer).await?;
        let hidden = self.loader.share.hidden.clone();
        if self.plan.slices == 1 {
            let part = self.loader.feed_forward(layer, hidden).await?;
            for at in 0..group.units.count() {
                let streams = Streams::of(&mut group.streams[group.units.unit(at).values]);
                self.passes.feed_forward(&norm, &part, streams);
                self.computed(at, group).await?;
            }
        } else {
            let mut sums = vec![0.0; group.streams.len()];
            for slice in pieces(hidden, self.plan.slices) {
                let part = self.loader.feed_forward(layer, slice).await?;
                let streams = Streams { stream: Some(&group.streams), sums: &mut sums };
                self.passes.feed_forward(&norm, &part, streams);
                self.through(0).await?;
            }
            dispatch!(self.passes.level, simd => add(simd, &mut group.streams, &sums));
            for at in 0..group.units.count() {
                self.computed(at, group).await?;
            }
        }
        self.collect_all(group).await
    }

    /// One's own part of a unit is done. What the others did of the one before is collected, and they
    /// are told more.
    async fn computed(&mut self, at: usize, group: &mut Group) -> Result<(), EvaluateError> {
        if at > 0 {
            self.collect(group).await?;
        }
        self.tell_ahead(group)
    }

    /// Ends a half-layer.
    async fn collect_all(&mut self, group: &mut Group) -> Result<(), EvaluateError> {
        self.collect(group).await?;
        self.tell_ahead(group)
    }

    async fn collect(&mut self, group: &mut Group) -> Result<(), EvaluateError> {
        let unit = group.units.unit(group.pace.collected % group.units.count());
        let positions = unit.values.len() / self.passes.config.width();
        self.team.collect(&mut group.streams[unit.values]).await?;
        group.pace.collected += 1;
        self.through(positions).await
    }

    /// Tells the others what is ready, as far as they are to be ahead.
    fn tell_ahead(&mut self, group: &mut Group) -> Result<(), EvaluateError> {
        if self.team.count() == 0 {
            return Ok(());
        }
        while group.pace.may_tell(&group.units, self.passes.config.layers()) {
            let unit = group.units.unit(group.pace.told % group.units.count());
            self.team.tell(&group.streams[unit.values])?;
            group.pace.told += 1;
        }
        Ok(())
    }

    /// So many positions are through with a half-layer; none, and it is only a chance to cancel.
    async fn through(&mut self, positions: usize) -> Result<(), EvaluateError> {
        self.loader.watched.worked(positions as u64).await
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
