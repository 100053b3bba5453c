//! What the device is told to do, in portions: short enough that it stays responsive and that one can
//! cancel, few enough in flight that no memory piles up, and no waiting in between.

use crate::clock;
use crate::device::Gpu;
use crate::probe::Choice;
use futures::channel::oneshot;
use std::collections::VecDeque;
use std::sync::Arc;
use wasm_core::score::EvaluateError;
use wasm_core::score::engine::{Watch, Watched};
use wasm_core::score::kernels::Kernel;

/// Seconds that a portion should take at most. Drivers end what takes some seconds.
const PORTION: f64 = 0.3;
/// Portions that the device has not finished, while the next is put together.
const IN_FLIGHT: usize = 2;
/// Bytes from one kernel's parameters to the next's: what every device can take.
const PARAMETERS: usize = 256;

/// How large portions are. What is written waits in memory of its own until the device takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Staging {
    /// Bytes that are written in one portion.
    written: u64,
    /// Kernels of one portion.
    kernels: usize,
}

impl Staging {
    /// From what keeps any device busy to what still works.
    const ALL: [Self; 4] = [
        Self { written: 4 << 20, kernels: 512 },
        Self { written: 1 << 20, kernels: 256 },
        Self { written: 256 << 10, kernels: 128 },
        Self { written: 64 << 10, kernels: 64 },
    ];

    /// Those to choose from where no more is written at once than so many bytes, the best first.
    pub(crate) fn for_writes(most: u64) -> impl Iterator<Item = Self> {
        let smallest = Self::ALL.iter().rposition(|staging| staging.written >= most);
        Self::ALL.into_iter().skip(smallest.unwrap_or(0))
    }

    /// Bytes of what is written and waits to be taken, at most.
    pub(crate) const fn waiting(self) -> u64 {
        (IN_FLIGHT as u64 + 1) * (self.written + self.parameters())
    }

    /// Bytes of the device's memory that a recorder takes, with what is on its way.
    pub(crate) const fn bytes(self) -> u64 {
        self.parameters() + self.waiting()
    }

    /// Bytes of a portion's parameters.
    const fn parameters(self) -> u64 {
        (PARAMETERS * self.kernels) as u64
    }
}

/// Part of a buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'b> {
    pub(crate) buffer: &'b wgpu::Buffer,
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

impl<'b> Place<'b> {
    /// All of a buffer.
    pub(crate) fn all(buffer: &'b wgpu::Buffer) -> Self {
        Self { buffer, offset: 0, size: buffer.size() }
    }
}

/// A kernel that is to run.
struct Dispatch {
    pipeline: Arc<crate::pipelines::Pipeline>,
    bound: wgpu::BindGroup,
    parameters: u32,
    groups: [u32; 3],
}

/// A portion that was submitted.
struct Portion {
    sent: Submission,
    submitted: f64,
    operations: f64,
    work: u64,
    layers: u64,
}

/// Puts together what the device is to do, and sends it off.
pub(crate) struct Recorder<'g, 'w, W> {
    pub(crate) gpu: &'g Gpu,
    pub(crate) choice: Choice,
    watched: Watched<'w, W>,
    staging: Staging,
    parameters: wgpu::Buffer,
    words: Vec<u8>,
    dispatches: Vec<Dispatch>,
    operations: f64,
    written: u64,
    work: u64,
    layers: u64,
    in_flight: VecDeque<Portion>,
    /// Operations a second, as measured.
    rate: f64,
    last_done: f64,
}

impl<W> std::fmt::Debug for Recorder<'_, '_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("rate", &self.rate).finish_non_exhaustive()
    }
}

impl<W> Drop for Recorder<'_, '_, W> {
    fn drop(&mut self) {
        self.parameters.destroy();
    }
}

