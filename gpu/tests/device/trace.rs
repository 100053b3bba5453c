//! Kernels against every intermediate value of a small case; each is given what the trace has before.

use crate::bench::{VARIANTS, gpu, vectors};
use crate::run::{self, Parts};
use futures::executor::block_on;
use gpu::{Gpu, Variant};
use std::collections::BTreeMap;
use tests::scoring::{contract, safetensors};
use wasm_core::score::noise::directions;
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::{SLICES, VOCABULARY};

struct Bench<'g> {
    gpu: &'g Gpu,
    variant: Variant,
    weights: BTreeMap<String, Vec<f32>>,
    trace: BTreeMap<String, Vec<f32>>,
    rows: usize,
    compared: usize,
}

impl Bench<'_> {
    /// What the trace has of one sequence.
    fn traced(&self, name: &str, row: usize) -> Vec<f32> {
        let values = &self.trace[name];
        let size = values.len() / self.rows;
        values[row * size..(row + 1) * size].to_vec()
    }

    #[track_caller]
    fn compare(&mut self, name: &str, row: usize, actual: &[f32]) {
        let expected = self.traced(name, row);
        assert_eq!(actual.len(), expected.len(), "{name}");
        for (actual, expected) in actual.iter().zip(&expected) {
            let allowed = 3e-6 * expected.abs().max(1.0);
            assert!((actual - expected).abs() <= allowed, "{name}: {actual}, not {expected}");
        }
        self.compared += 1;
    }

    fn norm(&self, x: &[f32], name: &str) -> Vec<f32> {
        let part = |part: &str| &self.weights[&format!("{name}.{part}")][..];
        let (gamma, beta) = (part("gamma"), part("beta"));
        run::layer_norm(self.gpu, self.variant.is_flat(), x, gamma, beta, gamma.len())
    }

    fn dense(&self, x: &[f32], name: &str, gelu: bool) -> Vec<f32> {
        let part = |part: &str| &self.weights[&format!("{name}.{part}")][..];
        let (weight, bias) = (part("weight"), part("bias"));
        let depth = weight.len() / bias.len();
        let shape = [x.len() / depth, depth, bias.len(), 1];
        let parts = Parts { bias: Some(bias), gelu, add_to: None };
        run::product(self.gpu, self.variant, shape, x, weight, parts)
    }

    fn layer(&mut self, layer: usize, heads: usize, table: &RotaryTable, row: usize) {
        let name = |part: &str| format!("layer{layer}.{part}");
        let tensor = |part: &str| format!("encoder.layers.{layer}.{part}");
        let before =
            if layer == 0 { "embedding".to_owned() } else { format!("layer{}.out", layer - 1) };
        let x = self.traced(&before, row);
        let normed = self.norm(&x, &tensor("norm_1"));
        self.compare(&name("norm_1"), row, &normed);
        let h = self.traced(&name("norm_1"), row);
        let q = self.dense(&h, &tensor("attention.query"), false);
        let q = run::rotate(self.gpu, table, 0, (heads, &q), None);
        self.compare(&name("q_rope"), row, &q);
        let k = self.dense(&h, &tensor("attention.key"), false);
        let k = run::rotate(self.gpu, table, 0, (heads, &k), None);
        self.compare(&name("k_rope"), row, &k);
        let v = self.dense(&h, &tensor("attention.value"), false);
        self.compare(&name("v"), row, &v);
        let context = self.traced(&name("context"), row);
        let found = self.dense(&context, &tensor("attention.output"), false);
        self.compare(&name("attn_out"), row, &found);
        let x = self.traced(&name("after_attn"), row);
        let normed = self.norm(&x, &tensor("norm_2"));
        self.compare(&name("norm_2"), row, &normed);
        let g = self.traced(&name("norm_2"), row);
        let hidden = self.dense(&g, &tensor("pwff.linear_inner"), true);
        self.compare(&name("gelu"), row, &hidden);
        let hidden = self.traced(&name("gelu"), row);
        let out = self.dense(&hidden, &tensor("pwff.linear_outer"), false);
        self.compare(&name("ffn_out"), row, &out);
    }

    fn head(&mut self, layers: usize, targets: &[u32], seed: u64, row: usize) {
        let x = self.traced(&format!("layer{}.out", layers - 1), row);
        let r = self.norm(&x, "final_norm");
        self.compare("final_norm", row, &r);
        let r = self.traced("final_norm", row);
        let width = r.len() / targets.len();
        let logits = self.dense(&r, "predictor", false);
        assert_eq!(logits.len(), targets.len() * VOCABULARY);
        self.compare("logits", row, &logits);
        let losses = run::cross_entropy(self.gpu, &self.traced("logits", row), targets);
        self.compare("nll_masked", row, &losses);
        let shape = [targets.len(), width, SLICES, 1];
        let onto = directions(seed, 0, width);
        let projections = run::product(self.gpu, self.variant, shape, &r, &onto, Parts::default());
        self.compare("projection", row, &projections);
        let sig_regs = run::sig_reg(self.gpu, &self.traced("projection", row));
        self.compare("sig_reg_per_token", row, &sig_regs);
    }
}

#[test]
fn kernels_reproduce_every_step_of_a_trace() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    for (trace, variant) in vectors.manifest.traces.iter().flat_map(|t| VARIANTS.map(|v| (t, v))) {
        if !gpu.runs(variant) {
            continue;
        }
        let file = vectors.file(&trace.file, &trace.sha256).unwrap();
        let case = vectors.manifest.cases.iter().find(|case| case.id == trace.case).unwrap();
        let sequences = contract::sequences(&vectors, case).unwrap();
        let model = block_on(vectors.model(&case.weights)).unwrap();
        let mut weights = BTreeMap::new();
        let mut buffer = wasm_core::score::weights_file::BlockBuffer::default();
        let config = *model.config();
        for tensor in wasm_core::score::ModelTensor::all(&config) {
            let (rows, columns) = tensor.rows_and_columns(&config);
            let mut values = Vec::new();
            for block in model.blocks(tensor, 0..rows, 0..columns) {
                values.extend_from_slice(block_on(model.read(&block, &mut buffer)).unwrap());
            }
            weights.insert(tensor.name(), values);
        }
        let (trace, rows) = (safetensors::values(&file).unwrap(), sequences.rows());
        let mut bench = Bench { gpu: &gpu, variant, weights, trace, rows, compared: 0 };
        for row in 0..rows {
            let table = RotaryTable::of(sequences.positions(row..row + 1), config.head_width());
            for layer in 0..config.layers() {
                bench.layer(layer, config.heads(), &table, row);
            }
            bench.head(config.layers(), sequences.targets(row..row + 1), case.seed.0, row);
        }
        assert_eq!(bench.compared, rows * (config.layers() * 8 + 5));
    }
}
