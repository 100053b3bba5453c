//! Scoring data, as a page sees it: what there is to choose, what is asked, how far it is, what came of it.
//!
//! A loss, distance or other number of a model that is not finite is told as none.

use crate::network::Network;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wasm_core::address::{Address, ModelId, TargetId};
use wasm_core::amount::Shannons;
use wasm_core::digest::Checksum;

/// A key of an encrypted file, as text, on its way to the worker. It does not print.
pub use crate::wallet::Password as KeyText;

/// Name of the worker that scores, as a browser's tools show it.
pub const WORKER_NAME: &str = "scoring";

/// The most bytes of data that are scored: what the network takes for a target.
pub const MAX_DATA: u64 = 1 << 20;

/// Bytes of a graphics device's memory that scoring takes where nobody says otherwise: what the
/// network's model needs without reading its weights more often than once in twenty sequences.
pub const GPU_MEMORY: u64 = 300 << 20;

/// The most workers that score: the network's model has so many attention heads to share out.
pub const MOST_WORKERS: u32 = 8;

/// Names a model file that was handed to the scoring worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScoreFileId(pub u64);

/// A model of the network whose weights can be fetched and opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveModel {
    /// Its id.
    pub id: ModelId,
    /// Who owns it.
    pub owner: Address,
    /// All that is staked with it.
    pub stake: Shannons,
    /// Bytes of its encrypted weights.
    pub size: u64,
}

/// A target that waits for data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenTarget {
    /// Its id.
    pub id: TargetId,
    /// Where it is.
    pub embedding: Vec<f32>,
    /// How near data must come.
    pub threshold: f32,
    /// What it pays.
    pub reward: Shannons,
    /// Models that data is scored with.
    pub models: Vec<ModelId>,
}

/// What can be scored with and for on a network.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct ScoreChoices {
    /// Active models, most stake first.
    pub models: Vec<ActiveModel>,
    /// Some open targets, the best paid of those first.
    pub targets: Vec<OpenTarget>,
    /// Whether there are more targets than these; some may be no target that data can be scored for.
    pub more_targets: bool,
}

/// What computes on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreEngines {
    /// The graphics device, or why there is none.
    pub gpu: Result<GpuFacts, String>,
    /// The processor.
    pub processor: ProcessorFacts,
}

impl ScoreEngines {
    /// What "automatic" means here: the graphics device, unless a processor plays it.
    #[must_use]
    pub fn automatic(&self) -> EngineChoice {
        match &self.gpu {
            Ok(gpu) if !gpu.is_software => EngineChoice::Gpu,
            _ => EngineChoice::Cpu,
        }
    }
}

/// A graphics device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GpuFacts {
    /// What it is called.
    pub name: String,
    /// Whether a processor plays it.
    pub is_software: bool,
}

/// The processor, as this browser lets it be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessorFacts {
    /// Its cores, or those that the browser tells of.
    pub cores: u32,
    /// The vector instructions that are used; none where there are none, or a trial has yet to tell.
    pub instructions: Option<String>,
}

impl ProcessorFacts {
    /// How many workers score where nobody says otherwise. What many processors count as cores are
    /// halves of some, which gain nothing from one another here.
    #[must_use]
    pub fn workers(&self) -> u32 {
        match self.cores {
            0..=4 => self.cores.max(1),
            cores => (cores / 2).clamp(4, MOST_WORKERS),
        }
    }

    /// The engine that so many workers are, in words.
    #[must_use]
    pub fn engine(&self, workers: u32) -> String {
        match (workers, self.instructions.as_deref()) {
            (1, None) => "Processor · 1 worker".to_owned(),
            (1, Some(with)) => format!("Processor · 1 worker, {with}"),
            (_, None) => format!("Processor · {workers} workers"),
            (_, Some(with)) => format!("Processor · {workers} workers, {with}"),
        }
    }
}

/// Who shall compute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineChoice {
    /// Whatever is faster here.
    Automatic,
    /// The graphics device.
    Gpu,
    /// The processor.
    Cpu,
    /// A scoring service at this address.
    Remote {
        /// Its base URL.
        url: String,
    },
}

