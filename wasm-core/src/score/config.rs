//! What the V1 model is: the sizes that a configuration chooses, and the constants that none does.

/// Token ids: the 256 bytes, [`PAD`], [`EOS`], and six that no input uses.
pub const VOCABULARY: usize = 264;
/// The token that fills a sequence up, and the target that is not counted.
pub const PAD: u32 = 256;
/// The token after the last byte.
pub const EOS: u32 = 257;
/// What keeps a layer norm from dividing by zero.
pub const LAYER_NORM_EPSILON: f32 = 1e-5;
/// The longest wavelength of the rotary positions, over 2π.
pub const ROTARY_WAVELENGTH: f64 = 10_000.0;
/// What stands in a score's place where a query must not see a key. It is finite, so it can win.
pub const MASK: f32 = -10_000.0;
/// Where a row's largest allowed score lies below this, masked keys may get weight and the row has
/// to be computed in full. One of them weighs e⁻²⁰⁰ at most while it lies above.
pub const MASK_LEAKS_BELOW: f32 = -9_800.0;
/// Directions onto which SIGReg projects a representation.
pub const SLICES: usize = 256;
/// Points at which SIGReg compares characteristic functions, the first of them at zero.
pub const POINTS: usize = 17;
/// The last of those points; they are evenly spaced.
pub const LAST_POINT: f64 = 3.0;
/// What a SIGReg is multiplied by in a loss.
pub const SIG_REG_COEFFICIENT: f64 = 0.02;

/// The largest width, feed-forward width, number of layers or length of a sequence that is taken.
/// It keeps every product of two sizes and a tensor's bytes far inside a u64.
pub(super) const LARGEST: usize = 1 << 20;

/// Sizes that no model can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A size is zero.
    #[error("no size of a model can be zero")]
    Zero,
    /// A size is out of all proportion.
    #[error("no size of a model can be above {LARGEST}")]
    TooLarge,
    /// The heads do not share the width, or one of them cannot be halved.
    #[error("{heads} heads do not divide a width of {width} into even parts")]
    Heads {
        /// Width of the model.
        width: usize,
        /// How many heads.
        heads: usize,
    },
}

/// The sizes of a model of the V1 architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelConfig {
    width: usize,
    heads: usize,
    layers: usize,
    hidden: usize,
}

impl ModelConfig {
    /// The network's model: 1.2 billion parameters.
    pub const V1: Self = Self { width: 2048, heads: 8, layers: 24, hidden: 8192 };

    /// A model of the given width, number of attention heads, layers, and feed-forward width.
    ///
    /// # Errors
    /// Where a size is zero or enormous, or the heads do not divide the width into even parts.
    pub const fn new(
        width: usize,
        heads: usize,
        layers: usize,
        hidden: usize,
    ) -> Result<Self, ConfigError> {
        if width == 0 || heads == 0 || layers == 0 || hidden == 0 {
            return Err(ConfigError::Zero);
        }
        if width > LARGEST || layers > LARGEST || hidden > LARGEST {
            return Err(ConfigError::TooLarge);
        }
        if !width.is_multiple_of(heads) || !(width / heads).is_multiple_of(2) {
            return Err(ConfigError::Heads { width, heads });
        }
        Ok(Self { width, heads, layers, hidden })
    }

    /// Values of one position between the layers, and of an embedding.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Attention heads of a layer.
    #[must_use]
    pub const fn heads(&self) -> usize {
        self.heads
    }

    /// Values of one position in one head. It is even.
    #[must_use]
    pub const fn head_width(&self) -> usize {
        self.width / self.heads
    }

    /// Layers.
    #[must_use]
    pub const fn layers(&self) -> usize {
        self.layers
    }

    /// Values of one position inside a feed-forward part.
    #[must_use]
    pub const fn hidden(&self) -> usize {
        self.hidden
    }

    /// Parameters of one layer.
    #[must_use]
    pub const fn layer_parameters(&self) -> u64 {
        let (width, hidden) = (self.width as u64, self.hidden as u64);
        4 * width * width + 2 * width * hidden + 9 * width + hidden
    }

