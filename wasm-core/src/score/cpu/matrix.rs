//! Products of matrices, which take nearly all of the time.
//!
//! The right matrix is stored in panels: as many columns as two vectors of this machine have lanes,
//! row after row. Weights are put so as they are read, once, and multiplied many times. A register
//! block of the product, a few rows of one panel, is added up in vector registers.

use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Vectors of a panel's row.
const VECTORS: usize = 2;
/// Rows of the right matrix that are used at a time, at most.
pub(super) const DEPTH_BLOCK: usize = 512;
/// No register block has more values: 6 rows of 2 vectors of 16 lanes are 192.
const LARGEST_BLOCK: usize = 192;

/// Columns of a panel on this machine.
#[must_use]
pub fn panel_width(level: Level) -> usize {
    #[inline(always)]
    const fn lanes<S: Simd>(_: S) -> usize {
        S::f32s::LEN
    }
    VECTORS * dispatch!(level, simd => lanes(simd))
}

/// A matrix to multiply with from the right, in panels. Columns that fill up the last are zero.
#[derive(Clone, PartialEq)]
pub struct Packed {
    depth: usize,
    columns: usize,
    panel: usize,
    values: Vec<f32>,
}

impl Packed {
    /// A matrix of zeros with so many rows, its depth, and columns.
    #[must_use]
    pub fn zeros(level: Level, depth: usize, columns: usize) -> Self {
        let panel = panel_width(level);
        let values = vec![0.0; depth * columns.next_multiple_of(panel)];
        Self { depth, columns, panel, values }
    }

    /// A matrix given row by row.
    #[must_use]
    pub fn of_rows(level: Level, columns: usize, values: &[f32]) -> Self {
        let mut packed = Self::zeros(level, values.len() / columns.max(1), columns);
        packed.write_rows(0, values);
        packed
    }

    /// Rows: what a product adds up over.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// Columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Overwrites whole rows from one on.
    pub fn write_rows(&mut self, first: usize, rows: &[f32]) {
        let (panel, panel_size) = (self.panel, self.depth * self.panel);
        for (row, values) in (first..).zip(rows.chunks_exact(self.columns)) {
            for (number, values) in values.chunks(panel).enumerate() {
                let start = number * panel_size + row * panel;
                self.values[start..start + values.len()].copy_from_slice(values);
            }
        }
    }

    /// Overwrites whole columns from one on, each given by a row of another matrix: so many values,
    /// `stride` after the one before.
    pub fn write_columns(&mut self, first: usize, rows: &[f32], stride: usize) {
        let panel_size = self.depth * self.panel;
        for (column, values) in (first..).zip(rows.chunks(stride)) {
            let start = column / self.panel * panel_size + column % self.panel;
            let places = self.values[start..].iter_mut().step_by(self.panel);
            for (place, value) in places.zip(&values[..self.depth]) {
                *place = *value;
            }
        }
    }

    /// Adds a product to `out`, whose rows begin `out_stride` apart: of the left matrix, as far as
    /// it has columns, with the first so many rows and columns of this one. `scratch` is memory.
    pub fn add_product(
        &self,
        level: Level,
        left: Left<'_>,
        columns: usize,
        out: &mut [f32],
        out_stride: usize,
        scratch: &mut Vec<f32>,
    ) {
        assert!(left.columns <= self.depth && columns <= self.columns, "the matrices fit");
        let mut out = Out { values: out, stride: out_stride };
        dispatch!(level, simd => multiply(simd, left, self, columns, &mut out, scratch));
    }
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} x {})", self.depth, self.columns)
    }
}

/// A matrix to multiply with from the left: rows that begin `stride` apart.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a> {
    /// The values, from the first row's first on.
    pub values: &'a [f32],
    /// From one row's first value to the next's.
    pub stride: usize,
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub columns: usize,
}

struct Out<'a> {
    values: &'a mut [f32],
    stride: usize,
}

