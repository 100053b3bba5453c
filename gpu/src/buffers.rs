//! The memory of an evaluation: how much each part takes, how to make do with what is allowed, and the
//! buffers themselves.

use crate::device::Gpu;
use crate::failure::Scopes;
use crate::recorder::{Place, Staging};
use crate::shape::{Shape, Side};
use crate::weights::{self, Part};
use std::ops::Range;
use wasm_core::score::plan::{Budget, DEVICE_TILE, Plan, PlanError, Schedule, Task};
use wasm_core::score::{EvaluateError, LayerTensor, ModelConfig, ModelTensor, SLICES, VOCABULARY};

/// Positions that are computed at once where memory allows: of one sequence, or several short ones.
const LARGE_TILE: usize = 1024;
/// Workgroups of a dimension that every device takes: the heads of some sequences at once.
const LARGEST_DISPATCH: usize = 65_535;

/// How a model and data are evaluated on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanReport {
    /// The schedule, and how many sequences pass the layers together.
    pub plan: Plan,
    /// Bytes of the buffers that it takes on the device.
    pub buffers: u64,
    /// Bytes of the device's memory that it takes, with what is on its way there.
    pub bytes: u64,
}

/// What is done while some weights are on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Layer,
    Attention,
    FeedForward,
    Keys,
    Values,
    Queries,
    Output,
    /// Part of the hidden values.
    Slice(Range<usize>),
}

/// Sequences that lie together on the device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    pub(crate) number: usize,
    /// Its first sequence, in the group.
    pub(crate) first: usize,
    pub(crate) sequences: usize,
}

/// Positions whose results are computed at once.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    pub(crate) chunk: Chunk,
    /// Positions in the chunk.
    pub(crate) rows: Range<usize>,
    /// Whole sequences that these are, or one where they are part of one.
    pub(crate) sets: usize,
    /// The first position, in the group.
    pub(crate) position: usize,
    /// Where the first sums go, in rows.
    pub(crate) sums: usize,
}

/// Sizes of an evaluation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) plan: Plan,
    pub(crate) config: ModelConfig,
    pub(crate) shape: Shape,
    /// Positions of a sequence.
    pub(crate) length: usize,
    /// The same, filled up.
    pub(crate) keys: usize,
    /// Sequences of a chunk, which are computed at once if there are several.
    unit: usize,
    /// Positions that are computed at once.
    tile: usize,
    /// Queries whose scores exist at once.
    pub(crate) block: usize,
    /// Hidden values that exist at once.
    slice: usize,
    /// How large portions are.
    pub(crate) staging: Staging,
}

/// Bytes of each buffer, and how many there are of it.
struct Sizes {
    arena: (u64, usize),
    stream: (u64, usize),
    table: (u64, usize),
    ids: u64,
    normed: u64,
    queries: u64,
    keys: u64,
    values: u64,
    scores: u64,
    leaks: u64,
    hidden: u64,
    outputs: u64,
    losses: u64,
    sums: u64,
    seen: u64,
}

impl Sizes {
    fn total(&self) -> u64 {
        let many = |(bytes, number): (u64, usize)| bytes * number as u64;
        many(self.arena)
            + many(self.stream)
            + many(self.table)
            + 2 * self.ids
            + self.normed
            + self.queries
            + self.keys
            + self.values
            + self.scores
            + self.leaks
            + self.hidden
            + self.outputs
            + self.losses
            + self.sums
            + self.seen
    }

    /// Whether a device takes buffers of these sizes.
    fn fit(&self, limits: &wgpu::Limits, largest_part: u64) -> bool {
        let bound = [
            largest_part,
            self.stream.0,
            self.table.0,
            self.ids,
            self.normed,
            self.queries,
            self.keys,
            self.values,
            self.scores,
            self.hidden,
            self.outputs,
            self.losses,
            self.sums,
        ];
        let binding = limits.max_storage_buffer_binding_size;
        self.arena.0.max(self.seen) <= limits.max_buffer_size
            && bound.into_iter().all(|bytes| bytes <= binding.min(limits.max_buffer_size))
    }
}

