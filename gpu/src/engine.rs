//! The engine: sequences pass the model, step by step, with whatever of it is on the device.

use crate::buffers::{Buffers, Layout, PlanReport, Step};
use crate::device::Gpu;
use crate::failure::Scopes;
use crate::passes::{Block, Matrix, Product, Turn};
use crate::recorder::{Place, Recorder};
use crate::weights::Weights;
use std::ops::Range;
use wasm_core::score::cpu::Level;
use wasm_core::score::cpu::sig_reg::sig_reg;
use wasm_core::score::engine::Watched;
use wasm_core::score::loss::BatchSums;
use wasm_core::score::noise::directions;
use wasm_core::score::plan::Task;
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::weights_file::BlockBuffer;
use wasm_core::score::{
    Engine, EvaluateError, LayerTensor, ModelConfig, ModelScore, ModelTensor, SLICES, Sequences,
    Unwatched, VOCABULARY, Watch, WeightSource, WeightsFile,
};

/// Evaluates models on a graphics device.
#[derive(Clone, Copy, Debug)]
pub struct GpuEngine<'g> {
    gpu: &'g Gpu,
    memory: u64,
}

impl<'g> GpuEngine<'g> {
    /// An engine that takes at most so many bytes of the device's memory.
    #[must_use]
    pub const fn new(gpu: &'g Gpu, memory: u64) -> Self {
        Self { gpu, memory }
    }

    /// How a model and data would be evaluated.
    ///
    /// # Errors
    /// Where the memory or the device's limits do not suffice.
    pub fn plan(
        &self,
        config: &ModelConfig,
        sequences: &Sequences,
    ) -> Result<PlanReport, EvaluateError> {
        Ok(self.layout(config, sequences)?.report())
    }

    fn layout(&self, config: &ModelConfig, sequences: &Sequences) -> Result<Layout, EvaluateError> {
        let sequence_length = sequences.batching().sequence_length();
        let task = Task { config: *config, sequence_length, rows: sequences.rows() };
        Layout::choose(&task, self.memory, &self.gpu.device.limits())
    }

    /// The representations of all positions, `[rows, sequence_length, width]`: what losses and
    /// embeddings are made of.
    ///
    /// # Errors
    /// Where weights, memory or the device fail.
    pub async fn representations<S: WeightSource>(
        &self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
    ) -> Result<Vec<f32>, EvaluateError> {
        let layout = self.layout(model.config(), sequences)?;
        let mut watch = Unwatched;
        let mut run = Run::start(self.gpu, layout, model, sequences, &mut watch).await?;
        let mut representations = Vec::new();
        for rows in layout.groups(sequences.rows()) {
            run.pass_layers(rows.clone()).await?;
            run.represent(rows.len(), &mut representations).await?;
        }
        Ok(representations)
    }

    async fn score<S: WeightSource, W: Watch>(
        &self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        let layout = self.layout(model.config(), sequences)?;
        let mut run = Run::start(self.gpu, layout, model, sequences, watch).await?;
        let batches = sequences.batches().count();
        let mut sums = vec![BatchSums::new(model.config().width()); batches];
        for rows in layout.groups(sequences.rows()) {
            run.pass_layers(rows.clone()).await?;
            run.measure(rows, seed, &mut sums).await?;
        }
        Ok(ModelScore::of(&sums))
    }
}

impl Engine for GpuEngine<'_> {
    async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        self.gpu.failures.check()?;
        let scopes = Scopes::open(&self.gpu.device);
        let score = self.score(model, sequences, seed, watch).await;
        // Whatever the device refused on the way, there is no score then.
        let scopes = scopes.close().await;
        self.gpu.failures.check()?;
        let score = score?;
        scopes?;
        Ok(score)
    }
}

impl Layout {
    /// Sequences that pass the layers together.
    fn groups(&self, rows: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let group = self.plan.group;
        (0..rows).step_by(group).map(move |start| start..rows.min(start + group))
    }
}

