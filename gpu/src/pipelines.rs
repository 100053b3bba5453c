//! Kernels, compiled: each when it is first used, and once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wasm_core::score::kernels::{Binding, Kernel};

/// A compiled kernel.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) pipeline: wgpu::ComputePipeline,
    pub(crate) layout: wgpu::BindGroupLayout,
}

/// The compiled kernels of a device.
#[derive(Debug, Default)]
pub(crate) struct Pipelines(Mutex<HashMap<(&'static str, u32), Arc<Pipeline>>>);

impl Pipelines {
    /// A kernel, compiled. What is wrong with it shows as an error of the device.
    pub(crate) fn get(&self, device: &wgpu::Device, kernel: &Kernel) -> Arc<Pipeline> {
        let mut compiled = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pipeline = compiled
            .entry((kernel.name, kernel.parts))
            .or_insert_with(|| Arc::new(compile(device, kernel)));
        Arc::clone(pipeline)
    }
}

fn compile(device: &wgpu::Device, kernel: &Kernel) -> Pipeline {
    let entries: Vec<_> = (0..)
        .zip(kernel.bindings)
        .map(|(binding, what)| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: match what {
                    Binding::Parameters => wgpu::BufferBindingType::Uniform,
                    Binding::Read => wgpu::BufferBindingType::Storage { read_only: true },
                    Binding::Write => wgpu::BufferBindingType::Storage { read_only: false },
                },
                has_dynamic_offset: *what == Binding::Parameters,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    let label = Some(kernel.name);
    let layout = device
        .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label, entries: &entries });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &[Some(&layout)],
        immediate_size: 0,
    });
    // A browser wants to be told; what reads kernels elsewhere does not know the words yet.
    let source = if kernel.subgroups && cfg!(target_arch = "wasm32") {
        format!("enable subgroups;\n{}", kernel.source).into()
    } else {
        kernel.source.into()
    };
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label,
        source: wgpu::ShaderSource::Wgsl(source),
    });
    let parts = [(Kernel::PARTS, f64::from(kernel.parts))];
    let constants = if kernel.parts == 0 { &[][..] } else { &parts };
    let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label,
        layout: Some(&pipeline_layout),
        module: &module,
        entry_point: Some("main"),
        compilation_options: wgpu::PipelineCompilationOptions {
            constants,
            ..wgpu::PipelineCompilationOptions::default()
        },
        cache: None,
    });
    Pipeline { pipeline, layout }
}
