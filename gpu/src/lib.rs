//! The scoring engine on a graphics device: WebGPU in a browser; Vulkan, Metal or DX12 elsewhere.
//! The only room that names wgpu.
//!
//! ```text
//! Gpu::open ─► Gpu ─► GpuEngine, an Engine of the core
//!               │         │ what is where ......... buffers, weights, parking
//!               │         │ what is computed ...... engine, layer, measure, passes
//!               └─────────┴─ in what portions ..... recorder
//! ```
//!
//! The kernels' text, the schedules and all numbers that define a score are the core's. Sums over
//! positions are made on the host, in f64, of what is read back.

mod buffers;
mod clock;
mod device;
mod engine;
mod failure;
mod layer;
mod measure;
mod parking;
mod passes;
mod pipelines;
mod probe;
mod recorder;
mod request;
mod shape;
mod sparing;
mod trial;
mod weights;

pub use buffers::PlanReport;
pub use device::{Gpu, OpenError};
pub use engine::GpuEngine;
pub use probe::{Choice, Variant};
