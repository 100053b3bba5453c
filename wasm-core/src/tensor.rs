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
            None => {
                for (place, value) in self.values.iter().enumerate() {
                    write!(f, "{}{value}", if place == 0 { "[" } else { ", " })?;
                }
                f.write_str(if self.values.is_empty() { "[]" } else { "]" })
            }
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

#[cfg(test)]
mod tests {
    use super::{SomaTensor, TensorError, Wire};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn decoded(dtype: u8, bytes: &[u8], shape: &[u64]) -> Result<SomaTensor, String> {
        let wire = Wire { dtype, bytes: bytes.to_vec(), shape: shape.to_vec() };
        bcs::from_bytes(&bcs::to_bytes(&wire).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_scalar_and_an_empty_tensor_have_the_chains_bytes() {
        let scalar = bcs::to_bytes(&SomaTensor::scalar(1.0)).unwrap();
        assert_eq!(hex::encode(scalar), "00040000803f010100000000000000");
        let empty = bcs::to_bytes(&SomaTensor::vector(Vec::new())).unwrap();
        assert_eq!(hex::encode(empty), "0000010000000000000000");
    }

    #[test]
    fn every_bit_pattern_is_kept() {
        for bits in [0x8000_0000, 1, 0x7f80_0000, 0xff80_0000, 0x7fc0_0001, 0xffa0_1234] {
            let tensor = SomaTensor::scalar(f32::from_bits(bits));
            let bytes = bcs::to_bytes(&tensor).unwrap();
            let read: SomaTensor = bcs::from_bytes(&bytes).unwrap();
            assert_eq!(read, tensor);
            assert_eq!(read.values()[0].to_bits(), bits);
        }
        assert_ne!(SomaTensor::scalar(0.0), SomaTensor::scalar(-0.0));
    }

    #[test]
    fn values_without_their_shape_are_refused() {
        let refused = SomaTensor::new(vec![1.0; 6], vec![2, 2]).unwrap_err();
        assert_eq!(refused, TensorError::Shape { expected: 4, actual: 6 });
        assert!(decoded(0, &[0; 24], &[2, 2]).is_err());
        SomaTensor::new(vec![1.0; 6], vec![2, 3]).unwrap();
    }

    #[test]
    fn a_shape_beyond_all_numbers_is_refused() {
        assert!(SomaTensor::new(Vec::new(), vec![u64::MAX; 3]).is_err());
        assert!(decoded(0, &[], &[1 << 63, 1 << 63, 4]).is_err());
    }

    #[test]
    fn half_a_value_is_refused() {
        assert!(decoded(0, &[0; 5], &[1]).unwrap_err().contains("whole number"));
    }

    #[test]
    fn an_unknown_element_type_is_refused() {
        assert!(decoded(1, &[0; 4], &[1]).unwrap_err().contains("element type 1"));
    }
}
