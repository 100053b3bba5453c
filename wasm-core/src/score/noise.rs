//! The directions onto which SIGReg projects: noise from a seed, every column of length one.

use super::arrgen::standard_normal;
use super::config::SLICES;
use super::narrow::narrow;

/// The directions of a batch, `[width, SLICES]`, row-major. `seed` is the request's, `batch` counts
/// from 0; their sum wraps, as that of the network's release builds.
#[must_use]
pub fn directions(seed: u64, batch: u64, width: usize) -> Vec<f32> {
    let mut noise = standard_normal(seed.wrapping_add(batch), width * SLICES);
    normalise_columns(&mut noise);
    noise
}

/// Divides every column by its length, computed in f64.
fn normalise_columns(noise: &mut [f32]) {
    let mut squares = [0.0_f64; SLICES];
    for row in noise.chunks_exact(SLICES) {
        for (sum, value) in squares.iter_mut().zip(row) {
            *sum += f64::from(*value) * f64::from(*value);
        }
    }
    let lengths = squares.map(f64::sqrt);
    for row in noise.chunks_exact_mut(SLICES) {
        for (value, length) in row.iter_mut().zip(&lengths) {
            *value = narrow(f64::from(*value) / length);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::directions;
    use crate::score::SLICES;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_direction_has_length_one() {
        let directions = directions(3, 4, 16);
        for slice in 0..SLICES {
            let column = directions[slice..].iter().step_by(SLICES);
            let square: f64 = column.map(|value| f64::from(*value).powi(2)).sum();
            assert!((square - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn batches_take_the_seeds_that_follow_and_wrap() {
        assert_eq!(directions(7, 1, 4), directions(8, 0, 4));
        assert_eq!(directions(u64::MAX, 1, 4), directions(0, 0, 4));
        assert_ne!(directions(7, 0, 4), directions(8, 0, 4));
    }
}
