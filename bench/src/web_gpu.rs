//! A graph on the graphics device of a browser.

use crate::web::{graph, told};
use crate::{Graph, MEMORY};
use gpu::{Gpu, GpuEngine};
use js_sys::{Float64Array, Function};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::score::{Engine as _, Unwatched};

/// A graph, and a device with its kernels chosen.
#[wasm_bindgen]
#[derive(Debug)]
pub struct GpuScoring {
    graph: Graph,
    gpu: Gpu,
}

#[wasm_bindgen]
impl GpuScoring {
    /// Opens a device and a safetensors file. `sizes`: width, heads, layers, feed-forward width, positions.
    pub async fn open(file: Vec<u8>, tokens: Vec<u32>, sizes: Vec<usize>) -> Result<Self, JsError> {
        let graph = graph(file, tokens, &sizes)?;
        let gpu = Gpu::open().await?;
        gpu.choice().await?;
        Ok(Self { graph, gpu })
    }

    /// The device, and the kernels that suit it.
    pub async fn device(&self) -> Result<String, JsError> {
        Ok(format!("{}, {}", self.gpu.name(), self.gpu.choice().await?))
    }

    /// Evaluates once: milliseconds, the weights' way to the device included, and the cross-entropy.
    pub async fn run(&self, clock: Function) -> Result<Float64Array, JsError> {
        let Graph { model, sequences } = &self.graph;
        let mut engine = GpuEngine::new(&self.gpu, MEMORY);
        let start = told(&clock);
        let score = engine.evaluate(model, sequences, 0, &mut Unwatched).await?;
        let computing = told(&clock) - start;
        let batch = score.batches.first().ok_or_else(|| JsError::new("there is one batch"))?;
        Ok(Float64Array::from(&[computing, batch.cross_entropy][..]))
    }
}
