//! A model's embedding as a person gives it: numbers as text, or the bytes of f32 values.

use crate::tensor::SomaTensor;

/// Why something is not an embedding of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Nothing was given.
    #[error("enter the numbers of the embedding")]
    Empty,
    /// Something else than a number; the first value has position 1.
    #[error("value {position} of the embedding is not a number")]
    NotANumber {
        /// Which value, counted from 1.
        position: usize,
    },
    /// An infinite value, one too large for f32, or none at all (NaN).
    #[error("value {position} of the embedding is not a finite number")]
    NotFinite {
        /// Which value, counted from 1.
        position: usize,
    },
    /// A list that begins with `[` and does not end with `]`, or the other way round.
    #[error("the list of numbers has only one of its brackets: it may be cut short")]
    Bracket,
    /// Bytes that are not a whole number of values.
    #[error("{0} bytes are not a whole number of f32 values")]
    Ragged(usize),
    /// Another number of values than the network works with.
    #[error("an embedding has {expected} numbers on this network, this one has {actual}")]
    Length {
        /// How many the network works with.
        expected: u64,
        /// How many there are.
        actual: u64,
    },
}

/// Reads an embedding from text: a JSON array, or numbers with white space or commas between.
/// `dimension` is the chain's `target_embedding_dim`.
///
/// # Errors
/// Where a value is no finite number, or their number is another.
pub fn parse(text: &str, dimension: u64) -> Result<SomaTensor, EmbeddingError> {
    let text = text.trim();
    let text = match (text.strip_prefix('['), text.ends_with(']')) {
        (Some(rest), true) => rest.strip_suffix(']').unwrap_or(rest).trim(),
        (None, false) => text,
        _ => return Err(EmbeddingError::Bracket),
    };
    if text.is_empty() {
        return Err(EmbeddingError::Empty);
    }
    // Between two commas there may be one number or, in a list without commas, many.
    let values = text.split(',').flat_map(|part| {
        let mut numbers = part.split_whitespace().peekable();
        let missing = numbers.peek().is_none().then_some("");
        numbers.chain(missing)
    });
    let values = values.zip(1..).map(|(number, position)| {
        number.parse().map_err(|_| EmbeddingError::NotANumber { position })
    });
    check(values, dimension)
}

/// Reads an embedding from the little-endian bytes of its f32 values.
/// `dimension` is the chain's `target_embedding_dim`.
///
/// # Errors
/// Where the bytes are no whole number of values, one is not finite, or their number is another.
pub fn from_f32_le(bytes: &[u8], dimension: u64) -> Result<SomaTensor, EmbeddingError> {
    let (values, rest) = bytes.as_chunks::<4>();
    if bytes.is_empty() {
        return Err(EmbeddingError::Empty);
    }
    if !rest.is_empty() {
        return Err(EmbeddingError::Ragged(bytes.len()));
    }
    check(values.iter().map(|value| Ok(f32::from_le_bytes(*value))), dimension)
}

/// The direction in the middle of several: each counts by its direction alone. None where one has no
/// direction, their lengths differ, or they cancel each other out.
#[must_use]
pub fn mean_direction(vectors: &[Vec<f32>]) -> Option<Vec<f32>> {
    let dimension = vectors.first()?.len();
    let mut sum = vec![0.0_f64; dimension];
    for vector in vectors {
        let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        if vector.len() != dimension || !length.is_normal() {
            return None;
        }
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value) / length);
    }
    let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "embeddings are f32")]
    let narrow = |value: f64| (value / length) as f32;
    // What rounding leaves of vectors that cancel each other out is no direction.
    (length > 1e-6).then(|| sum.into_iter().map(narrow).collect())
}

fn check(
    values: impl Iterator<Item = Result<f32, EmbeddingError>>,
    dimension: u64,
) -> Result<SomaTensor, EmbeddingError> {
    let finite = values.zip(1..).map(|(value, position)| {
        value.and_then(|value| {
            if value.is_finite() { Ok(value) } else { Err(EmbeddingError::NotFinite { position }) }
        })
    });
    let values = finite.collect::<Result<Vec<_>, _>>()?;
    let actual = values.len() as u64;
    if actual != dimension {
        return Err(EmbeddingError::Length { expected: dimension, actual });
    }
    Ok(SomaTensor::vector(values))
}

