//! Scoring: models read range by range, data scored by one after another, on the engine that was chosen.

use crate::codes::{Coded, codes};
use crate::error::{argument, thrown};
use crate::object::object;
use browser::file_weights::FileWeights;
use browser::program::start_with;
use browser::scorers::{Instructions, Job, Scorers, ScorersError, Verdict, Worth};
use browser::unsealed::Unsealed;
#[cfg(feature = "webgpu")]
use gpu::{Gpu, GpuEngine};
use js_sys::{Float32Array, Function, Promise};
use std::ops::ControlFlow;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use wasm_core::score::cpu::{Allowance, CpuEngine, OneThread};
use wasm_core::score::plan::Task;
use wasm_core::score::{
    Batching, CompetitionError, ConfigError, DataError, Engine as _, EvaluateError, ModelScore,
    OpenError, Outcome, Progress, Sequences, Watch, WeightsFile,
};
use wasm_core::weights::DecryptionKey;
use web_sys::File;
use zeroize::Zeroizing;

/// Bytes that each worker takes before it evaluates anything.
const EACH_WORKER: u64 = 6 << 20;
/// Bytes of this thread's memory in which sequences of a long text wait for a graphics device.
#[cfg(feature = "webgpu")]
const PARKED: u64 = 64 << 20;

codes! {
    EvaluateError {
        Self::Cancelled => "aborted",
        Self::Plan(_) | Self::OutOfMemory(_) => "scoring/memory",
        Self::Read(_) => "scoring/read",
        Self::DeviceLost(_) | Self::DeviceFailed(_) => "scoring/device",
        Self::WorkerEnded(_) => "scoring/workers",
    }
}

/// Errors of one code each.
macro_rules! one_code {
    ($($type:ty => $code:literal,)*) => {$(
        impl Coded for $type {
            fn code(&self) -> &'static str {
                $code
            }
        }
    )*};
}

one_code! {
    CompetitionError => "scoring/target",
    ConfigError => "scoring/config",
    DataError => "scoring/data",
    OpenError => "scoring/weights",
    ScorersError => "scoring/workers",
}

#[cfg(feature = "webgpu")]
one_code! {
    gpu::OpenError => "scoring/no-device",
}

/// Asks JavaScript whether to go on. It answers when it had a turn itself.
struct Told<'f>(&'f Function);

impl Watch for Told<'_> {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let answer = self.0.call1(&JsValue::UNDEFINED, &progress.share().into());
        let answer = match answer {
            Ok(answer) => JsFuture::from(Promise::resolve(&answer)).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) if answer.is_truthy() => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Who computes.
#[derive(Debug)]
enum Engine {
    /// The thread that asks.
    Here,
    /// Workers of their own, which end with this.
    Workers(Scorers),
    /// A graphics device.
    #[cfg(feature = "webgpu")]
    Device(Gpu),
}

/// Data, and what models made of it so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawScoring {
    data: Vec<u8>,
    sequences: Sequences,
    seed: u64,
    memory: u64,
    engine: Engine,
    scores: Vec<ModelScore>,
}

