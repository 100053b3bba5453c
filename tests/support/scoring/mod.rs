//! The scoring vectors: weights, data, and what a model makes of them, for any engine to reproduce.

pub mod cases;
pub mod contract;
pub mod full_width;
pub mod kernels;
pub mod manifest;
pub mod primitives;
pub mod recipe;
pub mod safetensors;
pub mod table;
pub mod team;

use anyhow::{Context as _, Result, ensure};
use manifest::{Data, Manifest, Weights};
use recipe::Recipe;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::fmt;
use wasm_core::score::{InMemory, ModelConfig, ReadError, WeightSource, WeightsFile};

/// Reads a file of the vectors by its path below their folder.
pub type Read = Box<dyn Fn(&str) -> Result<Cow<'static, [u8]>>>;

/// A folder of vectors.
pub struct Vectors {
    /// What it lists.
    pub manifest: Manifest,
    read: Read,
}

impl fmt::Debug for Vectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vectors").field("set", &self.manifest.set).finish_non_exhaustive()
    }
}

impl Vectors {
    /// The vectors that whoever starts the tests names by `SOMA_SCORING_VECTORS`, a whole path; or else
    /// the repository's.
    ///
    /// # Errors
    /// Where the list cannot be read.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn named() -> Result<Self> {
        match std::env::var_os("SOMA_SCORING_VECTORS") {
            Some(folder) => Self::in_folder(folder.into()).context("SOMA_SCORING_VECTORS"),
            None => Self::own(),
        }
    }

    /// The repository's vectors, for tests of some of them.
    ///
    /// # Errors
    /// Where the list cannot be read.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn own() -> Result<Self> {
        Self::in_folder(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/scoring"))
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn in_folder(folder: std::path::PathBuf) -> Result<Self> {
        let name = folder.display().to_string();
        let read = move |path: &str| Ok(Cow::Owned(std::fs::read(folder.join(path))?));
        Self::open(Box::new(read)).with_context(|| format!("the vectors in {name}"))
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// Where the list cannot be read.
    pub fn open(read: Read) -> Result<Self> {
        let manifest = serde_json::from_slice(&read("manifest.json")?).context("manifest.json")?;
        Ok(Self { manifest, read })
    }

    /// A file, which is the one that was meant.
    ///
    /// # Errors
    /// Where it cannot be read or is another.
    pub fn file(&self, path: &str, sha256: &str) -> Result<Cow<'static, [u8]>> {
        let bytes = (self.read)(path)?;
        ensure!(hex::encode(Sha256::digest(&bytes)) == sha256, "{path} is not what was listed");
        Ok(bytes)
    }

    /// Data by its name.
    ///
    /// # Errors
    /// Where it is not listed, or not what was meant.
    pub fn data(&self, name: &str) -> Result<Vec<u8>> {
        let data = self.manifest.data.get(name).with_context(|| format!("no data {name}"))?;
        let bytes = match data {
            Data::File { file, sha256 } => self.file(file, sha256)?.into_owned(),
            Data::Hex { hex, .. } => hex.0.clone(),
            Data::Drawn { lcg_seed, length, .. } => drawn(lcg_seed.0, *length),
        };
        ensure!(hex::encode(Sha256::digest(&bytes)) == *data.sha256(), "{name} is other data");
        Ok(bytes)
    }

    /// A configuration by its name.
    ///
    /// # Errors
    /// Where it is not listed or none.
    pub fn config(&self, name: &str) -> Result<ModelConfig> {
        let config = self.manifest.configs.get(name).with_context(|| format!("no {name}"))?;
        Ok(ModelConfig::new(config.d, config.heads, config.layers, config.ffn)?)
    }

    /// Weights by their name.
    ///
    /// # Errors
    /// Where they are not listed, or not what was meant.
    pub fn weights(&self, name: &str) -> Result<Source> {
        let weights = self.manifest.weights.get(name).with_context(|| format!("no {name}"))?;
        Ok(match weights {
            Weights { file: Some(file), sha256: Some(sha256), .. } => {
                Source::File(InMemory(self.file(file, sha256)?))
            }
            Weights { config, recipe: Some(recipe), .. } => {
                Source::Recipe(Box::new(Recipe::new(recipe, &self.config(config)?)))
            }
            Weights { .. } => anyhow::bail!("{name}: neither a file nor a recipe"),
        })
    }

    /// Weights that are drawn as some listed ones, of another configuration.
    ///
    /// # Errors
    /// Where these are not listed, or not drawn.
    pub fn recipe(&self, name: &str, config: &ModelConfig) -> Result<Recipe> {
        let weights = self.manifest.weights.get(name).with_context(|| format!("no {name}"))?;
        let recipe = weights.recipe.as_ref().with_context(|| format!("{name} is not drawn"))?;
        Ok(Recipe::new(recipe, config))
    }

    /// A model by its name.
    ///
    /// # Errors
    /// Where it is not listed, not what was meant, or no model.
    pub async fn model(&self, name: &str) -> Result<WeightsFile<Source>> {
        let config = &self.manifest.weights.get(name).with_context(|| format!("no {name}"))?.config;
        Ok(WeightsFile::open(self.weights(name)?, &self.config(config)?).await?)
    }
}

/// Weights of the vectors.
#[derive(Debug)]
pub enum Source {
    /// A file.
    File(InMemory<Cow<'static, [u8]>>),
    /// Made as they are read.
    Recipe(Box<Recipe>),
}

impl WeightSource for Source {
    fn size(&self) -> u64 {
        match self {
            Self::File(file) => file.size(),
            Self::Recipe(recipe) => recipe.size(),
        }
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        match self {
            Self::File(file) => file.read(offset, buffer).await,
            Self::Recipe(recipe) => recipe.read(offset, buffer).await,
        }
    }
}

/// Bytes of a linear congruential generator: the top eight bits of each state after the seed.
fn drawn(seed: u64, length: usize) -> Vec<u8> {
    let next = |state: &u64| {
        Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    };
    std::iter::successors(Some(seed), next)
        .skip(1)
        .take(length)
        .map(|state| state.to_be_bytes()[0])
        .collect()
}