/// A model file that was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreFile {
    /// Names it from now on.
    pub id: ScoreFileId,
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// Values of an embedding.
    pub width: u64,
    /// Layers of the model.
    pub layers: u64,
    /// Values of the model's tensors.
    pub parameters: u64,
}

/// A model to score with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ScoreModel {
    /// One of the network's.
    Network(ModelId),
    /// A file that was handed over.
    File(ScoreFileId),
}

/// Chosen models in the order in which they compete, where the first of equals wins: the target's in
/// its own order, as the network has it, then all others.
#[must_use]
pub fn in_order(chosen: &BTreeSet<ScoreModel>, target: &[ModelId]) -> Vec<ScoreModel> {
    let of_target = target.iter().copied().map(ScoreModel::Network);
    let mut models: Vec<_> = of_target.filter(|model| chosen.contains(model)).collect();
    let others: Vec<_> = chosen.iter().filter(|model| !models.contains(model)).copied().collect();
    models.extend(others);
    models
}

/// Where data should come to lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreTarget {
    /// Its id.
    pub id: TargetId,
    /// Where it is.
    pub embedding: Vec<f32>,
    /// How near data must come.
    pub threshold: f32,
    /// Models that the network scores data with, and no others.
    pub models: Vec<ModelId>,
}

/// What shall be scored, and how. The data is the file beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreOptions {
    /// The models, in the order in which the first of equals wins.
    pub models: Vec<ScoreModel>,
    /// The target, where there is one.
    pub target: Option<ScoreTarget>,
    /// Seed of the evaluation; the network uses 0.
    pub seed: u64,
    /// Who computes.
    pub engine: EngineChoice,
    /// Bytes of a graphics device's memory that may be taken.
    pub gpu_memory: u64,
    /// How many workers compute where the processor does.
    pub workers: u32,
    /// Where models of the network are looked up.
    pub network: Option<Network>,
}

/// How far scoring is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreProgress {
    /// Which model, counted from 0; none while nothing of a model is done.
    pub model: Option<usize>,
    /// How many models there are.
    pub models: usize,
    /// What is being done.
    pub step: ScoreStep,
}

/// What is being done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ScoreStep {
    /// Waiting for another scoring to end.
    Waiting,
    /// Looking up models, or getting the device ready.
    Preparing,
    /// Fetching weights, or comparing those that were fetched before with their checksum.
    Fetching {
        /// Bytes done.
        done: u64,
        /// Bytes in all.
        total: u64,
        /// Bytes a second, lately.
        speed: f64,
    },
    /// Computing.
    Computing {
        /// Layers that all data has passed.
        layer: u64,
        /// Layers to pass.
        layers: u64,
        /// Bytes of weights read.
        bytes_read: u64,
        /// Bytes of weights to read.
        bytes: u64,
        /// Share of the model's work that is done, 0 to 1.
        share: f64,
        /// Tokens through the whole model a second; none before that can be said.
        tokens_per_second: Option<f64>,
        /// Seconds left for this model; none before that can be said.
        seconds_left: Option<f64>,
    },
    /// A service computes, and tells nothing before the end.
    Asking,
}

/// What a model made of the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelResult {
    /// Which.
    pub model: ScoreModel,
    /// Name of its file, where it is a file.
    pub file_name: Option<String>,
    /// What it lost: lower is better. None where it is no number, or the service did not say.
    pub loss: Option<f32>,
    /// The part of the loss that is about foretelling bytes, in nats a position.
    pub cross_entropy: Option<f64>,
    /// The part that is about the shape of representations, before it is weighed.
    pub sig_reg: Option<f64>,
    /// Distance of its embedding of the data from the target. None without a target.
    pub distance: Option<f32>,
    /// Its embedding of the data; empty where the service did not say.
    pub embedding: Vec<Option<f32>>,
}

/// What came of scoring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreResult {
    /// Bytes of the data.
    pub data_size: u64,
    /// Blake2b-256 of the data.
    pub data_checksum: Checksum,
    /// Name of the data's file.
    pub data_name: String,
    /// Seed of the evaluation.
    pub seed: u64,
    /// Who computed, in words.
    pub engine: String,
    /// The target, where there was one.
    pub target: Option<ScoreTarget>,
    /// Every model's result, in the order in which they were asked for.
    pub models: Vec<ModelResult>,
    /// Which of them won.
    pub winner: usize,
    /// How much worse the second best is; none where nobody can be compared.
    pub margin: Option<f32>,
    /// Below which margin another honest machine may see another winner.
    pub noise: f32,
    /// How long it took.
    pub seconds: f64,
}

