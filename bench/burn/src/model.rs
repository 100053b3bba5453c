//! The network's V1 model in burn's tensors, from tokens to logits.

use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Int, Tensor, TensorData, activation, module};
use safetensors::{SafeTensorError, SafeTensors};

/// What the file does not tell.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub width: usize,
    pub heads: usize,
    pub layers: usize,
    pub length: usize,
}

struct Dense {
    weight: Tensor<2>,
    bias: Tensor<1>,
}

impl Dense {
    fn pass(&self, x: Tensor<3>) -> Tensor<3> {
        module::linear(x, self.weight.clone(), Some(self.bias.clone()))
    }
}

struct Norm {
    gamma: Tensor<1>,
    beta: Tensor<1>,
}

impl Norm {
    fn pass(&self, x: Tensor<3>) -> Tensor<3> {
        module::layer_norm(x, self.gamma.clone(), Some(self.beta.clone()), 1e-5)
    }
}

struct Layer {
    norms: [Norm; 2],
    query: Dense,
    key: Dense,
    value: Dense,
    output: Dense,
    inner: Dense,
    outer: Dense,
}

pub struct Model {
    sizes: Sizes,
    device: Device,
    embedding: Tensor<2>,
    layers: Vec<Layer>,
    norm: Norm,
    predictor: Dense,
    cosines: Tensor<4>,
    sines: Tensor<4>,
}

/// Tensors of a file, by name.
struct File<'f> {
    tensors: SafeTensors<'f>,
    device: Device,
}

impl File<'_> {
    fn tensor<const D: usize>(&self, name: &str) -> Result<Tensor<D>, SafeTensorError> {
        let view = self.tensors.tensor(name)?;
        let bytes = view.data().as_chunks::<4>().0;
        let values: Vec<f32> = bytes.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        Ok(Tensor::from_data(TensorData::new(values, view.shape().to_vec()), &self.device))
    }

    fn dense(&self, at: &str) -> Result<Dense, SafeTensorError> {
        let weight = self.tensor(&format!("{at}.weight"))?;
        Ok(Dense { weight, bias: self.tensor(&format!("{at}.bias"))? })
    }

    fn norm(&self, at: &str) -> Result<Norm, SafeTensorError> {
        let gamma = self.tensor(&format!("{at}.gamma"))?;
        Ok(Norm { gamma, beta: self.tensor(&format!("{at}.beta"))? })
    }

    fn layer(&self, number: usize) -> Result<Layer, SafeTensorError> {
        let at = |part: &str| format!("encoder.layers.{number}.{part}");
        Ok(Layer {
            norms: [self.norm(&at("norm_1"))?, self.norm(&at("norm_2"))?],
            query: self.dense(&at("attention.query"))?,
            key: self.dense(&at("attention.key"))?,
            value: self.dense(&at("attention.value"))?,
            output: self.dense(&at("attention.output"))?,
            inner: self.dense(&at("pwff.linear_inner"))?,
            outer: self.dense(&at("pwff.linear_outer"))?,
        })
    }
}

impl Model {
    /// Puts a file's weights on a device.
    pub fn open(bytes: &[u8], sizes: Sizes, device: Device) -> Result<Self, SafeTensorError> {
        let file = File { tensors: SafeTensors::deserialize(bytes)?, device: device.clone() };
        let (cosines, sines) = rotary(sizes, &device);
        Ok(Self {
            sizes,
            embedding: file.tensor("embedding.weight")?,
            layers: (0..sizes.layers).map(|layer| file.layer(layer)).collect::<Result<_, _>>()?,
            norm: file.norm("final_norm")?,
            predictor: file.dense("predictor")?,
            cosines,
            sines,
            device,
        })
    }

    /// `[sequences, positions, 264]`
    pub fn logits(&self, tokens: &[i32]) -> Tensor<3> {
        let rows = tokens.len() / self.sizes.length;
        let tokens = TensorData::new(tokens.to_vec(), [rows, self.sizes.length]);
        let tokens = Tensor::<2, Int>::from_data(tokens, &self.device);
        let mut x = module::embedding(self.embedding.clone(), tokens);
        for layer in &self.layers {
            x = x.clone() + self.attention(layer, layer.norms[0].pass(x));
            let inner = layer.inner.pass(layer.norms[1].pass(x.clone()));
            x = x + layer.outer.pass(activation::gelu(inner));
        }
        self.predictor.pass(self.norm.pass(x))
    }

    fn attention(&self, layer: &Layer, x: Tensor<3>) -> Tensor<3> {
        let Sizes { width, heads, length, .. } = self.sizes;
        let rows = x.dims()[0];
        let by_heads =
            |x: Tensor<3>| x.reshape([rows, length, heads, width / heads]).swap_dims(1, 2);
        let query = self.turn(by_heads(layer.query.pass(x.clone())));
        let key = self.turn(by_heads(layer.key.pass(x.clone())));
        let value = by_heads(layer.value.pass(x));
        let causal = AttentionModuleOptions { is_causal: true, ..Default::default() };
        let found = module::attention(query, key, value, None, None, causal);
        layer.output.pass(found.swap_dims(1, 2).reshape([rows, length, width]))
    }

    fn turn(&self, x: Tensor<4>) -> Tensor<4> {
        let halves = x.chunk(2, 3);
        let (a, b) = (&halves[0], &halves[1]);
        let part = |x: &Tensor<4>, table: &Tensor<4>| x.clone() * table.clone();
        let left = part(a, &self.cosines) - part(b, &self.sines);
        let right = part(b, &self.cosines) + part(a, &self.sines);
        Tensor::cat(vec![left, right], 3)
    }
}

/// Cosines and sines of all positions' angles.
fn rotary(sizes: Sizes, device: &Device) -> (Tensor<4>, Tensor<4>) {
    let pairs = sizes.width / sizes.heads / 2;
    let angles = (0..sizes.length).flat_map(|position| {
        (0..pairs).map(move |pair| position as f64 / 10_000_f64.powf(pair as f64 / pairs as f64))
    });
    let table = |values: Vec<f32>| {
        Tensor::from_data(TensorData::new(values, [1, 1, sizes.length, pairs]), device)
    };
    let (cosines, sines) = angles.map(|angle| (angle.cos() as f32, angle.sin() as f32)).unzip();
    (table(cosines), table(sines))
}
