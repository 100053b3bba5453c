//! Tensors of f32 as the chain writes them.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Why bytes are not a tensor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TensorError {
    /// Only f32 (0) is defined.
    #[error("a tensor of element type {0} is unknown, only 0 (f32) is defined")]
    ElementType(u8),
    /// The byte count is not a whole number of values.
    #[error("{0} bytes are not a whole number of f32 values")]
    Ragged(usize),
    /// The shape promises another number of values.
    #[error("the shape promises {expected} values, there are {actual}")]
    Shape {
        /// What the shape multiplies to.
        expected: u128,
        /// What there is.
        actual: usize,
    },
}

/// Values of f32 with a shape, row-major.
///
/// BCS: `dtype: u8 (0) || bytes: Vec<u8> (4 little-endian bytes a value) || shape: Vec<u64>`. Bit
/// patterns are kept, so equality is that of bits.
#[derive(Clone)]
pub struct SomaTensor {
    values: Vec<f32>,
    shape: Vec<u64>,
}

impl SomaTensor {
    /// A tensor of one dimension: an embedding, or loss scores.
    #[must_use]
    pub fn vector(values: Vec<f32>) -> Self {
        let shape = vec![values.len() as u64];
        Self { values, shape }
    }

    /// A tensor of shape `[1]`: a threshold, or a distance.
    #[must_use]
    pub fn scalar(value: f32) -> Self {
        Self::vector(vec![value])
    }

    /// A tensor of any shape.
    ///
    /// # Errors
    /// Where the shape does not multiply to the number of values.
    pub fn new(values: Vec<f32>, shape: Vec<u64>) -> Result<Self, TensorError> {
        let expected = shape
            .iter()
            .try_fold(1_u128, |product, &dimension| product.checked_mul(u128::from(dimension)))
            .unwrap_or(u128::MAX);
        if expected != values.len() as u128 {
            return Err(TensorError::Shape { expected, actual: values.len() });
        }
        Ok(Self { values, shape })
    }

    /// The values in row-major order.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The single value of a scalar.
    #[must_use]
    pub fn as_scalar(&self) -> Option<f32> {
        match self.values[..] {
            [value] => Some(value),
            _ => None,
        }
    }
}

impl fmt::Display for SomaTensor {
    /// The value of a scalar, else all values in order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_scalar() {
            Some(value) => write!(f, "{value}"),
            None => f.debug_list().entries(&self.values).finish(),
        }
    }
}

impl fmt::Debug for SomaTensor {
    /// As the node's descriptions of failures have it: three bytes, and how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.values.len() * size_of::<f32>();
        let first = self.values.first().map(|value| value.to_le_bytes());
        let data = first
            .map_or_else(|| "[]".to_owned(), |[a, b, c, _]| format!("[{a}, {b}, {c}, \"...\"]"));
        let shape = &self.shape;
        write!(
            f,
            "SomaTensor(TensorData {{ bytes: Bytes {{ data: {data}, len: {len} }}, \
             shape: {shape:?}, dtype: F32 }})"
        )
    }
}

impl PartialEq for SomaTensor {
    fn eq(&self, other: &Self) -> bool {
        let bits = |tensor: &Self| tensor.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        self.shape == other.shape && bits(self) == bits(other)
    }
}

impl Eq for SomaTensor {}

#[derive(Serialize, Deserialize)]
#[serde(rename = "SomaTensor")]
struct Wire {
    dtype: u8,
    bytes: Vec<u8>,
    shape: Vec<u64>,
}

impl Serialize for SomaTensor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Wire { dtype: 0, bytes, shape: self.shape.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SomaTensor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Wire { dtype, bytes, shape } = Wire::deserialize(deserializer)?;
        if dtype != 0 {
            return Err(Error::custom(TensorError::ElementType(dtype)));
        }
        let (values, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(Error::custom(TensorError::Ragged(bytes.len())));
        }
        let values = values.iter().map(|&value| f32::from_le_bytes(value)).collect();
        Self::new(values, shape).map_err(Error::custom)
    }
}