    /// Parameters of the model.
    #[must_use]
    pub const fn parameters(&self) -> u64 {
        let (width, vocabulary) = (self.width as u64, VOCABULARY as u64);
        self.layers as u64 * self.layer_parameters() + (2 * vocabulary + 2) * width + vocabulary
    }

    /// Floating-point operations for one position of a sequence, a multiplication and an addition
    /// counted as two, and attention as if every position saw all others.
    #[must_use]
    pub const fn operations_per_position(&self, sequence_length: usize) -> u64 {
        let (width, hidden) = (self.width as u64, self.hidden as u64);
        let layer = 8 * width * width + 4 * width * hidden + 4 * sequence_length as u64 * width;
        self.layers as u64 * layer + 2 * (VOCABULARY + SLICES) as u64 * width
    }
}

/// How data is cut: into sequences, and these into batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    sequence_length: usize,
    batch_rows: usize,
}

impl Batching {
    /// The network's: 1024 positions a sequence, 16 sequences a batch.
    pub const V1: Self = Self { sequence_length: 1024, batch_rows: 16 };

    /// Sequences of so many positions, batches of so many sequences.
    ///
    /// # Errors
    /// Where one is zero or enormous.
    pub const fn new(sequence_length: usize, batch_rows: usize) -> Result<Self, ConfigError> {
        if sequence_length == 0 || batch_rows == 0 {
            return Err(ConfigError::Zero);
        }
        if sequence_length > LARGEST || batch_rows > LARGEST {
            return Err(ConfigError::TooLarge);
        }
        Ok(Self { sequence_length, batch_rows })
    }

    /// Positions of a sequence.
    #[must_use]
    pub const fn sequence_length(&self) -> usize {
        self.sequence_length
    }

    /// Sequences of a batch; the last batch may have fewer.
    #[must_use]
    pub const fn batch_rows(&self) -> usize {
        self.batch_rows
    }
}

#[cfg(test)]
mod tests {
    use super::{Batching, ConfigError, ModelConfig};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_networks_model_has_its_published_size() {
        let v1 = ModelConfig::V1;
        assert_eq!(ModelConfig::new(2048, 8, 24, 8192), Ok(v1));
        assert_eq!(v1.head_width(), 256);
        assert_eq!(v1.layer_parameters(), 50_358_272);
        assert_eq!(v1.parameters(), 1_209_684_232);
        assert_eq!(v1.operations_per_position(1024), 2_619_375_616);
    }

    #[test]
    fn small_models_are_counted_alike() {
        for (sizes, length, parameters, operations) in [
            ((256, 8, 6, 1024), 256, 4_874_504, 11_276_288),
            ((128, 8, 4, 512), 1024, 861_192, 3_803_136),
            ((64, 4, 3, 256), 128, 184_136, 459_776),
            ((16, 4, 2, 32), 32, 13_192, 28_928),
        ] {
            let (width, heads, layers, hidden) = sizes;
            let config = ModelConfig::new(width, heads, layers, hidden).unwrap();
            assert_eq!(config.parameters(), parameters);
            assert_eq!(config.operations_per_position(length), operations);
        }
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        assert_eq!(ModelConfig::new(16, 0, 2, 32), Err(ConfigError::Zero));
        assert_eq!(ModelConfig::new(16, 4, 0, 32), Err(ConfigError::Zero));
        assert_eq!(ModelConfig::new(16, 4, 2, 1 << 21), Err(ConfigError::TooLarge));
        let uneven = |width, heads| Err(ConfigError::Heads { width, heads });
        assert_eq!(ModelConfig::new(16, 3, 2, 32), uneven(16, 3));
        assert_eq!(ModelConfig::new(12, 4, 2, 32), uneven(12, 4));
        assert_eq!(Batching::new(0, 16), Err(ConfigError::Zero));
        assert_eq!(Batching::new(16, usize::MAX), Err(ConfigError::TooLarge));
        assert_eq!(Batching::new(1024, 16), Ok(Batching::V1));
    }
}