#[cfg(test)]
mod tests {
    use super::{EmbeddingError, from_f32_le, mean_direction, parse};
    use crate::tensor::SomaTensor;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_way_of_writing_numbers_is_read() {
        let expected = SomaTensor::vector(vec![0.1, -0.0, 3e-5]);
        for text in [
            "[0.1, -0.0, 3e-5]",
            " [\n0.1,-0,3E-05\n] ",
            "0.1 -0 0.00003",
            "0.1\n-0.0\n3e-5\n",
            "0.1,-0.0,3e-5",
            "[0.1 -0.0\t 3e-5]",
        ] {
            assert_eq!(parse(text, 3), Ok(expected.clone()), "{text}");
        }
    }

    #[test]
    fn a_value_that_is_no_number_is_pointed_at() {
        for (text, error) in [
            ("", EmbeddingError::Empty),
            ("[ ]", EmbeddingError::Empty),
            ("[1, 2", EmbeddingError::Bracket),
            ("1, 2]", EmbeddingError::Bracket),
            ("[", EmbeddingError::Bracket),
            ("1 two 3", EmbeddingError::NotANumber { position: 2 }),
            ("[[1, 2, 3]]", EmbeddingError::NotANumber { position: 1 }),
            ("[1,, 3]", EmbeddingError::NotANumber { position: 2 }),
            ("[1, 2, 3,]", EmbeddingError::NotANumber { position: 4 }),
            ("1 2 0x3", EmbeddingError::NotANumber { position: 3 }),
            ("1 2 3.4.5", EmbeddingError::NotANumber { position: 3 }),
            ("1 \"2\" 3", EmbeddingError::NotANumber { position: 2 }),
            ("[1, NaN, 3]", EmbeddingError::NotFinite { position: 2 }),
            ("1 2 -inf", EmbeddingError::NotFinite { position: 3 }),
            ("1e39 2 3", EmbeddingError::NotFinite { position: 1 }),
            ("1 2", EmbeddingError::Length { expected: 3, actual: 2 }),
            ("1 2 3 4", EmbeddingError::Length { expected: 3, actual: 4 }),
        ] {
            assert_eq!(parse(text, 3), Err(error), "{text}");
        }
    }

    #[test]
    fn the_middle_of_directions_does_not_depend_on_lengths() {
        let root = 0.5_f32.sqrt();
        assert_eq!(mean_direction(&[vec![3.0, 0.0], vec![0.0, 0.2]]), Some(vec![root, root]));
        assert_eq!(mean_direction(&[vec![0.0, -5.0]]), Some(vec![0.0, -1.0]));
        let nothing = [
            vec![],
            vec![vec![1.0], vec![1.0, 2.0]],
            vec![vec![1.0, 2.0], vec![-2.0, -4.0]],
            vec![vec![0.0, 0.0]],
            vec![vec![f32::NAN, 1.0]],
        ];
        for vectors in nothing {
            assert_eq!(mean_direction(&vectors), None, "{vectors:?}");
        }
    }

    #[test]
    fn bytes_are_checked_like_text() {
        let bytes =
            |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>();
        let good = bytes(&[1.5, -2.0]);
        assert_eq!(from_f32_le(&good, 2), Ok(SomaTensor::vector(vec![1.5, -2.0])));
        assert_eq!(from_f32_le(&[], 2), Err(EmbeddingError::Empty));
        assert_eq!(from_f32_le(&good[1..], 2), Err(EmbeddingError::Ragged(7)));
        let short = Err(EmbeddingError::Length { expected: 3, actual: 2 });
        assert_eq!(from_f32_le(&good, 3), short);
        let nan = Err(EmbeddingError::NotFinite { position: 2 });
        assert_eq!(from_f32_le(&bytes(&[0.0, f32::NAN]), 2), nan);
    }

    proptest! {
        #[test]
        fn every_finite_value_survives_its_text(bits in prop::collection::vec(any::<u32>(), 1..20)) {
            let values: Vec<_> =
                bits.into_iter().map(f32::from_bits).filter(|value| value.is_finite()).collect();
            prop_assume!(!values.is_empty());
            let text = values.iter().map(f32::to_string).collect::<Vec<_>>().join(",");
            let dimension = values.len() as u64;
            prop_assert_eq!(parse(&text, dimension), Ok(SomaTensor::vector(values)));
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = parse(&text, 1);
        }
    }
}
