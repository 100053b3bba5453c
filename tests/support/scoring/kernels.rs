//! The CPU's kernels against every intermediate value of a small case.

use super::manifest::Trace;
use super::{Source, Vectors, contract, safetensors};
use crate::Count;
use anyhow::{Context as _, Result, ensure};
use std::collections::BTreeMap;
use wasm_core::score::arrgen::standard_normal;
use wasm_core::score::cpu::Level;
use wasm_core::score::cpu::attention::{Memory, attend};
use wasm_core::score::cpu::cross_entropy::cross_entropy;
use wasm_core::score::cpu::gelu::gelu;
use wasm_core::score::cpu::layer_norm::layer_norm;
use wasm_core::score::cpu::matrix::{Left, Packed};
use wasm_core::score::cpu::rotate::rotate;
use wasm_core::score::cpu::sig_reg::sig_reg;
use wasm_core::score::noise::directions;
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::weights_file::BlockBuffer;
use wasm_core::score::{LayerTensor, ModelConfig, ModelTensor, SLICES, WeightsFile};

/// The values of a trace, and what has been compared with them.
struct Traced {
    values: BTreeMap<String, Vec<f32>>,
    compared: usize,
}

impl Traced {
    fn get(&self, name: &str) -> Result<&[f32]> {
        self.values.get(name).map(Vec::as_slice).with_context(|| format!("no {name}"))
    }

    /// The values of one sequence.
    fn row(&self, name: &str, row: usize, rows: usize) -> Result<&[f32]> {
        let values = self.get(name)?;
        let size = values.len() / rows;
        Ok(&values[row * size..(row + 1) * size])
    }

    fn compare(&mut self, name: &str, actual: &[f32], rows: Option<(usize, usize)>) -> Result<()> {
        let expected = match rows {
            Some((row, rows)) => self.row(name, row, rows)?,
            None => self.get(name)?,
        };
        ensure!(actual.len() == expected.len(), "{name}: {} values", actual.len());
        for (at, (actual, expected)) in actual.iter().zip(expected).enumerate() {
            let allowed = 2e-6 * expected.abs().max(1.0);
            ensure!(
                (actual - expected).abs() <= allowed,
                "{name}, value {at}: {actual} {expected}"
            );
        }
        self.compared += 1;
        Ok(())
    }
}

/// A model's tensors, whole.
struct Model {
    level: Level,
    config: ModelConfig,
    tensors: BTreeMap<ModelTensor, Vec<f32>>,
}

impl Model {
    async fn read(level: Level, file: &WeightsFile<Source>) -> Result<Self> {
        let (config, mut buffer) = (*file.config(), BlockBuffer::default());
        let mut tensors = BTreeMap::new();
        for tensor in ModelTensor::all(&config) {
            let (rows, columns) = tensor.rows_and_columns(&config);
            let mut values = Vec::new();
            for block in file.blocks(tensor, 0..rows, 0..columns) {
                values.extend_from_slice(file.read(&block, &mut buffer).await?);
            }
            tensors.insert(tensor, values);
        }
        Ok(Self { level, config, tensors })
    }

    fn norm(&self, x: &[f32], gamma: ModelTensor, beta: ModelTensor) -> Vec<f32> {
        let mut out = vec![0.0; x.len()];
        layer_norm(self.level, x, &self.tensors[&gamma], &self.tensors[&beta], &mut out);
        out
    }

    fn dense(&self, x: &[f32], weight: ModelTensor, bias: ModelTensor) -> Vec<f32> {
        let (depth, columns) = weight.rows_and_columns(&self.config);
        let packed = Packed::of_rows(self.level, columns, &self.tensors[&weight]);
        let rows = x.len() / depth;
        let mut out = self.tensors[&bias].repeat(rows);
        let left = Left { values: x, stride: depth, rows, columns: depth };
        packed.add_product(self.level, left, columns, &mut out, columns, &mut Vec::new());
        out
    }
}

