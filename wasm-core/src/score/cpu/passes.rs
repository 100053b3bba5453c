//! How sequences pass a model: tile by tile, whatever of the model is in memory.

use super::attention::{Memory, attend};
use super::cross_entropy::cross_entropy;
use super::executor::Executor;
use super::gelu::gelu;
use super::matrix::{Left, Packed, at_least, zeros};
use super::memory::unit;
use super::parts::{Asking, Dense, FeedForward, Norm, Telling};
use super::rotate::rotate;
use super::sig_reg::sig_reg;
use super::{TILE, TILE_STEP};
use crate::score::config::{ModelConfig, SLICES};
use crate::score::loss::BatchSums;
use crate::score::rotary::RotaryTable;
use fearless_simd::Level;

/// A thread's memory, used again for every tile.
#[derive(Clone, Debug, Default)]
pub(super) struct Workspace {
    normed: Vec<f32>,
    projected: Vec<f32>,
    wide: Vec<f32>,
    context: Vec<f32>,
    packed: Vec<f32>,
}

/// What computes: an instruction set, threads, and their memory.
#[derive(Debug)]
pub(super) struct Passes<'e, E> {
    pub(super) level: Level,
    pub(super) executor: &'e E,
    pub(super) workspaces: Vec<Workspace>,
    pub(super) config: ModelConfig,
    pub(super) length: usize,
}

/// What follows the last layer.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) norm: Norm,
    pub(super) predictor: Dense,
}

/// A residual stream, and the sums to which something is added that is made of it: its own, where
/// there are no others.
#[derive(Debug)]
pub(super) struct Streams<'s> {
    pub(super) stream: Option<&'s [f32]>,
    pub(super) sums: &'s mut [f32],
}

impl<'s> Streams<'s> {
    /// A stream to which what is made of it is added.
    pub(super) const fn of(stream: &'s mut [f32]) -> Self {
        Self { stream: None, sums: stream }
    }

    const fn rows(&self) -> &[f32] {
        match self.stream {
            Some(stream) => stream,
            None => &*self.sums,
        }
    }

    /// The same, tile by tile.
    fn tiles(self, size: usize) -> impl Iterator<Item = Self> {
        let mut streams = self.stream.map(|stream| stream.chunks(size));
        self.sums
            .chunks_mut(size)
            .map(move |sums| Self { stream: streams.as_mut().and_then(Iterator::next), sums })
    }
}

