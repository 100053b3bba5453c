//! Weights made by a recipe as they are read, so that the largest model takes no disk.

use super::manifest::RecipeSpec;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use wasm_core::score::arrgen::Normals;
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
    /// How far tensors were read, so that who reads on need not begin anew.
    begun: RefCell<BTreeMap<u64, Drawing>>,
}

/// The values of a tensor, drawn in their order.
#[derive(Debug)]
struct Drawing {
    values: Normals,
    /// How many were drawn.
    drawn: u64,
    /// The last that was drawn, of which a read may have taken only some bytes.
    last: [u8; 4],
}

impl Drawing {
    const fn new(values: Normals) -> Self {
        Self { values, drawn: 0, last: [0; 4] }
    }

    /// Whether bytes from one on can still be had.
    const fn can_read(&self, start: u64) -> bool {
        start / 4 + 1 >= self.drawn
    }

    /// Fills the buffer with bytes of the tensor from one on.
    fn read(&mut self, start: u64, mut buffer: &mut [u8]) {
        let mut at = start;
        while !buffer.is_empty() {
            while self.drawn <= at / 4 {
                self.last = self.values.next().unwrap_or_default().to_le_bytes();
                self.drawn += 1;
            }
            let from = usize::try_from(at % 4).unwrap_or_default();
            let count = buffer.len().min(4 - from);
            let (now, rest) = buffer.split_at_mut(count);
            now.copy_from_slice(&self.last[from..from + count]);
            (buffer, at) = (rest, at + count as u64);
        }
    }
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
        Self { header, tensors, config: *config, base_seed, classes, begun: RefCell::default() }
    }

    fn values(&self, tensor: ModelTensor) -> Normals {
        let [mean, deviation] = self.classes[class(tensor)];
        let seed = self.base_seed.wrapping_add(ordinal(tensor));
        Normals::new(seed, mean, deviation).expect("recipes have finite deviations")
    }

    /// A tensor, made.
    #[must_use]
    pub fn tensor(&self, tensor: ModelTensor) -> Vec<f32> {
        let (rows, columns) = tensor.rows_and_columns(&self.config);
        self.values(tensor).take(rows * columns).collect()
    }

    /// Fills the buffer with bytes of a tensor from one on.
    fn draw(&self, tensor: ModelTensor, start: u64, buffer: &mut [u8]) {
        let mut begun = self.begun.borrow_mut();
        let number = ordinal(tensor);
        let mut drawing = begun
            .remove(&number)
            .filter(|drawing| drawing.can_read(start))
            .unwrap_or_else(|| Drawing::new(self.values(tensor)));
        drawing.read(start, buffer);
        let (rows, columns) = tensor.rows_and_columns(&self.config);
        if drawing.drawn < (rows * columns) as u64 {
            begun.insert(number, drawing);
        }
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
        let header = 0..self.header.len() as u64;
        let parts = self.tensors.iter().map(|(tensor, place)| (Some(*tensor), place));
        for (tensor, place) in std::iter::once((None, &header)).chain(parts) {
            let common = place.start.max(offset)..place.end.min(end);
            if common.is_empty() {
                continue;
            }
            let at = |position: u64| usize::try_from(position - offset).expect("it is in memory");
            let buffer = &mut buffer[at(common.start)..at(common.end)];
            let start = common.start - place.start;
            if let Some(tensor) = tensor {
                self.draw(tensor, start, buffer);
            } else {
                let start = usize::try_from(start).expect("it is in memory");
                buffer.copy_from_slice(&self.header[start..start + buffer.len()]);
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Recipe;
    use crate::read::Text;
    use crate::scoring::manifest::RecipeSpec;
    use futures::executor::block_on;
    use wasm_core::score::{ModelConfig, WeightSource as _};

    #[test]
    fn whatever_is_read_in_whatever_order_is_of_the_same_file() {
        let classes = [
            "embedding",
            "gamma",
            "beta",
            "bias",
            "qk",
            "value",
            "output",
            "inner",
            "outer",
            "predictor",
        ];
        let spec = RecipeSpec {
            base_seed: Text(7),
            classes: classes.map(|class| (class.to_owned(), [0.5, 2.0])).into(),
        };
        let config = ModelConfig::new(4, 2, 1, 6).unwrap();
        let recipe = Recipe::new(&spec, &config);
        let mut file = vec![0; usize::try_from(recipe.size()).unwrap()];
        block_on(recipe.read(0, &mut file)).unwrap();
        let mut start = 3;
        for step in 0..2000 {
            let end = file.len().min(start + step % 37);
            let mut part = vec![0; end - start];
            block_on(recipe.read(start as u64, &mut part)).unwrap();
            assert!(part == file[start..end], "bytes {start}..{end}");
            // Often on from where the last read ended, sometimes elsewhere.
            start = if step % 5 == 0 { step * 7919 % file.len() } else { end };
        }
        for tensor in recipe.tensors() {
            let values: Vec<u8> =
                recipe.tensor(tensor).into_iter().flat_map(f32::to_le_bytes).collect();
            assert!(file.windows(values.len()).any(|part| part == values), "{tensor:?}");
        }
    }
}