impl ScoreResult {
    /// Whether the winner's embedding is near enough to the target; none where that cannot be said.
    #[must_use]
    pub fn passes(&self) -> Option<bool> {
        let threshold = self.target.as_ref()?.threshold;
        let distance = self.models.get(self.winner)?.distance?;
        Some(distance <= threshold)
    }

    /// Whether the models are exactly those that the network scores the target with; none without
    /// a target.
    #[must_use]
    pub fn is_as_the_network_scores(&self) -> Option<bool> {
        let of_target: BTreeSet<_> =
            self.target.as_ref()?.models.iter().copied().map(ScoreModel::Network).collect();
        let chosen: BTreeSet<_> = self.models.iter().map(|model| model.model).collect();
        Some(of_target == chosen)
    }

    /// All of it as JSON, for other programs. What is not finite is null; a seed is text, as it may
    /// be larger than programs count exactly.
    #[must_use]
    pub fn to_json(&self) -> String {
        let models = self.models.iter().map(|model| ModelRecord {
            model: match model.model {
                ScoreModel::Network(id) => Some(id),
                ScoreModel::File(_) => None,
            },
            file: model.file_name.as_deref(),
            loss: model.loss,
            cross_entropy: model.cross_entropy,
            sig_reg: model.sig_reg,
            distance: model.distance,
            embedding: &model.embedding,
        });
        let record = Record {
            format: "soma-wallet-score",
            version: 1,
            data: DataRecord {
                name: &self.data_name,
                size: self.data_size,
                checksum: self.data_checksum,
            },
            seed: self.seed.to_string(),
            engine: &self.engine,
            seconds: self.seconds,
            target: self.target.as_ref(),
            models: models.collect(),
            winner: self.winner,
            margin: self.margin,
            noise: self.noise,
            within_threshold: self.passes(),
        };
        serde_json::to_string_pretty(&record).expect("plain data") + "\n"
    }

    /// Whether every model's numbers are told: a service tells those of the winner alone.
    #[must_use]
    pub fn tells_all(&self) -> bool {
        self.models.iter().all(|model| !model.embedding.is_empty())
    }

    /// Whether the winner has no finite loss. It stands first, then: on the network, too, what is no
    /// number is never displaced there.
    #[must_use]
    pub fn is_without_a_loss(&self) -> bool {
        self.models.get(self.winner).is_some_and(|winner| winner.loss.is_none())
    }

    /// Whether the best two are so close that another honest machine may see another winner.
    #[must_use]
    pub fn is_close(&self) -> bool {
        self.margin.is_some_and(|margin| margin < self.noise)
    }
}

/// A result as a file for other programs: names and their order are part of its format.
#[derive(Serialize)]
struct Record<'r> {
    format: &'static str,
    version: u32,
    data: DataRecord<'r>,
    seed: String,
    engine: &'r str,
    seconds: f64,
    target: Option<&'r ScoreTarget>,
    models: Vec<ModelRecord<'r>>,
    winner: usize,
    margin: Option<f32>,
    noise: f32,
    within_threshold: Option<bool>,
}

#[derive(Serialize)]
struct DataRecord<'r> {
    name: &'r str,
    size: u64,
    checksum: Checksum,
}

#[derive(Serialize)]
struct ModelRecord<'r> {
    model: Option<ModelId>,
    file: Option<&'r str>,
    loss: Option<f32>,
    cross_entropy: Option<f64>,
    sig_reg: Option<f64>,
    distance: Option<f32>,
    embedding: &'r [Option<f32>],
}

