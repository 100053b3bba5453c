//! The engines of this machine behind one name.

use crate::refusal::{Refusal, sentence};
use bridge::score::{EngineChoice, GpuFacts, ScoreEngines};
use gpu::{Gpu, GpuEngine};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::score::cpu::{CpuEngine, OneThread};
use wasm_core::score::{
    Engine as _, EvaluateError, ModelScore, Sequences, Watch, WeightSource, WeightsFile,
};

/// Bytes of the processor's memory that a model may take on its way.
const CPU_MEMORY: u64 = 200 << 20;
/// Bytes of a graphics device's memory below which no model of any use is evaluated.
const LEAST_GPU_MEMORY: u64 = 16 << 20;

/// The graphics device, opened when first asked for, and again once it has failed.
#[derive(Debug, Default)]
pub(super) struct Device(RefCell<Option<Rc<Gpu>>>);

impl Device {
    async fn open(&self) -> Result<Rc<Gpu>, gpu::OpenError> {
        let open = self.0.borrow().clone();
        if let Some(gpu) = open {
            return Ok(gpu);
        }
        let gpu = Rc::new(Gpu::open().await?);
        *self.0.borrow_mut() = Some(Rc::clone(&gpu));
        Ok(gpu)
    }

    /// A device that failed is not used again.
    pub(super) fn close(&self) {
        *self.0.borrow_mut() = None;
    }

    /// What computes here.
    pub(super) async fn engines(&self) -> ScoreEngines {
        let gpu = self.open().await.map_err(|error| match error {
            // wgpu lists every way that it did not try.
            gpu::OpenError::None(_) => "This browser offers none.".to_owned(),
            error @ gpu::OpenError::Refused { .. } => sentence(&error),
        });
        let facts =
            |gpu: Rc<Gpu>| GpuFacts { name: gpu.name().to_owned(), is_software: gpu.is_software() };
        ScoreEngines { gpu: gpu.map(facts) }
    }

    /// The engine of a choice, which takes at most so much memory where it is a graphics device.
    pub(super) async fn engine(
        &self,
        choice: &EngineChoice,
        gpu_memory: u64,
    ) -> Result<Engine, Refusal> {
        let choice = match choice {
            EngineChoice::Automatic => self.engines().await.automatic(),
            choice => choice.clone(),
        };
        match choice {
            EngineChoice::Gpu => match self.open().await {
                Ok(gpu) => Ok(Engine::Gpu(gpu, gpu_memory)),
                Err(error) => Err(Refusal::passing(
                    "score/no-device",
                    sentence(&error),
                    "Choose the processor as engine.",
                )),
            },
            _ => Ok(Engine::Cpu(Box::new(CpuEngine::new(OneThread, CPU_MEMORY)))),
        }
    }
}

/// An engine of this machine.
pub(super) enum Engine {
    Cpu(Box<CpuEngine>),
    /// And the bytes of its memory that are taken at most.
    Gpu(Rc<Gpu>, u64),
}

impl Engine {
    /// Its name, for a person.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Cpu(_) => "Processor".to_owned(),
            Self::Gpu(gpu, _) => format!("WebGPU · {}", gpu.name()),
        }
    }

    /// Halves the memory of a graphics device that had less than it was to take. Whether that is any use.
    pub(super) const fn take_less(&mut self) -> bool {
        match self {
            Self::Gpu(_, memory) if *memory / 2 >= LEAST_GPU_MEMORY => {
                *memory /= 2;
                true
            }
            _ => false,
        }
    }

    pub(super) async fn evaluate<S: WeightSource, W: Watch>(
        &mut self,
        model: &WeightsFile<S>,
        sequences: &Sequences,
        seed: u64,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        match self {
            Self::Cpu(engine) => engine.evaluate(model, sequences, seed, watch).await,
            Self::Gpu(gpu, memory) => {
                let mut engine = GpuEngine::new(gpu, *memory);
                engine.evaluate(model, sequences, seed, watch).await
            }
        }
    }
}
