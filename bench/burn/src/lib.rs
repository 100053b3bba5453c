//! The graphs in burn, as somebody would write them who picks it: in a browser, on the CPU or on WebGPU.

mod model;

use burn::tensor::Device;
use model::{Model, Sizes};
use std::fmt::Debug;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// A graph, its weights on a device, and the tokens that it is to see.
#[wasm_bindgen]
pub struct Burn {
    model: Model,
    tokens: Vec<i32>,
}

#[wasm_bindgen]
impl Burn {
    /// Opens a safetensors file. `sizes`: width, heads, layers, feed-forward width, positions.
    pub async fn open(file: Vec<u8>, tokens: Vec<i32>, sizes: Vec<usize>) -> Result<Self, JsError> {
        let [width, heads, layers, _, length] = sizes[..] else {
            return Err(JsError::new("there are five sizes"));
        };
        let sizes = Sizes { width, heads, layers, length };
        let model = Model::open(&file, sizes, device().await?).map_err(failed)?;
        Ok(Self { model, tokens })
    }

    /// The logits of all tokens.
    pub async fn run(&self) -> Result<Vec<f32>, JsError> {
        let logits = self.model.logits(&self.tokens);
        logits.into_data_async().await.map_err(failed)?.try_to_vec::<f32>().map_err(failed)
    }
}

fn failed(error: impl Debug) -> JsError {
    JsError::new(&format!("{error:?}"))
}

#[cfg(feature = "webgpu")]
async fn device() -> Result<Device, JsError> {
    Device::wgpu_options().init_async().await.map_err(failed)
}

#[cfg(not(feature = "webgpu"))]
#[expect(clippy::unused_async, reason = "a graphics device has to be asked for")]
async fn device() -> Result<Device, JsError> {
    Ok(Device::flex())
}
