//! The engines of this machine behind one name.

use super::instructions::Fastest;
use super::job::Opened;
use super::kernels;
use crate::refusal::{Refusal, sentence};
use bridge::score::{
    EngineChoice, GpuFacts, MOST_WORKERS, ProcessorFacts, ScoreEngines, ScoreOptions,
};
use browser::scorers::{Instructions, Job, Scorers};
use gpu::{Gpu, GpuEngine};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_core::score::cpu::Allowance;
use wasm_core::score::plan::Task;
use wasm_core::score::{EvaluateError, ModelScore, Sequences, Watch};

/// Bytes of this tab's memory in which sequences of a long text wait for the device, so that weights are
/// read less often: what is left of 200 MiB beside a page that scores on it.
const PARKED: u64 = 64 << 20;

/// The graphics device, opened when first asked for, and again once it has failed; and what is known of
/// the processor.
#[derive(Debug, Default)]
pub(super) struct Device {
    gpu: RefCell<Option<Rc<Gpu>>>,
    fastest: Fastest,
}

impl Device {
    async fn open(&self) -> Result<Rc<Gpu>, gpu::OpenError> {
        // It may have been lost while nobody used it.
        let open = self.gpu.borrow().clone().filter(|gpu| gpu.works());
        if let Some(gpu) = open {
            return Ok(gpu);
        }
        let gpu = Rc::new(Gpu::open().await?);
        *self.gpu.borrow_mut() = Some(Rc::clone(&gpu));
        Ok(gpu)
    }

    /// Gives the device up where what ended an evaluation is a failure of its own. Files that cannot be
    /// read, or memory that was not allowed, are none.
    pub(super) fn blame(&self, error: &EvaluateError) {
        if error.spoils_the_device() {
            *self.gpu.borrow_mut() = None;
        }
    }

    /// What computes here.
    pub(super) async fn engines(&self) -> ScoreEngines {
        let gpu = self.open().await.map_err(|error| no_device(&error));
        let facts =
            |gpu: Rc<Gpu>| GpuFacts { name: gpu.name().to_owned(), is_software: gpu.is_software() };
        ScoreEngines { gpu: gpu.map(facts), processor: processor(self.fastest.known().await) }
    }

    /// The engine that is chosen.
    pub(super) async fn engine(&self, options: &ScoreOptions) -> Result<Engine, Refusal> {
        let choice = match &options.engine {
            EngineChoice::Automatic => self.engines().await.automatic(),
            choice => choice.clone(),
        };
        match choice {
            EngineChoice::Gpu => match self.open().await {
                Ok(gpu) => Ok(Engine::Gpu(gpu, options.gpu_memory)),
                Err(error) => Err(Refusal::passing(
                    "score/no-device",
                    format!("There is no graphics device to score with. {}", no_device(&error)),
                    "Choose the processor as engine.",
                )),
            },
            _ => {
                let workers = options.workers.clamp(1, MOST_WORKERS) as usize;
                let verdict = self.fastest.choose().await;
                let scorers = Scorers::start(workers, verdict.instructions).await;
                let scorers = scorers.map_err(|error| {
                    Refusal::passing(
                        "score/no-workers",
                        sentence(&error),
                        "Score again, with fewer workers where this one was not the first.",
                    )
                })?;
                Ok(Engine::Cpu(scorers))
            }
        }
    }
}

/// Why there is no device.
fn no_device(error: &gpu::OpenError) -> String {
    match error {
        // wgpu lists every way that it did not try.
        gpu::OpenError::None(_) => "This browser offers none.".to_owned(),
        gpu::OpenError::Refused { .. } => sentence(error),
    }
}

/// The processor, with the instructions that are known to be the fastest, or are used.
fn processor(instructions: Option<Instructions>) -> ProcessorFacts {
    let name = instructions.and_then(Instructions::name);
    ProcessorFacts { cores: browser::scorers::cores(), instructions: name.map(str::to_owned) }
}

/// An engine of this machine.
pub(super) enum Engine {
    /// Workers of their own, which end with this.
    Cpu(Scorers),
    /// And the bytes of its memory that are taken at most.
    Gpu(Rc<Gpu>, u64),
}

impl Engine {
    /// Its name, for a person.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Cpu(scorers) => {
                let count = u32::try_from(scorers.count()).unwrap_or(u32::MAX);
                processor(Some(scorers.instructions())).engine(count)
            }
            Self::Gpu(gpu, _) => format!("WebGPU · {}", gpu.name()),
        }
    }

    /// What a model makes of data, which is cut into these sequences. A device that has less memory than
    /// was allowed is given less to do at once, from then on; `watch` makes one who looks on for each attempt.
    pub(super) async fn evaluate<W: Watch>(
        &mut self,
        model: &Opened,
        (data, sequences): (&[u8], &Sequences),
        seed: u64,
        watch: impl Fn() -> W,
    ) -> Result<ModelScore, EvaluateError> {
        match self {
            Self::Cpu(scorers) => {
                let (config, rows) = (*model.weights.config(), sequences.rows());
                let batching = sequences.batching();
                let sequence_length = batching.sequence_length();
                let task = Task { config, sequence_length, rows };
                let (file, key) = (&model.file, model.key.as_ref());
                let job = Job { file, key, task, data, batching, seed, memory: Allowance::TAB };
                scorers.evaluate(job, &mut watch()).await
            }
            Self::Gpu(gpu, memory) => {
                kernels::choose(gpu).await?;
                let mut engine = GpuEngine::new(gpu, *memory).parking(PARKED);
                let score = engine.evaluate_sparing(&model.weights, sequences, seed, watch).await;
                *memory = engine.memory();
                score
            }
        }
    }
}
