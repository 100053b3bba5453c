//! A score as it is kept: all but the embedding in its name, so that names alone tell what is scored.

use crate::address::ModelId;
use crate::digest::Checksum;
use base64ct::{Base64, Encoding as _};
use std::fmt;
use std::str::FromStr;

/// What a model lost on some data.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    /// Blake2b-256 of the data.
    pub data: Checksum,
    /// Which model.
    pub model: ModelId,
    /// Blake2b-256 of the model's encrypted weights: other weights score anew.
    pub weights: Checksum,
    /// What it lost; NaN where that is no number.
    pub loss: f32,
}

/// Text that names no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no score")]
pub struct ScoredNameError;

impl fmt::Display for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (data, model) = (hex::encode(self.data.0), hex::encode(self.model.0));
        let weights = hex::encode(self.weights.0);
        write!(f, "{data}/{model}/{weights}/{:08x}", self.loss.to_bits())
    }
}

impl FromStr for Scored {
    type Err = ScoredNameError;

    fn from_str(name: &str) -> Result<Self, ScoredNameError> {
        let mut parts = name.split('/');
        let mut bytes = || -> Option<[u8; 32]> {
            let mut bytes = [0; 32];
            hex::decode_to_slice(parts.next()?, &mut bytes).ok()?;
            Some(bytes)
        };
        let of = (|| Some((bytes()?, bytes()?, bytes()?)))();
        let (data, model, weights) = of.ok_or(ScoredNameError)?;
        let mut loss = [0; 4];
        let text = parts.next().ok_or(ScoredNameError)?;
        hex::decode_to_slice(text, &mut loss).map_err(|_| ScoredNameError)?;
        if parts.next().is_some() {
            return Err(ScoredNameError);
        }
        Ok(Self {
            data: Checksum(data),
            model: crate::address::ObjectId(model),
            weights: Checksum(weights),
            loss: f32::from_be_bytes(loss),
        })
    }
}

/// An embedding as text, bit for bit.
#[must_use]
pub fn embedding_to_text(embedding: &[f32]) -> String {
    let bytes: Vec<u8> = embedding.iter().flat_map(|value| value.to_le_bytes()).collect();
    Base64::encode_string(&bytes)
}

/// What [`embedding_to_text`] wrote; none for any other text.
#[must_use]
pub fn embedding_from_text(text: &str) -> Option<Vec<f32>> {
    let bytes = Base64::decode_vec(text).ok()?;
    let (values, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| values.iter().map(|value| f32::from_le_bytes(*value)).collect())
}

#[cfg(test)]
mod tests {
    use super::{Scored, embedding_from_text, embedding_to_text};
    use crate::address::ObjectId;
    use crate::digest::Checksum;
    use proptest::prelude::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn scored(loss: f32) -> Scored {
        let (data, weights) = (Checksum([1; 32]), Checksum([3; 32]));
        Scored { data, model: ObjectId([2; 32]), weights, loss }
    }

    #[test]
    fn a_score_survives_its_name_bit_for_bit() {
        for loss in [0.0, -0.0, 4.965_659, f32::MIN_POSITIVE, f32::INFINITY, f32::NAN] {
            let read: Scored = scored(loss).to_string().parse().unwrap();
            assert_eq!(read.loss.to_bits(), loss.to_bits());
            assert_eq!(read.to_string(), scored(loss).to_string());
            assert_eq!((read.data, read.weights), (Checksum([1; 32]), Checksum([3; 32])));
            assert_eq!(read.model, ObjectId([2; 32]));
        }
    }

    #[test]
    fn other_names_are_no_scores() {
        let name = scored(1.0).to_string();
        let shorter = name.get(..name.len() - 1).unwrap();
        let fewer = name.rsplit_once('/').unwrap().0;
        let other = name.replacen('0', "g", 1);
        for text in
            ["", "/", "///", shorter, fewer, &other, &format!("{name}/"), &format!("{name}0")]
        {
            assert!(text.parse::<Scored>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_embedding_is_none() {
        assert_eq!(embedding_from_text("AAAA"), None, "three bytes");
        assert_eq!(embedding_from_text("?"), None);
        assert_eq!(embedding_from_text(""), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn an_embedding_survives_its_text_bit_for_bit(bits in prop::collection::vec(any::<u32>(), 0..40)) {
            let embedding: Vec<f32> = bits.iter().copied().map(f32::from_bits).collect();
            let read = embedding_from_text(&embedding_to_text(&embedding)).unwrap();
            prop_assert_eq!(read.into_iter().map(f32::to_bits).collect::<Vec<_>>(), bits);
        }
    }
}
