//! One evaluation, as an engine does it that follows: it has a share of the model and no sequences.

use super::evaluation::{measured_parts, slices_of};
use super::executor::Executor;
use super::matrix::Packed;
use super::memory::HostPlan;
use super::parts::Loader;
use super::passes::{Passes, Streams};
use super::team::{Leader, Member, Units};
use crate::score::config::SLICES;
use crate::score::engine::{EvaluateError, Unwatched};
use crate::score::noise::directions;
use crate::score::rotary::RotaryTable;
use crate::score::tokens::Sequences;
use crate::score::weight_source::WeightSource;
use std::ops::Range;

/// One evaluation.
pub(super) struct Following<'r, S, E, L> {
    pub(super) loader: Loader<'r, 'r, S, Unwatched>,
    pub(super) passes: Passes<'r, E>,
    pub(super) sequences: &'r Sequences,
    pub(super) leader: &'r mut L,
    /// Which one it is, and of how many.
    pub(super) member: Member,
    pub(super) plan: HostPlan,
}

/// What is heard of a residual stream, and what is made of it.
struct Half {
    stream: Vec<f32>,
    /// Of a unit.
    sums: Vec<f32>,
    /// Of one sequence.
    units: Units,
}

impl<S: WeightSource, E: Executor, L: Leader> Following<'_, S, E, L> {
    /// Does its share for some sequences in all layers.
    pub(super) async fn pass_layers(&mut self, rows: Range<usize>) -> Result<(), EvaluateError> {
        let (width, length) = (self.passes.config.width(), self.passes.length);
        let head_width = self.passes.config.head_width();
        let table = |row| RotaryTable::of(self.sequences.positions(row..row + 1), head_width);
        let tables: Vec<_> = rows.map(table).collect();
        let slices = self.plan.slices;
        let units = Units::new(1, length, self.passes.unit(self.member.members, slices), width);
        let unit = units.positions() * width;
        // Where memory is short, units are heard again for everything that is made of them.
        let heard = if slices > 1 { unit } else { length * width };
        let mut half = Half { stream: vec![0.0; heard], sums: vec![0.0; unit], units };
        for layer in 0..self.passes.config.layers() {
            if slices > 1 {
                // Groups are of one sequence then.
                self.attention_in_parts(layer, &tables[0], &mut half).await?;
                self.feed_forward_in_parts(layer, &mut half).await?;
            } else {
                self.attention(layer, &tables, &mut half).await?;
                self.feed_forward(layer, tables.len(), &mut half).await?;
            }
        }
        Ok(())
    }

    async fn attention(
        &mut self,
        layer: usize,
        tables: &[RotaryTable],
        half: &mut Half,
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.attention_norm(layer).await?;
        let telling = self.loader.telling(layer).await?;
        let asking = self.loader.asking(layer).await?;
        let units = half.units;
        for table in tables {
            let mut memory = self.passes.memory(self.loader.share.heads.len());
            for unit in units.of(0).map(|at| units.unit(at)) {
                let rows = &mut half.stream[unit.values];
                self.leader.hear(rows).await?;
                self.passes.remember(&norm, &telling, table, (unit.first, rows), &mut memory);
            }
            for unit in units.of(0).map(|at| units.unit(at)) {
                let (stream, sums) = half.of(unit.values);
                let streams = (unit.first, Streams { stream: Some(stream), sums });
                self.passes.attend(&norm, &asking, table, &memory, streams);
                self.leader.answer(sums)?;
            }
        }
        Ok(())
    }

    async fn attention_in_parts(
        &mut self,
        layer: usize,
        table: &RotaryTable,
        half: &mut Half,
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.attention_norm(layer).await?;
        let telling = self.loader.telling(layer).await?;
        let mut memory = self.passes.memory(self.loader.share.heads.len());
        let units = half.units;
        for unit in units.of(0).map(|at| units.unit(at)) {
            let rows = &mut half.stream[..unit.values.len()];
            self.leader.hear(rows).await?;
            self.passes.remember(&norm, &telling, table, (unit.first, rows), &mut memory);
            self.leader.answer(&[])?;
        }
        drop(telling);
        let asking = self.loader.asking(layer).await?;
        for unit in units.of(0).map(|at| units.unit(at)) {
            let (stream, sums) = half.of(0..unit.values.len());
            self.leader.hear(stream).await?;
            let streams = (unit.first, Streams { stream: Some(stream), sums });
            self.passes.attend(&norm, &asking, table, &memory, streams);
            self.leader.answer(sums)?;
        }
        Ok(())
    }

    async fn feed_forward(
        &mut self,
        layer: usize,
        rows: usize,
        half: &mut Half,
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.feed_forward_norm(layer).await?;
        let part = self.loader.feed_forward(layer, self.loader.share.hidden.clone()).await?;
        let units = half.units;
        for at in (0..rows).flat_map(|_| units.of(0)) {
            let (stream, sums) = half.of(units.unit(at).values);
            self.leader.hear(stream).await?;
            self.passes.feed_forward(&norm, &part, Streams { stream: Some(stream), sums });
            self.leader.answer(sums)?;
        }
        Ok(())
    }

    async fn feed_forward_in_parts(
        &mut self,
        layer: usize,
        half: &mut Half,
    ) -> Result<(), EvaluateError> {
        let norm = self.loader.feed_forward_norm(layer).await?;
        let hidden = self.loader.share.hidden.clone();
        let units = half.units;
        for slice in slices_of(&hidden, self.plan.slices) {
            let part = self.loader.slice(layer, slice).await?;
            for at in units.of(0) {
                let (stream, sums) = half.of(0..units.unit(at).values.len());
                self.leader.hear(stream).await?;
                if let Some(part) = &part {
                    let streams = Streams { stream: Some(stream), sums: &mut *sums };
                    self.passes.feed_forward(&norm, part, streams);
                }
                self.leader.answer(sums)?;
            }
        }
        Ok(())
    }

    /// Measures its share of some sequences' positions.
    pub(super) async fn measure(
        &mut self,
        rows: Range<usize>,
        seed: u64,
    ) -> Result<(), EvaluateError> {
        let (width, level) = (self.passes.config.width(), self.passes.level);
        let Member { index, members } = self.member;
        let unit = self.passes.unit(members, self.plan.slices);
        let head = self.loader.head().await?;
        let mut heard = Vec::new();
        for (batch, rows) in self.sequences.batches_in(&rows) {
            let directions = Packed::of_rows(level, SLICES, &directions(seed, batch as u64, width));
            for row in rows {
                let targets = self.sequences.targets(row..row + 1);
                let parts = measured_parts(self.passes.length, unit, members);
                for part in parts.skip(index).step_by(members) {
                    heard.resize(part.len() * width, 0.0);
                    self.leader.hear(&mut heard).await?;
                    let measured = self.passes.measure(&head, &directions, &targets[part], &heard);
                    self.leader.answer(&measured)?;
                }
            }
        }
        Ok(())
    }
}

impl Half {
    /// Part of the stream, and sums of nothing yet.
    fn of(&mut self, values: Range<usize>) -> (&mut [f32], &mut [f32]) {
        let sums = &mut self.sums[..values.len()];
        sums.fill(0.0);
        (&mut self.stream[values], sums)
    }
}