/// One evaluation.
struct Run<'r, 'w, S, W> {
    recorder: Recorder<'r, 'w, W>,
    model: &'r WeightsFile<S>,
    sequences: &'r Sequences,
    layout: Layout,
    buffers: Buffers,
    block: BlockBuffer,
}

impl<'r, 'w, S: WeightSource, W: Watch> Run<'r, 'w, S, W> {
    async fn start(
        gpu: &'r Gpu,
        layout: Layout,
        model: &'r WeightsFile<S>,
        sequences: &'r Sequences,
        watch: &'w mut W,
    ) -> Result<Self, EvaluateError> {
        let choice = gpu.choice().await?;
        let groups = sequences.rows().div_ceil(layout.plan.group) as u64;
        let layers = layout.config.layers() as u64;
        let work = 2 * layers * (sequences.rows() * layout.length) as u64;
        let bytes = groups * model.places().bytes();
        let watched = Watched::new(groups * layers, bytes, work, watch);
        let buffers = Buffers::allocate(gpu, &layout).await?;
        let recorder = Recorder::new(gpu, choice, watched);
        Ok(Self { recorder, model, sequences, layout, buffers, block: BlockBuffer::default() })
    }

    /// Reads weights until none are left, or so many bytes.
    async fn bring(&mut self, weights: &mut Weights, most: u64) -> Result<(), EvaluateError> {
        let (arenas, recorder) = (&self.buffers.arenas, &mut self.recorder);
        weights.bring(most, self.model, arenas, &mut self.block, recorder).await
    }

    async fn pass_layers(&mut self, rows: Range<usize>) -> Result<(), EvaluateError> {
        self.embed(rows.clone()).await?;
        let layers = self.layout.config.layers();
        let mut steps: Vec<_> = (0..layers)
            .flat_map(|layer| {
                let steps = self.layout.steps(layer);
                let last = steps.len() - 1;
                let ends = move |number| number == last;
                let numbered = steps.into_iter().enumerate();
                numbered.map(move |(number, (step, parts))| (layer, step, parts, ends(number)))
            })
            .collect();
        steps.reverse();
        let mut arena = 0;
        let parts = steps.last().map(|(_, _, parts, _)| parts.clone());
        let mut coming = parts.map(|parts| Weights::new(self.model, arena, parts));
        while let (Some((layer, step, _, ends_layer)), Some(mut weights)) =
            (steps.pop(), coming.take())
        {
            self.bring(&mut weights, u64::MAX).await?;
            arena = (arena + 1) % self.layout.arenas();
            let parts = steps.last().map(|(_, _, parts, _)| parts.clone());
            coming = parts.map(|parts| Weights::new(self.model, arena, parts));
            for sequence in 0..rows.len() {
                self.pass(&step, layer, sequence, &weights).await?;
                if let (Some(coming), true) = (&mut coming, self.layout.arenas() > 1) {
                    // The device computes while the next layer arrives.
                    self.recorder.submit();
                    let share = coming.left().div_ceil((rows.len() - sequence) as u64);
                    self.bring(coming, share).await?;
                }
            }
            if ends_layer {
                self.recorder.note_layer();
            }
        }
        Ok(())
    }

