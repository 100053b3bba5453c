//! One scoring, from its data to its result. Nothing of it is told before all models are evaluated.

use super::engine::{Device, Engine};
use super::source::FileSource;
use super::telling::{Computing, Fetching, Teller, seconds};
use super::{Desk, LocalModel, cache, refusals, remote};
use crate::refusal::Refusal;
use bridge::network::Network;
use bridge::protocol::RequestId;
use bridge::score::{
    EngineChoice, MAX_DATA, ModelResult, ScoreModel, ScoreOptions, ScoreResult, ScoreStep,
    ScoreTarget,
};
use browser::clock::now_ms;
use browser::file;
use browser::file_weights::FileWeights;
use browser::unsealed::Unsealed;
use wasm_core::address::ModelId;
use wasm_core::digest::{Checksum, blake2b256};
use wasm_core::model::ModelWeights;
use wasm_core::score::competition::{distance, margin, noise, winner};
use wasm_core::score::{Batching, EvaluateError, ModelScore, Sequences, WeightsFile};
use wasm_core::weights::DecryptionKey;
use web_sys::File;

/// The data that is scored.
pub(super) struct Data {
    pub(super) file: File,
    pub(super) bytes: Vec<u8>,
    pub(super) checksum: Checksum,
}

/// A model of the network that is asked for, and where its weights are.
pub(super) type Found = (ModelId, ModelWeights);

/// Scores, once no other scoring is under way.
pub(super) async fn run(
    desk: &Desk,
    request: RequestId,
    options: ScoreOptions,
    file: Option<File>,
) -> Result<ScoreResult, Refusal> {
    let teller = Teller::of(request, options.models.len());
    let _turn = desk.turn.take(&teller).await;
    teller.tell(None, ScoreStep::Preparing);
    let started = now_ms();
    let data = read_data(file).await?;
    if options.models.is_empty() {
        return Err(Refusal::new(
            "score/no-models",
            "No model was chosen.",
            "Choose at least one.",
        ));
    }
    let found = look_up(&options).await?;
    let mut result = match &options.engine {
        EngineChoice::Remote { url } => remote::run(&teller, url, &options, &data, &found).await?,
        _ => {
            let mut engine = desk.device.engine(&options).await?;
            compute(desk, &teller, &options, &data, &found, &mut engine).await?
        }
    };
    result.seconds = seconds(now_ms().saturating_sub(started));
    Ok(result)
}

async fn read_data(file: Option<File>) -> Result<Data, Refusal> {
    let Some(file) = file else {
        return Err(Refusal::new("score/data", "There is no data to score.", "Choose some."));
    };
    let size = file::size(&file);
    if size > MAX_DATA {
        return Err(Refusal::new(
            "score/data-size",
            format!(
                "{size} bytes are more than the network takes for a target, which is {MAX_DATA}."
            ),
            "Choose a smaller file.",
        ));
    }
    let bytes = file::read_range(&file, 0, size).await?;
    let checksum = Checksum(blake2b256(&[&bytes]));
    Ok(Data { file, bytes, checksum })
}

