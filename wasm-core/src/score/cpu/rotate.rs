//! Turning queries and keys by their positions, on the CPU.

use crate::score::rotary::RotaryTable;
use fearless_simd::{Level, Simd, dispatch, prelude::*};
use std::ops::Range;

/// Turns every head of some positions' rows, in place. A value's partner is half a head further on.
pub fn rotate(
    level: Level,
    table: &RotaryTable,
    positions: Range<usize>,
    width: usize,
    rows: &mut [f32],
) {
    let pairs = table.pairs();
    let span = positions.start * pairs..positions.end * pairs;
    let (cosines, sines) = (&table.cosines()[span.clone()], &table.sines()[span]);
    let angles = cosines.chunks_exact(pairs).zip(sines.chunks_exact(pairs));
    dispatch!(level, simd => {
        for (row, (cosines, sines)) in rows.chunks_exact_mut(width).zip(angles) {
            for head in row.chunks_exact_mut(2 * pairs) {
                turn(simd, head, cosines, sines);
            }
        }
    });
}

#[inline(always)]
fn turn<S: Simd>(simd: S, head: &mut [f32], cosines: &[f32], sines: &[f32]) {
    let lanes = S::f32s::LEN;
    let (first, second) = head.split_at_mut(cosines.len());
    let (mut first, mut second) = (first.chunks_exact_mut(lanes), second.chunks_exact_mut(lanes));
    let (mut cosines, mut sines) = (cosines.chunks_exact(lanes), sines.chunks_exact(lanes));
    let pairs = first.by_ref().zip(second.by_ref());
    for ((a, b), (cosine, sine)) in pairs.zip(cosines.by_ref().zip(sines.by_ref())) {
        let (x, y) = (S::f32s::from_slice(simd, a), S::f32s::from_slice(simd, b));
        let cosine = S::f32s::from_slice(simd, cosine);
        let sine = S::f32s::from_slice(simd, sine);
        (x * cosine - y * sine).store_slice(a);
        (y * cosine + x * sine).store_slice(b);
    }
    let pairs = first.into_remainder().iter_mut().zip(second.into_remainder());
    for ((a, b), (cosine, sine)) in pairs.zip(cosines.remainder().iter().zip(sines.remainder())) {
        (*a, *b) = (*a * cosine - *b * sine, *b * cosine + *a * sine);
    }
}

#[cfg(test)]
mod tests {
    use super::rotate;
    use crate::score::cpu::testing::{levels, noise};
    use crate::score::rotary::RotaryTable;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn values_turn_with_those_half_a_head_further_on() {
        let table = RotaryTable::of(&[0, 5, 9], 6);
        let rows = noise(1, 24);
        for level in levels() {
            let mut turned = rows.clone();
            rotate(level, &table, 1..3, 12, &mut turned);
            for (at, position) in [(0, 1), (1, 2)] {
                for (head, pair) in [(0, 0), (0, 2), (1, 1)] {
                    let place = at * 12 + head * 6 + pair;
                    let (cosine, sine) =
                        (table.cosines()[position * 3 + pair], table.sines()[position * 3 + pair]);
                    let (a, b) = (rows[place], rows[place + 3]);
                    assert!((turned[place] - (a * cosine - b * sine)).abs() < 1e-6);
                    assert!((turned[place + 3] - (b * cosine + a * sine)).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn position_zero_leaves_values_as_they_are() {
        let table = RotaryTable::of(&[0], 4);
        for level in levels() {
            let mut row = [1.0, 2.0, 3.0, 4.0];
            rotate(level, &table, 0..1, 4, &mut row);
            assert_eq!(row, [1.0, 2.0, 3.0, 4.0]);
        }
    }
}