    async fn embed(&mut self, rows: Range<usize>) -> Result<(), EvaluateError> {
        let Layout { length, config, shape, .. } = self.layout;
        let mut weights = Weights::new(self.model, 0, self.layout.embedding());
        self.bring(&mut weights, u64::MAX).await?;
        let (buffers, recorder) = (&self.buffers, &mut self.recorder);
        let ids = bytemuck::cast_slice(self.sequences.tokens(rows.clone()));
        recorder.write(Place::all(&buffers.tokens), ids).await?;
        let ids = bytemuck::cast_slice(self.sequences.targets(rows.clone()));
        recorder.write(Place::all(&buffers.targets), ids).await?;
        for (row, table) in rows.clone().zip(&buffers.tables) {
            let positions = self.sequences.positions(row..row + 1);
            let angles = RotaryTable::of(positions, config.head_width());
            let values = [angles.cosines(), angles.sines()].concat();
            recorder.write(Place::all(table), bytemuck::cast_slice(&values)).await?;
        }
        let table = weights.place(&buffers.arenas, ModelTensor::Embedding);
        for (sequence, stream) in buffers.streams.iter().take(rows.len()).enumerate() {
            let (tokens, stream) = (Place::all(&buffers.tokens), Place::all(stream));
            let size = (length, shape.width.quads());
            recorder.embed(tokens, sequence * length, table, stream, size);
            recorder.pace().await?;
        }
        Ok(())
    }

    /// Has a sequence pass what is on the device.
    async fn pass(
        &mut self,
        step: &Step,
        layer: usize,
        sequence: usize,
        weights: &Weights,
    ) -> Result<(), EvaluateError> {
        let length = self.layout.length as u64;
        let mut pass = Pass {
            recorder: &mut self.recorder,
            layout: &self.layout,
            buffers: &self.buffers,
            weights,
            layer,
            sequence,
        };
        match step {
            Step::Layer => {
                pass.attention().await?;
                pass.feed_forward().await?;
                self.recorder.note_work(2 * length);
            }
            Step::Attention => {
                pass.attention().await?;
                self.recorder.note_work(length);
            }
            Step::FeedForward => {
                pass.feed_forward().await?;
                self.recorder.note_work(length);
            }
            Step::Keys => {
                pass.norm(0..pass.layout.length, [LayerTensor::Norm1Gamma, LayerTensor::Norm1Beta]);
                pass.keys(0..pass.layout.length).await?;
            }
            Step::Values => pass.values(0..pass.layout.length).await?,
            Step::Queries => {
                pass.queries(0..pass.layout.length).await?;
                pass.attend(0..pass.layout.length).await?;
            }
            Step::Output => {
                pass.output(0..pass.layout.length).await?;
                self.recorder.note_work(length);
            }
            Step::Slice(slice) => {
                let all = 0..pass.layout.length;
                let is_first = slice.start == 0;
                if is_first {
                    pass.norm(all.clone(), [LayerTensor::Norm2Gamma, LayerTensor::Norm2Beta]);
                }
                pass.hidden(all, slice.len(), is_first).await?;
                if slice.end == self.layout.config.hidden() {
                    self.recorder.note_work(length);
                }
            }
        }
        self.recorder.pace().await
    }

    /// Norms a tile of a sequence for the last time.
    fn norm_finally(&mut self, weights: &Weights, sequence: usize, tile: &Range<usize>) {
        let (buffers, width) = (&self.buffers, self.layout.shape.width);
        let norm = [ModelTensor::FinalGamma, ModelTensor::FinalBeta]
            .map(|tensor| weights.place(&buffers.arenas, tensor));
        self.recorder.layer_norm(
            Place::all(&buffers.streams[sequence]),
            tile.start,
            norm,
            Place::all(&buffers.normed),
            [tile.len(), width.quads(), self.layout.config.width()],
        );
    }

    async fn represent(
        &mut self,
        sequences: usize,
        representations: &mut Vec<f32>,
    ) -> Result<(), EvaluateError> {
        let mut weights = Weights::new(self.model, 0, self.layout.head());
        self.bring(&mut weights, u64::MAX).await?;
        let width = self.layout.shape.width.length();
        for sequence in 0..sequences {
            for tile in self.layout.tiles() {
                self.norm_finally(&weights, sequence, &tile);
                let size = 4 * (tile.len() * width) as u64;
                let normed = Place { size, ..Place::all(&self.buffers.normed) };
                let values = self.recorder.read(&[normed], &self.buffers.seen).await?;
                for row in values.chunks_exact(width) {
                    representations.extend_from_slice(&row[..self.layout.config.width()]);
                }
            }
        }
        Ok(())
    }

