//! The scoring vectors on WebGPU, for a worker in a browser: `tests/browser/run.mjs` builds a page
//! around it. Natively they are a test.

fn main() {}

#[cfg(target_arch = "wasm32")]
mod web {
    use anyhow::Context as _;
    use gpu::{Gpu, GpuEngine, Variant};
    use js_sys::{Map, Uint8Array};
    use std::borrow::Cow;
    use std::collections::HashMap;
    use tests::scoring::Vectors;
    use tests::scoring::cases;
    use tests::scoring::table::Table;
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen::{JsCast as _, JsError, JsValue};

    const BACK_END: &str = "gpu-browser";

    /// The vectors and a device.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Bench {
        vectors: Vectors,
        gpu: Gpu,
    }

    fn told(error: &anyhow::Error) -> JsError {
        JsError::new(&format!("{error:#}"))
    }

    #[wasm_bindgen]
    impl Bench {
        /// Opens a folder of vectors, given as a map from paths to bytes, and the device.
        pub async fn open(files: Map) -> Result<Self, JsError> {
            let mut known = HashMap::new();
            files.for_each(&mut |bytes: JsValue, path: JsValue| {
                if let (Some(path), Ok(bytes)) = (path.as_string(), bytes.dyn_into::<Uint8Array>())
                {
                    known.insert(path, bytes.to_vec());
                }
            });
            let read = move |path: &str| {
                let bytes: &Vec<u8> = known.get(path).with_context(|| format!("no {path}"))?;
                Ok(Cow::Owned(bytes.clone()))
            };
            let vectors = Vectors::open(Box::new(read)).map_err(|error| told(&error))?;
            let gpu = Gpu::open().await.map_err(|error| JsError::new(&error.to_string()))?;
            Ok(Self { vectors, gpu })
        }

        /// The device.
        pub fn device(&self) -> String {
            let kind = if self.gpu.is_software() { "software" } else { "hardware" };
            format!("{} ({kind})", self.gpu.name())
        }

        /// The heads of what [`check`](Self::check) tells.
        pub fn columns() -> String {
            Table::new(BACK_END).text().trim_end().to_owned()
        }

        /// The cases that take no long time.
        pub fn cases(&self) -> Vec<String> {
            let cases = self.vectors.manifest.cases.iter().filter(|case| !case.heavy);
            cases.map(|case| case.id.clone()).collect()
        }

        /// Evaluates a case within some memory and tells its row of the table of deviations.
        pub async fn check(&self, id: String, mebibytes: f64) -> Result<String, JsError> {
            let mut cases = self.vectors.manifest.cases.iter();
            let case = cases.find(|case| case.id == id).ok_or_else(|| JsError::new("no case"))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole")]
            let memory = (mebibytes as u64) << 20;
            let mut engine = GpuEngine::new(&self.gpu, memory);
            let checked = cases::check(&mut engine, &self.vectors, case).await;
            let row = checked.map(|deviation| Table::row(BACK_END, case, &deviation));
            row.map_err(|error| told(&error))
        }

        /// What the device reaches with each kind of product.
        pub async fn speed(&self) -> Result<String, JsError> {
            let mut lines = String::new();
            for variant in Variant::ALL {
                let rate = self.gpu.operations_per_second(variant).await?;
                lines += &format!("{:20} {:8.2} GFLOP/s\n", variant.kernel().name, rate / 1e9);
            }
            Ok(lines + &format!("chosen: {}", self.gpu.choice().await?))
        }
    }
}