/// Chooses the rows of a register block: with wide vectors there are enough registers for six.
#[inline(always)]
fn multiply<S: Simd>(
    simd: S,
    left: Left<'_>,
    right: &Packed,
    columns: usize,
    out: &mut Out<'_>,
    scratch: &mut Vec<f32>,
) {
    if S::f32s::LEN >= 8 {
        blocks::<S, 6>(simd, left, right, columns, out, scratch);
    } else {
        blocks::<S, 4>(simd, left, right, columns, out, scratch);
    }
}

#[inline(always)]
fn blocks<S: Simd, const ROWS: usize>(
    simd: S,
    left: Left<'_>,
    right: &Packed,
    columns: usize,
    out: &mut Out<'_>,
    scratch: &mut Vec<f32>,
) {
    let panel = VECTORS * S::f32s::LEN;
    let panel_size = right.depth * panel;
    // So that a panel of them stays in the nearest cache.
    let depth_block = if S::f32s::LEN > 4 { DEPTH_BLOCK / 2 } else { DEPTH_BLOCK };
    for first in (0..left.columns).step_by(depth_block) {
        let depth = depth_block.min(left.columns - first);
        let packed = pack_left::<ROWS>(left, first, depth, scratch);
        for (number, column) in (0..columns).step_by(panel).enumerate() {
            let start = number * panel_size + first * panel;
            let right = &right.values[start..start + depth * panel];
            let column_count = panel.min(columns - column);
            for (block, left_block) in packed.chunks_exact(ROWS * depth).enumerate() {
                let sums = block_product::<S, ROWS>(simd, left_block, right);
                let row_count = ROWS.min(left.rows - block * ROWS);
                let rows = out.values[block * ROWS * out.stride + column..].chunks_mut(out.stride);
                if column_count == panel {
                    for (sums, row) in sums.iter().zip(rows).take(row_count) {
                        for (sum, part) in sums.iter().zip(row.chunks_exact_mut(S::f32s::LEN)) {
                            (*sum + S::f32s::from_slice(simd, part)).store_slice(part);
                        }
                    }
                } else {
                    add_part(simd, &sums, rows.take(row_count), column_count);
                }
            }
        }
    }
}

/// Adds as many columns of a register block as there are.
#[inline(always)]
fn add_part<'a, S: Simd, const ROWS: usize>(
    _: S,
    sums: &[[S::f32s; VECTORS]; ROWS],
    rows: impl Iterator<Item = &'a mut [f32]>,
    columns: usize,
) {
    let mut values = [0.0_f32; LARGEST_BLOCK];
    let panel = VECTORS * S::f32s::LEN;
    for (sum, place) in sums.iter().flatten().zip(values.chunks_exact_mut(S::f32s::LEN)) {
        sum.store_slice(place);
    }
    for (values, row) in values.chunks_exact(panel).zip(rows) {
        for (value, sum) in row[..columns].iter_mut().zip(values) {
            *value += sum;
        }
    }
}

/// The product of a block of rows with a panel, in registers.
#[inline(always)]
fn block_product<S: Simd, const ROWS: usize>(
    simd: S,
    left: &[f32],
    right: &[f32],
) -> [[S::f32s; VECTORS]; ROWS] {
    let mut sums = [[S::f32s::splat(simd, 0.0); VECTORS]; ROWS];
    let lanes = S::f32s::LEN;
    let (columns, _) = left.as_chunks::<ROWS>();
    for (column, row) in columns.iter().zip(right.chunks_exact(VECTORS * lanes)) {
        let (first, second) = row.split_at(lanes);
        let row = [S::f32s::from_slice(simd, first), S::f32s::from_slice(simd, second)];
        for (sums, value) in sums.iter_mut().zip(column) {
            let value = S::f32s::splat(simd, *value);
            for (sum, factor) in sums.iter_mut().zip(row) {
                *sum = value.mul_add(factor, *sum);
            }
        }
    }
    sums
}

