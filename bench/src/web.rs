//! The same in a browser's worker.

use crate::{Graph, Sizes};
use js_sys::{Float64Array, Function};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};
use wasm_core::score::cpu::OneThread;

/// A graph in a worker.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scoring(Graph);

#[wasm_bindgen]
impl Scoring {
    /// Opens a safetensors file. `sizes`: width, heads, layers, feed-forward width, positions.
    #[wasm_bindgen(constructor)]
    pub fn new(file: Vec<u8>, tokens: Vec<u32>, sizes: &[usize]) -> Result<Self, JsError> {
        let [width, heads, layers, hidden, length] = *sizes else {
            return Err(JsError::new("there are five sizes"));
        };
        let graph = Graph::open(file, tokens, Sizes { width, heads, layers, hidden, length });
        graph.map(Self).map_err(|error| JsError::new(&format!("{error:#}")))
    }

    /// Evaluates once: milliseconds of computing and of reading, and the cross-entropy.
    pub fn run(&self, clock: &Function) -> Result<Float64Array, JsError> {
        let clock = || {
            let told = clock.call0(&JsValue::NULL).ok();
            told.and_then(|told| told.as_f64()).unwrap_or(f64::NAN)
        };
        let sample =
            self.0.run(OneThread, clock).map_err(|error| JsError::new(&format!("{error:#}")))?;
        Ok(Float64Array::from(&[sample.computing, sample.reading, sample.cross_entropy][..]))
    }
}
