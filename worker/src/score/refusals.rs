//! Why nothing was scored, for a person.

use crate::refusal::{Refusal, sentence};
use browser::abort::Aborted;
use wasm_core::download::DownloadError;
use wasm_core::score::{DataError, EvaluateError, OpenError, ReadError};
use wasm_core::weights::ManifestMismatch;

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

impl From<EvaluateError> for Refusal {
    fn from(error: EvaluateError) -> Self {
        let what = format!("{} Nothing was scored.", sentence(&error));
        match &error {
            EvaluateError::Read(error) => read(error),
            EvaluateError::Cancelled => Self::from(Aborted),
            EvaluateError::Plan(_) | EvaluateError::OutOfMemory(_) => Self::passing(
                "score/memory",
                what,
                "Close other tabs and programs that use graphics, or choose the processor as engine.",
            ),
            EvaluateError::DeviceLost(_) => Self::passing(
                "score/device-lost",
                what,
                "The device may have slept, or its driver was restarted. Score again; weights are kept.",
            ),
            EvaluateError::DeviceFailed(_) => {
                Self::passing("score/device-failed", what, "Choose the processor as engine.")
            }
            EvaluateError::WorkerEnded(_) => Self::passing(
                "score/worker-ended",
                what,
                "The browser may be short of memory. Score again with fewer workers.",
            ),
        }
    }
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
