//! Weights made by a recipe as they are read, so that the largest model takes no disk.

use super::manifest::RecipeSpec;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use wasm_core::score::arrgen::normal;
use wasm_core::score::{LayerTensor, ModelConfig, ModelTensor, ReadError, WeightSource};

/// A safetensors file of f32 that exists only as far as it is read.
#[derive(Debug)]
pub struct Recipe {
    header: Vec<u8>,
    /// In the order of their names, as files have them.
    tensors: Vec<(ModelTensor, Range<u64>)>,
    config: ModelConfig,
    base_seed: u64,
    classes: BTreeMap<String, [f32; 2]>,
    /// The last tensor that was made, as bytes.
    made: RefCell<Option<(ModelTensor, Vec<u8>)>>,
}

impl Recipe {
    pub(super) fn new(spec: &RecipeSpec, config: &ModelConfig) -> Self {
        let named: BTreeMap<_, _> =
            ModelTensor::all(config).map(|tensor| (tensor.name(), tensor)).collect();
        let mut json = String::from("{");
        let mut places = Vec::new();
        let mut start = 0;
        for (name, tensor) in named {
            let shape = tensor.shape(config);
            let end = start + 4 * shape.iter().product::<u64>();
            let comma = if start == 0 { "" } else { "," };
            write!(
                json,
                r#"{comma}"{name}":{{"dtype":"F32","shape":{shape:?},"data_offsets":[{start},{end}]}}"#
            )
            .expect("a string takes all text");
            places.push((tensor, start..end));
            start = end;
        }
        json.push('}');
        json.extend(std::iter::repeat_n(' ', json.len().next_multiple_of(8) - json.len()));
        let header = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat();
        let begin = header.len() as u64;
        let tensors = places
            .into_iter()
            .map(|(tensor, place)| (tensor, place.start + begin..place.end + begin))
            .collect();
        let (base_seed, classes) = (spec.base_seed.0, spec.classes.clone());
        Self { header, tensors, config: *config, base_seed, classes, made: RefCell::default() }
    }

    /// A tensor, made.
    #[must_use]
    pub fn tensor(&self, tensor: ModelTensor) -> Vec<f32> {
        let (rows, columns) = tensor.rows_and_columns(&self.config);
        let [mean, deviation] = self.classes[class(tensor)];
        let seed = self.base_seed.wrapping_add(ordinal(tensor));
        normal(seed, rows * columns, mean, deviation).expect("recipes have finite deviations")
    }

    /// The tensors in the order of their names.
    pub fn tensors(&self) -> impl Iterator<Item = ModelTensor> {
        self.tensors.iter().map(|(tensor, _)| *tensor)
    }
}

impl WeightSource for Recipe {
    fn size(&self) -> u64 {
        self.tensors.last().map_or(0, |(_, place)| place.end)
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        let end = offset + buffer.len() as u64;
        if end > self.size() {
            return Err(ReadError::PastTheEnd { end, size: self.size() });
        }
        let copy = |place: Range<u64>, bytes: &[u8], buffer: &mut [u8]| {
            let (start, end) = (place.start.max(offset), place.end.min(end));
            let range = |from: u64| {
                let at = |position: u64| usize::try_from(position - from).expect("it is in memory");
                at(start)..at(end)
            };
            buffer[range(offset)].copy_from_slice(&bytes[range(place.start)]);
        };
        let header = 0..self.header.len() as u64;
        if offset < header.end {
            copy(header, &self.header, buffer);
        }
        for (tensor, place) in &self.tensors {
            if place.start >= end || place.end <= offset {
                continue;
            }
            let mut made = self.made.borrow_mut();
            if made.as_ref().is_none_or(|(made, _)| made != tensor) {
                let values = self.tensor(*tensor);
                let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                *made = Some((*tensor, bytes));
            }
            if let Some((_, bytes)) = made.as_ref() {
                copy(place.clone(), bytes, buffer);
            }
        }
        Ok(())
    }
}

/// What is added to the base seed.
fn ordinal(tensor: ModelTensor) -> u64 {
    match tensor {
        ModelTensor::Embedding => 0,
        ModelTensor::FinalGamma => 1,
        ModelTensor::FinalBeta => 2,
        ModelTensor::Predictor => 3,
        ModelTensor::PredictorBias => 4,
        ModelTensor::Layer(layer, part) => 16 * (layer as u64 + 1) + part as u64,
    }
}

fn class(tensor: ModelTensor) -> &'static str {
    match tensor {
        ModelTensor::Embedding => "embedding",
        ModelTensor::FinalGamma => "gamma",
        ModelTensor::FinalBeta => "beta",
        ModelTensor::Predictor => "predictor",
        ModelTensor::PredictorBias => "bias",
        ModelTensor::Layer(_, part) => match part {
            LayerTensor::Norm1Gamma | LayerTensor::Norm2Gamma => "gamma",
            LayerTensor::Norm1Beta | LayerTensor::Norm2Beta => "beta",
            LayerTensor::Query | LayerTensor::Key => "qk",
            LayerTensor::Value => "value",
            LayerTensor::Output => "output",
            LayerTensor::Inner => "inner",
            LayerTensor::Outer => "outer",
            LayerTensor::QueryBias
            | LayerTensor::KeyBias
            | LayerTensor::ValueBias
            | LayerTensor::OutputBias
            | LayerTensor::InnerBias
            | LayerTensor::OuterBias => "bias",
        },
    }
}
