//! The kernels, each with what it is given: sizes become parameters and numbers of workgroups here,
//! and nowhere else.

use crate::probe::Variant;
use crate::recorder::{Place, Recorder};
use wasm_core::score::config::LAYER_NORM_EPSILON;
use wasm_core::score::cpu::elementary::SIN_COS_LIMIT;
use wasm_core::score::kernels;
use wasm_core::score::loss::points;
use wasm_core::score::narrow::narrow;
use wasm_core::score::{EvaluateError, PAD, SLICES, VOCABULARY, Watch};

/// Workgroups of one dimension; more go to the second.
const GROUPS: u32 = 32_768;
/// Rows by which a product is cut.
const ROWS: usize = 128;

/// A matrix of a product, or one for each pair of each set. Places are in fours of values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'b> {
    pub(crate) place: Place<'b>,
    /// Where the first row begins.
    pub(crate) first: usize,
    /// From one row to the next.
    pub(crate) stride: usize,
    /// From one pair to the next.
    pub(crate) pair: usize,
    /// From one set to the next.
    pub(crate) set: usize,
}

impl<'b> Matrix<'b> {
    /// A matrix that begins with its place, for the only pair.
    pub(crate) const fn new(place: Place<'b>, stride: usize) -> Self {
        Self { place, first: 0, stride, pair: 0, set: 0 }
    }

    /// The same from some row on.
    pub(crate) const fn at_row(self, row: usize) -> Self {
        Self { first: self.first + row * self.stride, ..self }
    }
}

/// `c = gelu(scale (a b) + bias) + c`, each part where it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product<'b> {
    pub(crate) rows: usize,
    /// In fours.
    pub(crate) depth: usize,
    /// In fours.
    pub(crate) columns: usize,
    /// Of a set.
    pub(crate) pairs: usize,
    pub(crate) sets: usize,
    pub(crate) a: Matrix<'b>,
    pub(crate) b: Matrix<'b>,
    pub(crate) c: Matrix<'b>,
    pub(crate) bias: Option<Place<'b>>,
    pub(crate) scale: f32,
    pub(crate) gelu: bool,
    pub(crate) add: bool,
}

impl<'b> Product<'b> {
    /// Rows of a matrix by another, for one pair, and nothing more.
    pub(crate) const fn new(rows: usize, a: Matrix<'b>, b: Matrix<'b>, c: Matrix<'b>) -> Self {
        let (depth, columns) = (a.stride, b.stride);
        let (bias, scale, gelu, add) = (None, 1.0, false, false);
        Self { rows, depth, columns, pairs: 1, sets: 1, a, b, c, bias, scale, gelu, add }
    }

    /// Operations of one row.
    #[expect(clippy::cast_precision_loss, reason = "an approximate number")]
    fn operations_of_a_row(&self) -> f64 {
        32.0 * (self.depth * self.columns * self.pairs * self.sets) as f64
    }
}

/// A size as a kernel takes it.
fn word(size: usize) -> u32 {
    u32::try_from(size).expect("what fits a buffer is counted in 32 bits")
}

/// Workgroups for so many of a size.
fn groups(number: usize, size: u32) -> u32 {
    word(number).div_ceil(size)
}

/// Workgroups that a kernel counts over two dimensions.
fn spread(groups: u32) -> [u32; 3] {
    [groups.min(GROUPS), groups.div_ceil(GROUPS), 1]
}

#[expect(clippy::cast_precision_loss, reason = "an approximate number")]
const fn about(number: usize) -> f64 {
    number as f64
}

impl<W: Watch> Recorder<'_, '_, W> {
    /// Multiplies matrices, in portions if they are large.
    pub(crate) async fn product(&mut self, product: Product<'_>) -> Result<(), EvaluateError> {
        let operations = product.operations_of_a_row();
        let mut start = 0;
        while start < product.rows {
            let mut rows = product.rows - start;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounds")]
            let allowed = (self.allowance() / operations) as usize;
            if rows > allowed {
                rows = rows.min((allowed / ROWS).max(1) * ROWS);
            }
            self.part_of_product(&product, start, rows, operations * about(rows));
            self.pace().await?;
            start += rows;
        }
        Ok(())
    }

