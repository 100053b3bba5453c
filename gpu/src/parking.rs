//! Residual streams that wait in the host's memory where the device has room for some chunks only.

use crate::buffers::{Buffers, Chunk, Layout};
use crate::recorder::{Place, Recorder};
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::{EvaluateError, Sequences, Watch};

/// Which of a group's chunks that take turns is on the device, and the streams of the others.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    streams: Vec<Vec<f32>>,
    here: Option<Chunk>,
    /// Whether the device changed it since it came.
    is_changed: bool,
}

impl Parking {
    /// Begins a group of so many chunks, none of which is on the device.
    pub(crate) fn clear(&mut self, chunks: usize) {
        // Memory of the group before is used again.
        self.streams.resize_with(chunks, Vec::new);
        (self.here, self.is_changed) = (None, false);
    }

    /// The one of them that is on the device.
    pub(crate) const fn here(&self) -> Option<Chunk> {
        self.here
    }

    /// The device changes what is on it.
    pub(crate) const fn change(&mut self) {
        self.is_changed = true;
    }

    /// Parks what is on the device, unless it waits unchanged, and makes its place that of a chunk whose
    /// stream is yet to be made.
    pub(crate) async fn make_room<W: Watch>(
        &mut self,
        chunk: Chunk,
        layout: &Layout,
        buffers: &Buffers,
        recorder: &mut Recorder<'_, '_, W>,
    ) -> Result<(), EvaluateError> {
        let left = self.here.replace(chunk);
        if let (Some(left), true) = (left, self.is_changed) {
            let place = stream(left, layout, buffers);
            let waiting = &mut self.streams[left.number];
            recorder.read_to(&[place], &buffers.seen, waiting).await?;
        }
        self.is_changed = false;
        Ok(())
    }

    /// Brings a chunk's stream to the device.
    pub(crate) async fn bring<W: Watch>(
        &mut self,
        chunk: Chunk,
        layout: &Layout,
        buffers: &Buffers,
        recorder: &mut Recorder<'_, '_, W>,
    ) -> Result<(), EvaluateError> {
        if !layout.parks(chunk) || self.here.is_some_and(|here| here.number == chunk.number) {
            return Ok(());
        }
        self.make_room(chunk, layout, buffers, recorder).await?;
        let values = bytemuck::cast_slice(&self.streams[chunk.number]);
        recorder.write(stream(chunk, layout, buffers), values).await
    }
}

/// A chunk's part of its buffer.
fn stream<'b>(chunk: Chunk, layout: &Layout, buffers: &'b Buffers) -> Place<'b> {
    let size = 4 * (chunk.sequences * layout.length * layout.shape.width.length()) as u64;
    Place { size, ..buffers.stream(chunk.number) }
}

/// Sends the rotary table of a chunk of a group that begins with some sequence.
pub(crate) async fn send_table<W: Watch>(
    chunk: Chunk,
    first: usize,
    layout: &Layout,
    buffers: &Buffers,
    sequences: &Sequences,
    recorder: &mut Recorder<'_, '_, W>,
) -> Result<(), EvaluateError> {
    let first = first + chunk.first;
    let positions = sequences.positions(first..first + chunk.sequences);
    let angles = RotaryTable::of(positions, layout.config.head_width());
    let values = [angles.cosines(), angles.sines()].concat();
    recorder.write(buffers.table(chunk.number), bytemuck::cast_slice(&values)).await
}
