//! One evaluation, as the engine does it that leads, or that is alone.

use super::TILE_STEP;
use super::attention::Memory;
use super::elementary::add;
use super::executor::Executor;
use super::matrix::Packed;
use super::memory::{AHEAD, HostPlan};
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
        let unit = self.passes.unit(1 + self.team.count(), self.plan.slices);
        let units = Units::new(rows.len(), self.passes.length, unit, width);
        Ok(Group { rows, streams, tables, units, pace: Pace::default() })
    }

    async fn attention(&mut self, layer: usize, group: &mut Group) -> Result<(), EvaluateError> {
        if self.plan.slices > 1 {
            return self.attention_in_parts(layer, group).await;
        }
        self.tell_ahead(group)?;
        let norm = self.loader.attention_norm(layer).await?;
        let telling = self.loader.telling(layer).await?;
        let asking = self.loader.asking(layer).await?;
        for row in 0..group.tables.len() {
            let memory = self.remember(row, &norm, &telling, group);
            self.attend(row, &norm, &asking, &memory, group).await?;
        }
        self.collect_all(group).await
    }

    /// Attention where memory is short, and groups are of one sequence: what makes keys and values is
    /// gone before what asks for them comes. The others hear the sequence once for each.
    async fn attention_in_parts(
        &mut self,
        layer: usize,
        group: &mut Group,
    ) -> Result<(), EvaluateError> {
        let (units, norm) = (group.units, self.loader.attention_norm(layer).await?);
        let telling = self.loader.telling(layer).await?;
        let mut memory = self.passes.memory(self.loader.share.heads.len());
        let mut told = 0;
        for at in 0..units.count() {
            self.tell_until(at + AHEAD, &mut told, group)?;
            let (unit, table) = (units.unit(at), &group.tables[0]);
            let rows = (unit.first, &group.streams[unit.values]);
            self.passes.remember(&norm, &telling, table, rows, &mut memory);
            self.team.collect(&mut []).await?;
            self.through(0).await?;
        }
        drop(telling);
        let asking = self.loader.asking(layer).await?;
        told = 0;
        for at in 0..units.count() {
            self.tell_until(at + AHEAD, &mut told, group)?;
            let (unit, table) = (units.unit(at), &group.tables[0]);
            let sums = &mut group.streams[unit.values];
            let streams = Streams::of(sums);
            self.passes.attend(&norm, &asking, table, &memory, (unit.first, streams));
            self.team.collect(sums).await?;
            let positions = sums.len() / self.passes.config.width();
            self.through(positions).await?;
        }
        Ok(())
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
        if self.plan.slices > 1 {
            return self.feed_forward_in_parts(layer, group).await;
        }
        self.tell_ahead(group)?;
        let norm = self.loader.feed_forward_norm(layer).await?;
        let part = self.loader.feed_forward(layer, self.loader.share.hidden.clone()).await?;
        for at in 0..group.units.count() {
            let streams = Streams::of(&mut group.streams[group.units.unit(at).values]);
            self.passes.feed_forward(&norm, &part, streams);
            self.computed(at, group).await?;
        }
        self.collect_all(group).await
    }

    /// A feed-forward part where memory is short, slice by slice. The others hear the sequence once for
    /// each.
    async fn feed_forward_in_parts(
        &mut self,
        layer: usize,
        group: &mut Group,
    ) -> Result<(), EvaluateError> {
        let (units, norm) = (group.units, self.loader.feed_forward_norm(layer).await?);
        let mut sums = vec![0.0; group.streams.len()];
        let hidden = self.loader.share.hidden.clone();
        for (number, slice) in (1..).zip(slices_of(&hidden, self.plan.slices)) {
            let part = self.loader.slice(layer, slice).await?;
            let mut told = 0;
            for at in 0..units.count() {
                self.tell_until(at + AHEAD, &mut told, group)?;
                let values = units.unit(at).values;
                let positions = values.len() / self.passes.config.width();
                let (stream, sums) = (&group.streams[values.clone()], &mut sums[values]);
                if let Some(part) = &part {
                    let streams = Streams { stream: Some(stream), sums: &mut *sums };
                    self.passes.feed_forward(&norm, part, streams);
                }
                self.team.collect(sums).await?;
                let is_last = number == self.plan.slices;
                self.through(if is_last { positions } else { 0 }).await?;
            }
        }
        dispatch!(self.passes.level, simd => add(simd, &mut group.streams, &sums));
        Ok(())
    }

    /// Tells the others so many units of a sequence in all.
    fn tell_until(
        &mut self,
        end: usize,
        told: &mut usize,
        group: &Group,
    ) -> Result<(), EvaluateError> {
        while *told < end.min(group.units.count()) {
            self.team.tell(&group.streams[group.units.unit(*told).values])?;
            *told += 1;
        }
        Ok(())
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
        let head = self.loader.head().await?;
        let (width, level) = (self.passes.config.width(), self.passes.level);
        for (batch, rows) in self.sequences.batches_in(&group.rows) {
            let directions = Packed::of_rows(level, SLICES, &directions(seed, batch as u64, width));
            for row in rows {
                let start = (row - group.rows.start) * self.stream();
                let stream = &group.streams[start..start + self.stream()];
                let targets = self.sequences.targets(row..row + 1);
                let [losses, sig_regs] =
                    self.measure_together(&head, &directions, targets, stream).await?;
                let measured = [&losses[..], &sig_regs];
                self.passes.add(&head.norm, stream, measured, &mut sums[batch]);
                self.through(0).await?;
            }
        }
        Ok(())
    }

    /// The negative log-likelihoods of a sequence, and the values of SIGReg: each engine measures some.
    async fn measure_together(
        &mut self,
        head: &Head,
        directions: &Packed,
        targets: &[u32],
        stream: &[f32],
    ) -> Result<[Vec<f32>; 2], EvaluateError> {
        let (width, length) = (self.passes.config.width(), self.passes.length);
        let members = 1 + self.team.count();
        let unit = self.passes.unit(members, self.plan.slices);
        let parts: Vec<_> = measured_parts(length, unit, members).collect();
        let (mut losses, mut sig_regs) = (Vec::with_capacity(length), Vec::with_capacity(length));
        for round in parts.chunks(members) {
            let mut results: Vec<Vec<f32>> = Vec::with_capacity(members);
            for (follower, part) in round.iter().skip(1).enumerate() {
                self.team.tell_one(follower, &stream[part.start * width..part.end * width])?;
            }
            let own = round.first().cloned().unwrap_or_default();
            let rows = &stream[own.start * width..own.end * width];
            results.push(self.passes.measure(head, directions, &targets[own], rows));
            for (follower, part) in round.iter().skip(1).enumerate() {
                let mut result = vec![0.0; 2 * part.len()];
                self.team.collect_one(follower, &mut result).await?;
                results.push(result);
            }
            for result in results {
                let (of_losses, of_sig_regs) = result.split_at(result.len() / 2);
                losses.extend_from_slice(of_losses);
                sig_regs.extend_from_slice(of_sig_regs);
            }
        }
        Ok([losses, sig_regs])
    }
}