impl Layout {
    /// The layout that reads weights least often within some memory and a device's limits. Smaller
    /// portions come last: they let nothing be read less often.
    pub(crate) fn choose(
        task: &Task,
        memory: Budget,
        limits: &wgpu::Limits,
    ) -> Result<Self, EvaluateError> {
        let mut layout = Err(PlanError { needed: u64::MAX, allowed: memory.device }.into());
        for staging in Staging::for_writes(Self::largest_write(task)) {
            layout = Self::choose_with(staging, task, memory, limits);
            if layout.is_ok() {
                break;
            }
        }
        layout
    }

    /// Bytes of a whole layer's largest matrix, of a stream and of all tokens.
    fn largest_write(task: &Task) -> u64 {
        let (width, hidden) = (task.config.width(), task.config.hidden());
        let matrix = 4 * (width * width.max(hidden).max(VOCABULARY)) as u64;
        matrix.max(task.residual()).max(4 * (task.rows * task.sequence_length) as u64)
    }

    fn choose_with(
        staging: Staging,
        task: &Task,
        memory: Budget,
        limits: &wgpu::Limits,
    ) -> Result<Self, EvaluateError> {
        let mut budget = memory;
        let mut needed = u64::MAX;
        let mut too_large = false;
        while let Ok(plan) = Plan::choose(task, budget) {
            // Computing several sequences at once is worth less than reading weights less often.
            let mut unit = Self::largest_unit(task, plan);
            loop {
                let layout = Self::of(staging, task, plan, unit);
                let bytes = layout.bytes();
                let fits = layout.sizes().fit(limits, layout.largest_part());
                if fits && bytes <= memory.device {
                    return Ok(layout);
                }
                too_large |= !fits;
                needed = needed.min(bytes);
                if unit == 1 {
                    break;
                }
                unit /= 2;
            }
            // What the plan does not count is less with fewer sequences, or a smaller schedule.
            budget.device = plan.device_bytes - 1;
        }
        if needed <= memory.device && too_large {
            let largest = limits.max_storage_buffer_binding_size;
            let problem = format!("it takes no more than {largest} bytes at once");
            return Err(EvaluateError::OutOfMemory(problem));
        }
        let smallest = Plan::choose(task, Budget { device: 0, host: 0 });
        let least = smallest.err().map_or(0, |error| error.needed) + staging.bytes();
        let needed = if needed == u64::MAX { least } else { needed };
        Err(PlanError { needed, allowed: memory.device }.into())
    }

    /// How many sequences a plan would best compute at once.
    fn largest_unit(task: &Task, plan: Plan) -> usize {
        match plan.schedule {
            Schedule::LayerAhead | Schedule::Layer => {
                let heads = LARGEST_DISPATCH / task.config.heads();
                (LARGE_TILE / task.sequence_length).min(heads).clamp(1, plan.group)
            }
            _ => 1,
        }
    }

    fn of(staging: Staging, task: &Task, plan: Plan, unit: usize) -> Self {
        let (config, length) = (task.config, task.sequence_length);
        let tile = match plan.schedule {
            Schedule::LayerAhead | Schedule::Layer => (unit * length).min(LARGE_TILE),
            Schedule::HalfLayer | Schedule::HalfLayerParked { .. } => length.min(DEVICE_TILE),
            Schedule::Slices(_) => length,
        };
        let slice = match plan.schedule {
            Schedule::Slices(slices) => config.hidden().div_ceil(slices),
            _ => config.hidden(),
        };
        let shape = Shape {
            width: Side::of(config.width()),
            heads: Side::in_parts(config.heads(), config.head_width()),
            hidden: Side::of(config.hidden()),
        };
        let (keys, block) = (length.next_multiple_of(4), length.min(DEVICE_TILE));
        Self { plan, config, shape, length, keys, unit, tile, block, slice, staging }
    }

    /// What it takes.
    pub(crate) fn report(&self) -> PlanReport {
        let bytes = self.bytes();
        PlanReport { plan: self.plan, buffers: bytes - self.staging.waiting(), bytes }
    }

    fn bytes(&self) -> u64 {
        self.sizes().total() + self.staging.bytes()
    }

