//! Each kernel against its twin of the CPU, with shapes that are no multiples of a tile.

use crate::bench::{VARIANTS, gpu};
use crate::run::{self, Parts};
use proptest::prelude::*;
use wasm_core::score::arrgen::standard_normal;
use wasm_core::score::config::MASK;
use wasm_core::score::cpu::Level;
use wasm_core::score::cpu::attention::{Memory, attend};
use wasm_core::score::cpu::matrix::{Left, Packed};
use wasm_core::score::cpu::{cross_entropy, gelu, layer_norm, rotate, sig_reg};
use wasm_core::score::rotary::RotaryTable;
use wasm_core::score::{EOS, PAD, SLICES, VOCABULARY};

fn noise(seed: u64, count: usize) -> Vec<f32> {
    standard_normal(seed, count)
}

#[track_caller]
fn close(actual: &[f32], expected: &[f32], allowed: f32) {
    assert_eq!(actual.len(), expected.len());
    for (at, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let limit = allowed * expected.abs().max(1.0);
        assert!((actual - expected).abs() <= limit, "value {at}: {actual}, not {expected}");
    }
}

/// A product on the CPU.
fn multiply([rows, depth, columns]: [usize; 3], a: &[f32], b: &[f32]) -> Vec<f32> {
    let level = Level::new();
    let packed = Packed::of_rows(level, columns, b);
    let mut out = vec![0.0; rows * columns];
    let left = Left { values: a, stride: depth, rows, columns: depth };
    packed.add_product(level, left, columns, &mut out, columns, &mut Vec::new());
    out
}

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(number) }
}

#[test]
fn matrix() {
    let Some(gpu) = gpu() else { return };
    let shapes = (1_usize..200, 1_usize..40, 1_usize..50, 1_usize..4, any::<[bool; 3]>());
    proptest!(cases(16), |((rows, depth, columns, pairs, [bias, gelu_too, add]) in shapes)| {
        let (depth, columns) = (4 * depth, 4 * columns);
        let (a, b) = (noise(1, pairs * rows * depth), noise(2, pairs * depth * columns));
        let a: Vec<_> = a.iter().map(|value| value * 0.2).collect();
        let (added, before) = (noise(3, columns), noise(4, pairs * rows * columns));
        let mut expected = Vec::new();
        for (a, b) in a.chunks_exact(rows * depth).zip(b.chunks_exact(depth * columns)) {
            expected.extend(multiply([rows, depth, columns], a, b));
        }
        if bias {
            for row in expected.chunks_exact_mut(columns) {
                row.iter_mut().zip(&added).for_each(|(value, bias)| *value += bias);
            }
        }
        if gelu_too {
            gelu::gelu(Level::new(), &mut expected);
        }
        if add {
            expected.iter_mut().zip(&before).for_each(|(value, before)| *value += before);
        }
        let parts = Parts {
            bias: bias.then_some(&added[..]),
            gelu: gelu_too,
            add_to: add.then_some(&before[..]),
        };
        for variant in VARIANTS.into_iter().filter(|variant| gpu.runs(*variant)) {
            let actual = run::product(&gpu, variant, [rows, depth, columns, pairs], &a, &b, parts);
            close(&actual, &expected, 1e-5);
        }
    });
}

#[test]
fn gelu_of_any_size() {
    let Some(gpu) = gpu() else { return };
    let mut values: Vec<_> = (-2000_i16..2000).map(|x| f32::from(x) / 250.0).collect();
    values.extend([1e30, -1e30, 20.0, -20.0, 1e-30, -1e-30, 3e38, -3e38]);
    // Rows of one value by the unit matrix.
    let mut unit = vec![0.0; 16];
    (0..4).for_each(|at| unit[5 * at] = 1.0);
    let parts = Parts { gelu: true, ..Parts::default() };
    for variant in VARIANTS.into_iter().filter(|variant| gpu.runs(*variant)) {
        let shape = [values.len() / 4, 4, 4, 1];
        let actual = run::product(&gpu, variant, shape, &values, &unit, parts);
        let mut expected = values.clone();
        gelu::gelu(Level::new(), &mut expected);
        close(&actual, &expected, 4e-7);
    }
}

