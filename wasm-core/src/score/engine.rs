//! What evaluates a model: an interface for the CPU, here, and for a GPU, in a room of its own.

use super::loss::ModelScore;
use super::plan::PlanError;
use super::tokens::Sequences;
use super::weight_source::{ReadError, WeightSource};
use super::weights_file::WeightsFile;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// Why a model was not evaluated. No part of a score exists then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum EvaluateError {
    /// The weights ended or failed midway.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The memory that is allowed does not suffice.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Whoever watches wanted no more.
    #[error("scoring was cancelled")]
    Cancelled,
    /// The device has less memory free than was planned with.
    #[error("the device has not enough free memory: {0}")]
    OutOfMemory(String),
    /// The device went away, as it may when a laptop sleeps or a driver restarts.
    #[error("the graphics device was lost: {0}")]
    DeviceLost(String),
    /// The device refused or failed at something that it should be able to do.
    #[error("the graphics device failed: {0}")]
    DeviceFailed(String),
    /// A worker that computes has stopped, or did not start.
    #[error("a worker that computes has stopped: {0}")]
    WorkerEnded(String),
}

impl EvaluateError {
    /// Whether the device itself failed, so that it is not to be used again.
    #[must_use]
    pub const fn spoils_the_device(&self) -> bool {
        matches!(self, Self::OutOfMemory(_) | Self::DeviceLost(_) | Self::DeviceFailed(_))
    }
}

/// How far an evaluation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Layers that all sequences have passed; where memory is short, once for each group of them.
    pub layers_passed: u64,
    /// Layers to pass in all.
    pub layers: u64,
    /// Bytes of weights read.
    pub bytes_read: u64,
    /// Bytes of weights to read in all.
    pub bytes: u64,
    /// Positions of sequences, times half-layers passed: what takes the time.
    pub work_done: u64,
    /// The same in all.
    pub work: u64,
}

impl Progress {
    /// How much of the work is done, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for a person")]
    pub fn share(&self) -> f64 {
        if self.work == 0 { 0.0 } else { self.work_done as f64 / self.work as f64 }
    }
}

/// Looks on while a model is evaluated, and may end it.
///
/// Asked after every piece of weights and every sequence's half-layer, and awaited, so that a
/// browser's worker can turn to its messages in between.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Watch {
    /// Takes note; [`ControlFlow::Break`] cancels.
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()>;
}

/// Nobody looks on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    async fn step(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<W: Watch> Watch for &mut W {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        W::step(self, progress).await
    }
}

/// Evaluates models. The result is defined by the network and so the same for every engine, up to
/// the rounding of f32 sums.
#[expect(async_fn_in_trait, reason = "callers live on one thread, so Send is not needed")]
pub trait Engine {
    /// What a model makes of data. `seed` is that of the request.
    ///
    /// # Errors
    /// Where weights, memory or the device fail, or the watcher ends it.
    async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError>;
}

/// A progress and whoever watches it.
pub struct Watched<'w, W> {
    progress: Progress,
    /// Bytes that are read here, so far and in all: others may read the rest, as fast.
    own_bytes: (u64, u64),
    watch: &'w mut W,
}

impl<'w, W: Watch> Watched<'w, W> {
    /// Begins at nothing done.
    pub fn new(layers: u64, bytes: u64, work: u64, watch: &'w mut W) -> Self {
        let progress = Progress { layers, bytes, work, ..Progress::default() };
        Self { progress, own_bytes: (0, bytes), watch }
    }

    /// The same where only so many of the bytes are read here.
    #[must_use]
    pub fn with_own_bytes(self, bytes: u64) -> Self {
        Self { own_bytes: (0, bytes), ..self }
    }

    /// A piece of weights was read.
    ///
    /// # Errors
    /// Where the watcher cancels.
    pub async fn read(&mut self, bytes: u64) -> Result<(), EvaluateError> {
        let (read, all) = &mut self.own_bytes;
        *read += bytes;
        let part = u128::from(*read) * u128::from(self.progress.bytes) / u128::from((*all).max(1));
        self.progress.bytes_read = u64::try_from(part).unwrap_or(u64::MAX);
        self.step().await
    }

    /// So many positions passed a half-layer.
    ///
    /// # Errors
    /// Where the watcher cancels.
    pub async fn worked(&mut self, positions: u64) -> Result<(), EvaluateError> {
        self.progress.work_done += positions;
        self.step().await
    }

    /// A group of sequences passed a layer.
    ///
    /// # Errors
    /// Where the watcher cancels.
    pub async fn layer_passed(&mut self) -> Result<(), EvaluateError> {
        self.progress.layers_passed += 1;
        self.step().await
    }

    async fn step(&mut self) -> Result<(), EvaluateError> {
        match self.watch.step(&self.progress).await {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(EvaluateError::Cancelled),
        }
    }
}

impl<W> std::fmt::Debug for Watched<'_, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watched").field("progress", &self.progress).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{EvaluateError, ReadError};
    use crate::score::plan::PlanError;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn only_its_own_failures_spoil_a_device() {
        let why = || "why".to_owned();
        for (error, spoils) in [
            (EvaluateError::OutOfMemory(why()), true),
            (EvaluateError::DeviceLost(why()), true),
            (EvaluateError::DeviceFailed(why()), true),
            (EvaluateError::Read(ReadError::Failed(why())), false),
            (EvaluateError::Plan(PlanError { needed: 2, allowed: 1 }), false),
            (EvaluateError::Cancelled, false),
            (EvaluateError::WorkerEnded(why()), false),
        ] {
            assert_eq!(error.spoils_the_device(), spoils, "{error}");
        }
    }
}