#[wasm_bindgen]
impl RawScoring {
    /// Cuts data into sequences and batches. `memory`: bytes that an evaluation may take. This thread computes
    /// unless another engine is chosen.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: Vec<u8>,
        sequence_length: usize,
        batch_rows: usize,
        seed: u64,
        memory: u64,
    ) -> Result<Self, JsValue> {
        let batching = Batching::new(sequence_length, batch_rows).map_err(thrown)?;
        let sequences = Sequences::of(&data, batching).map_err(thrown)?;
        Ok(Self { data, sequences, seed, memory, engine: Engine::Here, scores: Vec::new() })
    }

    /// Lets so many workers compute. `start` makes a worker of the name of its script; `known` names the build
    /// that was found to be the fastest here before. Returns how many there are, of which build, and whether that
    /// one is the fastest as far as a trial can tell.
    #[wasm_bindgen(js_name = useWorkers)]
    pub async fn use_workers(
        &mut self,
        count: usize,
        start: Function,
        known: Option<String>,
    ) -> Result<JsValue, JsValue> {
        start_with(start);
        let known = [Instructions::Simd, Instructions::RelaxedSimd]
            .into_iter()
            .find(|it| *it <= Instructions::best() && it.name() == known.as_deref());
        let verdict = match known {
            Some(instructions) => Verdict::known(instructions),
            None => Verdict::find().await,
        };
        let (instructions, is_settled) = (verdict.instructions, verdict.worth == Worth::Settled);
        let scorers = Scorers::start(count, instructions).await.map_err(thrown)?;
        let started = scorers.instructions();
        let facts = object(&[
            ("workers", u32::try_from(scorers.count()).unwrap_or(u32::MAX).into()),
            ("instructions", started.name().map_or(JsValue::UNDEFINED, JsValue::from)),
            ("isFinal", (is_settled && started == instructions).into()),
        ]);
        self.engine = Engine::Workers(scorers);
        Ok(facts)
    }

    /// Lets one model score the data; returns its loss. Encrypted weights come with their key in Base58.
    pub async fn add(
        &mut self,
        weights: File,
        key: Option<String>,
        watch: Function,
    ) -> Result<f32, JsValue> {
        let key = key.map(|key| DecryptionKey::parse(&Zeroizing::new(key))).transpose();
        let key = key.map_err(thrown)?;
        let source = Unsealed::new(FileWeights::new(weights.clone()), key.clone()).await;
        let model = WeightsFile::open_as_found(source).await.map_err(thrown)?;
        let (sequences, seed) = (&self.sequences, self.seed);
        let mut told = Told(&watch);
        let score = match &mut self.engine {
            Engine::Here => {
                let mut engine = CpuEngine::new(OneThread, self.memory);
                engine.evaluate(&model, sequences, seed, &mut told).await
            }
            Engine::Workers(scorers) => {
                let (config, rows) = (*model.config(), sequences.rows());
                let batching = sequences.batching();
                let sequence_length = batching.sequence_length();
                let task = Task { config, sequence_length, rows };
                let memory = Allowance { bytes: self.memory, each: EACH_WORKER };
                let (file, key, data) = (&weights, key.as_ref(), &self.data[..]);
                let job = Job { file, key, task, data, batching, seed, memory };
                scorers.evaluate(job, &mut told).await
            }
            #[cfg(feature = "webgpu")]
            Engine::Device(gpu) => {
                let mut engine = GpuEngine::new(gpu, self.memory).parking(PARKED);
                let score = engine.evaluate_sparing(&model, sequences, seed, || Told(&watch)).await;
                self.memory = engine.memory();
                score
            }
        };
        let score = score.map_err(thrown)?;
        let loss = score.loss;
        self.scores.push(score);
        Ok(loss)
    }

    /// Who wins, and how near the winner's embedding is to a target's.
    pub fn outcome(&self, target: Option<Vec<f32>>) -> Result<JsValue, JsValue> {
        let losses: Vec<f32> = self.scores.iter().map(|score| score.loss).collect();
        let winner = wasm_core::score::competition::winner(&losses);
        let winner = winner.ok_or_else(|| argument("no model has scored the data"))?;
        let best = &self.scores[winner];
        let distance = match target {
            None => JsValue::UNDEFINED,
            Some(target) => {
                let outcome = Outcome::of(self.scores.clone(), &target).map_err(thrown)?;
                outcome.distance().into()
            }
        };
        let winner = u32::try_from(winner).unwrap_or(u32::MAX);
        Ok(object(&[
            ("winner", winner.into()),
            ("losses", Float32Array::from(&losses[..]).into()),
            ("embedding", Float32Array::from(&best.embedding[..]).into()),
            ("distance", distance),
        ]))
    }
}

#[cfg(feature = "webgpu")]
#[wasm_bindgen]
impl RawScoring {
    /// Lets the graphics device compute, unless a processor plays it and `hardware` was asked for. Returns its
    /// name, and whether a processor plays it.
    #[wasm_bindgen(js_name = useDevice)]
    pub async fn use_device(&mut self, hardware: bool) -> Result<JsValue, JsValue> {
        let gpu = Gpu::open().await.map_err(thrown)?;
        let is_software = gpu.is_software();
        let facts = object(&[("device", gpu.name().into()), ("isSoftware", is_software.into())]);
        if !(hardware && is_software) {
            self.engine = Engine::Device(gpu);
        }
        Ok(facts)
    }

    /// The kernels that suit the device, as text: those that were found out before, if it can run them; else a
    /// trial of a second or two tells.
    pub async fn kernels(&mut self, known: Option<String>) -> Result<String, JsValue> {
        let Engine::Device(gpu) = &self.engine else {
            return Err(argument("no graphics device is used"));
        };
        if let Some(choice) = known.and_then(|known| known.parse().ok()) {
            gpu.choose(choice);
        }
        Ok(gpu.choice().await.map_err(thrown)?.to_string())
    }
}
