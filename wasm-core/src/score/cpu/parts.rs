//! The parts of a model as the CPU's engine holds them, and how they are read.

use super::elementary::add;
use super::layer_norm::layer_norm;
use super::matrix::{Left, Packed, at_least};
use super::passes::Head;
use super::team::Share;
use crate::score::engine::{EvaluateError, Watch, Watched};
use crate::score::tensors::{LayerTensor, ModelTensor};
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
    /// Values of a row of a product with it.
    pub(super) const fn columns(&self) -> usize {
        self.weight.columns()
    }

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

/// Queries and the way back from what they found.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) query: Dense,
    pub(super) output: Dense,
}

/// Keys and values.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) key: Dense,
    pub(super) value: Dense,
}

/// A feed-forward part, or some of its inner values.
#[derive(Debug)]
pub(super) struct FeedForward {
    pub(super) inner: Dense,
    pub(super) outer: Dense,
}

/// Reads a share of a model, part by part, and tells of it.
pub(super) struct Loader<'l, 'w, S, W> {
    pub(super) level: Level,
    pub(super) model: &'l WeightsFile<S>,
    pub(super) share: Share,
    pub(super) watched: Watched<'w, W>,
    pub(super) buffer: BlockBuffer,
    /// Bytes of the file that are read at once.
    pub(super) piece: u64,
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
        for block in self.model.blocks_of(self.piece, tensor, 0..rows, columns) {
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
        for block in self.model.blocks_of(self.piece, tensor, rows.clone(), columns) {
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

    /// The norm before a layer's attention.
    pub(super) async fn attention_norm(&mut self, layer: usize) -> Result<Norm, EvaluateError> {
        self.norm(of(layer, LayerTensor::Norm1Gamma), of(layer, LayerTensor::Norm1Beta)).await
    }

    /// The norm before a layer's feed-forward part.
    pub(super) async fn feed_forward_norm(&mut self, layer: usize) -> Result<Norm, EvaluateError> {
        self.norm(of(layer, LayerTensor::Norm2Gamma), of(layer, LayerTensor::Norm2Beta)).await
    }

    /// What makes keys and values.
    pub(super) async fn telling(&mut self, layer: usize) -> Result<Telling, EvaluateError> {
        let heads = self.share.attention();
        let (weight, bias) = (of(layer, LayerTensor::Key), of(layer, LayerTensor::KeyBias));
        let key = self.columns(weight, bias, heads.clone()).await?;
        let (weight, bias) = (of(layer, LayerTensor::Value), of(layer, LayerTensor::ValueBias));
        Ok(Telling { key, value: self.columns(weight, bias, heads).await? })
    }

    /// What makes queries, and the way back.
    pub(super) async fn asking(&mut self, layer: usize) -> Result<Asking, EvaluateError> {
        let heads = self.share.attention();
        let (weight, bias) = (of(layer, LayerTensor::Query), of(layer, LayerTensor::QueryBias));
        let query = self.columns(weight, bias, heads.clone()).await?;
        let bias = self.bias_once(of(layer, LayerTensor::OutputBias), true).await?;
        let output = self.rows_of(of(layer, LayerTensor::Output), bias, heads).await?;
        Ok(Asking { query, output })
    }

    /// A slice of a layer's feed-forward part. The first one has the bias.
    pub(super) async fn feed_forward(
        &mut self,
        layer: usize,
        slice: Range<usize>,
    ) -> Result<FeedForward, EvaluateError> {
        let (weight, bias) = (of(layer, LayerTensor::Inner), of(layer, LayerTensor::InnerBias));
        let inner = self.columns(weight, bias, slice.clone()).await?;
        let first = slice.start == self.share.hidden.start;
        let bias = self.bias_once(of(layer, LayerTensor::OuterBias), first).await?;
        let outer = self.rows_of(of(layer, LayerTensor::Outer), bias, slice).await?;
        Ok(FeedForward { inner, outer })
    }

    /// The same, unless the slice is empty.
    pub(super) async fn slice(
        &mut self,
        layer: usize,
        slice: Range<usize>,
    ) -> Result<Option<FeedForward>, EvaluateError> {
        if slice.is_empty() { Ok(None) } else { self.feed_forward(layer, slice).await.map(Some) }
    }

    /// What follows the last layer.
    pub(super) async fn head(&mut self) -> Result<Head, EvaluateError> {
        let norm = self.norm(ModelTensor::FinalGamma, ModelTensor::FinalBeta).await?;
        let columns = ModelTensor::Predictor.rows_and_columns(self.model.config()).1;
        let (weight, bias) = (ModelTensor::Predictor, ModelTensor::PredictorBias);
        Ok(Head { norm, predictor: self.columns(weight, bias, 0..columns).await? })
    }

    /// A bias that is added once, whoever has what it is added to.
    async fn bias_once(
        &mut self,
        bias: ModelTensor,
        first: bool,
    ) -> Result<Vec<f32>, EvaluateError> {
        if first && self.share.adds_biases() {
            return self.vector(bias).await;
        }
        Ok(vec![0.0; bias.rows_and_columns(self.model.config()).1])
    }

    /// Some columns of a matrix, and of its bias.
    async fn columns(
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
    async fn rows_of(
        &mut self,
        weight: ModelTensor,
        bias: Vec<f32>,
        rows: Range<usize>,
    ) -> Result<Dense, EvaluateError> {
        let columns = weight.rows_and_columns(self.model.config()).1;
        Ok(Dense { weight: self.matrix(weight, rows, 0..columns).await?, bias })
    }
}

const fn of(layer: usize, tensor: LayerTensor) -> ModelTensor {
    ModelTensor::Layer(layer, tensor)
}

impl<S, W> std::fmt::Debug for Loader<'_, '_, S, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").field("watched", &self.watched).finish_non_exhaustive()
    }
}
