//! What follows the last layer: losses and sums of representations, and how they come to the host.

use crate::buffers::{Buffers, Layout, Tile};
use crate::engine::Run;
use crate::passes::{Matrix, Product};
use crate::recorder::Place;
use crate::weights::{self, Weights};
use std::ops::Range;
use wasm_core::score::cpu::Level;
use wasm_core::score::cpu::sig_reg::sig_reg;
use wasm_core::score::loss::BatchSums;
use wasm_core::score::noise::directions;
use wasm_core::score::{EvaluateError, ModelTensor, SLICES, VOCABULARY, Watch, WeightSource};

impl<S: WeightSource, W: Watch> Run<'_, '_, S, W> {
    /// Appends the representations of a group's sequences.
    pub(crate) async fn represent(
        &mut self,
        sequences: usize,
        representations: &mut Vec<f32>,
    ) -> Result<(), EvaluateError> {
        let weights = self.head().await?;
        let width = self.layout.shape.width.length();
        for tile in self.layout.tiles_of(0..sequences) {
            self.bring_stream(tile.chunk).await?;
            self.norm_finally(&weights, &tile);
            let size = 4 * (tile.rows.len() * width) as u64;
            let normed = Place { size, ..Place::all(&self.buffers.normed) };
            let values = self.recorder.read(&[normed], &self.buffers.seen).await?;
            for row in values.chunks_exact(width) {
                representations.extend_from_slice(&row[..self.layout.config.width()]);
            }
        }
        Ok(())
    }

    /// Adds a group's sequences to the sums of their batches.
    pub(crate) async fn measure(
        &mut self,
        rows: Range<usize>,
        seed: u64,
        sums: &mut [BatchSums],
    ) -> Result<(), EvaluateError> {
        let weights = self.head().await?;
        // The group's part of each batch, counted in the group.
        let batches: Vec<_> = self
            .sequences
            .batches()
            .enumerate()
            .map(|(batch, of)| (batch, of.start.max(rows.start)..of.end.min(rows.end)))
            .filter(|(_, of)| !of.is_empty())
            .map(|(batch, of)| (batch, of.start - rows.start..of.end - rows.start))
            .collect();
        for (batch, sequences) in &batches {
            self.send_directions(seed, *batch).await?;
            for tile in self.layout.tiles_of(sequences.clone()) {
                self.bring_stream(tile.chunk).await?;
                self.measure_tile(&weights, &tile, rows.len()).await?;
            }
        }
        let mut results = self.read_results(rows.len()).await?;
        for (batch, sequences) in batches {
            let mut are_sent = false;
            for tile in self.layout.tiles_of(sequences.clone()) {
                let of_tile = tile.position..tile.position + tile.rows.len();
                // What the kernel cannot do is negative; NaN is not, but may be no honest one.
                if results.sig_regs[of_tile.clone()].iter().all(|value| *value >= 0.0) {
                    continue;
                }
                if !are_sent {
                    self.send_directions(seed, batch).await?;
                    are_sent = true;
                }
                let exact = self.sig_reg_on_host(&weights, &tile).await?;
                results.sig_regs[of_tile].copy_from_slice(&exact);
            }
            for sequence in sequences {
                results.add(sequence, &self.layout, &mut sums[batch]);
            }
        }
        Ok(())
    }

    async fn head(&mut self) -> Result<Weights, EvaluateError> {
        let mut weights = Weights::new(self.model, 0, self.layout.head());
        self.bring(&mut weights, u64::MAX).await?;
        Ok(weights)
    }

    /// Norms a tile for the last time.
    fn norm_finally(&mut self, weights: &Weights, tile: &Tile) {
        let (buffers, width) = (&self.buffers, self.layout.shape.width);
        let norm = [ModelTensor::FinalGamma, ModelTensor::FinalBeta]
            .map(|tensor| weights.place(&buffers.arenas, tensor));
        self.recorder.layer_norm(
            buffers.stream(tile.chunk.number),
            tile.rows.start,
            norm,
            Place::all(&buffers.normed),
            [tile.rows.len(), width.quads(), self.layout.config.width()],
        );
    }

    async fn send_directions(&mut self, seed: u64, batch: usize) -> Result<(), EvaluateError> {
        let width = self.layout.config.width();
        let mut values = directions(seed, batch as u64, width);
        values.resize(self.layout.shape.width.length() * SLICES, 0.0);
        let place = directions_place(&self.layout, &self.buffers);
        self.recorder.write(place, bytemuck::cast_slice(&values)).await
    }