    /// The chunks of so many sequences.
    pub(crate) fn chunks(&self, sequences: usize) -> impl Iterator<Item = Chunk> + use<> {
        let unit = self.unit;
        (0..sequences).step_by(unit).enumerate().map(move |(number, first)| Chunk {
            number,
            first,
            sequences: unit.min(sequences - first),
        })
    }

    /// Tiles of a chunk's first sequences: ranges of positions. Several sequences are one tile.
    pub(crate) fn tiles(&self, sequences: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let (end, tile) = (sequences * self.length, self.tile);
        (0..end).step_by(tile).map(move |start| start..end.min(start + tile))
    }

    /// Tiles of some sequences of a group, and where their results go.
    pub(crate) fn tiles_of(&self, sequences: Range<usize>) -> Vec<Tile> {
        let mut tiles = Vec::new();
        for chunk in self.chunks(sequences.end) {
            let first = chunk.first.max(sequences.start);
            let end = chunk.first + chunk.sequences;
            if first >= end {
                continue;
            }
            let start = (first - chunk.first) * self.length;
            for (number, rows) in self.tiles(end - first).enumerate() {
                let rows = start + rows.start..start + rows.end;
                let position = chunk.first * self.length + rows.start;
                let sets = if self.unit > 1 { end - first } else { 1 };
                let sums = first * self.sums_of_a_sequence() + number;
                tiles.push(Tile { chunk, rows, sets, position, sums });
            }
        }
        tiles
    }

    /// Tiles of one sequence whose sums are kept apart.
    pub(crate) fn sums_of_a_sequence(&self) -> usize {
        self.length.div_ceil(self.tile)
    }

    /// Whether a chunk's stream takes turns on the device with others.
    pub(crate) const fn parks(&self, chunk: Chunk) -> bool {
        chunk.number >= self.resident()
    }

    /// Chunks whose streams stay on the device. A chunk is one sequence where there are others.
    const fn resident(&self) -> usize {
        match self.plan.schedule {
            Schedule::HalfLayerParked { resident } => resident,
            _ => usize::MAX,
        }
    }

    /// How many arenas there are for weights.
    pub(crate) fn arenas(&self) -> usize {
        if self.plan.schedule == Schedule::LayerAhead { 2 } else { 1 }
    }

    fn part(&self, tensor: ModelTensor) -> Part {
        Part::whole(&self.shape, &self.config, tensor)
    }

    fn parts(&self, layer: usize, tensors: &[LayerTensor]) -> Vec<Part> {
        tensors.iter().map(|tensor| self.part(ModelTensor::Layer(layer, *tensor))).collect()
    }

    /// The table of tokens.
    pub(crate) fn embedding(&self) -> Vec<Part> {
        vec![self.part(ModelTensor::Embedding)]
    }

    /// What follows the last layer.
    pub(crate) fn head(&self) -> Vec<Part> {
        use ModelTensor::{FinalBeta, FinalGamma, Predictor, PredictorBias};
        [FinalGamma, FinalBeta, Predictor, PredictorBias].map(|tensor| self.part(tensor)).to_vec()
    }

    /// Bytes of the directions of SIGReg, which follow the head in its arena.
    pub(crate) const fn directions(&self) -> u64 {
        4 * (self.shape.width.length() * SLICES) as u64
    }

    /// What is done in a layer, and with which weights.
    pub(crate) fn steps(&self, layer: usize) -> Vec<(Step, Vec<Part>)> {
        use LayerTensor as L;
        let (attention, feed_forward) = L::ALL.split_at(10);
        match self.plan.schedule {
            Schedule::LayerAhead | Schedule::Layer => {
                vec![(Step::Layer, self.parts(layer, &L::ALL))]
            }
            Schedule::HalfLayer | Schedule::HalfLayerParked { .. } => vec![
                (Step::Attention, self.parts(layer, attention)),
                (Step::FeedForward, self.parts(layer, feed_forward)),
            ],
            Schedule::Slices(_) => {
                let keys = [L::Norm1Gamma, L::Norm1Beta, L::Key, L::KeyBias];
                let mut steps = vec![
                    (Step::Keys, self.parts(layer, &keys)),
                    (Step::Values, self.parts(layer, &[L::Value, L::ValueBias])),
                    (Step::Queries, self.parts(layer, &[L::Query, L::QueryBias])),
                    (Step::Output, self.parts(layer, &[L::Output, L::OutputBias])),
                ];
                let hidden = self.config.hidden();
                for start in (0..hidden).step_by(self.slice) {
                    let slice = start..hidden.min(start + self.slice);
                    let of = |tensor| self.part(ModelTensor::Layer(layer, tensor));
                    let mut parts = vec![
                        of(L::Inner).columns(slice.clone()),
                        of(L::InnerBias).columns(slice.clone()),
                        of(L::Outer).rows(slice.clone()),
                    ];
                    if start == 0 {
                        parts.extend([L::OuterBias, L::Norm2Gamma, L::Norm2Beta].map(of));
                    }
                    steps.push((Step::Slice(slice), parts));
                }
                steps
            }
        }
    }