    fn part_of_product(&mut self, of: &Product<'_>, start: usize, rows: usize, operations: f64) {
        let (a, b, c) = (of.a.at_row(start), of.b, of.c.at_row(start));
        let parts = [
            (of.bias.is_some(), kernels::PRODUCT_BIAS),
            (of.gelu, kernels::PRODUCT_GELU),
            (of.add, kernels::PRODUCT_ADD),
        ];
        let parts = parts.into_iter().filter_map(|(asked, part)| asked.then_some(part)).sum();
        let sizes = [rows, of.depth, of.columns];
        let places = [a, b, c]
            .map(|matrix| [matrix.first, matrix.stride, matrix.pair, matrix.set].map(word));
        let last = [word(of.pairs), of.scale.to_bits()];
        let words = [&sizes.map(word)[..], places.as_flattened(), &last].concat();
        let (variant, number) = self.variant_for(rows, of.columns, of.pairs * of.sets);
        let bound = [a.place, b.place, of.bias.unwrap_or(b.place), c.place];
        self.run(&variant.kernel().with(parts), &words, &bound, number, operations);
    }

    /// The variant for a product of some size, and its workgroups.
    fn variant_for(&self, rows: usize, columns: usize, pairs: usize) -> (Variant, [u32; 3]) {
        let mut variant = self.choice.variant;
        loop {
            let [tile_columns, tile_rows] = variant.tile();
            let number = [columns.div_ceil(tile_columns), rows.div_ceil(tile_rows), pairs];
            match variant.smaller() {
                Some(smaller) if number.iter().product::<usize>() < self.choice.enough(variant) => {
                    variant = smaller;
                }
                _ => return (variant, number.map(word)),
            }
        }
    }

    /// Gathers rows of the table.
    pub(crate) fn embed(
        &mut self,
        tokens: Place<'_>,
        first: usize,
        table: Place<'_>,
        x: Place<'_>,
        (rows, columns): (usize, usize),
    ) {
        let words = [rows, columns, first].map(word);
        // Rows can be many.
        let number = [groups(columns, 8), groups(rows, 8), 1];
        self.run(&kernels::EMBED, &words, &[tokens, table, x], number, about(4 * rows * columns));
    }