/// Checks one layer of one sequence; each kernel is given what the trace has before it.
fn layer(
    model: &Model,
    traced: &mut Traced,
    number: usize,
    table: &RotaryTable,
    at: (usize, usize),
) -> Result<()> {
    let of = |tensor| ModelTensor::Layer(number, tensor);
    let name = |part: &str| format!("layer{number}.{part}");
    let before =
        if number == 0 { "embedding".to_owned() } else { format!("layer{}.out", number - 1) };
    let (row, rows) = at;
    let (level, width) = (model.level, model.config.width());
    let input = |traced: &Traced, name: &str| traced.row(name, row, rows).map(<[f32]>::to_vec);

    let x = input(traced, &before)?;
    let h = model.norm(&x, of(LayerTensor::Norm1Gamma), of(LayerTensor::Norm1Beta));
    traced.compare(&name("norm_1"), &h, Some(at))?;

    let h = input(traced, &name("norm_1"))?;
    let positions = h.len() / width;
    let mut q = model.dense(&h, of(LayerTensor::Query), of(LayerTensor::QueryBias));
    rotate(level, table, 0..positions, width, &mut q);
    traced.compare(&name("q_rope"), &q, Some(at))?;
    let mut k = model.dense(&h, of(LayerTensor::Key), of(LayerTensor::KeyBias));
    rotate(level, table, 0..positions, width, &mut k);
    traced.compare(&name("k_rope"), &k, Some(at))?;
    let v = model.dense(&h, of(LayerTensor::Value), of(LayerTensor::ValueBias));
    traced.compare(&name("v"), &v, Some(at))?;

    let (heads, head_width) = (model.config.heads(), model.config.head_width());
    let mut memory = Memory::new(level, heads, head_width, positions);
    memory.write(0, &input(traced, &name("k_rope"))?, &input(traced, &name("v"))?);
    let mut context = vec![0.0; h.len()];
    let queries = input(traced, &name("q_rope"))?;
    let scratch = (&mut Vec::new(), &mut Vec::new());
    attend(level, &memory, 0, &queries, &mut context, scratch);
    traced.compare(&name("context"), &context, Some(at))?;

    let context = input(traced, &name("context"))?;
    let found = model.dense(&context, of(LayerTensor::Output), of(LayerTensor::OutputBias));
    traced.compare(&name("attn_out"), &found, Some(at))?;

    let x = input(traced, &name("after_attn"))?;
    let g = model.norm(&x, of(LayerTensor::Norm2Gamma), of(LayerTensor::Norm2Beta));
    traced.compare(&name("norm_2"), &g, Some(at))?;
    let g = input(traced, &name("norm_2"))?;
    let inner = model.dense(&g, of(LayerTensor::Inner), of(LayerTensor::InnerBias));
    traced.compare(&name("ffn_inner"), &inner, Some(at))?;
    let mut hidden = input(traced, &name("ffn_inner"))?;
    gelu(level, &mut hidden);
    traced.compare(&name("gelu"), &hidden, Some(at))?;
    let hidden = input(traced, &name("gelu"))?;
    let out = model.dense(&hidden, of(LayerTensor::Outer), of(LayerTensor::OuterBias));
    traced.compare(&name("ffn_out"), &out, Some(at))
}

/// Checks what comes after the layers of one sequence.
fn head(
    model: &Model,
    traced: &mut Traced,
    targets: &[u32],
    seed: u64,
    at: (usize, usize),
) -> Result<()> {
    let (row, rows) = at;
    let (level, width) = (model.level, model.config.width());
    let input = |traced: &Traced, name: &str| traced.row(name, row, rows).map(<[f32]>::to_vec);
    let last = format!("layer{}.out", model.config.layers() - 1);
    let x = input(traced, &last)?;
    let r = model.norm(&x, ModelTensor::FinalGamma, ModelTensor::FinalBeta);
    traced.compare("final_norm", &r, Some(at))?;
    let r = input(traced, "final_norm")?;
    let logits = model.dense(&r, ModelTensor::Predictor, ModelTensor::PredictorBias);
    traced.compare("logits", &logits, Some(at))?;
    let mut losses = Vec::new();
    cross_entropy(level, &input(traced, "logits")?, targets, &mut losses);
    traced.compare("nll_masked", &losses, Some(at))?;

    let directions = Packed::of_rows(level, SLICES, &directions(seed, 0, width));
    let mut projections = vec![0.0; targets.len() * SLICES];
    let left = Left { values: &r, stride: width, rows: targets.len(), columns: width };
    directions.add_product(level, left, SLICES, &mut projections, SLICES, &mut Vec::new());
    traced.compare("projection", &projections, Some(at))?;
    let mut sig_regs = Vec::new();
    sig_reg(level, &input(traced, "projection")?, &mut sig_regs);
    traced.compare("sig_reg_per_token", &sig_regs, Some(at))
}

/// Checks every kernel against a trace.
///
/// # Errors
/// Where a value deviates.
pub async fn check(vectors: &Vectors, trace: &Trace, level: Level) -> Result<Count> {
    let file = vectors.file(&trace.file, &trace.sha256)?;
    for entry in safetensors::entries(&file)? {
        ensure!(trace.shapes.get(&entry.name) == Some(&entry.shape), "shape of {}", entry.name);
    }
    let mut traced = Traced { values: safetensors::values(&file)?, compared: 0 };
    let mut cases = vectors.manifest.cases.iter();
    let case = cases.find(|case| case.id == trace.case).context("the case of the trace")?;
    let sequences = contract::sequences(vectors, case)?;
    let model = Model::read(level, &vectors.model(&case.weights).await?).await?;
    let (rows, width) = (sequences.rows(), model.config.width());

    traced.compare("noise", &standard_normal(case.seed.0, width * SLICES), None)?;
    traced.compare("unit_noise", &directions(case.seed.0, 0, width), None)?;
    for row in 0..rows {
        let positions = sequences.positions(row..row + 1);
        let table = RotaryTable::of(positions, model.config.head_width());
        for number in 0..model.config.layers() {
            layer(&model, &mut traced, number, &table, (row, rows))?;
        }
        head(&model, &mut traced, sequences.targets(row..row + 1), case.seed.0, (row, rows))?;
    }
    Ok(Count::of("tensors of traces", traced.compared))
}