    fn all_parts(&self) -> impl Iterator<Item = Vec<Part>> {
        let steps = self.steps(0).into_iter().map(|(_, parts)| parts);
        steps.chain([self.embedding(), self.head()])
    }

    fn largest_part(&self) -> u64 {
        let parts = self.all_parts().map(|parts| weights::largest(&parts));
        parts.max().unwrap_or(0).max(self.directions())
    }

    fn sizes(&self) -> Sizes {
        let (width, heads) = (self.shape.width.length(), self.shape.heads.length());
        let (group, unit) = (self.plan.group, self.unit);
        let (chunks, positions) = (group.div_ceil(unit), unit * self.length);
        let bytes = |values: usize| 4 * values as u64;
        let arena = self.all_parts().map(|parts| weights::bytes(&parts)).max().unwrap_or(0);
        let arena = arena.max(weights::bytes(&self.head()) + self.directions());
        let scored = unit * self.config.heads() * self.block;
        let losses = bytes(2 * group * self.length);
        let sums = bytes(group * self.sums_of_a_sequence() * width);
        let stream = bytes(positions * width);
        let parked = if chunks > self.resident() { stream } else { 0 };
        let chunks = chunks.min(self.resident().saturating_add(1));
        Sizes {
            arena: (arena, self.arenas()),
            stream: (stream, chunks),
            table: (bytes((positions * self.config.head_width()).next_multiple_of(4)), chunks),
            ids: bytes(group * self.length),
            normed: bytes(self.tile * width.max(heads)),
            queries: bytes(self.tile * heads),
            keys: bytes(unit * self.keys * heads),
            values: bytes((positions - self.length + self.keys) * heads),
            scores: bytes(scored * self.keys),
            leaks: bytes(scored),
            hidden: bytes(self.tile * Side::of(self.slice).length()),
            outputs: bytes(self.tile * VOCABULARY),
            losses,
            sums,
            seen: (losses + sums).max(bytes(self.tile * width.max(SLICES))).max(parked),
        }
    }
}

/// The buffers of an evaluation. They are given back with it.
#[derive(Debug)]
pub(crate) struct Buffers {
    /// Weights.
    pub(crate) arenas: Vec<wgpu::Buffer>,
    /// Residual streams of chunks: `[positions, width]` each. Where there are fewer, the last is that of
    /// whichever of the others is at hand.
    streams: Vec<wgpu::Buffer>,
    /// Rotary tables of chunks: cosines, then sines; likewise.
    tables: Vec<wgpu::Buffer>,
    pub(crate) tokens: wgpu::Buffer,
    pub(crate) targets: wgpu::Buffer,
    /// Of a tile: what a norm made, or what attention found.
    pub(crate) normed: wgpu::Buffer,
    /// Of a tile: queries, or keys that are not yet turned.
    pub(crate) queries: wgpu::Buffer,
    /// Of a chunk: `[sequences, heads, head, positions]`.
    pub(crate) keys: wgpu::Buffer,
    /// Of a chunk: `[sequences, positions, heads, head]`.
    pub(crate) values: wgpu::Buffer,
    /// Of a block of queries: `[sequences, heads, block, positions]`.
    pub(crate) scores: wgpu::Buffer,
    pub(crate) leaks: wgpu::Buffer,
    /// Of a tile.
    pub(crate) hidden: wgpu::Buffer,
    /// Of a tile: logits, or projections.
    pub(crate) outputs: wgpu::Buffer,
    /// Of the group: all negative log-likelihoods, then all values of SIGReg.
    pub(crate) losses: wgpu::Buffer,
    /// Of the group: sums of representations by tiles.
    pub(crate) sums: wgpu::Buffer,
    /// What the host can see.
    pub(crate) seen: wgpu::Buffer,
}