    /// Norms rows of `x` from one on.
    pub(crate) fn layer_norm(
        &mut self,
        x: Place<'_>,
        first: usize,
        [gamma, beta]: [Place<'_>; 2],
        y: Place<'_>,
        [rows, columns, width]: [usize; 3],
    ) {
        let [rows_word, columns_word, width, first] = [rows, columns, width, first].map(word);
        let words = [rows_word, columns_word, width, first, LAYER_NORM_EPSILON.to_bits()];
        let places = [x, gamma, beta, y];
        let operations = about(100 * rows * columns);
        if self.choice.variant.is_flat() {
            let number = spread(rows_word.div_ceil(kernels::LAYER_NORM_FLAT.workgroup[0]));
            self.run(&kernels::LAYER_NORM_FLAT, &words, &places, number, operations);
        } else {
            self.run(&kernels::LAYER_NORM, &words, &places, spread(rows_word), operations);
        }
    }

    /// Turns queries in place. `places` are the tables and the queries; see [`Turn`].
    pub(crate) fn rotate(&mut self, turn: &Turn, places: [Place<'_>; 2]) {
        let pairs = turn.heads * turn.pairs;
        let number = [groups(pairs, 16), groups(turn.rows, 4), 1];
        self.run(&kernels::ROTATE, &turn.words(), &places, number, about(10 * pairs * turn.rows));
    }

    /// Turns keys, and their matrix over. `places` are the tables, what is turned, and the keys.
    pub(crate) fn rotate_keys(&mut self, turn: &Turn, places: [Place<'_>; 3]) {
        let pairs = turn.heads * turn.pairs;
        let number = [groups(turn.rows, 16), groups(pairs, 4), 1];
        let operations = about(10 * pairs * turn.rows);
        self.run(&kernels::ROTATE_KEYS, &turn.words(), &places, number, operations);
    }

    /// Makes weights of scores, in place.
    pub(crate) fn softmax(&mut self, block: &Block, scores: Place<'_>, leaks: Place<'_>) {
        let Block { rows, tile, first, columns, stride, length, heads, sets } = *block;
        let words = [rows, tile, first, columns, stride, length].map(word);
        let heads = heads * sets;
        let operations = about(100 * heads * rows * columns);
        let places = [scores, leaks];
        if self.choice.variant.is_flat() {
            let number = [groups(rows, 16), word(heads), 1];
            self.run(&kernels::ATTENTION_SOFTMAX_FLAT, &words, &places, number, operations);
        } else {
            let number = [word(rows), word(heads), 1];
            self.run(&kernels::ATTENTION_SOFTMAX, &words, &places, number, operations);
        }
    }

    /// Attends in full where rows are marked. `places` are the marks, weights, values, and context;
    /// `columns` are those of a row of context and of one head of it.
    pub(crate) fn attend_masked(
        &mut self,
        block: &Block,
        [columns, head, first]: [usize; 3],
        places: [Place<'_>; 4],
    ) {
        let Block { rows, tile, stride, length, heads, sets, .. } = *block;
        let sizes = [rows, tile, columns, head, 4 * stride, length, first, heads];
        let number = [groups(columns, 16), groups(rows, 4), word(sets)];
        let operations = about(sets * rows * columns);
        self.run(&kernels::ATTENTION_MASKED, &sizes.map(word), &places, number, operations);
    }

    /// Negative log-likelihoods of targets from one on, to losses from one on.
    pub(crate) fn cross_entropy(
        &mut self,
        rows: usize,
        targets_first: usize,
        losses_first: usize,
        places: [Place<'_>; 3],
    ) {
        let [rows_word, targets, losses] = [rows, targets_first, losses_first].map(word);
        let number = [groups(rows, 16), 1, 1];
        let operations = about(20 * rows * VOCABULARY);
        let words = [rows_word, targets, losses, PAD];
        self.run(&kernels::CROSS_ENTROPY, &words, &places, number, operations);
    }

    /// values of SIGReg of projections, to losses from one on.
    pub(crate) fn sig_reg(&mut self, rows: usize, losses_first: usize, places: [Place<'_>; 2]) {
        let words = sig_reg_words(rows, losses_first);
        let operations = about(200 * rows * SLICES);
        self.run(&kernels::SIG_REG, &words, &places, [groups(rows, 16), 1, 1], operations);
    }

    /// Sums of the columns of tiles, so many rows each, to sums from one on. Columns and places are
    /// in fours.
    pub(crate) fn column_sums(
        &mut self,
        [tiles, rows, columns]: [usize; 3],
        first: usize,
        places: [Place<'_>; 2],
    ) {
        let words = [rows, columns, first].map(word);
        let number = [groups(columns, 16), word(tiles), 1];
        let operations = about(4 * tiles * rows * columns);
        self.run(&kernels::COLUMN_SUMS, &words, &places, number, operations);
    }
}

/// The parameters of SIGReg: its points, from the one definition of them.
fn sig_reg_words(rows: usize, losses_first: usize) -> Vec<u32> {
    let points = points();
    let expected = points.map(|point| narrow(point.expected));
    let weights = points.map(|point| narrow(point.weight));
    let sizes = [rows, losses_first, 0].map(word);
    let numbers = [&expected[..], &weights, &[narrow(points[0].t), SIN_COS_LIMIT]].concat();
    numbers.into_iter().map(f32::to_bits).chain(sizes).collect()
}

/// Rows of queries or keys that are turned by their positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) rows: usize,
    pub(crate) heads: usize,
    /// Pairs of a head.
    pub(crate) pairs: usize,
    /// Values from one head to the next.
    pub(crate) head: usize,
    /// Values from one row to the next.
    pub(crate) stride: usize,
    /// Place in the tables of the first row.
    pub(crate) first: usize,
    /// Where sines begin in the tables.
    pub(crate) sines: usize,
    /// Positions of a sequence.
    pub(crate) sequence: usize,
    /// Values of a row of turned keys.
    pub(crate) length: usize,
}

impl Turn {
    fn words(&self) -> [u32; 9] {
        let Self { rows, heads, pairs, head, stride, first, sines, sequence, length } = *self;
        [rows, heads, pairs, head, stride, first, sines, sequence, length].map(word)
    }
}

/// Scores of some queries, the same ones of each sequence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) rows: usize,
    /// Rows from one head to the next.
    pub(crate) tile: usize,
    /// Position in its sequence of the first query.
    pub(crate) first: usize,
    /// Keys up to the last query, in fours.
    pub(crate) columns: usize,
    /// Of a row, in fours.
    pub(crate) stride: usize,
    /// Keys of the sequence.
    pub(crate) length: usize,
    pub(crate) heads: usize,
    /// Sequences, for each of which there are such scores.
    pub(crate) sets: usize,
}
