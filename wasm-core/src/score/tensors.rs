//! The tensors of a model: their names and shapes, the order in which a forward pass needs them,
//! and where a file keeps them.

use super::config::{ModelConfig, VOCABULARY};
use super::widen::is_readable;
use crate::safetensors::{Dtype, Header, TensorEntry};
use std::collections::HashMap;
use std::ops::Range;

macro_rules! layer_tensors {
    ($($name:ident $text:literal [$($size:ident)+],)*) => {
        /// A tensor of a layer, in the order of use. Matrices are stored `[in, out]`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LayerTensor {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl LayerTensor {
            /// All of them, in the order of use.
            pub const ALL: [Self; 16] = [$(Self::$name,)*];

            /// The name inside its layer.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The dimensions.
            #[must_use]
            pub fn shape(self, config: &ModelConfig) -> Vec<u64> {
                match self { $(Self::$name => vec![$(config.$size() as u64),+],)* }
            }
        }
    };
}

layer_tensors! {
    Norm1Gamma "norm_1.gamma" [width],
    Norm1Beta "norm_1.beta" [width],
    Query "attention.query.weight" [width width],
    QueryBias "attention.query.bias" [width],
    Key "attention.key.weight" [width width],
    KeyBias "attention.key.bias" [width],
    Value "attention.value.weight" [width width],
    ValueBias "attention.value.bias" [width],
    Output "attention.output.weight" [width width],
    OutputBias "attention.output.bias" [width],
    Norm2Gamma "norm_2.gamma" [width],
    Norm2Beta "norm_2.beta" [width],
    Inner "pwff.linear_inner.weight" [width hidden],
    InnerBias "pwff.linear_inner.bias" [hidden],
    Outer "pwff.linear_outer.weight" [hidden width],
    OuterBias "pwff.linear_outer.bias" [width],
}

/// A tensor of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModelTensor {
    /// `embedding.weight`: a row a token.
    Embedding,
    /// One of a layer, counted from 0.
    Layer(usize, LayerTensor),
    /// `final_norm.gamma`
    FinalGamma,
    /// `final_norm.beta`
    FinalBeta,
    /// `predictor.weight`
    Predictor,
    /// `predictor.bias`
    PredictorBias,
}

impl ModelTensor {
    /// Every tensor of a model, in the order of use.
    pub fn all(config: &ModelConfig) -> impl Iterator<Item = Self> + use<> {
        let layers = (0..config.layers())
            .flat_map(|layer| LayerTensor::ALL.map(|tensor| Self::Layer(layer, tensor)));
        let last = [Self::FinalGamma, Self::FinalBeta, Self::Predictor, Self::PredictorBias];
        std::iter::once(Self::Embedding).chain(layers).chain(last)
    }

    /// The name in a file.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Embedding => "embedding.weight".to_owned(),
            Self::Layer(layer, tensor) => format!("encoder.layers.{layer}.{}", tensor.as_str()),
            Self::FinalGamma => "final_norm.gamma".to_owned(),
            Self::FinalBeta => "final_norm.beta".to_owned(),
            Self::Predictor => "predictor.weight".to_owned(),
            Self::PredictorBias => "predictor.bias".to_owned(),
        }
    }

    /// The dimensions.
    #[must_use]
    pub fn shape(self, config: &ModelConfig) -> Vec<u64> {
        let (width, vocabulary) = (config.width() as u64, VOCABULARY as u64);
        match self {
            Self::Embedding => vec![vocabulary, width],
            Self::Layer(_, tensor) => tensor.shape(config),
            Self::FinalGamma | Self::FinalBeta => vec![width],
            Self::Predictor => vec![width, vocabulary],
            Self::PredictorBias => vec![vocabulary],
        }
    }

    /// Rows and columns; a vector is one row.
    #[must_use]
    pub fn rows_and_columns(self, config: &ModelConfig) -> (usize, usize) {
        let size = |size: u64| usize::try_from(size).expect("a size came from a usize");
        match self.shape(config)[..] {
            [columns] => (1, size(columns)),
            [rows, columns] => (size(rows), size(columns)),
            _ => unreachable!("tensors of a model have one or two dimensions"),
        }
    }

    /// The place in the order of use, counted from 0.
    const fn ordinal(self, config: &ModelConfig) -> usize {
        let last = 1 + 16 * config.layers();
        match self {
            Self::Embedding => 0,
            Self::Layer(layer, tensor) => 1 + 16 * layer + tensor as usize,
            Self::FinalGamma => last,
            Self::FinalBeta => last + 1,
            Self::Predictor => last + 2,
            Self::PredictorBias => last + 3,
        }
    }
}

