//! How sequences pass a layer, or part of one: kernels in their order, and where each finds its values.

use crate::buffers::{Buffers, Chunk, Layout};
use crate::passes::{Block, Matrix, Product, Turn};
use crate::recorder::{Place, Recorder};
use crate::shape::Side;
use crate::weights::Weights;
use std::ops::Range;
use wasm_core::score::{EvaluateError, LayerTensor, ModelTensor, Watch};

/// A chunk that passes a layer, or part of one.
pub(crate) struct Pass<'p, 'r, 'w, W> {
    pub(crate) recorder: &'p mut Recorder<'r, 'w, W>,
    pub(crate) layout: &'p Layout,
    pub(crate) buffers: &'p Buffers,
    pub(crate) weights: &'p Weights,
    pub(crate) layer: usize,
    pub(crate) chunk: Chunk,
}

impl<'p, W: Watch> Pass<'p, '_, '_, W> {
    fn weight(&self, tensor: LayerTensor) -> Place<'p> {
        self.weights.place(&self.buffers.arenas, ModelTensor::Layer(self.layer, tensor))
    }

    pub(crate) async fn attention(&mut self) -> Result<(), EvaluateError> {
        let norm = [LayerTensor::Norm1Gamma, LayerTensor::Norm1Beta];
        for tile in self.layout.tiles(self.chunk.sequences) {
            self.norm(tile.clone(), norm);
            self.keys(tile.clone()).await?;
            self.values(tile).await?;
        }
        for tile in self.layout.tiles(self.chunk.sequences) {
            self.norm(tile.clone(), norm);
            self.queries(tile.clone()).await?;
            self.attend(tile.clone()).await?;
            self.output(tile).await?;
        }
        Ok(())
    }

    pub(crate) async fn feed_forward(&mut self) -> Result<(), EvaluateError> {
        let hidden = self.layout.config.hidden();
        for tile in self.layout.tiles(self.chunk.sequences) {
            self.norm(tile.clone(), [LayerTensor::Norm2Gamma, LayerTensor::Norm2Beta]);
            self.hidden(tile, hidden, true).await?;
        }
        Ok(())
    }

    pub(crate) fn norm(&mut self, tile: Range<usize>, norm: [LayerTensor; 2]) {
        let buffers = self.buffers;
        let norm = norm.map(|tensor| self.weight(tensor));
        let (width, config) = (self.layout.shape.width, &self.layout.config);
        self.recorder.layer_norm(
            buffers.stream(self.chunk.number),
            tile.start,
            norm,
            Place::all(&buffers.normed),
            [tile.len(), width.quads(), config.width()],
        );
    }

    /// The product of what was normed with queries', keys' or values' weights, and a bias.
    async fn project(
        &mut self,
        rows: usize,
        tensors: [LayerTensor; 2],
        to: Place<'_>,
        first: usize,
    ) -> Result<(), EvaluateError> {
        let (width, heads) = (self.layout.shape.width.quads(), self.layout.shape.heads.quads());
        let buffers = self.buffers;
        let [weight, bias] = tensors.map(|tensor| self.weight(tensor));
        let product = Product {
            bias: Some(bias),
            ..Product::new(
                rows,
                Matrix::new(Place::all(&buffers.normed), width),
                Matrix::new(weight, heads),
                Matrix::new(to, heads).at_row(first),
            )
        };
        self.recorder.product(product).await
    }

    fn turn(&self, tile: &Range<usize>) -> Turn {
        let (heads, config) = (self.layout.shape.heads, &self.layout.config);
        let pairs = config.head_width() / 2;
        Turn {
            rows: tile.len(),
            heads: config.heads(),
            pairs,
            head: 4 * heads.part_quads(),
            stride: heads.length(),
            first: tile.start,
            sines: self.chunk.sequences * self.layout.length * pairs,
            sequence: self.layout.length,
            length: self.layout.keys,
        }
    }

    pub(crate) async fn keys(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let buffers = self.buffers;
        let raw = Place::all(&buffers.queries);
        self.project(tile.len(), [LayerTensor::Key, LayerTensor::KeyBias], raw, 0).await?;
        let (turn, table) = (self.turn(&tile), buffers.table(self.chunk.number));
        self.recorder.rotate_keys(&turn, [table, raw, Place::all(&buffers.keys)]);
        Ok(())
    }

    pub(crate) async fn values(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let values = Place::all(&self.buffers.values);
        let tensors = [LayerTensor::Value, LayerTensor::ValueBias];
        self.project(tile.len(), tensors, values, tile.start).await
    }

    pub(crate) async fn queries(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let buffers = self.buffers;
        let queries = Place::all(&buffers.queries);
        let tensors = [LayerTensor::Query, LayerTensor::QueryBias];
        self.project(tile.len(), tensors, queries, 0).await?;
        let (turn, table) = (self.turn(&tile), buffers.table(self.chunk.number));
        self.recorder.rotate(&turn, [table, queries]);
        Ok(())
    }

    /// What a tile's queries attend to goes where the tile was normed.
    pub(crate) async fn attend(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let (layout, buffers) = (self.layout, self.buffers);
        let (heads, sides, length) = (layout.config.heads(), layout.shape.heads, layout.length);
        let (head, row, stride) = (sides.part_quads(), sides.quads(), layout.keys / 4);
        // A tile is part of a sequence, or all of several.
        let sets = tile.len().div_ceil(length);
        let positions = if sets > 1 { 0..length } else { tile };
        let of = |buffer, stride, pair, set| Matrix {
            pair,
            set,
            ..Matrix::new(Place::all(buffer), stride)
        };
        let scores =
            of(&buffers.scores, stride, layout.block * stride, heads * layout.block * stride);
        let keys = of(&buffers.keys, stride, 4 * head * stride, 4 * row * stride);
        let values = of(&buffers.values, row, head, length * row);
        let leaks = Place::all(&buffers.leaks);
        for start in positions.clone().step_by(layout.block) {
            let end = positions.end.min(start + layout.block);
            let (rows, columns, skipped) = (end - start, end.div_ceil(4), start - positions.start);
            let queries = of(&buffers.queries, row, head, length * row).at_row(skipped);
            let context = of(&buffers.normed, row, head, length * row).at_row(skipped);
            let product = Product {
                depth: head,
                columns,
                pairs: heads,
                sets,
                scale: 1.0 / root(layout.config.head_width()),
                ..Product::new(rows, queries, keys, scores)
            };
            self.recorder.product(product).await?;
            let (tile, first) = (layout.block, start);
            let block = Block { rows, tile, first, columns, stride, length, heads, sets };
            self.recorder.softmax(&block, scores.place, leaks);
            let product = Product {
                depth: columns,
                columns: head,
                pairs: heads,
                sets,
                ..Product::new(rows, scores, values, context)
            };
            self.recorder.product(product).await?;
            let places = [leaks, scores.place, values.place, context.place];
            self.recorder.attend_masked(&block, [row, head, context.first], places);
        }
        Ok(())
    }

    /// Adds what a tile attended to.
    pub(crate) async fn output(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let (width, heads) = (self.layout.shape.width.quads(), self.layout.shape.heads.quads());
        let buffers = self.buffers;
        let stream = buffers.stream(self.chunk.number);
        let product = Product {
            bias: Some(self.weight(LayerTensor::OutputBias)),
            add: true,
            ..Product::new(
                tile.len(),
                Matrix::new(Place::all(&buffers.normed), heads),
                Matrix::new(self.weight(LayerTensor::Output), width),
                Matrix::new(stream, width).at_row(tile.start),
            )
        };
        self.recorder.product(product).await
    }

    /// Adds what so many hidden values of a normed tile contribute, and the bias if asked for.
    pub(crate) async fn hidden(
        &mut self,
        tile: Range<usize>,
        hidden: usize,
        with_bias: bool,
    ) -> Result<(), EvaluateError> {
        let width = self.layout.shape.width.quads();
        let hidden = Side::of(hidden).quads();
        let buffers = self.buffers;
        let product = Product {
            bias: Some(self.weight(LayerTensor::InnerBias)),
            gelu: true,
            ..Product::new(
                tile.len(),
                Matrix::new(Place::all(&buffers.normed), width),
                Matrix::new(self.weight(LayerTensor::Inner), hidden),
                Matrix::new(Place::all(&buffers.hidden), hidden),
            )
        };
        self.recorder.product(product).await?;
        let stream = buffers.stream(self.chunk.number);
        let product = Product {
            bias: with_bias.then(|| self.weight(LayerTensor::OuterBias)),
            add: true,
            ..Product::new(
                tile.len(),
                Matrix::new(Place::all(&buffers.hidden), hidden),
                Matrix::new(self.weight(LayerTensor::Outer), width),
                Matrix::new(stream, width).at_row(tile.start),
            )
        };
        self.recorder.product(product).await
    }
}

#[expect(clippy::cast_precision_loss, reason = "widths are far below 2^24")]
fn root(head_width: usize) -> f32 {
    (head_width as f32).sqrt()
}
