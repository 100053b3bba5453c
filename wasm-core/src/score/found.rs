//! Which model a file holds, read off its header.
//!
//! A file does not say how many attention heads its model has. At the network's width everything is
//! the network's; a development network has smaller models, and these have heads by a rule.

use super::config::{ConfigError, LARGEST, ModelConfig};
use super::tensors::{LayerTensor, ModelTensor};
use crate::safetensors::Header;
use std::collections::HashSet;

/// Widths from which on a small model has eight heads; below, it has four.
const EIGHT_HEADS_FROM: usize = 128;

/// A file whose tensors are those of no model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindModelError {
    /// It lacks what tells the sizes.
    #[error("the weights lack the tensor {0}")]
    Missing(String),
    /// What tells the sizes is not a matrix.
    #[error("the tensor {0} is not a matrix")]
    NotAMatrix(String),
    /// No model has such sizes.
    #[error(transparent)]
    Sizes(#[from] ConfigError),
}

impl ModelConfig {
    /// The sizes of the model in a file: the network's own at its width; else as many layers as
    /// there are, four heads, or eight from a width of 128 on. Whether all tensors are there and
    /// have these sizes is left to [`Places::find`](super::tensors::Places::find).
    ///
    /// # Errors
    /// Where the file holds no model.
    pub fn found_in(header: &Header) -> Result<Self, FindModelError> {
        let width = columns(header, ModelTensor::Embedding)?;
        if width == Self::V1.width() {
            return Ok(Self::V1);
        }
        let hidden = columns(header, ModelTensor::Layer(0, LayerTensor::Inner))?;
        let names: HashSet<&str> =
            header.tensors().iter().map(|entry| entry.name.as_str()).collect();
        let has = |layer: usize| {
            names.contains(ModelTensor::Layer(layer, LayerTensor::Inner).name().as_str())
        };
        // One more than a model may have says as much as all of them.
        let layers = (0..=LARGEST).take_while(|layer| has(*layer)).count();
        let heads = if width < EIGHT_HEADS_FROM { 4 } else { 8 };
        Ok(Self::new(width, heads, layers, hidden)?)
    }
}

fn columns(header: &Header, tensor: ModelTensor) -> Result<usize, FindModelError> {
    let name = tensor.name();
    let Some(entry) = header.tensors().iter().find(|entry| entry.name == name) else {
        return Err(FindModelError::Missing(name));
    };
    match entry.shape[..] {
        // Beyond usize is beyond any model.
        [_, columns] => Ok(usize::try_from(columns).unwrap_or(usize::MAX)),
        _ => Err(FindModelError::NotAMatrix(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::FindModelError;
    use crate::safetensors::{Header, HeaderReader};
    use crate::score::{ConfigError, ModelConfig};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A header of F32 tensors; their values are not looked at.
    fn header(tensors: &[(&str, &[u64])]) -> Header {
        let (mut entries, mut end) = (serde_json::Map::new(), 0);
        for (name, shape) in tensors {
            let begin = end;
            end += 4 * shape.iter().product::<u64>();
            let entry =
                serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, end]});
            entries.insert((*name).to_owned(), entry);
        }
        let text = serde_json::Value::Object(entries).to_string();
        let file = [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
        let mut reader = HeaderReader::new(file.len() as u64 + end).unwrap();
        while let Some(range) = reader.wanted() {
            reader.take(&file[count(range.start)..count(range.end)]).unwrap();
        }
        reader.finish().unwrap()
    }

    fn count(number: u64) -> usize {
        usize::try_from(number).unwrap()
    }

    const EMBEDDING: &str = "embedding.weight";
    const INNER: [&str; 2] =
        ["encoder.layers.0.pwff.linear_inner.weight", "encoder.layers.1.pwff.linear_inner.weight"];

    #[test]
    fn a_small_model_is_told_by_its_tensors() {
        for (width, heads) in [(16, 4), (64, 4), (128, 8), (256, 8)] {
            let inner: &[u64] = &[width, 32];
            let found = ModelConfig::found_in(&header(&[
                (EMBEDDING, &[264, width]),
                (INNER[0], inner),
                (INNER[1], inner),
            ]));
            assert_eq!(found, Ok(ModelConfig::new(count(width), heads, 2, 32).unwrap()));
        }
    }

    #[test]
    fn at_the_networks_width_only_the_networks_model_will_do() {
        let found = ModelConfig::found_in(&header(&[(EMBEDDING, &[264, 2048]), (INNER[0], &[1])]));
        assert_eq!(found, Ok(ModelConfig::V1));
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let found = |tensors| ModelConfig::found_in(&header(tensors));
        let missing = |name: &str| Err(FindModelError::Missing(name.to_owned()));
        assert_eq!(found(&[(INNER[0], &[16, 32])]), missing(EMBEDDING));
        assert_eq!(found(&[(EMBEDDING, &[264, 16])]), missing(INNER[0]));
        let vector = Err(FindModelError::NotAMatrix(EMBEDDING.to_owned()));
        assert_eq!(found(&[(EMBEDDING, &[264])]), vector);
        let odd = found(&[(EMBEDDING, &[264, 18]), (INNER[0], &[18, 32])]);
        let heads = ConfigError::Heads { width: 18, heads: 4 };
        assert_eq!(odd, Err(FindModelError::Sizes(heads)));
    }
}
