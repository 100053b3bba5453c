//! Kernels as functions: values in, values out. Sizes are multiples of four here, as on a device; the
//! engine's tests have others.

use futures::executor::block_on;
use gpu::{Gpu, Variant};
use wasm_core::score::kernels::{self, Kernel};
use wasm_core::score::loss::points;
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::{PAD, SLICES, VOCABULARY};

pub(crate) fn word(size: usize) -> u32 {
    u32::try_from(size).unwrap()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().copied().map(f32::to_bits).collect()
}

/// Runs a kernel; its last written values come back.
fn run(
    gpu: &Gpu,
    kernel: &Kernel,
    parameters: &[u32],
    values: &[&[u32]],
    groups: [u32; 3],
) -> Vec<f32> {
    let results = block_on(gpu.run(kernel, parameters, values, groups)).unwrap();
    results.last().unwrap().iter().copied().map(f32::from_bits).collect()
}

/// What a product does besides.
#[derive(Clone, Copy, Default)]
pub(crate) struct Parts<'a> {
    pub(crate) bias: Option<&'a [f32]>,
    pub(crate) gelu: bool,
    pub(crate) add_to: Option<&'a [f32]>,
}

/// `pairs` products of `[rows, depth]` and `[depth, columns]`, one pair after the other.
pub(crate) fn product(
    gpu: &Gpu,
    variant: Variant,
    [rows, depth, columns, pairs]: [usize; 4],
    a: &[f32],
    b: &[f32],
    parts: Parts<'_>,
) -> Vec<f32> {
    let (d, n) = (depth / 4, columns / 4);
    let mut flags = 0;
    flags |= if parts.bias.is_some() { kernels::PRODUCT_BIAS } else { 0 };
    flags |= if parts.gelu { kernels::PRODUCT_GELU } else { 0 };
    flags |= if parts.add_to.is_some() { kernels::PRODUCT_ADD } else { 0 };
    // In sets of two where that is possible.
    let of_set = if pairs.is_multiple_of(2) { 2 } else { 1 };
    let matrix = |stride: usize, size: usize| [0, stride, size, of_set * size];
    let matrices = [matrix(d, rows * d), matrix(n, depth * n), matrix(n, rows * n)];
    let sizes = [&[rows, d, n], matrices.as_flattened(), &[of_set]].concat();
    let sizes: Vec<_> = sizes.into_iter().map(word).collect();
    let parameters = [&sizes[..], &[1.0_f32.to_bits()]].concat();
    // What is there before must not matter, unless it is added to.
    let before = vec![f32::NAN; rows * columns * pairs];
    let c = bits(parts.add_to.unwrap_or(&before));
    let bias = bits(parts.bias.unwrap_or(&[0.0; 4]));
    let [tile_columns, tile_rows] = variant.tile();
    let groups = [n.div_ceil(tile_columns), rows.div_ceil(tile_rows), pairs].map(word);
    let values = [&bits(a)[..], &bits(b), &bias, &c];
    run(gpu, &variant.kernel().with(flags), &parameters, &values, groups)
}

pub(crate) fn layer_norm(
    gpu: &Gpu,
    flat: bool,
    x: &[f32],
    gamma: &[f32],
    beta: &[f32],
    width: usize,
) -> Vec<f32> {
    let rows = x.len() / gamma.len();
    let sizes = [rows, gamma.len() / 4, width, 0].map(word);
    let parameters = [&sizes[..], &[1e-5_f32.to_bits()]].concat();
    let values = [&bits(x)[..], &bits(gamma), &bits(beta), &vec![0; x.len()]];
    // As where there are more rows than a dimension has workgroups.
    let number = |groups: usize| [3, word(groups.div_ceil(3)), 1];
    if flat {
        let groups = number(rows.div_ceil(16));
        run(gpu, &kernels::LAYER_NORM_FLAT, &parameters, &values, groups)
    } else {
        run(gpu, &kernels::LAYER_NORM, &parameters, &values, number(rows))
    }
}