/// Weights that were fetched and are kept for the next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeptWeights {
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::{
        EngineChoice, GpuFacts, ModelResult, ProcessorFacts, ScoreEngines, ScoreFileId, ScoreModel,
        ScoreResult, ScoreTarget, in_order,
    };
    use wasm_core::address::ObjectId;
    use wasm_core::digest::Checksum;

    fn result(distance: Option<f32>, margin: Option<f32>) -> ScoreResult {
        let id = ObjectId::ZERO;
        let model = ModelResult {
            model: ScoreModel::File(ScoreFileId(1)),
            file_name: None,
            loss: Some(1.0),
            cross_entropy: None,
            sig_reg: None,
            distance,
            embedding: Vec::new(),
        };
        ScoreResult {
            data_size: 1,
            data_checksum: Checksum([0; 32]),
            data_name: "data".to_owned(),
            seed: 0,
            engine: "CPU".to_owned(),
            target: Some(ScoreTarget {
                id,
                embedding: vec![1.0],
                threshold: 0.5,
                models: vec![id],
            }),
            models: vec![model],
            winner: 0,
            margin,
            noise: 1e-5,
            seconds: 1.0,
        }
    }

    #[test]
    fn a_distance_up_to_the_threshold_passes_and_one_that_is_no_number_says_nothing() {
        assert_eq!(result(Some(0.5), None).passes(), Some(true));
        assert_eq!(result(Some(0.500_001), None).passes(), Some(false));
        assert_eq!(result(None, None).passes(), None);
        assert_eq!(ScoreResult { target: None, ..result(Some(0.1), None) }.passes(), None);
    }

    #[test]
    fn only_the_targets_own_models_tell_what_the_network_will_say() {
        let mut result = result(Some(0.25), None);
        assert_eq!(result.is_as_the_network_scores(), Some(false));
        result.models[0].model = ScoreModel::Network(ObjectId::ZERO);
        assert_eq!(result.is_as_the_network_scores(), Some(true));
        result.target = None;
        assert_eq!(result.is_as_the_network_scores(), None);
    }

    #[test]
    fn the_file_of_a_result_says_all_of_it() {
        let file = result(Some(0.25), Some(0.5)).to_json();
        let read: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(read["format"], "soma-wallet-score");
        assert_eq!(read["models"][0]["loss"], 1.0);
        assert_eq!(read["models"][0]["model"], serde_json::Value::Null);
        assert_eq!(read["target"]["threshold"], 0.5);
        assert_eq!((&read["seed"], &read["within_threshold"]), (&"0".into(), &true.into()));
    }

    #[test]
    fn a_targets_models_compete_in_its_order_and_others_after_them() {
        let [a, b, c] = [1, 2, 3].map(|byte| ObjectId([byte; 32]));
        let own = ScoreModel::File(ScoreFileId(0));
        let chosen = [a, b, c].map(ScoreModel::Network).into_iter().chain([own]).collect();
        let expected =
            [ScoreModel::Network(c), ScoreModel::Network(a), ScoreModel::Network(b), own];
        assert_eq!(in_order(&chosen, &[c, ObjectId::ZERO, a]), expected);
    }

    #[test]
    fn a_margin_within_the_noise_is_close() {
        assert!(result(None, Some(1e-6)).is_close());
        assert!(!result(None, Some(1e-4)).is_close());
        assert!(!result(None, None).is_close());
    }

    #[test]
    fn automatic_takes_a_graphics_device_unless_a_processor_plays_it() {
        let processor = ProcessorFacts { cores: 2, instructions: None };
        let engines = |is_software| ScoreEngines {
            gpu: Ok(GpuFacts { name: "a device".to_owned(), is_software }),
            processor: processor.clone(),
        };
        assert_eq!(engines(false).automatic(), EngineChoice::Gpu);
        assert_eq!(engines(true).automatic(), EngineChoice::Cpu);
        let none = ScoreEngines { gpu: Err("none".to_owned()), processor };
        assert_eq!(none.automatic(), EngineChoice::Cpu);
    }

    #[test]
    fn a_processor_is_used_as_far_as_it_gains_from_more_workers() {
        let processor =
            |cores| ProcessorFacts { cores, instructions: Some("relaxed SIMD".to_owned()) };
        let usual = [0, 1, 2, 4, 6, 8, 12, 64].map(|cores| processor(cores).workers());
        assert_eq!(usual, [1, 1, 2, 4, 4, 4, 6, 8]);
        assert_eq!(processor(2).engine(2), "Processor · 2 workers, relaxed SIMD");
        let plain = ProcessorFacts { cores: 1, instructions: None };
        assert_eq!(plain.engine(1), "Processor · 1 worker");
    }
}