/// Where the weights of the network's models are, each with the key that opens them.
pub(super) async fn look_up(options: &ScoreOptions) -> Result<Vec<Found>, Refusal> {
    let wanted: Vec<ModelId> = options
        .models
        .iter()
        .filter_map(|model| match model {
            ScoreModel::Network(id) => Some(*id),
            ScoreModel::File(_) => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let node = crate::network::connect(&network(options)?.rpc_url)?;
    let models = node.active_models().await?;
    wanted
        .into_iter()
        .map(|id| {
            let weights = models.get(&id).and_then(wasm_core::system_state::Model::weights);
            weights.map(|weights| (id, weights)).ok_or_else(|| {
                Refusal::new(
                    "score/no-such-model",
                    format!("The model {id} is not active on this network any more."),
                    "Leave it out.",
                )
            })
        })
        .collect()
}

pub(super) fn network(options: &ScoreOptions) -> Result<&Network, Refusal> {
    options.network.as_ref().ok_or_else(|| {
        Refusal::passing(
            "network/connecting",
            "The network has not answered yet.",
            "Wait a moment and try again.",
        )
    })
}

async fn compute(
    desk: &Desk,
    teller: &Teller,
    options: &ScoreOptions,
    data: &Data,
    found: &[Found],
    engine: &mut Engine,
) -> Result<ScoreResult, Refusal> {
    let sequences = Sequences::of(&data.bytes, Batching::V1)?;
    let positions = sequences.rows() * sequences.batching().sequence_length();
    let (mut models, mut losses) = (Vec::new(), Vec::new());
    for (place, model) in options.models.iter().enumerate() {
        let (opened, file_name) = match model {
            ScoreModel::Network(id) => (fetched(*id, found, options, teller, place).await?, None),
            ScoreModel::File(id) => {
                let local = desk.files.borrow().get(id).cloned();
                let local = local.ok_or_else(forgotten)?;
                (open_local(&local).await?, Some(local.file.name()))
            }
        };
        check_width(opened.weights.config().width(), options.target.as_ref())?;
        let watch = || Computing::new(teller, place, positions as u64);
        let data = (&data.bytes[..], &sequences);
        let score = evaluate(&desk.device, engine, &opened, data, options.seed, watch).await;
        let score = score.map_err(|error| refusals::evaluation(&error, engine))?;
        losses.push(score.loss);
        models.push(result_of(*model, file_name, &score, options.target.as_ref()));
    }
    let winner = winner(&losses).unwrap_or_default();
    Ok(ScoreResult {
        data_size: data.bytes.len() as u64,
        data_checksum: data.checksum,
        data_name: data.file.name(),
        seed: options.seed,
        engine: engine.name(),
        target: options.target.clone(),
        winner,
        margin: margin(&losses, winner).filter(|margin| margin.is_finite()),
        noise: noise(data.bytes.len(), Batching::V1),
        models,
        seconds: 0.0,
    })
}

/// Evaluates a model. A device that fails is given up.
pub(super) async fn evaluate(
    device: &Device,
    engine: &mut Engine,
    model: &Opened,
    data: (&[u8], &Sequences),
    seed: u64,
    watch: impl Fn() -> Computing,
) -> Result<ModelScore, EvaluateError> {
    let result = engine.evaluate(model, data, seed, watch).await;
    if let Err(error) = &result {
        device.blame(error);
    }
    result
}

fn forgotten() -> Refusal {
    Refusal::new("score/file-forgotten", "A model file is not here any more.", "Choose it again.")
}

/// A model's file.
pub(super) struct Opened {
    /// Read here.
    pub(super) weights: WeightsFile<Unsealed<FileSource>>,
    /// Read by others.
    pub(super) file: File,
    /// What opens it, where it is encrypted.
    pub(super) key: Option<DecryptionKey>,
}

/// A model of the network, its weights whole and compared with what was published.
pub(super) async fn fetched(
    id: ModelId,
    found: &[Found],
    options: &ScoreOptions,
    teller: &Teller,
    place: usize,
) -> Result<Opened, Refusal> {
    let (_, weights) = found.iter().find(|(found, _)| *found == id).ok_or_else(forgotten)?;
    let node = network(options)?.rpc_url.parse().ok();
    let mut progress = Fetching::new(teller, place, weights.manifest.size());
    progress.step(0).await;
    let watch = async |done| progress.step(done).await;
    let private = cache::fetch(id, &weights.manifest, node.as_ref(), watch).await?;
    let file = cache::open(&weights.manifest).await?;
    let source = FileSource::Private(private);
    open(source, file, weights.decryption_key.clone(), &format!("The model {id}")).await
}

/// Opens a file that was handed over.
pub(super) async fn open_local(local: &LocalModel) -> Result<Opened, Refusal> {
    let source = FileSource::Chosen(FileWeights::new(local.file.clone()));
    open(source, local.file.clone(), local.key.clone(), &local.file.name()).await
}

async fn open(
    source: FileSource,
    file: File,
    key: Option<DecryptionKey>,
    name: &str,
) -> Result<Opened, Refusal> {
    let source = Unsealed::new(source, key.clone()).await;
    let opened = WeightsFile::open_as_found(source).await;
    let weights = opened.map_err(|error| refusals::no_model(name, &error, key.is_some()))?;
    Ok(Opened { weights, file, key })
}

fn check_width(width: usize, target: Option<&ScoreTarget>) -> Result<(), Refusal> {
    match target {
        Some(target) if target.embedding.len() != width => Err(Refusal::new(
            "score/width",
            format!(
                "The target has {} numbers, and a model makes embeddings of {width}.",
                target.embedding.len()
            ),
            "Score without the target, or leave that model out.",
        )),
        _ => Ok(()),
    }
}

fn result_of(
    model: ScoreModel,
    file_name: Option<String>,
    score: &ModelScore,
    target: Option<&ScoreTarget>,
) -> ModelResult {
    let batches = &score.batches;
    let mean = |part: fn(&wasm_core::score::BatchScore) -> f64| {
        let count = f64::from(u32::try_from(batches.len()).unwrap_or(u32::MAX));
        Some(batches.iter().map(part).sum::<f64>() / count).filter(|mean| mean.is_finite())
    };
    let distance = target.map(|target| distance(&score.embedding, &target.embedding));
    ModelResult {
        model,
        file_name,
        loss: finite(score.loss),
        cross_entropy: mean(|batch| batch.cross_entropy),
        sig_reg: mean(|batch| batch.sig_reg),
        distance: distance.and_then(finite),
        embedding: score.embedding.iter().map(|value| finite(*value)).collect(),
    }
}

pub(super) fn finite(value: f32) -> Option<f32> {
    Some(value).filter(|value| value.is_finite())
}
