//! What a worker is asked for.

use anyhow::{Context as _, Result};
use browser::scorers::{FollowerPorts, LeaderPort};
use browser::unsealed::Unsealed;
use gpu::{Gpu, GpuEngine};
use js_sys::{Float64Array, Function, Reflect};
use std::borrow::Cow;
use std::ops::ControlFlow;
use tests::scoring::cases;
use tests::scoring::contract;
use tests::scoring::manifest::Case;
use tests::scoring::{Vectors, recipe::Recipe};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};
use wasm_core::score::cpu::{Allowance, CpuEngine, Member, OneThread};
use wasm_core::score::plan::Task;
use wasm_core::score::{
    Decrypting, Engine as _, ModelConfig, ModelScore, Progress, Sequences, Watch, WeightSource,
    WeightsFile,
};
use wasm_core::weights::DecryptionKey;
use web_sys::MessagePort;

/// The case that is scored.
const CASE: &str = "full-v1";
/// Sealing and opening with one key come to the same operation, so that opening twice reads what was
/// sealed. It protects nothing.
const KEY: [u8; 32] = [7; 32];

/// The model and the data, before they are scored.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Bench {
    vectors: Vectors,
    config: ModelConfig,
    /// None is what a tab allows.
    memory: Option<u64>,
    sealed: bool,
}

/// Bytes of the graphics device's memory, unless said.
const GPU_MEMORY: u64 = 300 << 20;

fn told(error: &anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}

/// An engine, as a person names it.
enum Chosen {
    Cpu(CpuEngine<OneThread, FollowerPorts>),
    Gpu(Box<Gpu>),
}

#[wasm_bindgen]
impl Bench {
    /// Reads the list of vectors. Fewer layers than the model's are its first; `sealed` says whether the
    /// weights are read as if they were encrypted.
    #[wasm_bindgen(constructor)]
    pub fn new(
        manifest: Vec<u8>,
        layers: usize,
        mebibytes: Option<u32>,
        sealed: bool,
    ) -> Result<Self, JsError> {
        Self::of(manifest, layers, mebibytes, sealed).map_err(|error| told(&error))
    }

    fn of(manifest: Vec<u8>, layers: usize, mebibytes: Option<u32>, sealed: bool) -> Result<Self> {
        let read = move |_: &str| Ok(Cow::Owned(manifest.clone()));
        let vectors = Vectors::open(Box::new(read))?;
        let all = vectors.config(&case(&vectors)?.config)?;
        let layers = if layers == 0 { all.layers() } else { layers.min(all.layers()) };
        let config = ModelConfig::new(all.width(), all.heads(), layers, all.hidden())?;
        let memory = mebibytes.map(|mebibytes| u64::from(mebibytes) << 20);
        Ok(Self { vectors, config, memory, sealed })
    }

    /// Layers that are passed.
    pub fn layers(&self) -> usize {
        self.config.layers()
    }

    /// How many workers, of so many, share the model on the processor within a tab's memory.
    pub fn members(&self, workers: usize) -> Result<usize, JsError> {
        self.members_of(workers).map_err(|error| told(&error))
    }

    fn members_of(&self, workers: usize) -> Result<usize> {
        let sequences = self.sequences()?;
        let (sequence_length, rows) = (sequences.batching().sequence_length(), sequences.rows());
        let task = Task { config: self.config, sequence_length, rows };
        let most = workers.min(Member::most(&self.config));
        Ok(if self.memory.is_some() { most } else { Allowance::TAB.members(&task, most)? })
    }

    fn sequences(&self) -> Result<Sequences> {
        contract::sequences(&self.vectors, case(&self.vectors)?)
    }

    /// Bytes that so many on the processor may take together.
    fn memory_of(&self, members: usize) -> u64 {
        self.memory.unwrap_or_else(|| Allowance::TAB.of(members))
    }

    /// Does its share on the processor, as one of so many.
    pub async fn follow(
        &self,
        port: MessagePort,
        index: usize,
        members: usize,
    ) -> Result<(), JsError> {
        let member = Member { index, members };
        self.followed(LeaderPort::new(port), member).await.map_err(|error| told(&error))
    }

    async fn followed(&self, mut leader: LeaderPort, member: Member) -> Result<()> {
        let case = case(&self.vectors)?;
        let sequences = self.sequences()?;
        let recipe = self.vectors.recipe(&case.weights, &self.config)?;
        let engine = CpuEngine::new(OneThread, self.memory_of(member.members));
        let seed = case.seed.0;
        if self.sealed {
            let model = WeightsFile::open(sealed(recipe).await, &self.config).await?;
            engine.follow(&model, &sequences, seed, member, &mut leader).await?;
        } else {
            let model = WeightsFile::open(recipe, &self.config).await?;
            engine.follow(&model, &sequences, seed, member, &mut leader).await?;
        }
        Ok(())
    }