/// Puts some columns of the left matrix into blocks of rows, column after column; rows that fill up
/// the last block are zero.
#[inline(always)]
fn pack_left<'s, const ROWS: usize>(
    left: Left<'_>,
    first: usize,
    depth: usize,
    scratch: &'s mut Vec<f32>,
) -> &'s [f32] {
    let size = left.rows.next_multiple_of(ROWS) * depth;
    let packed = at_least(scratch, size);
    for (block, first_row) in
        packed.chunks_exact_mut(ROWS * depth).zip((0..left.rows).step_by(ROWS))
    {
        let rows = ROWS.min(left.rows - first_row);
        if rows < ROWS {
            block.fill(0.0);
        }
        for row in 0..rows {
            let start = (first_row + row) * left.stride + first;
            let values = &left.values[start..start + depth];
            for (column, value) in block.as_chunks_mut::<ROWS>().0.iter_mut().zip(values) {
                column[row] = *value;
            }
        }
    }
    packed
}

/// So many values of memory that is used again and never shrinks, whatever is in it.
pub(super) fn at_least(memory: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if memory.len() < count {
        *memory = vec![0.0; count];
    }
    &mut memory[..count]
}

/// So many zeros in such memory.
pub(super) fn zeros(memory: &mut Vec<f32>, count: usize) -> &mut [f32] {
    let zeros = at_least(memory, count);
    zeros.fill(0.0);
    zeros
}

#[cfg(test)]
mod tests {
    use super::{Left, Packed, panel_width};
    use crate::score::cpu::testing::{levels, noise};
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_panel_is_two_vectors() {
        for level in levels() {
            assert!([8, 16, 32].contains(&panel_width(level)));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn products_of_any_shape_are_those_of_f64(
            rows in 1_usize..20,
            depth in 1_usize..600,
            columns in 1_usize..70,
            used in 1_usize..70,
            used_depth in 1_usize..600,
            transposed in any::<bool>(),
        ) {
            let (used, used_depth) = (used.min(columns), used_depth.min(depth));
            let (stride, out_stride) = (depth + 3, columns + 5);
            let left = noise(1, rows * stride);
            let right = noise(2, depth * columns);
            for level in levels() {
                let packed = if transposed {
                    let mut packed = Packed::zeros(level, depth, columns);
                    let by_columns: Vec<_> = (0..columns)
                        .flat_map(|column| right[column..].iter().step_by(columns).copied())
                        .collect();
                    packed.write_columns(0, &by_columns, depth);
                    packed
                } else {
                    Packed::of_rows(level, columns, &right)
                };
                let mut out = vec![0.5; rows * out_stride];
                let (values, mut scratch) = (&left[..], Vec::new());
                let matrix = Left { values, stride, rows, columns: used_depth };
                packed.add_product(level, matrix, used, &mut out, out_stride, &mut scratch);
                for (row, out) in out.chunks_exact(out_stride).enumerate() {
                    for (column, value) in out.iter().enumerate() {
                        let terms = (0..used_depth).map(|k| {
                            let right = right.get(k * columns + column).copied().unwrap_or(0.0);
                            f64::from(left[row * stride + k]) * f64::from(right)
                        });
                        let sum = if column < used { terms.sum::<f64>() } else { 0.0 };
                        prop_assert!((f64::from(*value) - 0.5 - sum).abs() < 2e-4, "{:?}", level);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_is_not_lost_in_a_product() {
        for level in levels() {
            let packed = Packed::of_rows(level, 2, &[1.0, f32::NAN, 1.0, 1.0]);
            let mut out = [0.0; 2];
            let left = Left { values: &[0.0, 2.0], stride: 2, rows: 1, columns: 2 };
            packed.add_product(level, left, 2, &mut out, 2, &mut Vec::new());
            assert!(out[0] == 2.0 && out[1].is_nan());
        }
    }
}
