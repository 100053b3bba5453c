//! Why nothing was scored, for a person.

use super::engine::Engine;
use crate::refusal::{Refusal, sentence};
use browser::abort::Aborted;
use wasm_core::download::DownloadError;
use wasm_core::score::plan::PlanError;
use wasm_core::score::{DataError, EvaluateError, OpenError, ReadError};
use wasm_core::weights::ManifestMismatch;

const MIB: u64 = 1 << 20;

impl From<DataError> for Refusal {
    fn from(error: DataError) -> Self {
        Self::new("score/data", sentence(&error), "Choose other data.")
    }
}

impl From<ManifestMismatch> for Refusal {
    fn from(error: ManifestMismatch) -> Self {
        Self::passing("score/kept-weights", sentence(&error), "Fetch the weights again.")
    }
}

impl From<DownloadError> for Refusal {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Stopped => Self::from(Aborted),
            DownloadError::NotToBeHad(_) => Self::passing(
                "score/download",
                sentence(&error),
                "Nothing was scored. Try again later, or leave this model out. What was fetched is kept.",
            ),
        }
    }
}

/// Why an evaluation by an engine came to nothing.
pub(super) fn evaluation(error: &EvaluateError, engine: &Engine) -> Refusal {
    let what = format!("{} Nothing was scored.", sentence(error));
    match error {
        EvaluateError::Read(error) => read(error),
        EvaluateError::Cancelled => Refusal::from(Aborted),
        EvaluateError::Plan(error) => too_large(*error, engine),
        EvaluateError::OutOfMemory(_) => Refusal::passing(
            "score/memory",
            what,
            "Close other tabs and programs that use graphics, or choose the processor as engine.",
        ),
        EvaluateError::DeviceLost(_) => Refusal::passing(
            "score/device-lost",
            what,
            "The device may have slept, or its driver was restarted. Score again; weights are kept.",
        ),
        EvaluateError::DeviceFailed(_) => {
            Refusal::passing("score/device-failed", what, "Choose the processor as engine.")
        }
        EvaluateError::WorkerEnded(_) => Refusal::passing(
            "score/worker-ended",
            what,
            "The browser may be short of memory. Score again with fewer workers.",
        ),
    }
}

/// A model for which the memory that an engine may take does not do.
fn too_large(PlanError { needed, allowed }: PlanError, engine: &Engine) -> Refusal {
    let (whose, next) = match engine {
        Engine::Gpu(..) => (
            "graphics memory",
            "Choose more as \u{201c}Graphics memory at most\u{201d}, or choose the processor as engine.",
        ),
        Engine::Cpu(_) => (
            "memory on the processor",
            "Choose the graphics device or a scoring service as engine, or leave that model out.",
        ),
    };
    let (needed, allowed) = (needed.div_ceil(MIB), allowed / MIB);
    let what = format!(
        "Scoring this model takes at least {needed} MiB of {whose}, and {allowed} MiB are allowed. \
         Nothing was scored."
    );
    Refusal::new("score/memory", what, next)
}

fn read(error: &ReadError) -> Refusal {
    Refusal::passing(
        "score/weights-unreadable",
        format!("{} Nothing was scored.", sentence(error)),
        "The file may have been moved or changed since it was chosen. Choose it again.",
    )
}

/// A file that holds no model. `encrypted` says whether a key was used, `with_key` who gave it.
pub(super) fn no_model(name: &str, error: &OpenError, opened_with_key: bool) -> Refusal {
    let what = format!("{name} holds no model that can be scored: {error}.");
    match error {
        OpenError::Read(error) => read(error),
        OpenError::Header(_) if opened_with_key => Refusal::new(
            "score/wrong-key",
            what,
            "Most likely the key is not the one of this file.",
        ),
        OpenError::Header(_) => Refusal::new(
            "score/no-model",
            what,
            "Choose a .safetensors file. One that is encrypted needs its key.",
        ),
        OpenError::Tensors(_) | OpenError::Model(_) => Refusal::new(
            "score/no-model",
            what,
            "The weights must be those of a model of the network's architecture.",
        ),
    }
}
