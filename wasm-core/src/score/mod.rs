//! Scoring: the network's V1 model, its loss, and who wins; everything but the device that computes.
//!
//! ```text
//! data -> Sequences ─┐
//! file -> WeightsFile ├─> Engine -> ModelScore ─┐
//! seed ──────────────┘                 target ──┴─> Outcome
//! ```
//!
//! Results are defined by what the network's validators run, odd corners included; constants and
//! comments name these corners. [`cpu`] is the engine for machines without a GPU, and its kernels
//! are what those of a GPU are tested against.

pub mod arrgen;
pub mod competition;
pub mod config;
pub mod cpu;
pub mod engine;
pub mod found;
pub mod kernels;
pub mod loss;
pub mod narrow;
pub mod noise;
pub mod plan;
pub mod rotary;
pub mod tensors;
pub mod tokens;
pub mod weight_source;
pub mod weights_file;
pub mod widen;

pub use competition::{CompetitionError, Outcome};
pub use config::{Batching, ConfigError, EOS, ModelConfig, PAD, POINTS, SLICES, VOCABULARY};
pub use engine::{Engine, EvaluateError, Progress, Unwatched, Watch};
pub use found::FindModelError;
pub use loss::{BatchScore, BatchSums, ModelScore};
pub use tensors::{LayerTensor, ModelTensor};
pub use tokens::{DataError, Sequences};
pub use weight_source::{Decrypting, InMemory, MaybeEncrypted, Pieces, ReadError, WeightSource};
pub use weights_file::{OpenError, WeightsFile, read_header};
