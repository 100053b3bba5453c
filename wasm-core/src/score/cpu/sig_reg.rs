//! SIGReg from projections, on the CPU.

use super::elementary::{SIN_COS_LIMIT, largest, sin_cos};
use crate::score::config::{POINTS, SLICES};
use crate::score::loss::{Point, points, sig_reg_of_position};
use crate::score::narrow::narrow;
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Sums over the slices at every point.
type Sums = [f64; POINTS - 1];

/// For every row of projections, `[positions, SLICES]`, its SIGReg.
pub fn sig_reg(level: Level, projections: &[f32], out: &mut Vec<f32>) {
    let points = points();
    dispatch!(level, simd => {
        for row in projections.as_chunks::<SLICES>().0 {
            out.push(narrow(of_position(simd, &points, row)));
        }
    });
}

#[inline(always)]
fn of_position<S: Simd>(simd: S, points: &[Point; POINTS - 1], projections: &[f32; SLICES]) -> f64 {
    let least = projections.map(|projection| -projection);
    let most = largest(simd, projections).max(largest(simd, &least));
    let (cosines, sines) = if most * spacing(points) < SIN_COS_LIMIT {
        by_rotation(simd, points, projections)
    } else {
        one_by_one(points, projections)
    };
    sig_reg_of_position(points, &cosines, &sines)
}

/// The points are whole multiples of the first, so their angles are reached by turning on.
#[inline(always)]
fn by_rotation<S: Simd>(
    simd: S,
    points: &[Point; POINTS - 1],
    projections: &[f32; SLICES],
) -> (Sums, Sums) {
    const SIDE_BY_SIDE: usize = 2;
    let zero = S::f32s::splat(simd, 0.0);
    let mut sums = [(zero, zero); POINTS - 1];
    for chunk in projections.chunks_exact(SIDE_BY_SIDE * S::f32s::LEN) {
        let mut turns = [(zero, zero); SIDE_BY_SIDE];
        for (turn, projections) in turns.iter_mut().zip(chunk.chunks_exact(S::f32s::LEN)) {
            *turn = sin_cos(simd, S::f32s::from_slice(simd, projections) * spacing(points));
        }
        let mut angles = turns;
        for (cosine_sum, sine_sum) in &mut sums {
            for (angle, (turn_sine, turn_cosine)) in angles.iter_mut().zip(&turns) {
                let (sine, cosine) = *angle;
                *cosine_sum += cosine;
                *sine_sum += sine;
                *angle = (
                    sine * *turn_cosine + cosine * *turn_sine,
                    cosine * *turn_cosine - sine * *turn_sine,
                );
            }
        }
    }
    let total = |sum: &S::f32s| sum.as_slice().iter().copied().map(f64::from).sum();
    (
        std::array::from_fn(|point| total(&sums[point].0)),
        std::array::from_fn(|point| total(&sums[point].1)),
    )
}

/// Angles too large for f32 go one by one in f64. Only weights far out of proportion come here.
#[cold]
fn one_by_one(points: &[Point; POINTS - 1], projections: &[f32; SLICES]) -> (Sums, Sums) {
    let sum = |function: fn(f64) -> f64, t: f64| {
        projections.iter().map(|projection| function(t * f64::from(*projection))).sum()
    };
    (points.map(|point| sum(f64::cos, point.t)), points.map(|point| sum(f64::sin, point.t)))
}

#[inline(always)]
const fn spacing(points: &[Point; POINTS - 1]) -> f32 {
    narrow(points[0].t)
}

#[cfg(test)]
mod tests {
    use super::sig_reg;
    use crate::score::SLICES;
    use crate::score::cpu::testing::{levels, noise};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn by_definition(projections: &[f32]) -> f64 {
        let mean = |function: fn(f64) -> f64, t: f64| {
            projections.iter().map(|z| function(t * f64::from(*z))).sum::<f64>() / 256.0
        };
        let term = |k: u32| {
            let t = 3.0 * f64::from(k) / 16.0;
            let expected = (-t * t / 2.0).exp();
            let share = if k == 0 || k == 16 { 3.0 / 16.0 } else { 3.0 / 8.0 };
            let (real, imaginary) = (mean(f64::cos, t), mean(f64::sin, t));
            share * expected * ((real - expected).powi(2) + imaginary.powi(2))
        };
        256.0 * (0..=16).map(term).sum::<f64>()
    }

    #[test]
    fn projections_of_any_size_are_measured_as_in_f64() {
        for (scale, tolerance) in [(0.0, 1e-6), (1.0, 1e-6), (30.0, 1e-5), (1e5, 1e-5), (1e9, 1e-5)]
        {
            let projections: Vec<_> = noise(4, 3 * SLICES).iter().map(|z| z * scale).collect();
            for level in levels() {
                let mut out = Vec::new();
                sig_reg(level, &projections, &mut out);
                for (row, out) in projections.chunks_exact(SLICES).zip(&out) {
                    let expected = by_definition(row);
                    assert!((f64::from(*out) - expected).abs() < tolerance * expected.max(1.0));
                }
            }
        }
    }

    #[test]
    fn a_projection_that_is_no_number_shows() {
        for bad in [f32::NAN, f32::INFINITY] {
            let mut projections = vec![0.5; SLICES];
            projections[9] = bad;
            for level in levels() {
                let mut out = Vec::new();
                sig_reg(level, &projections, &mut out);
                assert!(out[0].is_nan());
            }
        }
    }
}
