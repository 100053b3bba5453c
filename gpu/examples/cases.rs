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
    use std::rc::Rc;
    use tests::scoring::Vectors;
    use tests::scoring::manifest::Case;
    use tests::scoring::table::Table;
    use tests::scoring::{cases, contract};
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen::{JsCast as _, JsError, JsValue};

    const BACK_END: &str = "gpu-browser";

    /// The vectors and a device.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Bench {
        vectors: Vectors,
        full_width: Vectors,
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
            let known = Rc::new(known);
            let open = || {
                let known = Rc::clone(&known);
                let read = move |path: &str| {
                    let bytes: &Vec<u8> = known.get(path).with_context(|| format!("no {path}"))?;
                    Ok(Cow::Owned(bytes.clone()))
                };
                Vectors::open(Box::new(read))
            };
            let vectors = open().map_err(|error| told(&error))?;
            let full_width = open().and_then(Vectors::of_full_width);
            let full_width = full_width.map_err(|error| told(&error))?;
            let gpu = Gpu::open().await.map_err(|error| JsError::new(&error.to_string()))?;
            // Trials of kernels take memory, too.
            gpu.choice().await?;
            Ok(Self { vectors, full_width, gpu })
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
            let cases = self.all_cases().filter(|(_, case)| !case.heavy);
            cases.map(|(_, case)| case.id.clone()).collect()
        }

        fn all_cases(&self) -> impl Iterator<Item = (&Vectors, &Case)> {
            let cases = |vectors| move |case| (vectors, case);
            let own = self.full_width.manifest.cases.iter().map(cases(&self.full_width));
            self.vectors.manifest.cases.iter().map(cases(&self.vectors)).chain(own)
        }

        fn case(&self, id: &str) -> Result<(&Vectors, &Case), JsError> {
            let found = self.all_cases().find(|(_, case)| case.id == id);
            found.ok_or_else(|| JsError::new("no case"))
        }

        fn engine(&self, mebibytes: u32) -> GpuEngine<'_> {
            GpuEngine::new(&self.gpu, u64::from(mebibytes) << 20)
        }

        /// Evaluates a case within some memory and tells its row of the table of deviations.
        pub async fn check(&self, id: String, mebibytes: u32) -> Result<String, JsError> {
            let (vectors, case) = self.case(&id)?;
            let checked = cases::check(&mut self.engine(mebibytes), vectors, case).await;
            let row = checked.map(|deviation| Table::row(BACK_END, case, &deviation));
            row.map_err(|error| told(&error))
        }

        /// Bytes of buffers that are planned for a case.
        pub fn planned(&self, id: &str, mebibytes: u32) -> Result<f64, JsError> {
            let (vectors, case) = self.case(id)?;
            let config = vectors.config(&case.config).map_err(|error| told(&error))?;
            let sequences = contract::sequences(vectors, case).map_err(|error| told(&error))?;
            let report = self.engine(mebibytes).plan(&config, &sequences)?;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            Ok(report.buffers as f64)
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