impl Buffers {
    /// Asks the device for all of them.
    pub(crate) async fn allocate(gpu: &Gpu, layout: &Layout) -> Result<Self, EvaluateError> {
        use wgpu::BufferUsages as U;
        let scopes = Scopes::open(&gpu.device);
        let buffer = |label, size: u64, usage| {
            let mapped_at_creation = false;
            let descriptor =
                wgpu::BufferDescriptor { label: Some(label), size, usage, mapped_at_creation };
            gpu.device.create_buffer(&descriptor)
        };
        let (scratch, result) = (U::STORAGE, U::STORAGE | U::COPY_SRC);
        let given = U::STORAGE | U::COPY_DST;
        let sizes = layout.sizes();
        let many = |label, (size, number): (u64, usize), usage| {
            (0..number).map(|_| buffer(label, size, usage)).collect::<Vec<_>>()
        };
        let buffers = Self {
            arenas: many("weights", sizes.arena, given),
            streams: many("residual stream", sizes.stream, given | U::COPY_SRC),
            tables: many("rotary table", sizes.table, given),
            tokens: buffer("tokens", sizes.ids, given),
            targets: buffer("targets", sizes.ids, given),
            normed: buffer("normed", sizes.normed, result),
            queries: buffer("queries", sizes.queries, scratch),
            keys: buffer("keys", sizes.keys, scratch),
            values: buffer("values", sizes.values, scratch),
            scores: buffer("scores", sizes.scores, scratch),
            leaks: buffer("leaks", sizes.leaks, scratch),
            hidden: buffer("hidden", sizes.hidden, scratch),
            outputs: buffer("outputs", sizes.outputs, result),
            losses: buffer("losses", sizes.losses, result),
            sums: buffer("sums", sizes.sums, result),
            seen: buffer("seen by the host", sizes.seen, U::MAP_READ | U::COPY_DST),
        };
        scopes.close().await?;
        gpu.failures.check()?;
        Ok(buffers)
    }
}