    /// Adds a group's sequences to the sums of their batches.
    async fn measure(
        &mut self,
        rows: Range<usize>,
        seed: u64,
        sums: &mut [BatchSums],
    ) -> Result<(), EvaluateError> {
        let mut weights = Weights::new(self.model, 0, self.layout.head());
        self.bring(&mut weights, u64::MAX).await?;
        let in_batches: Vec<_> = self
            .sequences
            .batches()
            .enumerate()
            .map(|(batch, of)| (batch, of.start.max(rows.start)..of.end.min(rows.end)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        for (batch, of) in &in_batches {
            self.send_directions(seed, *batch).await?;
            for row in of.clone() {
                self.measure_one(&weights, row - rows.start).await?;
            }
        }
        let results = self.read_results(rows.len()).await?;
        for (batch, of) in in_batches {
            let mut are_sent = false;
            for row in of {
                let sequence = row - rows.start;
                let (nlls, mut sig_regs, embedding) = results.of(sequence, &self.layout);
                for tile in self.layout.tiles() {
                    // What the kernel cannot do is negative; NaN is not, but may be no honest one.
                    if sig_regs[tile.clone()].iter().all(|value| *value >= 0.0) {
                        continue;
                    }
                    if !are_sent {
                        self.send_directions(seed, batch).await?;
                        are_sent = true;
                    }
                    let exact = self.sig_reg_on_host(&weights, sequence, &tile).await?;
                    sig_regs[tile].copy_from_slice(&exact);
                }
                sums[batch].add(nlls, &sig_regs, embedding);
            }
        }
        Ok(())
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

    async fn measure_one(
        &mut self,
        weights: &Weights,
        sequence: usize,
    ) -> Result<(), EvaluateError> {
        let (length, width) = (self.layout.length, self.layout.shape.width.quads());
        let tiles = self.layout.tiles().count();
        for (number, tile) in self.layout.tiles().enumerate() {
            self.norm_finally(weights, sequence, &tile);
            let buffers = &self.buffers;
            let outputs = Place::all(&buffers.outputs);
            let predictor = weights.place(&buffers.arenas, ModelTensor::Predictor);
            let bias = weights.place(&buffers.arenas, ModelTensor::PredictorBias);
            let normed = Place::all(&buffers.normed);
            let product = Product {
                bias: Some(bias),
                ..Product::new(
                    tile.len(),
                    Matrix::new(normed, width),
                    Matrix::new(predictor, VOCABULARY / 4),
                    Matrix::new(outputs, VOCABULARY / 4),
                )
            };
            self.recorder.product(product).await?;
            let (targets, losses) = (Place::all(&buffers.targets), Place::all(&buffers.losses));
            let first = 2 * sequence * length + tile.start;
            let targets_first = sequence * length + tile.start;
            let places = [outputs, targets, losses];
            self.recorder.cross_entropy(tile.len(), targets_first, first, places);
            let sums = Place::all(&buffers.sums);
            let to = (sequence * tiles + number) * width;
            self.recorder.column_sums(tile.len(), width, to, [normed, sums]);
            self.project(tile.len()).await?;
            let buffers = &self.buffers;
            let places = [Place::all(&buffers.outputs), Place::all(&buffers.losses)];
            self.recorder.sig_reg(tile.len(), first + length, places);
        }
        self.recorder.pace().await
    }

    async fn read_results(&mut self, sequences: usize) -> Result<Results, EvaluateError> {
        let (length, width) = (self.layout.length, self.layout.shape.width.length());
        let (losses, sums) =
            (2 * sequences * length, sequences * self.layout.tiles().count() * width);
        let part = |buffer, values: usize| Place { size: 4 * values as u64, ..Place::all(buffer) };
        let places = [part(&self.buffers.losses, losses), part(&self.buffers.sums, sums)];
        let mut values = self.recorder.read(&places, &self.buffers.seen).await?;
        let sums = values.split_off(losses);
        Ok(Results { losses: values, sums })
    }

    /// values of SIGReg of a tile from its projections, where the device's arithmetic does not suffice.
    async fn sig_reg_on_host(
        &mut self,
        weights: &Weights,
        sequence: usize,
        tile: &Range<usize>,
    ) -> Result<Vec<f32>, EvaluateError> {
        self.norm_finally(weights, sequence, tile);
        self.project(tile.len()).await?;
        let size = 4 * (tile.len() * SLICES) as u64;
        let projections = Place { size, ..Place::all(&self.buffers.outputs) };
        let projections = self.recorder.read(&[projections], &self.buffers.seen).await?;
        let mut exact = Vec::with_capacity(tile.len());
        sig_reg(Level::new(), &projections, &mut exact);
        Ok(exact)
    }
}

/// Where the directions of SIGReg are: behind the head.
fn directions_place<'b>(layout: &Layout, buffers: &'b Buffers) -> Place<'b> {
    let (offset, size) = (crate::weights::bytes(&layout.head()), layout.directions());
    Place { buffer: &buffers.arenas[0], offset, size }
}

/// What the device found for a group of sequences.
struct Results {
    losses: Vec<f32>,
    sums: Vec<f32>,
}

impl Results {
    /// A sequence's negative log-likelihoods, values of SIGReg, and sums of representations.
    fn of(&self, sequence: usize, layout: &Layout) -> (&[f32], Vec<f32>, Vec<f64>) {
        let losses = &self.losses[2 * sequence * layout.length..][..2 * layout.length];
        let (nlls, sig_regs) = losses.split_at(layout.length);
        let (width, tiles) = (layout.shape.width.length(), layout.tiles().count());
        let sums = &self.sums[sequence * tiles * width..][..tiles * width];
        let of_column = |column: usize| {
            sums[column..].iter().step_by(width).map(|sum| f64::from(*sum)).sum::<f64>()
        };
        let embedding = (0..layout.config.width()).map(of_column).collect();
        (nlls, sig_regs.to_vec(), embedding)
    }
}

/// A sequence that passes a layer, or part of one.
struct Pass<'p, 'r, 'w, W> {
    recorder: &'p mut Recorder<'r, 'w, W>,
    layout: &'p Layout,
    buffers: &'p Buffers,
    weights: &'p Weights,
    layer: usize,
    sequence: usize,
}