/// Queries, turned; or keys, turned and turned over: `[width, length]`, where `keys` is a length.
pub(crate) fn rotate(
    gpu: &Gpu,
    table: &RotaryTable,
    first: usize,
    (heads, rows): (usize, &[f32]),
    keys: Option<usize>,
) -> Vec<f32> {
    let pairs = table.pairs();
    let (head, width) = (2 * pairs, 2 * pairs * heads);
    let count = rows.len() / width;
    let sines = table.cosines().len();
    let tables = bits(&[table.cosines(), table.sines()].concat());
    let length = keys.unwrap_or(0);
    let sequence = length.max(1);
    let parameters = [count, heads, pairs, head, width, first, sines, sequence, length].map(word);
    if keys.is_some() {
        let groups = [word(count.div_ceil(16)), word((heads * pairs).div_ceil(4)), 1];
        let values = [&tables[..], &bits(rows), &vec![0; width * length]];
        run(gpu, &kernels::ROTATE_KEYS, &parameters, &values, groups)
    } else {
        let groups = [word((heads * pairs).div_ceil(16)), word(count.div_ceil(4)), 1];
        run(gpu, &kernels::ROTATE, &parameters, &[&tables, &bits(rows)], groups)
    }
}

/// Scores that became weights `[heads, rows, stride]`, and which rows see all keys.
pub(crate) fn softmax(
    gpu: &Gpu,
    flat: bool,
    [heads, rows, stride, first, length]: [usize; 5],
    scores: &[f32],
) -> (Vec<f32>, Vec<u32>) {
    let columns = (first + rows).div_ceil(4);
    let parameters = [rows, rows, first, columns, stride / 4, length].map(word);
    let leaks = vec![7; heads * rows];
    let values = [&bits(scores)[..], &leaks];
    let (kernel, groups) = if flat {
        (&kernels::ATTENTION_SOFTMAX_FLAT, [word(rows.div_ceil(16)), word(heads), 1])
    } else {
        (&kernels::ATTENTION_SOFTMAX, [word(rows), word(heads), 1])
    };
    let results = block_on(gpu.run(kernel, &parameters, &values, groups)).unwrap();
    (results[0].iter().copied().map(f32::from_bits).collect(), results[1].clone())
}

/// Context, of which rows that see all keys are computed anew.
pub(crate) fn attend_masked(
    gpu: &Gpu,
    [heads, rows, stride, width, length]: [usize; 5],
    (leaks, weights, values): (&[u32], &[f32], &[f32]),
    context: &[f32],
) -> Vec<f32> {
    let sizes = [rows, rows, width / 4, width / heads / 4, stride, length, 0, heads].map(word);
    let groups = [word((width / 4).div_ceil(16)), word(rows.div_ceil(4)), 1];
    let values = [leaks, &bits(weights), &bits(values), &bits(context)];
    run(gpu, &kernels::ATTENTION_MASKED, &sizes, &values, groups)
}

pub(crate) fn cross_entropy(gpu: &Gpu, logits: &[f32], targets: &[u32]) -> Vec<f32> {
    let rows = word(logits.len() / VOCABULARY);
    let values = [&bits(logits)[..], targets, &vec![0; targets.len()]];
    run(gpu, &kernels::CROSS_ENTROPY, &[rows, 0, 0, PAD], &values, [rows.div_ceil(16), 1, 1])
}

pub(crate) fn sig_reg(gpu: &Gpu, projections: &[f32]) -> Vec<f32> {
    let rows = projections.len() / SLICES;
    let points = points();
    let numbers = [points.map(|point| point.expected), points.map(|point| point.weight)];
    let numbers = numbers.as_flattened().iter().chain([&points[0].t]);
    #[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest f32")]
    let narrow = |number: &f64| (*number as f32).to_bits();
    let parameters: Vec<_> =
        numbers.map(narrow).chain([8000.0_f32.to_bits(), word(rows), 0, 0]).collect();
    let values = [&bits(projections)[..], &vec![0; rows]];
    run(gpu, &kernels::SIG_REG, &parameters, &values, [word(rows.div_ceil(16)), 1, 1])
}

pub(crate) fn embed(gpu: &Gpu, tokens: &[u32], first: usize, table: &[f32]) -> Vec<f32> {
    let (rows, columns) = (tokens.len() - first, table.len() / VOCABULARY / 4);
    let groups = [word(columns.div_ceil(8)), word(rows.div_ceil(8)), 1];
    let values = [tokens, &bits(table)[..], &vec![0; rows * columns * 4]];
    run(gpu, &kernels::EMBED, &[rows, columns, first].map(word), &values, groups)
}

pub(crate) fn column_sums(gpu: &Gpu, columns: usize, x: &[f32]) -> Vec<f32> {
    let rows = x.len() / columns;
    let groups = [word((columns / 4).div_ceil(16)), 1, 1];
    let values = [&bits(x)[..], &vec![0; columns]];
    run(gpu, &kernels::COLUMN_SUMS, &[rows, columns / 4, 0].map(word), &values, groups)
}