impl Buffers {
    /// The residual stream of a chunk by its number.
    pub(crate) fn stream(&self, chunk: usize) -> Place<'_> {
        Place::all(&self.streams[chunk.min(self.streams.len() - 1)])
    }

    /// The rotary table of a chunk by its number.
    pub(crate) fn table(&self, chunk: usize) -> Place<'_> {
        Place::all(&self.tables[chunk.min(self.tables.len() - 1)])
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        // A browser would keep them until it collects its garbage.
        let many = self.arenas.iter().chain(&self.streams).chain(&self.tables);
        let single = [
            &self.tokens,
            &self.targets,
            &self.normed,
            &self.queries,
            &self.keys,
            &self.values,
            &self.scores,
            &self.leaks,
            &self.hidden,
            &self.outputs,
            &self.losses,
            &self.sums,
            &self.seen,
        ];
        for buffer in many.chain(single) {
            buffer.destroy();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use wasm_core::score::plan::{Budget, Schedule, Task};
    use wasm_core::score::{EvaluateError, ModelConfig};

    const MIB: u64 = 1 << 20;

    /// So many mebibytes of the device's memory, and of the host's for parking.
    const fn memory(device: u64, host: u64) -> Budget {
        Budget { device: device * MIB, host: host * MIB }
    }

    fn v1(rows: usize) -> Task {
        Task { config: ModelConfig::V1, sequence_length: 1024, rows }
    }

    #[test]
    fn the_networks_model_is_evaluated_in_300_mib_of_a_device_with_the_least_limits() {
        let limits = wgpu::Limits::default();
        let layout = Layout::choose(&v1(16), memory(300, 0), &limits).unwrap();
        assert_eq!(layout.plan.schedule, Schedule::HalfLayer);
        assert!(layout.plan.group >= 12, "{:?}", layout.plan);
        assert!(layout.report().bytes <= 300 * MIB);
    }

    #[test]
    fn whatever_is_allowed_is_kept_to() {
        let limits = wgpu::Limits::default();
        let mut schedules = Vec::new();
        for mib in (80..900).step_by(7) {
            let Ok(layout) = Layout::choose(&v1(16), memory(mib, 0), &limits) else { continue };
            assert!(layout.report().bytes <= mib * MIB);
            schedules.push(std::mem::discriminant(&layout.plan.schedule));
        }
        schedules.dedup();
        assert_eq!(schedules.len(), 4, "slices, half layers, layers, layers ahead");
    }

    #[test]
    fn parked_streams_cost_the_device_next_to_nothing() {
        let limits = wgpu::Limits::default();
        let layout = |rows, host| Layout::choose(&v1(rows), memory(220, host), &limits).unwrap();
        let (alone, parked) = (layout(2, 0), layout(16, 200));
        assert_eq!(alone.plan.schedule, Schedule::HalfLayer);
        let Schedule::HalfLayerParked { resident } = parked.plan.schedule else {
            panic!("{:?}", parked.plan);
        };
        assert!(resident >= 1);
        assert_eq!(parked.plan.group, 16);
        assert_eq!(parked.plan.host_bytes, (16 - resident as u64) * 8 * MIB);
        assert!(parked.report().bytes <= 220 * MIB);
    }

    #[test]
    fn what_waits_in_64_mib_of_the_host_comes_on_top_of_300_mib_of_the_device() {
        let limits = wgpu::Limits::default();
        let group = |rows, host| {
            let layout = Layout::choose(&v1(rows), memory(300, host), &limits).unwrap();
            assert!(layout.report().bytes <= 300 * MIB);
            assert!(layout.plan.host_bytes <= host * MIB);
            layout.plan.group
        };
        assert!(group(1024, 64) >= group(1024, 0) + 5);
        // What fits the device waits nowhere.
        let short = Layout::choose(&v1(4), memory(300, 64), &limits).unwrap();
        assert_eq!((short.plan.group, short.plan.host_bytes), (4, 0));
    }

    #[test]
    fn a_model_of_any_size_makes_do_with_half() {
        let limits = wgpu::Limits::default();
        let small = |width: usize| ModelConfig::new(width, 4, 2, 4 * width).unwrap();
        for config in [small(32), small(64), small(256), ModelConfig::V1] {
            let task = Task { config, sequence_length: 1024, rows: 2 };
            let bytes = |memory| Layout::choose(&task, Budget { device: memory, host: 0 }, &limits);
            let plenty = bytes(300 * MIB).unwrap().report();
            let half = bytes(plenty.bytes / 2).unwrap().report();
            assert!(half.bytes <= plenty.bytes / 2, "{config:?}: {half:?} of {plenty:?}");
            assert!(half.buffers * 5 <= plenty.buffers * 4, "{config:?}: {half:?} of {plenty:?}");
        }
    }

    #[test]
    fn too_little_memory_is_told_with_what_would_do() {
        let limits = wgpu::Limits::default();
        let Err(EvaluateError::Plan(error)) = Layout::choose(&v1(1), memory(10, 0), &limits) else {
            panic!("ten megabytes suffice");
        };
        assert!((60 * MIB..120 * MIB).contains(&error.needed), "{error}");
    }

    #[test]
    fn matrices_beyond_the_limits_of_a_device_are_cut() {
        let small =
            wgpu::Limits { max_storage_buffer_binding_size: 32 * MIB, ..wgpu::Limits::default() };
        let layout = Layout::choose(&v1(2), memory(900, 0), &small).unwrap();
        assert!(matches!(layout.plan.schedule, Schedule::Slices(_)), "{:?}", layout.plan);
        let tiny = wgpu::Limits { max_storage_buffer_binding_size: MIB, ..wgpu::Limits::default() };
        let refused = Layout::choose(&v1(1), memory(900, 0), &tiny);
        assert!(matches!(refused, Err(EvaluateError::OutOfMemory(_))), "{refused:?}");
    }
}