impl<'p, W: Watch> Pass<'p, '_, '_, W> {
    fn weight(&self, tensor: LayerTensor) -> Place<'p> {
        self.weights.place(&self.buffers.arenas, ModelTensor::Layer(self.layer, tensor))
    }

    async fn attention(&mut self) -> Result<(), EvaluateError> {
        let norm = [LayerTensor::Norm1Gamma, LayerTensor::Norm1Beta];
        for tile in self.layout.tiles() {
            self.norm(tile.clone(), norm);
            self.keys(tile.clone()).await?;
            self.values(tile).await?;
        }
        for tile in self.layout.tiles() {
            self.norm(tile.clone(), norm);
            self.queries(tile.clone()).await?;
            self.attend(tile.clone()).await?;
            self.output(tile).await?;
        }
        Ok(())
    }

    async fn feed_forward(&mut self) -> Result<(), EvaluateError> {
        let hidden = self.layout.config.hidden();
        for tile in self.layout.tiles() {
            self.norm(tile.clone(), [LayerTensor::Norm2Gamma, LayerTensor::Norm2Beta]);
            self.hidden(tile, hidden, true).await?;
        }
        Ok(())
    }

    fn norm(&mut self, tile: Range<usize>, norm: [LayerTensor; 2]) {
        let buffers = self.buffers;
        let norm = norm.map(|tensor| self.weight(tensor));
        let (width, config) = (self.layout.shape.width, &self.layout.config);
        self.recorder.layer_norm(
            Place::all(&buffers.streams[self.sequence]),
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
            sines: self.layout.length * pairs,
            length: self.layout.keys,
        }
    }

    async fn keys(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let buffers = self.buffers;
        let raw = Place::all(&buffers.queries);
        self.project(tile.len(), [LayerTensor::Key, LayerTensor::KeyBias], raw, 0).await?;
        let (turn, table) = (self.turn(&tile), Place::all(&buffers.tables[self.sequence]));
        self.recorder.rotate_keys(&turn, [table, raw, Place::all(&buffers.keys)]);
        Ok(())
    }

    async fn values(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let values = Place::all(&self.buffers.values);
        let tensors = [LayerTensor::Value, LayerTensor::ValueBias];
        self.project(tile.len(), tensors, values, tile.start).await
    }

    async fn queries(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let buffers = self.buffers;
        let queries = Place::all(&buffers.queries);
        let tensors = [LayerTensor::Query, LayerTensor::QueryBias];
        self.project(tile.len(), tensors, queries, 0).await?;
        let (turn, table) = (self.turn(&tile), Place::all(&buffers.tables[self.sequence]));
        self.recorder.rotate(&turn, [table, queries]);
        Ok(())
    }

    /// What a tile's queries attend to, to where the tile was normed.
    async fn attend(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let (layout, buffers) = (self.layout, self.buffers);
        let (heads, sides) = (layout.config.heads(), layout.shape.heads);
        let (head, row, stride) = (sides.part_quads(), sides.quads(), layout.keys / 4);
        let scores = Matrix {
            pair: layout.block * stride,
            ..Matrix::new(Place::all(&buffers.scores), stride)
        };
        let leaks = Place::all(&buffers.leaks);
        for start in tile.clone().step_by(layout.block) {
            let block = start..tile.end.min(start + layout.block);
            let (rows, columns) = (block.len(), block.end.div_ceil(4));
            let queries = Matrix::new(Place::all(&buffers.queries), row);
            let keys = Matrix::new(Place::all(&buffers.keys), stride);
            let product = Product {
                depth: head,
                columns,
                pairs: heads,
                scale: 1.0 / root(layout.config.head_width()),
                ..Product::new(
                    rows,
                    Matrix { pair: head, ..queries.at_row(start - tile.start) },
                    Matrix { pair: 4 * head * stride, ..keys },
                    scores,
                )
            };
            self.recorder.product(product).await?;
            let tile_of_scores = layout.block;
            let (first, length) = (block.start, layout.length);
            let scored =
                Block { rows, tile: tile_of_scores, first, columns, stride, length, heads };
            self.recorder.softmax(&scored, scores.place, leaks);
            let values = Matrix { pair: head, ..Matrix::new(Place::all(&buffers.values), row) };
            let context = Matrix::new(Place::all(&buffers.normed), row);
            let context = Matrix { pair: head, ..context.at_row(start - tile.start) };
            let product = Product {
                depth: columns,
                columns: head,
                pairs: heads,
                ..Product::new(rows, scores, values, context)
            };
            self.recorder.product(product).await?;
            let places = [leaks, scores.place, values.place, context.place];
            self.recorder.attend_masked(&scored, [row, head, context.first], places);
        }
        Ok(())
    }

    /// Adds what a tile attended to.
    async fn output(&mut self, tile: Range<usize>) -> Result<(), EvaluateError> {
        let (width, heads) = (self.layout.shape.width.quads(), self.layout.shape.heads.quads());
        let buffers = self.buffers;
        let stream = Place::all(&buffers.streams[self.sequence]);
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
    async fn hidden(
        &mut self,
        tile: Range<usize>,
        hidden: usize,
        with_bias: bool,
    ) -> Result<(), EvaluateError> {
        let width = self.layout.shape.width.quads();
        let hidden = crate::shape::Side::of(hidden).quads();
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
        let stream = Place::all(&buffers.streams[self.sequence]);
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
