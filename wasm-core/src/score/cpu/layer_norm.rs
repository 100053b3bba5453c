//! Layer norm, on the CPU.

use super::elementary::{Above, Function as _, Itself, SquareAbove, padded, sum};
use crate::score::config::LAYER_NORM_EPSILON;
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// `(x - mean) / sqrt(variance + 1e-5) * gamma + beta` of every row of as many values as `gamma`
/// has. The variance is that of a population.
pub fn layer_norm(level: Level, x: &[f32], gamma: &[f32], beta: &[f32], out: &mut [f32]) {
    dispatch!(level, simd => {
        for (row, out) in x.chunks_exact(gamma.len()).zip(out.chunks_exact_mut(gamma.len())) {
            normalise(simd, row, gamma, beta, out);
        }
    });
}

#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "widths are far below 2^24")]
fn normalise<S: Simd>(simd: S, row: &[f32], gamma: &[f32], beta: &[f32], out: &mut [f32]) {
    let width = row.len() as f32;
    // A mean in f32 is rounded, by much where it is large beside the deviation. What it is off by is
    // the mean of what it leaves, and is taken off after it.
    let about = sum(simd, row, Itself) / width;
    let rest = sum(simd, row, Above(about, 0.0)) / width;
    let centred = Above(about, rest);
    let variance = sum(simd, row, SquareAbove(centred)) / width;
    let scale = 1.0 / (variance + LAYER_NORM_EPSILON).sqrt();
    let lanes = S::f32s::LEN;
    let factors = gamma.chunks(lanes).zip(beta.chunks(lanes));
    for ((out, x), (gamma, beta)) in out.chunks_mut(lanes).zip(row.chunks(lanes)).zip(factors) {
        let x_lanes = centred.of(simd, some(simd, x)) * scale;
        let values = x_lanes.mul_add(some(simd, gamma), some(simd, beta));
        if x.len() == lanes {
            values.store_slice(out);
        } else {
            out.copy_from_slice(&values.as_slice()[..x.len()]);
        }
    }
}

/// As many values as a vector has, or fewer.
#[inline(always)]
fn some<S: Simd>(simd: S, values: &[f32]) -> S::f32s {
    if values.len() == S::f32s::LEN {
        S::f32s::from_slice(simd, values)
    } else {
        padded(simd, values, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::layer_norm;
    use crate::score::cpu::testing::{levels, noise};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_rows_are_normed_as_in_f64(
            rows in 1_usize..5,
            width in 1_usize..300,
            offset in -100.0_f32..100.0,
        ) {
            let x: Vec<_> = noise(1, rows * width).iter().map(|x| x + offset).collect();
            let (gamma, beta) = (noise(2, width), noise(3, width));
            for level in levels() {
                let mut out = vec![0.0; rows * width];
                layer_norm(level, &x, &gamma, &beta, &mut out);
                for (row, out) in x.chunks_exact(width).zip(out.chunks_exact(width)) {
                    let row: Vec<_> = row.iter().copied().map(f64::from).collect();
                    let mean = row.iter().sum::<f64>() / width as f64;
                    let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / width as f64;
                    for (at, out) in out.iter().enumerate() {
                        let normed = (row[at] - mean) / (variance + 1e-5).sqrt();
                        let expected = normed * f64::from(gamma[at]) + f64::from(beta[at]);
                        prop_assert!((f64::from(*out) - expected).abs() < 1e-4);
                    }
                }
            }
        }
    }
}