    /// Scores on a named engine: `cpu`, at the head of those at the other ends of the ports, or `gpu`. What is told of it is an object; `progress` is called
    /// with every layer that was passed, and `begins` when the engine is ready, with what it plans.
    pub async fn score(
        &self,
        engine: String,
        ports: Vec<MessagePort>,
        begins: Function,
        progress: Function,
    ) -> Result<JsValue, JsError> {
        let scored = self.scored(&engine, ports, &begins, progress).await;
        let (score, deviation) = scored.map_err(|error| told(&error))?;
        let batch = score.batches.first().ok_or_else(|| JsError::new("there is no batch"))?;
        let embedding: Vec<f64> = score.embedding.iter().map(|value| f64::from(*value)).collect();
        object(&[
            ("loss", f64::from(score.loss).into()),
            ("crossEntropy", batch.cross_entropy.into()),
            ("sigReg", batch.sig_reg.into()),
            ("embedding", Float64Array::from(&embedding[..]).into()),
            ("deviation", deviation.map_or(JsValue::UNDEFINED, JsValue::from)),
        ])
        .map_err(|_| JsError::new("the result cannot be told"))
    }

    async fn scored(
        &self,
        engine: &str,
        ports: Vec<MessagePort>,
        begins: &Function,
        progress: Function,
    ) -> Result<(ModelScore, Option<String>)> {
        let case = case(&self.vectors)?;
        let sequences = self.sequences()?;
        let recipe = self.vectors.recipe(&case.weights, &self.config)?;
        let mut engine = self.engine(engine, ports, &sequences, begins).await?;
        let mut watch = Telling { progress, passed: 0 };
        let score = if self.sealed {
            let source = sealed(recipe).await;
            self.evaluate(&mut engine, source, &sequences, case, &mut watch).await?
        } else {
            self.evaluate::<Recipe>(&mut engine, recipe, &sequences, case, &mut watch).await?
        };
        // What is expected is known of the whole model only.
        let is_whole = self.config == self.vectors.config(&case.config)?;
        let deviation = is_whole.then(|| cases::within(&score, case)).transpose()?;
        Ok((score, deviation.map(|deviation| deviation.to_string())))
    }

    async fn engine(
        &self,
        name: &str,
        ports: Vec<MessagePort>,
        sequences: &Sequences,
        begins: &Function,
    ) -> Result<Chosen> {
        let tell = |name: String, plan: String, bytes: u64| {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let bytes = bytes as f64;
            let told = begins.call3(&JsValue::NULL, &name.into(), &plan.into(), &bytes.into());
            told.map(drop).map_err(|_| anyhow::anyhow!("nobody hears what is planned"))
        };
        if name == "gpu" {
            let gpu = Gpu::open().await?;
            let plan = GpuEngine::new(&gpu, self.gpu_memory()).plan(&self.config, sequences)?;
            let choice = gpu.choice().await?;
            tell(
                format!("{}, kernels {choice}", gpu.name()),
                format!("{:?}", plan.plan.schedule),
                plan.bytes,
            )?;
            return Ok(Chosen::Gpu(Box::new(gpu)));
        }
        let members = 1 + ports.len();
        let cpu = CpuEngine::new(OneThread, self.memory_of(members));
        let cpu = cpu.with_team(FollowerPorts::new(ports));
        let plan = cpu.plan(&self.config, sequences)?;
        tell(
            format!("processor, {members} workers"),
            format!("{} slices", plan.slices),
            plan.bytes,
        )?;
        Ok(Chosen::Cpu(cpu))
    }

    fn gpu_memory(&self) -> u64 {
        self.memory.unwrap_or(GPU_MEMORY)
    }

    async fn evaluate<S: WeightSource>(
        &self,
        engine: &mut Chosen,
        source: S,
        sequences: &Sequences,
        case: &Case,
        watch: &mut Telling,
    ) -> Result<ModelScore> {
        let model = WeightsFile::open(source, &self.config).await?;
        let seed = case.seed.0;
        Ok(match engine {
            Chosen::Cpu(engine) => engine.evaluate(&model, sequences, seed, watch).await?,
            Chosen::Gpu(gpu) => {
                let mut engine = GpuEngine::new(gpu, self.gpu_memory());
                engine.evaluate(&model, sequences, seed, watch).await?
            }
        })
    }
}

/// Weights that are read as if they were encrypted.
async fn sealed(recipe: Recipe) -> Unsealed<Decrypting<Recipe>> {
    Unsealed::new(Decrypting::new(recipe, DecryptionKey(KEY)), Some(DecryptionKey(KEY))).await
}

fn case(vectors: &Vectors) -> Result<&Case> {
    vectors.manifest.cases.iter().find(|case| case.id == CASE).context("the case is not listed")
}

/// Tells of layers that were passed.
struct Telling {
    progress: Function,
    passed: u64,
}

impl Watch for Telling {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        if progress.layers_passed > self.passed {
            self.passed = progress.layers_passed;
            #[expect(clippy::cast_precision_loss, reason = "a few layers")]
            let passed = self.passed as f64;
            // Nobody may listen.
            let _ = self.progress.call1(&JsValue::NULL, &passed.into());
        }
        ControlFlow::Continue(())
    }
}

fn object(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object.into())
}