    /// Projections of what was normed.
    async fn project(&mut self, rows: usize) -> Result<(), EvaluateError> {
        let width = self.layout.shape.width.quads();
        let product = Product::new(
            rows,
            Matrix::new(Place::all(&self.buffers.normed), width),
            Matrix::new(directions_place(&self.layout, &self.buffers), SLICES / 4),
            Matrix::new(Place::all(&self.buffers.outputs), SLICES / 4),
        );
        self.recorder.product(product).await
    }

    /// Losses and sums of a tile, in a group of so many sequences.
    async fn measure_tile(
        &mut self,
        weights: &Weights,
        tile: &Tile,
        sequences: usize,
    ) -> Result<(), EvaluateError> {
        let (rows, width) = (tile.rows.len(), self.layout.shape.width.quads());
        self.norm_finally(weights, tile);
        let buffers = &self.buffers;
        let (normed, outputs) = (Place::all(&buffers.normed), Place::all(&buffers.outputs));
        let predictor = weights.place(&buffers.arenas, ModelTensor::Predictor);
        let bias = weights.place(&buffers.arenas, ModelTensor::PredictorBias);
        let product = Product {
            bias: Some(bias),
            ..Product::new(
                rows,
                Matrix::new(normed, width),
                Matrix::new(predictor, VOCABULARY / 4),
                Matrix::new(outputs, VOCABULARY / 4),
            )
        };
        self.recorder.product(product).await?;
        let (targets, losses) = (Place::all(&buffers.targets), Place::all(&buffers.losses));
        self.recorder.cross_entropy(rows, tile.position, tile.position, [outputs, targets, losses]);
        let sums = Place::all(&buffers.sums);
        let tiles = [tile.sets, rows / tile.sets, width];
        self.recorder.column_sums(tiles, tile.sums * width, [normed, sums]);
        self.project(rows).await?;
        let buffers = &self.buffers;
        let places = [Place::all(&buffers.outputs), Place::all(&buffers.losses)];
        self.recorder.sig_reg(rows, sequences * self.layout.length + tile.position, places);
        self.recorder.pace().await
    }

    async fn read_results(&mut self, sequences: usize) -> Result<Results, EvaluateError> {
        let (positions, width) = (sequences * self.layout.length, self.layout.shape.width.length());
        let sums = sequences * self.layout.sums_of_a_sequence() * width;
        let part = |buffer, values: usize| Place { size: 4 * values as u64, ..Place::all(buffer) };
        let places = [part(&self.buffers.losses, 2 * positions), part(&self.buffers.sums, sums)];
        let mut nlls = self.recorder.read(&places, &self.buffers.seen).await?;
        let sums = nlls.split_off(2 * positions);
        let sig_regs = nlls.split_off(positions);
        Ok(Results { nlls, sig_regs, sums })
    }

    /// SIGReg of a tile's positions from their projections, where the device's arithmetic does not
    /// suffice.
    async fn sig_reg_on_host(
        &mut self,
        weights: &Weights,
        tile: &Tile,
    ) -> Result<Vec<f32>, EvaluateError> {
        self.bring_stream(tile.chunk).await?;
        self.norm_finally(weights, tile);
        self.project(tile.rows.len()).await?;
        let size = 4 * (tile.rows.len() * SLICES) as u64;
        let projections = Place { size, ..Place::all(&self.buffers.outputs) };
        let projections = self.recorder.read(&[projections], &self.buffers.seen).await?;
        let mut exact = Vec::with_capacity(tile.rows.len());
        sig_reg(Level::new(), &projections, &mut exact);
        Ok(exact)
    }
}

/// Where the directions of SIGReg are: behind the head.
fn directions_place<'b>(layout: &Layout, buffers: &'b Buffers) -> Place<'b> {
    let (offset, size) = (weights::bytes(&layout.head()), layout.directions());
    Place { buffer: &buffers.arenas[0], offset, size }
}

/// What the device found for a group of sequences.
struct Results {
    nlls: Vec<f32>,
    sig_regs: Vec<f32>,
    sums: Vec<f32>,
}

impl Results {
    /// Adds a sequence to the sums of its batch.
    fn add(&self, sequence: usize, layout: &Layout, to: &mut BatchSums) {
        let positions = sequence * layout.length..(sequence + 1) * layout.length;
        let (width, tiles) = (layout.shape.width.length(), layout.sums_of_a_sequence());
        let sums = &self.sums[sequence * tiles * width..][..tiles * width];
        let of_column = |column: usize| {
            sums[column..].iter().step_by(width).map(|sum| f64::from(*sum)).sum::<f64>()
        };
        let embedding = (0..layout.config.width()).map(of_column);
        to.add(&self.nlls[positions.clone()], &self.sig_regs[positions], embedding);
    }
}
