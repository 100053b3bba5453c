//! Causal attention by tiles of queries, on the CPU. Scores exist for one tile and head at a time.

use super::elementary::{Exp, Times, largest, replace, replace_and_sum};
use super::matrix::{Left, Packed, zeros};
use crate::score::config::{MASK, MASK_LEAKS_BELOW};
use fearless_simd::{Level, Simd, dispatch};

/// Keys and values of a whole sequence, a pair of matrices for each head: `[head_width, positions]`
/// and `[positions, head_width]`.
#[derive(Clone, Debug)]
pub struct Memory {
    head_width: usize,
    heads: Vec<(Packed, Packed)>,
}

impl Memory {
    /// Memory for a sequence of so many positions.
    #[must_use]
    pub fn new(level: Level, heads: usize, head_width: usize, positions: usize) -> Self {
        let keys = Packed::zeros(level, head_width, positions);
        let values = Packed::zeros(level, positions, head_width);
        Self { head_width, heads: vec![(keys, values); heads] }
    }

    /// Remembers keys, turned by their positions, and values of the positions from one on.
    pub fn write(&mut self, first: usize, keys: &[f32], values: &[f32]) {
        let (head_width, width) = (self.head_width, self.head_width * self.heads.len());
        let mut rows = Vec::new();
        for (head, (packed_keys, packed_values)) in self.heads.iter_mut().enumerate() {
            let columns = head * head_width..(head + 1) * head_width;
            packed_keys.write_columns(first, &keys[columns.start..], width);
            rows.clear();
            for row in values.chunks_exact(width) {
                rows.extend_from_slice(&row[columns.clone()]);
            }
            packed_values.write_rows(first, &rows);
        }
    }
}

/// What positions of a tile attend to: `[positions, width]`, heads side by side.
///
/// `queries` are those of the tile, turned by their positions; `first` is the tile's first position
/// in its sequence. `scores` and `scratch` are memory.
pub fn attend(
    level: Level,
    memory: &Memory,
    first: usize,
    queries: &[f32],
    context: &mut [f32],
    (scores, scratch): (&mut Vec<f32>, &mut Vec<f32>),
) {
    context.fill(0.0);
    let (head_width, width) = (memory.head_width, memory.head_width * memory.heads.len());
    let rows = queries.len() / width;
    for (head, (keys, values)) in memory.heads.iter().enumerate() {
        let start = head * head_width;
        let queries = Left { values: &queries[start..], stride: width, rows, columns: head_width };
        let mut weigh = |visible: Visible| {
            let seen = match visible {
                Visible::Allowed => first + rows,
                Visible::All => keys.columns(),
            };
            let scores = zeros(scores, rows * seen);
            keys.add_product(level, queries, seen, scores, seen, scratch);
            let lowest = softmax(level, visible, first, head_width, scores, seen);
            (lowest, seen)
        };
        let (lowest, mut seen) = weigh(Visible::Allowed);
        if lowest < MASK_LEAKS_BELOW {
            (_, seen) = weigh(Visible::All);
        }
        let weights = Left { values: &scores[..rows * seen], stride: seen, rows, columns: seen };
        values.add_product(level, weights, head_width, &mut context[start..], width, scratch);
    }
}

/// Which keys a query's softmax is over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visible {
    /// Those up to its own position. The others have the weight zero.
    Allowed,
    /// All, those after its own position with [`MASK`] for a score, as the network has it. The same
    /// unless all allowed scores are near that or below.
    All,
}

/// Turns rows of products into weights that sum to one. Returns the lowest of the rows' largest
/// allowed scores.
fn softmax(
    level: Level,
    visible: Visible,
    first: usize,
    head_width: usize,
    scores: &mut [f32],
    columns: usize,
) -> f32 {
    let scale = 1.0 / root(head_width);
    let mut lowest = f32::INFINITY;
    dispatch!(level, simd => {
        for (row, scores) in (first..).zip(scores.chunks_exact_mut(columns)) {
            let (allowed, masked) = scores.split_at_mut(row + 1);
            let most = largest(simd, allowed) * scale;
            lowest = lowest.min(most);
            if visible == Visible::All && !masked.is_empty() {
                replace(simd, allowed, Times(scale));
                masked.fill(MASK);
                weigh(simd, scores, 1.0, most.max(MASK));
            } else {
                weigh(simd, allowed, scale, most);
                masked.fill(0.0);
            }
        }
    });
    lowest
}

/// Replaces scores, times a scale, by their weights. `most` is the largest, scaled.
#[inline(always)]
fn weigh<S: Simd>(simd: S, scores: &mut [f32], scale: f32, most: f32) {
    let total = replace_and_sum(simd, scores, Exp { scale, less: most });
    let share = 1.0 / total;
    replace(simd, scores, Times(share));
}

