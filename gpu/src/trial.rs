//! One kernel, run alone: for tests that hold it against its twin.

use crate::device::Gpu;
use crate::failure::Scopes;
use crate::recorder::{Place, Submission, bind, map};
use wasm_core::score::EvaluateError;
use wasm_core::score::kernels::{Binding, Kernel};

impl Gpu {
    /// Runs a kernel once, in so many workgroups. `values` are what is bound after the parameters, in
    /// their order; those that the kernel writes are given back.
    ///
    /// # Errors
    /// Where the device fails.
    pub async fn run(
        &self,
        kernel: &Kernel,
        parameters: &[u32],
        values: &[&[u32]],
        groups: [u32; 3],
    ) -> Result<Vec<Vec<u32>>, EvaluateError> {
        use wgpu::BufferUsages as U;
        let scopes = Scopes::open(&self.device);
        let buffer = |size: u64, usage| {
            let label = Some(kernel.name);
            let descriptor =
                wgpu::BufferDescriptor { label, size, usage, mapped_at_creation: false };
            self.device.create_buffer(&descriptor)
        };
        let own = buffer(256, U::UNIFORM | U::COPY_DST);
        self.queue.write_buffer(&own, 0, bytemuck::cast_slice(parameters));
        let buffers: Vec<_> = values
            .iter()
            .map(|values| {
                let size = (4 * values.len() as u64).next_multiple_of(16);
                let buffer = buffer(size, U::STORAGE | U::COPY_DST | U::COPY_SRC);
                self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
                buffer
            })
            .collect();
        let places: Vec<_> = buffers.iter().map(Place::all).collect();
        let pipeline = self.pipelines.get(&self.device, kernel);
        let bound = bind(&self.device, kernel, &pipeline.layout, Place::all(&own), &places);
        let mut encoder =
            self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &bound, &[0]);
        pass.dispatch_workgroups(groups[0], groups[1], groups[2]);
        drop(pass);
        let is_written =
            |(number, _): &(usize, &&[u32])| kernel.bindings[number + 1] == Binding::Write;
        let written: Vec<_> = values.iter().enumerate().filter(is_written).collect();
        let seen: Vec<_> = written
            .iter()
            .map(|(number, values)| {
                let size = 4 * values.len() as u64;
                let seen = buffer(size, U::MAP_READ | U::COPY_DST);
                encoder.copy_buffer_to_buffer(&buffers[*number], 0, &seen, 0, size);
                seen
            })
            .collect();
        Submission::of(self, encoder).done(self).await?;
        scopes.close().await?;
        let mut results = Vec::new();
        for seen in &seen {
            let mut values = Vec::new();
            map(self, seen, seen.size(), &mut values).await?;
            results.push(values.into_iter().map(f32::to_bits).collect());
        }
        Ok(results)
    }
}