#[test]
fn layer_norm() {
    let Some(gpu) = gpu() else { return };
    let shapes = (1_usize..70, 1_usize..700, -100.0_f32..100.0);
    proptest!(cases(24), |((rows, width, offset) in shapes)| {
        let padded = width.next_multiple_of(4);
        let (gamma, beta) = (noise(2, width), noise(3, width));
        let x: Vec<_> = noise(1, rows * width).iter().map(|x| x + offset).collect();
        let mut expected = vec![0.0; x.len()];
        layer_norm::layer_norm(Level::new(), &x, &gamma, &beta, &mut expected);
        let fill = |row: &[f32]| [row, &vec![0.0; padded - width]].concat();
        let filled: Vec<_> = x.chunks_exact(width).flat_map(fill).collect();
        let expected: Vec<_> = expected.chunks_exact(width).flat_map(fill).collect();
        for flat in [true, false] {
            let actual =
                run::layer_norm(&gpu, flat, &filled, &fill(&gamma), &fill(&beta), width);
            close(&actual, &expected, 2e-5);
        }
    });
}

#[test]
fn rotate() {
    let Some(gpu) = gpu() else { return };
    let shapes = (1_usize..5, 1_usize..40, 1_usize..60, 0_usize..30);
    proptest!(cases(16), |((heads, pairs, rows, first) in shapes)| {
        let width = 2 * pairs * heads;
        let positions: Vec<_> = (0..run::word(first + rows)).map(|at| 1_000_000 + at).collect();
        let table = RotaryTable::of(&positions, 2 * pairs);
        let values = noise(1, rows * width);
        let mut expected = values.clone();
        rotate::rotate(Level::new(), &table, first..first + rows, width, &mut expected);
        close(&run::rotate(&gpu, &table, first, (heads, &values), None), &expected, 1e-6);
        let length = (first + rows).next_multiple_of(4);
        let keys = run::rotate(&gpu, &table, first, (heads, &values), Some(length));
        for (column, row) in keys.chunks_exact(length).enumerate() {
            for (at, key) in row.iter().enumerate() {
                let value = at.checked_sub(first).and_then(|at| expected.get(at * width + column));
                let value = value.copied().unwrap_or(0.0);
                prop_assert!((key - value).abs() <= 1e-6 * value.abs().max(1.0));
            }
        }
    });
}

/// What attention finds on the CPU for the last rows of a sequence.
fn attended(heads: usize, first: usize, [q, k, v]: [&[f32]; 3], width: usize) -> Vec<f32> {
    let level = Level::new();
    let mut memory = Memory::new(level, heads, width / heads, k.len() / width);
    memory.write(0, k, v);
    let mut context = vec![0.0; q.len()];
    attend(level, &memory, first, q, &mut context, (&mut Vec::new(), &mut Vec::new()));
    context
}

