//! SIGReg from projections, on the CPU.

use super::elementary::{SIN_COS_LIMIT, largest, sin_cos};
use crate::score::config::{POINTS, SLICES};
use crate::score::loss::{Point, points, sig_reg_of_position};
use fearless_simd::{Level, dispatch};

/// Sums over the slices at every point.
type Sums = [f64; POINTS - 1];

/// For every row of projections, `[positions, SLICES]`, its SIGReg.
pub fn sig_reg(level: Level, projections: &[f32], out: &mut Vec<f32>) {
    let points = points();
    dispatch!(level, _simd => {
        let (rows, _) = projections.as_chunks::<SLICES>();
        out.extend(rows.iter().map(|row| narrow(of_position(&points, row))));
    });
}

#[inline(always)]
fn of_position(points: &[Point; POINTS - 1], projections: &[f32; SLICES]) -> f64 {
    let angles = projections.map(|projection| projection * spacing(points));
    let (cosines, sines) = if largest(&angles.map(f32::abs)) < SIN_COS_LIMIT {
        by_rotation(&angles)
    } else {
        one_by_one(points, projections)
    };
    sig_reg_of_position(points, &cosines, &sines)
}

/// The points are whole multiples of the first, so their angles are reached by turning on.
#[inline(always)]
fn by_rotation(angles: &[f32; SLICES]) -> (Sums, Sums) {
    let turns = angles.map(sin_cos);
    let (turn_sines, turn_cosines) = (turns.map(|turn| turn.0), turns.map(|turn| turn.1));
    let (mut sines, mut cosines) = (turn_sines, turn_cosines);
    let mut sums = ([0.0; POINTS - 1], [0.0; POINTS - 1]);
    for (cosine_sum, sine_sum) in sums.0.iter_mut().zip(&mut sums.1) {
        *cosine_sum = f64::from(super::elementary::sum(&cosines, |cosine| cosine));
        *sine_sum = f64::from(super::elementary::sum(&sines, |sine| sine));
        for at in 0..SLICES {
            let (sine, cosine) = (sines[at], cosines[at]);
            cosines[at] = cosine * turn_cosines[at] - sine * turn_sines[at];
            sines[at] = sine * turn_cosines[at] + cosine * turn_sines[at];
        }
    }
    sums
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

#[expect(clippy::cast_possible_truncation, reason = "rounded to the nearest f32")]
const fn narrow(value: f64) -> f32 {
    value as f32
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