#[expect(clippy::cast_precision_loss, reason = "widths are far below 2^24")]
fn root(head_width: usize) -> f32 {
    (head_width as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{Memory, attend};
    use crate::score::config::MASK;
    use crate::score::cpu::testing::{levels, noise};
    use fearless_simd::Level;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    struct Case {
        heads: usize,
        head_width: usize,
        positions: usize,
        queries: Vec<f32>,
        keys: Vec<f32>,
        values: Vec<f32>,
    }

    impl Case {
        fn new(heads: usize, head_width: usize, positions: usize) -> Self {
            let size = heads * head_width * positions;
            let (queries, keys, values) = (noise(1, size), noise(2, size), noise(3, size));
            Self { heads, head_width, positions, queries, keys, values }
        }

        fn by_tiles(&self, level: Level, tile: usize) -> Vec<f32> {
            let width = self.heads * self.head_width;
            let mut memory = Memory::new(level, self.heads, self.head_width, self.positions);
            let mut context = vec![9.0; self.queries.len()];
            let tiles = || (0..self.positions).step_by(tile);
            for (first, (keys, values)) in
                tiles().zip(self.keys.chunks(tile * width).zip(self.values.chunks(tile * width)))
            {
                memory.write(first, keys, values);
            }
            let (mut scores, mut scratch) = (Vec::new(), Vec::new());
            for (first, (queries, context)) in
                tiles().zip(self.queries.chunks(tile * width).zip(context.chunks_mut(tile * width)))
            {
                attend(level, &memory, first, queries, context, (&mut scores, &mut scratch));
            }
            context
        }

        /// Masked and full, as the definition has it.
        fn by_definition(&self) -> Vec<f64> {
            let width = self.heads * self.head_width;
            let mut context = vec![0.0; self.queries.len()];
            for head in 0..self.heads {
                let at = |rows: &[f32], row: usize, k: usize| {
                    f64::from(rows[row * width + head * self.head_width + k])
                };
                for i in 0..self.positions {
                    let scores: Vec<_> = (0..self.positions)
                        .map(|j| {
                            let product: f64 = (0..self.head_width)
                                .map(|k| at(&self.queries, i, k) * at(&self.keys, j, k))
                                .sum();
                            let scale = (self.head_width as f64).sqrt();
                            if j > i { f64::from(MASK) } else { product / scale }
                        })
                        .collect();
                    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let total: f64 = scores.iter().map(|score| (score - most).exp()).sum();
                    for k in 0..self.head_width {
                        let value = (0..self.positions)
                            .map(|j| (scores[j] - most).exp() / total * at(&self.values, j, k))
                            .sum();
                        context[i * width + head * self.head_width + k] = value;
                    }
                }
            }
            context
        }

        fn check(&self, tile: usize, tolerance: f64) {
            let expected = self.by_definition();
            for level in levels() {
                let actual = self.by_tiles(level, tile);
                for (actual, expected) in actual.iter().zip(&expected) {
                    assert!((f64::from(*actual) - expected).abs() < tolerance, "{level:?}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_tiling_is_the_definition(
            heads in 1_usize..4,
            half in 1_usize..12,
            positions in 1_usize..60,
            tile in 1_usize..70,
        ) {
            Case::new(heads, 2 * half, positions).check(tile, 2e-6);
        }
    }

    #[test]
    fn where_all_allowed_scores_are_below_the_mask_the_future_is_attended_to() {
        let mut case = Case::new(2, 4, 20);
        // Scores of the second head are near -12800 for the first half of the queries.
        for row in 0..20 {
            for k in 4..8 {
                case.keys[row * 8 + k] = 80.0;
                case.queries[row * 8 + k] = if row < 10 { -80.0 } else { 0.5 };
            }
        }
        case.check(7, 2e-6);
        let context = case.by_tiles(levels()[0], 7);
        let mean: f32 = (1..20).map(|row| case.values[row * 8 + 4]).sum::<f32>() / 19.0;
        assert!((context[4] - mean).abs() < 1e-5);
    }

    #[test]
    fn scores_near_the_mask_share_their_weight_with_the_future() {
        let mut case = Case::new(1, 4, 8);
        case.keys.fill(100.0);
        case.queries.fill(-50.0);
        case.check(3, 1e-5);
    }

    #[test]
    fn a_score_that_is_no_number_shows_in_its_row_and_those_after() {
        let mut case = Case::new(1, 4, 6);
        case.keys[2 * 4] = f32::NAN;
        for level in levels() {
            let context = case.by_tiles(level, 4);
            assert!(context[..8].iter().all(|value| value.is_finite()));
            assert!(context[8..].iter().all(|value| value.is_nan()));
        }
    }
}