/// The same by the kernels: scores, softmax, context, and what sees all keys.
fn attended_on(
    gpu: &gpu::Gpu,
    flat: bool,
    heads: usize,
    [first, length]: [usize; 2],
    [q, k, v]: [&[f32]; 3],
    width: usize,
) -> Vec<f32> {
    let variant = if flat { VARIANTS[0] } else { VARIANTS[1] };
    let (rows, head, stride) = (q.len() / width, width / heads, length.next_multiple_of(4));
    let of_head = |rows: &[f32], at: usize| -> Vec<f32> {
        rows.chunks_exact(width).flat_map(|row| row[at * head..][..head].to_vec()).collect()
    };
    let (mut queries, mut keys, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..heads {
        queries.extend(of_head(q, at).iter().map(|value| value / (head as f32).sqrt()));
        let k = of_head(k, at);
        for column in 0..head {
            keys.extend((0..stride).map(|key| k.get(key * head + column).copied().unwrap_or(0.0)));
        }
        values.extend(of_head(v, at));
        values.extend(std::iter::repeat_n(0.0, (stride - length) * head));
    }
    let shape = [rows, head, stride, heads];
    let scores = run::product(gpu, variant, shape, &queries, &keys, Parts::default());
    let (weights, leaks) = run::softmax(gpu, flat, [heads, rows, stride, first, length], &scores);
    // Behind the last query of a block nothing is computed, and nothing is to be read.
    let columns = (first + rows).next_multiple_of(4).min(stride);
    let seen: Vec<_> =
        weights.chunks_exact(stride).flat_map(|row| row[..columns].to_vec()).collect();
    let up_to: Vec<_> = values
        .chunks_exact(stride * head)
        .flat_map(|values| values[..columns * head].to_vec())
        .collect();
    let shape = [rows, columns, head, heads];
    let context = run::product(gpu, variant, shape, &seen, &up_to, Parts::default());
    let side_by_side: Vec<_> = (0..rows)
        .flat_map(|row| {
            let head_of = |at: usize| context[(at * rows + row) * head..][..head].to_vec();
            (0..heads).flat_map(head_of).collect::<Vec<_>>()
        })
        .collect();
    let sizes = [heads, rows, stride, width, length];
    run::attend_masked(gpu, sizes, (&leaks, &weights, v), &side_by_side)
}

#[test]
fn attention() {
    let Some(gpu) = gpu() else { return };
    let shapes = (1_usize..4, 1_usize..20, 1_usize..150, 0_usize..40, 0_usize..9);
    proptest!(cases(16), |((heads, head, rows, first, after) in shapes)| {
        let (width, length) = (4 * head * heads, first + rows + after);
        let (q, k, v) = (noise(1, rows * width), noise(2, length * width), noise(3, length * width));
        let expected = attended(heads, first, [&q, &k, &v], width);
        for flat in [true, false] {
            let actual = attended_on(&gpu, flat, heads, [first, length], [&q, &k, &v], width);
            close(&actual, &expected, 4e-6);
        }
    });
}

#[test]
fn attention_to_the_future_where_all_allowed_scores_are_below_the_mask() {
    let Some(gpu) = gpu() else { return };
    let (heads, width, length) = (2, 8, 21);
    let (mut q, mut k, v) =
        (noise(1, length * width), noise(2, length * width), noise(3, length * width));
    // Scores of the second head: near -12800 for a third of the queries, near the mask for another.
    for row in 0..length {
        for at in 4..8 {
            k[row * width + at] = 80.0;
            q[row * width + at] = [-80.0, MASK / 160.0, 0.5][row / 7];
        }
    }
    let expected = attended(heads, 0, [&q, &k, &v], width);
    for flat in [true, false] {
        let actual = attended_on(&gpu, flat, heads, [0, length], [&q, &k, &v], width);
        close(&actual, &expected, 1e-5);
    }
    let mean: f32 = (1..length).map(|row| v[row * width + 4]).sum::<f32>() / 20.0;
    assert!((expected[4] - mean).abs() < 1e-5, "the first query sees all but itself");
}

#[test]
fn cross_entropy() {
    let Some(gpu) = gpu() else { return };
    let targets: Vec<_> = [0, PAD, EOS, 255, 263, 7].into_iter().cycle().take(37).collect();
    for scale in [0.0, 1.0, 20.0, 1e4] {
        let logits: Vec<_> =
            noise(1, targets.len() * VOCABULARY).iter().map(|x| x * scale).collect();
        let mut expected = Vec::new();
        cross_entropy::cross_entropy(Level::new(), &logits, &targets, &mut expected);
        let actual = run::cross_entropy(&gpu, &logits, &targets);
        close(&actual, &expected, 1e-6);
        assert_eq!(actual[1].to_bits(), 0);
    }
}

#[test]
fn sig_reg() {
    let Some(gpu) = gpu() else { return };
    for (scale, allowed) in [(0.0, 2e-6), (1.0, 2e-6), (30.0, 1e-5), (3000.0, 2e-5)] {
        let projections: Vec<_> = noise(4, 19 * SLICES).iter().map(|z| z * scale).collect();
        let mut expected = Vec::new();
        sig_reg::sig_reg(Level::new(), &projections, &mut expected);
        close(&run::sig_reg(&gpu, &projections), &expected, allowed);
    }
}

#[test]
fn sig_reg_that_the_device_cannot_do_is_marked() {
    let Some(gpu) = gpu() else { return };
    for bad in [1e6, f32::NAN, f32::INFINITY, -f32::INFINITY] {
        let mut projections = vec![0.5; 3 * SLICES];
        projections[SLICES + 9] = bad;
        let actual = run::sig_reg(&gpu, &projections);
        assert!(actual[0] > 0.0 && actual[2] > 0.0);
        assert_eq!(actual[1], -1.0, "{bad}");
    }
}

#[test]
fn embed() {
    let Some(gpu) = gpu() else { return };
    for columns in [4, 12, 36, 100] {
        let table = noise(1, VOCABULARY * columns);
        let tokens = [9, 9, 0, PAD, EOS, 255, 17, 263, 5, 5, 1];
        let actual = run::embed(&gpu, &tokens, 2, &table);
        let rows = tokens[2..].iter().map(|token| &table[*token as usize * columns..][..columns]);
        assert_eq!(actual, rows.collect::<Vec<_>>().concat());
    }
}

#[test]
fn column_sums() {
    let Some(gpu) = gpu() else { return };
    for (rows, columns) in [(1, 4), (33, 68), (128, 12)] {
        let x = noise(1, rows * columns);
        let sum = |column: usize| x[column..].iter().step_by(columns).sum::<f32>();
        let expected: Vec<_> = (0..columns).map(sum).collect();
        close(&run::column_sums(&gpu, columns, &x), &expected, 1e-5);
    }
}
