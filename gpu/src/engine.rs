//! The engine: sequences pass the model, step by step, with whatever of it is on the device.

use crate::buffers::{Buffers, Chunk, Layout, PlanReport, Step};
use crate::device::Gpu;
use crate::failure::Scopes;
use crate::layer::Pass;
use crate::parking::{Parking, send_table};
use crate::recorder::{Place, Recorder};
use crate::weights::Weights;
use std::ops::Range;
use wasm_core::score::engine::Watched;
use wasm_core::score::loss::BatchSums;
use wasm_core::score::plan::{Budget, Task};
use wasm_core::score::weights_file::BlockBuffer;
use wasm_core::score::{
    Engine, EvaluateError, LayerTensor, ModelConfig, ModelScore, ModelTensor, Sequences, Unwatched,
    Watch, WeightSource, WeightsFile,
};

/// Evaluates models on a graphics device.
#[derive(Clone, Copy, Debug)]
pub struct GpuEngine<'g> {
    gpu: &'g Gpu,
    pub(crate) memory: Budget,
}

impl<'g> GpuEngine<'g> {
    /// An engine that takes at most so many bytes of the device's memory.
    #[must_use]
    pub const fn new(gpu: &'g Gpu, memory: u64) -> Self {
        Self { gpu, memory: Budget { device: memory, host: 0 } }
    }

    /// The same, which may park so many bytes in the host's memory where the device has room for few
    /// sequences.
    #[must_use]
    pub const fn parking(mut self, bytes: u64) -> Self {
        self.memory.host = bytes;
        self
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
pub(crate) struct Run<'r, 'w, S, W> {
    pub(crate) recorder: Recorder<'r, 'w, W>,
    pub(crate) model: &'r WeightsFile<S>,
    pub(crate) sequences: &'r Sequences,
    pub(crate) layout: Layout,
    pub(crate) buffers: Buffers,
    parking: Parking,
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
        let recorder = Recorder::new(gpu, choice, layout.staging, watched);
        let (parking, block) = (Parking::default(), BlockBuffer::default());
        Ok(Self { recorder, model, sequences, layout, buffers, parking, block })
    }

    /// Reads weights until none are left, or so many bytes.
    pub(crate) async fn bring(
        &mut self,
        weights: &mut Weights,
        most: u64,
    ) -> Result<(), EvaluateError> {
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
            for chunk in self.in_order(rows.len()) {
                self.bring_stream(chunk).await?;
                if self.layout.parks(chunk) {
                    self.parking.change();
                    if step == Step::Attention {
                        self.send_table(chunk, rows.start).await?;
                    }
                }
                self.pass(&step, layer, chunk, &weights).await?;
                if let (Some(coming), true) = (&mut coming, self.layout.arenas() > 1) {
                    // The device computes while the next layer arrives.
                    self.recorder.submit();
                    let share = coming.left().div_ceil((rows.len() - chunk.first) as u64);
                    let share = share * chunk.sequences as u64;
                    self.bring(coming, share).await?;
                }
            }
            if ends_layer {
                self.recorder.note_layer();
            }
        }
        Ok(())
    }

    /// Chunks in an order that begins with the one that is on the device.
    fn in_order(&self, rows: usize) -> Vec<Chunk> {
        let mut chunks: Vec<_> = self.layout.chunks(rows).collect();
        let is_last = |here: Chunk| here.number > 0 && here.number + 1 == chunks.len();
        if self.parking.here().is_some_and(is_last) {
            chunks.reverse();
        }
        chunks
    }

    /// Has a chunk's stream be on the device.
    pub(crate) async fn bring_stream(&mut self, chunk: Chunk) -> Result<(), EvaluateError> {
        let (layout, buffers) = (&self.layout, &self.buffers);
        self.parking.bring(chunk, layout, buffers, &mut self.recorder).await
    }

    /// Has the rotary table of a chunk be on the device, in a group that begins with some sequence.
    async fn send_table(&mut self, chunk: Chunk, first: usize) -> Result<(), EvaluateError> {
        let (layout, buffers) = (&self.layout, &self.buffers);
        send_table(chunk, first, layout, buffers, self.sequences, &mut self.recorder).await
    }

    async fn embed(&mut self, rows: Range<usize>) -> Result<(), EvaluateError> {
        let Layout { length, shape, .. } = self.layout;
        let chunks: Vec<_> = self.layout.chunks(rows.len()).collect();
        let mut weights = Weights::new(self.model, 0, self.layout.embedding());
        self.bring(&mut weights, u64::MAX).await?;
        let (buffers, recorder) = (&self.buffers, &mut self.recorder);
        let ids = bytemuck::cast_slice(self.sequences.tokens(rows.clone()));
        recorder.write(Place::all(&buffers.tokens), ids).await?;
        let ids = bytemuck::cast_slice(self.sequences.targets(rows.clone()));
        recorder.write(Place::all(&buffers.targets), ids).await?;
        for chunk in &chunks {
            if !self.layout.parks(*chunk) {
                self.send_table(*chunk, rows.start).await?;
            }
        }
        self.parking.clear(chunks.len());
        for chunk in chunks {
            if self.layout.parks(chunk) {
                let (layout, buffers) = (&self.layout, &self.buffers);
                self.parking.make_room(chunk, layout, buffers, &mut self.recorder).await?;
                self.parking.change();
            }
            let stream = self.buffers.stream(chunk.number);
            let size = (chunk.sequences * length, shape.width.quads());
            let tokens = Place::all(&self.buffers.tokens);
            let table = weights.place(&self.buffers.arenas, ModelTensor::Embedding);
            self.recorder.embed(tokens, chunk.first * length, table, stream, size);
            self.recorder.pace().await?;
        }
        Ok(())
    }

    /// Has a chunk pass what is on the device.
    async fn pass(
        &mut self,
        step: &Step,
        layer: usize,
        chunk: Chunk,
        weights: &Weights,
    ) -> Result<(), EvaluateError> {
        let positions = (chunk.sequences * self.layout.length) as u64;
        let mut pass = Pass {
            recorder: &mut self.recorder,
            layout: &self.layout,
            buffers: &self.buffers,
            weights,
            layer,
            chunk,
        };
        match step {
            Step::Layer => {
                pass.attention().await?;
                pass.feed_forward().await?;
                self.recorder.note_work(2 * positions);
            }
            Step::Attention => {
                pass.attention().await?;
                self.recorder.note_work(positions);
            }
            Step::FeedForward => {
                pass.feed_forward().await?;
                self.recorder.note_work(positions);
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
                self.recorder.note_work(positions);
            }
            Step::Slice(slice) => {
                let all = 0..pass.layout.length;
                let is_first = slice.start == 0;
                if is_first {
                    pass.norm(all.clone(), [LayerTensor::Norm2Gamma, LayerTensor::Norm2Beta]);
                }
                pass.hidden(all, slice.len(), is_first).await?;
                if slice.end == self.layout.config.hidden() {
                    self.recorder.note_work(positions);
                }
            }
        }
        self.recorder.pace().await
    }
}