/// Why a file does not hold a model of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TensorsError {
    /// A tensor is not there.
    #[error("the weights lack the tensor {0}")]
    Missing(String),
    /// A tensor has other dimensions.
    #[error("the tensor {tensor} should have the shape {expected:?}, it has {actual:?}")]
    Shape {
        /// Which.
        tensor: String,
        /// What the configuration asks for.
        expected: Vec<u64>,
        /// What the file has.
        actual: Vec<u64>,
    },
    /// A tensor's elements are of a type that the network does not load.
    #[error("the tensor {tensor} has elements of the type {dtype}, which models cannot have")]
    Dtype {
        /// Which.
        tensor: String,
        /// The type.
        dtype: Dtype,
    },
}

/// Where a file keeps a tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What its elements are.
    pub dtype: Dtype,
    /// Which bytes of the file they take.
    pub bytes: Range<u64>,
}

/// Where a file keeps all tensors of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    config: ModelConfig,
    places: Vec<Place>,
}

impl Places {
    /// Finds a model's tensors in a file. Other tensors there do not matter.
    ///
    /// # Errors
    /// Where one is missing, of another shape, or of a type that the network does not load.
    pub fn find(header: &Header, config: &ModelConfig) -> Result<Self, TensorsError> {
        let by_name: HashMap<&str, &TensorEntry> =
            header.tensors().iter().map(|entry| (entry.name.as_str(), entry)).collect();
        let find = |tensor: ModelTensor| {
            let name = tensor.name();
            let Some(entry) = by_name.get(name.as_str()) else {
                return Err(TensorsError::Missing(name));
            };
            let (expected, actual) = (tensor.shape(config), entry.shape.clone());
            if actual != expected {
                return Err(TensorsError::Shape { tensor: name, expected, actual });
            }
            if !is_readable(entry.dtype) {
                return Err(TensorsError::Dtype { tensor: name, dtype: entry.dtype });
            }
            Ok(Place { dtype: entry.dtype, bytes: entry.bytes.clone() })
        };
        let places = ModelTensor::all(config).map(find).collect::<Result<_, _>>()?;
        Ok(Self { config: *config, places })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// Where a tensor is.
    ///
    /// # Panics
    /// Where the model has no such layer.
    #[must_use]
    pub fn place(&self, tensor: ModelTensor) -> &Place {
        &self.places[tensor.ordinal(&self.config)]
    }

    /// Bytes of all tensors of the model.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.places.iter().map(|place| place.bytes.end - place.bytes.start).sum()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{LayerTensor, ModelTensor, Places, TensorsError};
    use crate::safetensors::{Dtype, Header, HeaderReader};
    use crate::score::ModelConfig;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    pub(crate) fn tiny() -> ModelConfig {
        ModelConfig::new(4, 2, 11, 6).unwrap()
    }

    /// A header with the tensors of a model in the order of their names, as writers put them.
    pub(crate) fn header(change: impl Fn(&str, &mut String, &mut Vec<u64>)) -> Header {
        let config = tiny();
        let mut at = 0;
        let named: std::collections::BTreeMap<_, _> =
            ModelTensor::all(&config).map(|tensor| (tensor.name(), tensor)).collect();
        let entries = named.into_iter().map(|(mut name, tensor)| {
            let (mut dtype, mut shape) = ("F32".to_owned(), tensor.shape(&config));
            change(&name, &mut dtype, &mut shape);
            if shape.is_empty() {
                name += ".renamed";
                shape = vec![1];
            }
            let bytes = dtype.parse::<Dtype>().unwrap().bits() / 8;
            let start = at;
            at += shape.iter().product::<u64>() * bytes;
            format!(
                r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{at}]}}"#
            )
        });
        let json = format!("{{{}}}", entries.collect::<Vec<_>>().join(","));
        let file = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat();
        let mut reader = HeaderReader::new(file.len() as u64 + at).unwrap();
        while let Some(wanted) = reader.wanted() {
            reader.take(&file[usize::try_from(wanted.start).unwrap()..]).unwrap();
        }
        reader.finish().unwrap()
    }

    #[test]
    fn the_networks_model_has_389_tensors_and_their_order_is_that_of_use() {
        let config = ModelConfig::V1;
        let all: Vec<_> = ModelTensor::all(&config).collect();
        assert_eq!(all.len(), 389);
        assert!(all.iter().enumerate().all(|(at, tensor)| tensor.ordinal(&config) == at));
        let names: BTreeSet<_> = all.iter().map(|tensor| tensor.name()).collect();
        assert_eq!(names.len(), 389);
        assert!(names.contains("encoder.layers.23.pwff.linear_outer.bias"));
        let elements: u64 =
            all.iter().map(|tensor| tensor.shape(&config).iter().product::<u64>()).sum();
        assert_eq!(elements, config.parameters());
    }

    #[test]
    fn matrices_are_stored_in_by_out() {
        let config = ModelConfig::V1;
        let shape = |tensor| ModelTensor::Layer(3, tensor).shape(&config);
        assert_eq!(shape(LayerTensor::Inner), [2048, 8192]);
        assert_eq!(shape(LayerTensor::Outer), [8192, 2048]);
        assert_eq!(ModelTensor::Predictor.shape(&config), [2048, 264]);
        assert_eq!(ModelTensor::PredictorBias.rows_and_columns(&config), (1, 264));
    }

    #[test]
    fn layers_are_found_by_name_whatever_their_order() {
        let header = header(|_, _, _| ());
        let places = Places::find(&header, &tiny()).unwrap();
        // As text, layer 10 stands before layer 2.
        let key = |layer| places.place(ModelTensor::Layer(layer, LayerTensor::Key)).bytes.start;
        assert!(key(1) < key(10) && key(10) < key(2));
        assert_eq!(places.bytes(), 4 * tiny().parameters());
    }

    #[test]
    fn more_tensors_than_the_models_are_no_matter() {
        let smaller = ModelConfig::new(4, 2, 10, 6).unwrap();
        Places::find(&header(|_, _, _| ()), &smaller).unwrap();
    }

    #[test]
    fn what_is_missing_or_of_another_shape_or_type_is_refused() {
        let name = "encoder.layers.7.norm_1.beta";
        let changed = |dtype: &'static str, shape: &'static [u64]| {
            let header = header(|at, old_dtype, old_shape| {
                if at == name {
                    dtype.clone_into(old_dtype);
                    shape.clone_into(old_shape);
                }
            });
            Places::find(&header, &tiny()).map(|_| ())
        };
        let tensor = || name.to_owned();
        assert_eq!(changed("F32", &[]), Err(TensorsError::Missing(tensor())));
        for shape in [&[5][..], &[1, 4], &[4, 1], &[2, 2]] {
            let (expected, actual) = (vec![4], shape.to_vec());
            let error = TensorsError::Shape { tensor: tensor(), expected, actual };
            assert_eq!(changed("F32", shape), Err(error));
        }
        for dtype in [Dtype::Bool, Dtype::F8E4M3, Dtype::C64, Dtype::F8E8M0] {
            let error = TensorsError::Dtype { tensor: tensor(), dtype };
            assert_eq!(changed(dtype.as_str(), &[4]), Err(error));
        }
        for dtype in ["F16", "BF16", "F64", "I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64"] {
            assert_eq!(changed(dtype, &[4]), Ok(()), "{dtype}");
        }
    }
}