impl<'g, 'w, W: Watch> Recorder<'g, 'w, W> {
    pub(crate) fn new(
        gpu: &'g Gpu,
        choice: Choice,
        staging: Staging,
        watched: Watched<'w, W>,
    ) -> Self {
        let parameters = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("parameters"),
            size: staging.parameters(),
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            gpu,
            choice,
            watched,
            staging,
            parameters,
            words: Vec::new(),
            dispatches: Vec::new(),
            operations: 0.0,
            written: 0,
            work: 0,
            layers: 0,
            in_flight: VecDeque::new(),
            rate: choice.operations_per_second,
            last_done: 0.0,
        }
    }

    /// Operations that a portion may have.
    pub(crate) fn allowance(&self) -> f64 {
        (self.rate * PORTION).max(1e6)
    }

    /// Has a kernel run after all that was recorded before. Groups beyond what a dimension takes go
    /// to the second dimension.
    pub(crate) fn run(
        &mut self,
        kernel: &Kernel,
        parameters: &[u32],
        places: &[Place<'_>],
        groups: [u32; 3],
        operations: f64,
    ) {
        if self.dispatches.len() == self.staging.kernels {
            self.submit();
        }
        let pipeline = self.gpu.pipelines.get(&self.gpu.device, kernel);
        let own = Place { buffer: &self.parameters, offset: 0, size: PARAMETERS as u64 };
        let bound = bind(&self.gpu.device, kernel, &pipeline.layout, own, places);
        let start = self.words.len();
        self.words.extend_from_slice(bytemuck::cast_slice(parameters));
        self.words.resize(start + PARAMETERS, 0);
        let parameters = u32::try_from(start).expect("a portion's parameters are few");
        self.dispatches.push(Dispatch { pipeline, bound, parameters, groups });
        self.operations += operations;
    }

    /// So many positions will have passed a half-layer.
    pub(crate) const fn note_work(&mut self, positions: u64) {
        self.work += positions;
    }

    /// A layer will have been passed.
    pub(crate) const fn note_layer(&mut self) {
        self.layers += 1;
    }

    /// Bytes of weights were read.
    pub(crate) async fn note_read(&mut self, bytes: u64) -> Result<(), EvaluateError> {
        self.watched.read(bytes).await
    }

    /// Writes to a buffer after all that was recorded before.
    pub(crate) async fn write(
        &mut self,
        place: Place<'_>,
        bytes: &[u8],
    ) -> Result<(), EvaluateError> {
        if !self.dispatches.is_empty() {
            self.submit();
        }
        let (mut offset, mut left) = (place.offset, bytes);
        while !left.is_empty() {
            let room = usize::try_from(self.staging.written - self.written).unwrap_or(usize::MAX);
            let (piece, rest) = left.split_at(left.len().min(room));
            self.gpu.queue.write_buffer(place.buffer, offset, piece);
            offset += piece.len() as u64;
            self.written += piece.len() as u64;
            left = rest;
            if self.written >= self.staging.written {
                self.submit();
                self.settle(IN_FLIGHT).await?;
            }
        }
        Ok(())
    }

    /// Fills part of a buffer with zeros, after all that was recorded before.
    pub(crate) fn clear(&mut self, place: Place<'_>) {
        self.submit_with(|encoder| {
            encoder.clear_buffer(place.buffer, place.offset, Some(place.size));
        });
    }

    /// Sends off what was recorded if it is enough, and waits if too much is in flight.
    pub(crate) async fn pace(&mut self) -> Result<(), EvaluateError> {
        if self.operations >= self.allowance() {
            self.submit();
        }
        self.settle(IN_FLIGHT).await
    }

    /// Sends off what was recorded.
    pub(crate) fn submit(&mut self) {
        self.submit_with(|_| ());
    }

    fn submit_with(&mut self, then: impl FnOnce(&mut wgpu::CommandEncoder)) {
        let mut encoder =
            self.gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        if !self.dispatches.is_empty() {
            self.gpu.queue.write_buffer(&self.parameters, 0, &self.words);
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in &self.dispatches {
                let [x, y, z] = dispatch.groups;
                pass.set_pipeline(&dispatch.pipeline.pipeline);
                pass.set_bind_group(0, &dispatch.bound, &[dispatch.parameters]);
                pass.dispatch_workgroups(x, y, z);
            }
        }
        then(&mut encoder);
        let sent = Submission::of(self.gpu, encoder);
        let submitted = clock::seconds();
        let (operations, work, layers) = (self.operations, self.work, self.layers);
        self.in_flight.push_back(Portion { sent, submitted, operations, work, layers });
        self.words.clear();
        self.dispatches.clear();
        (self.operations, self.written, self.work, self.layers) = (0.0, 0, 0, 0);
    }

    /// Waits until no more than so many portions are in flight.
    async fn settle(&mut self, most: usize) -> Result<(), EvaluateError> {
        while self.in_flight.len() > most {
            let Some(portion) = self.in_flight.pop_front() else { break };
            portion.sent.done(self.gpu).await?;
            let now = clock::seconds();
            let took = now - portion.submitted.max(self.last_done);
            self.last_done = now;
            // Short times are too coarse to tell anything.
            if portion.operations > 0.0 && took > 0.02 {
                self.rate = 0.5 * (self.rate + portion.operations / took);
            }
            self.watched.worked(portion.work).await?;
            for _ in 0..portion.layers {
                self.watched.layer_passed().await?;
            }
        }
        Ok(())
    }

    /// Reads buffers as they are after all that was recorded before, through one that the host can
    /// see.
    pub(crate) async fn read(
        &mut self,
        places: &[Place<'_>],
        through: &wgpu::Buffer,
    ) -> Result<Vec<f32>, EvaluateError> {
        let mut values = Vec::new();
        self.read_to(places, through, &mut values).await?;
        Ok(values)
    }

    /// The same to memory that is used again.
    pub(crate) async fn read_to(
        &mut self,
        places: &[Place<'_>],
        through: &wgpu::Buffer,
        values: &mut Vec<f32>,
    ) -> Result<(), EvaluateError> {
        self.submit_with(|encoder| {
            let mut end = 0;
            for place in places {
                let (buffer, offset, size) = (place.buffer, place.offset, place.size);
                encoder.copy_buffer_to_buffer(buffer, offset, through, end, size);
                end += size;
            }
        });
        self.settle(0).await?;
        let size = places.iter().map(|place| place.size).sum();
        map(self.gpu, through, size, values).await
    }
}

/// Binds a kernel's parameters and its other places in their order.
pub(crate) fn bind(
    device: &wgpu::Device,
    kernel: &Kernel,
    layout: &wgpu::BindGroupLayout,
    parameters: Place<'_>,
    places: &[Place<'_>],
) -> wgpu::BindGroup {
    debug_assert_eq!(places.len() + 1, kernel.bindings.len(), "{}", kernel.name);
    let all = std::iter::once(&parameters).chain(places);
    let entries: Vec<_> = (0..)
        .zip(all)
        .map(|(binding, place)| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: place.buffer,
                offset: place.offset,
                size: wgpu::BufferSize::new(place.size),
            }),
        })
        .collect();
    let label = Some(kernel.name);
    device.create_bind_group(&wgpu::BindGroupDescriptor { label, layout, entries: &entries })
}

