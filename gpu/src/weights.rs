//! The weights that are on the device at a time: where each tensor is, and how it gets there.

use crate::recorder::{Place, Recorder};
use crate::shape::{Shape, Side};
use std::collections::VecDeque;
use std::ops::Range;
use wasm_core::score::weights_file::{Block, BlockBuffer};
use wasm_core::score::{
    EvaluateError, LayerTensor, ModelConfig, ModelTensor, VOCABULARY, Watch, WeightSource,
    WeightsFile,
};

/// Where a binding may begin.
const ALIGNMENT: u64 = 256;

/// Some rows and columns of a tensor, and how they lie on the device.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) tensor: ModelTensor,
    rows: Range<usize>,
    columns: Range<usize>,
    /// None of a vector.
    row_side: Option<Side>,
    column_side: Side,
}

impl Part {
    /// All of a tensor.
    pub(crate) fn whole(shape: &Shape, config: &ModelConfig, tensor: ModelTensor) -> Self {
        use LayerTensor as L;
        use ModelTensor as M;
        let (width, heads, hidden) = (shape.width, shape.heads, shape.hidden);
        let vocabulary = Side::of(VOCABULARY);
        let (row_side, column_side) = match tensor {
            M::Embedding => (Some(vocabulary), width),
            M::Predictor => (Some(width), vocabulary),
            M::PredictorBias => (None, vocabulary),
            M::FinalGamma | M::FinalBeta => (None, width),
            M::Layer(_, tensor) => match tensor {
                L::Query | L::Key | L::Value => (Some(width), heads),
                L::QueryBias | L::KeyBias | L::ValueBias => (None, heads),
                L::Output => (Some(heads), width),
                L::Inner => (Some(width), hidden),
                L::InnerBias => (None, hidden),
                L::Outer => (Some(hidden), width),
                L::Norm1Gamma
                | L::Norm1Beta
                | L::Norm2Gamma
                | L::Norm2Beta
                | L::OutputBias
                | L::OuterBias => (None, width),
            },
        };
        let (rows, columns) = tensor.rows_and_columns(config);
        Self { tensor, rows: 0..rows, columns: 0..columns, row_side, column_side }
    }

    /// Some of its columns, which have one part.
    pub(crate) fn columns(self, columns: Range<usize>) -> Self {
        Self { column_side: Side::of(columns.len()), columns, ..self }
    }

    /// Some of its rows, which have one part.
    pub(crate) fn rows(self, rows: Range<usize>) -> Self {
        Self { row_side: Some(Side::of(rows.len())), rows, ..self }
    }

    /// Bytes on the device.
    fn bytes(&self) -> u64 {
        4 * (self.row_side.map_or(1, Side::length) * self.column_side.length()) as u64
    }
}

/// Bytes of the device's memory that parts take together.
pub(crate) fn bytes(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.bytes().next_multiple_of(ALIGNMENT)).sum()
}

/// The largest part, in bytes.
pub(crate) fn largest(parts: &[Part]) -> u64 {
    parts.iter().map(Part::bytes).max().unwrap_or(0)
}

/// A tensor's place.
#[derive(Clone, Debug)]
struct Placed {
    part: Part,
    offset: u64,
}

/// Weights on the device, or on their way.
#[derive(Debug)]
pub(crate) struct Weights {
    arena: usize,
    placed: Vec<Placed>,
    waiting: VecDeque<(usize, Block)>,
    /// Bytes of the file that are not yet read.
    left: u64,
}

impl Weights {
    /// Gives parts their places in an arena. Nothing is read yet.
    pub(crate) fn new<S: WeightSource>(
        model: &WeightsFile<S>,
        arena: usize,
        parts: Vec<Part>,
    ) -> Self {
        let mut offset = 0;
        let mut waiting = VecDeque::new();
        let place = |(number, part): (usize, Part)| {
            let blocks = model.blocks(part.tensor, part.rows.clone(), part.columns.clone());
            waiting.extend(blocks.map(|block| (number, block)));
            let placed = Placed { offset, part };
            offset += placed.part.bytes().next_multiple_of(ALIGNMENT);
            placed
        };
        let placed = parts.into_iter().enumerate().map(place).collect();
        let left = waiting.iter().map(|(_, block)| model.block_bytes(block)).sum();
        Self { arena, placed, waiting, left }
    }

    /// Bytes of the file that are not yet read.
    pub(crate) const fn left(&self) -> u64 {
        self.left
    }

    /// Where a tensor is.
    pub(crate) fn place<'b>(&self, arenas: &'b [wgpu::Buffer], tensor: ModelTensor) -> Place<'b> {
        let placed = self
            .placed
            .iter()
            .find(|placed| placed.part.tensor == tensor)
            .expect("an engine loads what it computes with");
        let size = placed.part.bytes();
        Place { buffer: &arenas[self.arena], offset: placed.offset, size }
    }

    /// Brings about so many bytes of the file to the device, whole blocks, or all that are left.
    pub(crate) async fn bring<S: WeightSource, W: Watch>(
        &mut self,
        most: u64,
        model: &WeightsFile<S>,
        arenas: &[wgpu::Buffer],
        buffer: &mut BlockBuffer,
        recorder: &mut Recorder<'_, '_, W>,
    ) -> Result<(), EvaluateError> {
        let mut brought = 0;
        while brought < most {
            let Some((number, block)) = self.waiting.pop_front() else { break };
            let values = model.read(&block, buffer).await?;
            let Placed { part, offset } = &self.placed[number];
            let place = Place { buffer: &arenas[self.arena], offset: *offset, size: part.bytes() };
            let is_first = block.rows.start == part.rows.start;
            if is_first && part.row_side.is_some_and(|side| !side.is_exact()) {
                recorder.clear(place);
            }
            send(part, &block, values, place, recorder).await?;
            let bytes = model.block_bytes(&block);
            (brought, self.left) = (brought + bytes, self.left - bytes);
            recorder.note_read(bytes).await?;
        }
        Ok(())
    }
}

/// Writes a block's values to where they belong.
async fn send<W: Watch>(
    part: &Part,
    block: &Block,
    values: &[f32],
    place: Place<'_>,
    recorder: &mut Recorder<'_, '_, W>,
) -> Result<(), EvaluateError> {
    let columns = part.columns.len();
    let first = block.rows.start - part.rows.start;
    let rows = first..block.rows.end - part.rows.start;
    let row_side = part.row_side.unwrap_or(const { Side::of(4) });
    for (run, to) in row_side.runs(rows) {
        let values = &values[(run.start - first) * columns..(run.end - first) * columns];
        let offset = place.offset + 4 * (to * part.column_side.length()) as u64;
        let place = Place { offset, ..place };
        if part.column_side.is_exact() {
            recorder.write(place, bytemuck::cast_slice(values)).await?;
        } else {
            let padded = fill_up(part.column_side, columns, values);
            recorder.write(place, bytemuck::cast_slice(&padded)).await?;
        }
    }
    Ok(())
}

/// Rows with the zeros that fill up their parts.
fn fill_up(side: Side, columns: usize, values: &[f32]) -> Vec<f32> {
    let mut padded = Vec::with_capacity(values.len() / columns.max(1) * side.length());
    for row in values.chunks_exact(columns) {
        let start = padded.len();
        padded.resize(start + side.length(), 0.0);
        for (run, to) in side.runs(0..columns) {
            padded[start + to..start + to + run.len()].copy_from_slice(&row[run]);
        }
    }
    padded
}
