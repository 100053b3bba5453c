//! The parts of a model as the CPU's engine holds them, and how they are read.

use super::elementary::add;
use super::layer_norm::layer_norm;
use super::matrix::{Left, Packed, at_least};
use crate::score::engine::{EvaluateError, Watch, Watched};
use crate::score::tensors::ModelTensor;
use crate::score::weight_source::WeightSource;
use crate::score::weights_file::{BlockBuffer, WeightsFile};
use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// A layer norm.
#[derive(Clone, Debug)]
pub(super) struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl Norm {
    /// Norms rows into memory that is used again, and returns them.
    pub(super) fn apply<'o>(&self, level: Level, rows: &[f32], out: &'o mut Vec<f32>) -> &'o [f32] {
        let out = at_least(out, rows.len());
        layer_norm(level, rows, &self.gamma, &self.beta, out);
        out
    }
}

/// A matrix and what is added to each row of a product with it.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    weight: Packed,
    bias: Vec<f32>,
}

impl Dense {
    /// Multiplies rows and adds the bias, into memory that is used again.
    pub(super) fn apply(
        &self,
        level: Level,
        rows: &[f32],
        out: &mut Vec<f32>,
        scratch: &mut Vec<f32>,
    ) {
        let (depth, columns) = (self.weight.depth(), self.weight.columns());
        let count = rows.len() / depth;
        out.clear();
        for _ in 0..count {
            out.extend_from_slice(&self.bias);
        }
        let left = Left { values: rows, stride: depth, rows: count, columns: depth };
        self.weight.add_product(level, left, columns, out, columns, scratch);
    }

    /// Adds a product of rows, and the bias, to others.
    pub(super) fn add_to(
        &self,
        level: Level,
        rows: &[f32],
        out: &mut [f32],
        scratch: &mut Vec<f32>,
    ) {
        let (depth, columns) = (self.weight.depth(), self.weight.columns());
        dispatch!(level, simd => {
            for row in out.chunks_exact_mut(columns) {
                add(simd, row, &self.bias);
            }
        });
        let left = Left { values: rows, stride: depth, rows: rows.len() / depth, columns: depth };
        self.weight.add_product(level, left, columns, out, columns, scratch);
    }
}

/// Reads parts of a model and tells of it.
pub(super) struct Loader<'l, 'w, S, W> {
    pub(super) level: Level,
    pub(super) model: &'l WeightsFile<S>,
    pub(super) watched: Watched<'w, W>,
    pub(super) buffer: BlockBuffer,
}

impl<S: WeightSource, W: Watch> Loader<'_, '_, S, W> {
    /// Rows of a tensor as they are.
    pub(super) async fn rows(
        &mut self,
        tensor: ModelTensor,
        columns: Range<usize>,
    ) -> Result<Vec<f32>, EvaluateError> {
        let rows = tensor.rows_and_columns(self.model.config()).0;
        let mut values = Vec::with_capacity(rows * columns.len());
        for block in self.model.blocks(tensor, 0..rows, columns) {
            values.extend_from_slice(self.model.read(&block, &mut self.buffer).await?);
            self.watched.read(self.model.block_bytes(&block)).await?;
        }
        Ok(values)
    }

    /// A vector.
    pub(super) async fn vector(&mut self, tensor: ModelTensor) -> Result<Vec<f32>, EvaluateError> {
        let columns = tensor.rows_and_columns(self.model.config()).1;
        self.rows(tensor, 0..columns).await
    }

    /// Some rows and columns of a matrix.
    pub(super) async fn matrix(
        &mut self,
        tensor: ModelTensor,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Result<Packed, EvaluateError> {
        let mut packed = Packed::zeros(self.level, rows.len(), columns.len());
        for block in self.model.blocks(tensor, rows.clone(), columns) {
            let values = self.model.read(&block, &mut self.buffer).await?;
            packed.write_rows(block.rows.start - rows.start, values);
            self.watched.read(self.model.block_bytes(&block)).await?;
        }
        Ok(packed)
    }

    /// A norm.
    pub(super) async fn norm(
        &mut self,
        gamma: ModelTensor,
        beta: ModelTensor,
    ) -> Result<Norm, EvaluateError> {
        Ok(Norm { gamma: self.vector(gamma).await?, beta: self.vector(beta).await? })
    }

    /// A whole matrix and its bias.
    pub(super) async fn dense(
        &mut self,
        weight: ModelTensor,
        bias: ModelTensor,
    ) -> Result<Dense, EvaluateError> {
        let (rows, columns) = weight.rows_and_columns(self.model.config());
        let weight = self.matrix(weight, 0..rows, 0..columns).await?;
        Ok(Dense { weight, bias: self.vector(bias).await? })
    }

    /// Some columns of a matrix, and of its bias.
    pub(super) async fn dense_columns(
        &mut self,
        weight: ModelTensor,
        bias: ModelTensor,
        columns: Range<usize>,
    ) -> Result<Dense, EvaluateError> {
        let rows = weight.rows_and_columns(self.model.config()).0;
        let weight = self.matrix(weight, 0..rows, columns.clone()).await?;
        Ok(Dense { weight, bias: self.rows(bias, columns).await? })
    }

    /// Some rows of a matrix, and a bias that is given.
    pub(super) async fn dense_rows(
        &mut self,
        weight: ModelTensor,
        bias: Vec<f32>,
        rows: Range<usize>,
    ) -> Result<Dense, EvaluateError> {
        let columns = weight.rows_and_columns(self.model.config()).1;
        Ok(Dense { weight: self.matrix(weight, rows, 0..columns).await?, bias })
    }
}

impl<S, W> std::fmt::Debug for Loader<'_, '_, S, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").field("watched", &self.watched).finish_non_exhaustive()
    }
}
