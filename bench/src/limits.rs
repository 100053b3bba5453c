//! What a processor core does at best with f32: the lines that engines are measured against.

use fearless_simd::{Level, Simd, dispatch, prelude::*};
use std::hint::black_box;

/// Operations of one measurement: long enough to be timed, and none that a person waits for.
const OPERATIONS: f64 = 4e9;
/// Sums that grow side by side, so that none waits for the one before.
const SUMS: usize = 12;
/// Steps between two looks at the values.
const STEPS: usize = 4096;
/// Rows of the right matrix: with it, both matrices lie in the nearest cache.
const DEPTH: usize = 128;
/// Vectors of a row of the right matrix.
const VECTORS: usize = 2;

/// A loop that nothing holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Multiplying and adding in registers.
    Registers,
    /// The inner loop of a matrix product, whose matrices lie in the nearest cache.
    Product,
}

impl Limit {
    /// Runs the loop. Returns how many operations that were.
    #[must_use]
    pub fn run(self) -> f64 {
        let level = Level::new();
        match self {
            Self::Registers => dispatch!(level, simd => registers(simd)),
            Self::Product => dispatch!(level, simd => product(simd)),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
const fn number(count: usize) -> f64 {
    count as f64
}

// The loops stand where the instructions are chosen: a closure would be compiled without them.

#[inline(always)]
fn registers<S: Simd>(simd: S) -> f64 {
    // The sums neither grow beyond all numbers nor fade.
    let (factor, term) = (S::f32s::splat(simd, 0.75), S::f32s::splat(simd, 0.25));
    let mut sums = [S::f32s::splat(simd, 0.0); SUMS];
    let mut done = 0.0;
    while done < OPERATIONS {
        let (factor, term) = (black_box(factor), black_box(term));
        for _ in 0..STEPS {
            for sum in &mut sums {
                *sum = sum.mul_add(factor, term);
            }
        }
        black_box(&mut sums);
        done += number(2 * SUMS * STEPS * S::f32s::LEN);
    }
    done
}

/// With wide vectors there are enough registers for six rows, as in the engine.
#[inline(always)]
fn product<S: Simd>(simd: S) -> f64 {
    if S::f32s::LEN >= 8 { blocks::<S, 6>(simd) } else { blocks::<S, 4>(simd) }
}

#[inline(always)]
fn blocks<S: Simd, const ROWS: usize>(simd: S) -> f64 {
    let lanes = S::f32s::LEN;
    let left = vec![[1.0_f32; ROWS]; DEPTH];
    let right = vec![0.5_f32; DEPTH * VECTORS * lanes];
    let mut done = 0.0;
    while done < OPERATIONS {
        let (left, right) = (black_box(&left), black_box(&right));
        let mut sums = [[S::f32s::splat(simd, 0.0); VECTORS]; ROWS];
        for (column, row) in left.iter().zip(right.chunks_exact(VECTORS * lanes)) {
            let (first, second) = row.split_at(lanes);
            let row = [S::f32s::from_slice(simd, first), S::f32s::from_slice(simd, second)];
            for (sums, value) in sums.iter_mut().zip(column) {
                let value = S::f32s::splat(simd, *value);
                for (sum, factor) in sums.iter_mut().zip(row) {
                    *sum = value.mul_add(factor, *sum);
                }
            }
        }
        // By value, so that they stay in registers until here.
        black_box(sums);
        done += number(2 * ROWS * DEPTH * VECTORS * lanes);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::{Limit, OPERATIONS};

    #[test]
    fn a_measurement_is_as_long_as_it_says() {
        for limit in [Limit::Registers, Limit::Product] {
            let done = limit.run();
            assert!((OPERATIONS..1.01 * OPERATIONS).contains(&done), "{limit:?}: {done}");
        }
    }
}