/// Cuts a range into so many slices of about the same length, the last of which may be empty.
pub(super) fn slices_of(
    whole: &Range<usize>,
    count: usize,
) -> impl Iterator<Item = Range<usize>> + use<> {
    let (start, end, step) = (whole.start, whole.end, whole.len().div_ceil(count));
    (0..count).map(move |at| end.min(start + at * step)..end.min(start + (at + 1) * step))
}

/// Positions of a sequence that one engine measures at a time, in the order of the engines, round by
/// round.
pub(super) fn measured_parts(
    length: usize,
    unit: usize,
    members: usize,
) -> impl Iterator<Item = Range<usize>> {
    let step = length.div_ceil(members).next_multiple_of(TILE_STEP).min(unit).max(1);
    (0..length).step_by(step).map(move |start| start..length.min(start + step))
}

#[cfg(test)]
mod tests {
    use super::{measured_parts, slices_of};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn two_engines_measure_as_many_positions_each() {
        let parts: Vec<_> = measured_parts(256, 132, 2).collect();
        assert_eq!(parts, [0..132, 132..256]);
        let lengths: Vec<_> = measured_parts(1024, 132, 8).map(|part| part.len()).collect();
        assert_eq!(lengths, [132, 132, 132, 132, 132, 132, 132, 100]);
        assert_eq!(measured_parts(1024, 1024, 1).count(), 1);
    }

    proptest! {
        #[test]
        fn every_position_is_measured_once_and_every_value_is_in_one_slice(
            start in 0_usize..50,
            length in 1_usize..300,
            unit in 1_usize..300,
            count in 1_usize..40,
        ) {
            let mut end = 0;
            for part in measured_parts(length, unit, count) {
                prop_assert!(part.start == end && !part.is_empty() && part.len() <= unit);
                end = part.end;
            }
            prop_assert_eq!(end, length);
            let slices: Vec<_> = slices_of(&(start..start + length), count).collect();
            prop_assert_eq!(slices.len(), count);
            let mut end = start;
            for slice in slices {
                prop_assert_eq!(slice.start, end);
                end = slice.end;
            }
            prop_assert_eq!(end, start + length);
        }
    }
}