impl<E: Executor> Passes<'_, E> {
    /// Positions of a tile: as many as possible where there is one thread, else so few that all
    /// threads have about the same to do.
    fn positions(&self) -> usize {
        let tiles = self.length.div_ceil(TILE).next_multiple_of(self.executor.width());
        self.length.div_ceil(tiles).next_multiple_of(TILE_STEP).min(TILE)
    }

    /// Values of a tile's positions.
    fn tile(&self) -> usize {
        self.positions() * self.config.width()
    }

    /// Positions that several engines compute and exchange at a time.
    pub(super) fn unit(&self, members: usize, slices: usize) -> usize {
        unit(self.length, self.executor.width(), members, slices)
    }

    /// Memory for a sequence, in some heads.
    pub(super) fn memory(&self, heads: usize) -> Memory {
        Memory::new(self.level, heads, self.config.head_width(), self.length)
    }

    /// Remembers keys and values of a sequence from a position on, in some heads.
    pub(super) fn remember(
        &mut self,
        norm: &Norm,
        telling: &Telling,
        table: &RotaryTable,
        (first, stream): (usize, &[f32]),
        memory: &mut Memory,
    ) {
        let (level, width, own_width) = (self.level, self.config.width(), telling.key.columns());
        let starts = (first..self.length).step_by(self.positions());
        let tiles: Vec<_> = starts.zip(stream.chunks(self.tile())).collect();
        // As many tiles at a time as there are threads, so that few wait to be remembered.
        for wave in tiles.chunks(self.executor.width()) {
            let told =
                self.executor.run(&mut self.workspaces, wave.to_vec(), |own, (first, tile)| {
                    let normed = norm.apply(level, tile, &mut own.normed);
                    let (mut keys, mut values) = (Vec::new(), Vec::new());
                    telling.key.apply(level, normed, &mut keys, &mut own.packed);
                    telling.value.apply(level, normed, &mut values, &mut own.packed);
                    rotate(level, table, first..first + tile.len() / width, own_width, &mut keys);
                    (first, keys, values)
                });
            for (first, keys, values) in told {
                memory.write(first, &keys, &values);
            }
        }
    }

    /// Adds what a sequence's attention finds from a position on, in some heads.
    pub(super) fn attend(
        &mut self,
        norm: &Norm,
        asking: &Asking,
        table: &RotaryTable,
        memory: &Memory,
        (first, streams): (usize, Streams<'_>),
    ) {
        let (level, width, own_width) = (self.level, self.config.width(), asking.query.columns());
        let starts = (first..self.length).step_by(self.positions());
        let mut tiles: Vec<_> = starts.zip(streams.tiles(self.tile())).collect();
        // The last tiles see the most, so they come first and threads end together.
        tiles.reverse();
        self.executor.run(
            &mut self.workspaces,
            tiles,
            |own, (first, tile): (usize, Streams<'_>)| {
                let normed = norm.apply(level, tile.rows(), &mut own.normed);
                asking.query.apply(level, normed, &mut own.projected, &mut own.packed);
                let positions = normed.len() / width;
                let turned = first..first + positions;
                rotate(level, table, turned, own_width, &mut own.projected);
                let context = at_least(&mut own.context, positions * own_width);
                let scratch = (&mut own.wide, &mut own.packed);
                attend(level, memory, first, &own.projected, context, scratch);
                asking.output.add_to(level, context, tile.sums, &mut own.packed);
            },
        );
    }

    /// Adds a feed-forward part, or a slice of one.
    pub(super) fn feed_forward(&mut self, norm: &Norm, part: &FeedForward, streams: Streams<'_>) {
        let level = self.level;
        let tiles = streams.tiles(self.tile()).collect();
        self.executor.run(&mut self.workspaces, tiles, |own, tile: Streams<'_>| {
            let normed = norm.apply(level, tile.rows(), &mut own.normed);
            part.inner.apply(level, normed, &mut own.wide, &mut own.packed);
            gelu(level, &mut own.wide);
            part.outer.add_to(level, &own.wide, tile.sums, &mut own.packed);
        });
    }

    /// The negative log-likelihoods of some positions, then the values of SIGReg: as many of each.
    pub(super) fn measure(
        &mut self,
        head: &Head,
        directions: &Packed,
        targets: &[u32],
        rows: &[f32],
    ) -> Vec<f32> {
        let (level, width) = (self.level, self.config.width());
        let tile = self.positions();
        let tiles = rows.chunks(tile * width).zip(targets.chunks(tile)).collect();
        let measured = self.executor.run(
            &mut self.workspaces,
            tiles,
            |own, (tile, targets): (&[f32], &[u32])| {
                let normed = head.norm.apply(level, tile, &mut own.normed);
                head.predictor.apply(level, normed, &mut own.wide, &mut own.packed);
                let mut losses = Vec::with_capacity(targets.len());
                cross_entropy(level, &own.wide, targets, &mut losses);

                let projections = zeros(&mut own.wide, targets.len() * SLICES);
                let (values, rows) = (normed, targets.len());
                let left = Left { values, stride: width, rows, columns: width };
                directions.add_product(level, left, SLICES, projections, SLICES, &mut own.packed);
                let mut sig_regs = Vec::with_capacity(targets.len());
                sig_reg(level, projections, &mut sig_regs);
                (losses, sig_regs)
            },
        );
        let (losses, sig_regs): (Vec<_>, Vec<_>) = measured.into_iter().unzip();
        losses.into_iter().chain(sig_regs).flatten().collect()
    }

    /// Adds a sequence of which this was measured to the sums of its batch.
    pub(super) fn add(
        &mut self,
        norm: &Norm,
        stream: &[f32],
        [losses, sig_regs]: [&[f32]; 2],
        sums: &mut BatchSums,
    ) {
        let (level, width) = (self.level, self.config.width());
        // Whoever measured it, so that sums are rounded alike.
        let tiles = stream.chunks(TILE * width).collect();
        let embeddings = self.executor.run(&mut self.workspaces, tiles, |own, tile: &[f32]| {
            column_sums(width, norm.apply(level, tile, &mut own.normed))
        });
        let parts = losses.chunks(TILE).zip(sig_regs.chunks(TILE)).zip(embeddings);
        for ((losses, sig_regs), embedding) in parts {
            sums.add(losses, sig_regs, embedding);
        }
    }

    /// The representations of a sequence.
    pub(super) fn represent(&mut self, norm: &Norm, stream: &[f32]) -> Vec<f32> {
        let mut out = Vec::new();
        norm.apply(self.level, stream, &mut out).to_vec()
    }
}

/// The sum of every column, in f64.
fn column_sums(columns: usize, rows: &[f32]) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    for row in rows.chunks_exact(columns) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    sums
}
