//! One evaluation, as an engine does it that follows: it has a share of the model and no sequences.

use super::attention::Memory;
use super::evaluation::pieces;
use super::executor::Executor;
use super::memory::HostPlan;
use super::parts::{Asking, Loader, Norm, Telling};
use super::passes::{Passes, Streams};
use super::team::{Leader, Units};
use crate::score::engine::{EvaluateError, Unwatched};
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
    /// How many engines there are with this one.
    pub(super) members: usize,
    pub(super) plan: HostPlan,
}

/// A residual stream as it is heard, and what is made of it.
struct Half {
    stream: Vec<f32>,
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
        let units = Units::new(1, length, self.passes.unit(self.members), width);
        let memory = || vec![0.0; length * width];
        let mut half = Half { stream: memory(), sums: memory(), units };
        for layer in 0..self.passes.config.layers() {
            self.attention(layer, &tables, &mut half).await?;
            self.feed_forward(layer, tables.len(), &mut half).await?;
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
        if self.plan.slices > 1 {
            for table in tables {
                let telling = self.loader.telling(layer).await?;
                let memory = self.remember(&norm, &telling, table, half).await?;
                drop(telling);
                let asking = self.loader.asking(layer).await?;
                self.attend(&norm, &asking, table, &memory, half)?;
            }
        } else {
            let (telling, asking) =
                (self.loader.telling(layer).await?, self.loader.asking(layer).await?);
            for table in tables {
                let memory = self.remember(&norm, &telling, table, half).await?;
                self.attend(&norm, &asking, table, &memory, half)?;
            }
        }
        Ok(())
    }

    /// Hears a sequence, and makes keys and values of it.
    async fn remember(
        &mut self,
        norm: &Norm,
        telling: &Telling,
        table: &RotaryTable,
        half: &mut Half,
    ) -> Result<Memory, EvaluateError> {
        let mut memory = self.passes.memory(self.loader.share.heads.len());
        for at in half.units.of(0) {
            let unit = half.units.unit(at);
            let rows = &mut half.stream[unit.values];
            self.leader.hear(rows).await?;
            self.passes.remember(norm, telling, table, (unit.first, rows), &mut memory);
        }
        Ok(memory)
    }

    /// Tells what a sequence's attention finds.
    fn attend(
        &mut self,
        norm: &Norm,
        asking: &Asking,
        table: &RotaryTable,
        memory: &Memory,
        half: &mut Half,
    ) -> Result<(), EvaluateError> {
        half.sums.fill(0.0);
        for at in half.units.of(0) {
            let unit = half.units.unit(at);
            let stream = Some(&half.stream[unit.values.clone()]);
            let streams = Streams { stream, sums: &mut half.sums[unit.values.clone()] };
            self.passes.attend(norm, asking, table, memory, (unit.first, streams));
            self.leader.answer(&half.sums[unit.values])?;
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
        let hidden = self.loader.share.hidden.clone();
        if self.plan.slices == 1 {
            let part = self.loader.feed_forward(layer, hidden).await?;
            for at in (0..rows).flat_map(|_| half.units.of(0)) {
                let values = half.units.unit(at).values;
                let (stream, sums) =
                    (&mut half.stream[values.clone()], &mut half.sums[values.clone()]);
                self.leader.hear(stream).await?;
                sums.fill(0.0);
                self.passes.feed_forward(&norm, &part, Streams { stream: Some(stream), sums });
                self.leader.answer(&half.sums[values])?;
            }
            return Ok(());
        }
        // Where memory is short, groups are of one sequence.
        for at in half.units.of(0) {
            self.leader.hear(&mut half.stream[half.units.unit(at).values]).await?;
        }
        half.sums.fill(0.0);
        for slice in pieces(hidden, self.plan.slices) {
            let part = self.loader.feed_forward(layer, slice).await?;
            let streams = Streams { stream: Some(&half.stream), sums: &mut half.sums };
            self.passes.feed_forward(&norm, &part, streams);
        }
        for at in half.units.of(0) {
            self.leader.answer(&half.sums[half.units.unit(at).values])?;
        }
        Ok(())
    }
}