/// Commands that were sent off.
pub(crate) struct Submission {
    index: wgpu::SubmissionIndex,
    done: oneshot::Receiver<()>,
}

impl Submission {
    /// Sends off what was encoded.
    pub(crate) fn of(gpu: &Gpu, encoder: wgpu::CommandEncoder) -> Self {
        let index = gpu.queue.submit([encoder.finish()]);
        let (tell, done) = oneshot::channel();
        gpu.queue.on_submitted_work_done(move || {
            // Nobody may wait any more.
            let _ = tell.send(());
        });
        Self { index, done }
    }

    /// Waits until the device has done it.
    pub(crate) async fn done(self, gpu: &Gpu) -> Result<(), EvaluateError> {
        let waiting = wgpu::PollType::Wait { submission_index: Some(self.index), timeout: None };
        if let Err(error) = gpu.device.poll(waiting) {
            gpu.failures.check()?;
            return Err(EvaluateError::DeviceFailed(error.to_string()));
        }
        // A device that is lost may tell nobody that it is done.
        let told = self.done.await;
        gpu.failures.check()?;
        told.map_err(|_| EvaluateError::DeviceLost("it does not answer".to_owned()))
    }
}

/// Makes values those at the start of a buffer that the host can see, so many bytes of them.
pub(crate) async fn map(
    gpu: &Gpu,
    buffer: &wgpu::Buffer,
    size: u64,
    values: &mut Vec<f32>,
) -> Result<(), EvaluateError> {
    let (tell, told) = oneshot::channel();
    buffer.map_async(wgpu::MapMode::Read, 0..size, move |result| {
        // Nobody may wait any more.
        let _ = tell.send(result);
    });
    if let Err(error) = gpu.device.poll(wgpu::PollType::wait_indefinitely()) {
        gpu.failures.check()?;
        return Err(EvaluateError::DeviceFailed(error.to_string()));
    }
    let result = told.await;
    gpu.failures.check()?;
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(EvaluateError::DeviceLost(error.to_string())),
        Err(_) => return Err(EvaluateError::DeviceLost("it does not answer".to_owned())),
    }
    let view = buffer
        .get_mapped_range(0..size)
        .map_err(|error| EvaluateError::DeviceFailed(error.to_string()))?;
    values.resize(view.len() / size_of::<f32>(), 0.0);
    bytemuck::cast_slice_mut::<f32, u8>(values).copy_from_slice(&view[..]);
    drop(view);
    buffer.unmap();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Staging;

    #[test]
    fn a_small_model_needs_small_portions() {
        let best = |most| Staging::for_writes(most).next().map(|staging| staging.written);
        assert_eq!(best(1), Some(64 << 10));
        assert_eq!(best(64 << 10), Some(64 << 10));
        assert_eq!(best((64 << 10) + 1), Some(256 << 10));
        assert_eq!(best(300 << 20), Some(4 << 20));
        let all: Vec<_> = Staging::for_writes(1 << 30).map(Staging::bytes).collect();
        assert_eq!(all.len(), 4);
        assert!(all.is_sorted_by(|one, next| one > next));
    }
}
