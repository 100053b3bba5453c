//! One evaluation, as an engine does it that follows: it has a share of the model and no sequences.

use super::evaluation::pieces;
use super::executor::Executor;
use super::memory::HostPlan;
use super::parts::Loader;
use super::passes::{Passes, Streams};
use super::team::Leader;
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
    pub(super) plan: HostPlan,
}

/// A residual stream as it is heard, and what is made of it.
struct Half {
    stream: Vec<f32>,
    sums: Vec<f32>,
}

impl Half {
    const fn streams(&mut self) -> Streams<'_> {
        Streams { stream: Some(self.stream.as_slice()), sums: self.sums.as_mut_slice() }
    }
}

impl<S: WeightSource, E: Executor, L: Leader> Following<'_, S, E, L> {
    /// Does its share for some sequences in all layers.
    pub(super) async fn pass_layers(&mut self, rows: Range<usize>) -> Result<(), EvaluateError> {
        let head_width = self.passes.config.head_width();
        let table = |row| RotaryTable::of(self.sequences.positions(row..row + 1), head_width);
        let tables: Vec<_> = rows.map(table).collect();
        let size = self.passes.length * self.passes.config.width();
        let mut half = Half { stream: vec![0.0; size], sums: vec![0.0; size] };
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
                self.hear(half).await?;
                let telling = self.loader.telling(layer).await?;
                let memory = self.passes.remember(&norm, &telling, table, &half.stream);
                drop(telling);
                let asking = self.loader.asking(layer).await?;
                self.passes.attend(&norm, &asking, table, &memory, half.streams());
                self.leader.answer(&half.sums)?;
            }
        } else {
            let (telling, asking) =
                (self.loader.telling(layer).await?, self.loader.asking(layer).await?);
            for table in tables {
                self.hear(half).await?;
                let memory = self.passes.remember(&norm, &telling, table, &half.stream);
                self.passes.attend(&norm, &asking, table, &memory, half.streams());
                self.leader.answer(&half.sums)?;
            }
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
            for _ in 0..rows {
                self.hear(half).await?;
                self.passes.feed_forward(&norm, &part, half.streams());
                self.leader.answer(&half.sums)?;
            }
            return Ok(());
        }
        // Where memory is short, groups are of one sequence.
        self.hear(half).await?;
        for slice in pieces(hidden, self.plan.slices) {
            let part = self.loader.feed_forward(layer, slice).await?;
            self.passes.feed_forward(&norm, &part, half.streams());
        }
        self.leader.answer(&half.sums)
    }

    async fn hear(&mut self, half: &mut Half) -> Result<(), EvaluateError> {
        half.sums.fill(0.0);
        self.leader.hear(&mut half.stream).await
    }
}
