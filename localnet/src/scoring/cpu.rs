//! The engine that comes with a local network: the core's own, on the CPU.

use super::temporary::TemporaryFile;
use super::{ScoreError, ScoringEngine};
use futures::future::BoxFuture;
use rpc::native::HttpFiles;
use std::fmt::Display;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use wasm_core::address::ObjectId;
use wasm_core::download::{Download, Resource};
use wasm_core::manifest::Manifest;
use wasm_core::score::cpu::{CpuEngine, Threads};
use wasm_core::score::{
    Batching, Engine as _, MaybeEncrypted, ModelScore, Outcome, Progress, Sequences, Watch,
    WeightsFile,
};
use wasm_core::services::{ManifestInput, ScoreRequest, ScoreResponse};
use wasm_core::weights::DecryptionKey;

/// Bytes of memory for a layer and the sequences on their way through it.
const MEMORY: u64 = 1 << 30;
/// The most bytes of data: what the network takes for a target.
pub const MAX_DATA: u64 = 1 << 20;

/// Fetches data and weights, checks them, and evaluates one request after the other.
#[derive(Clone, Debug, Default)]
pub struct CpuScoring {
    files: HttpFiles,
    turn: Arc<Mutex<()>>,
}

impl ScoringEngine for CpuScoring {
    fn score(&self, request: ScoreRequest) -> BoxFuture<'_, Result<ScoreResponse, ScoreError>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            let (files, runtime) = (self.files.clone(), Handle::current());
            // Ends the work where nobody waits for it any more.
            let asked = Asked::default();
            let watch = Wanted(Arc::clone(&asked.0));
            let work = move || runtime.block_on(score(files, request, watch));
            spawn_blocking(work).await.map_err(failed)?
        })
    }
}

/// Somebody waits for as long as this is there.
#[derive(Debug, Default)]
struct Asked(Arc<AtomicBool>);

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Goes on while somebody waits.
struct Wanted(Arc<AtomicBool>);

impl Wanted {
    fn check(&self) -> Result<(), ScoreError> {
        if self.0.load(Ordering::Relaxed) {
            return Err(ScoreError::Failed("nobody waits for this any more".to_owned()));
        }
        Ok(())
    }
}

impl Watch for Wanted {
    async fn step(&mut self, _: &Progress) -> ControlFlow<()> {
        if self.check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

async fn score(
    files: HttpFiles,
    request: ScoreRequest,
    mut watch: Wanted,
) -> Result<ScoreResponse, ScoreError> {
    if request.data_size > MAX_DATA {
        let size = request.data_size;
        return Err(ScoreError::Failed(format!("{size} bytes of data, {MAX_DATA} are taken")));
    }
    let data = manifest(&request.data_url, &request.data_checksum, request.data_size)?;
    let data = fetch(&files, data, &watch, Vec::new()).await?;
    let sequences = Sequences::of(&data, Batching::V1).map_err(failed)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut engine = CpuEngine::new(Threads(threads), MEMORY);
    let mut scores: Vec<ModelScore> = Vec::new();
    for input in &request.model_manifests {
        let model = open(&files, input, &watch).await?;
        let score = engine.evaluate(&model, &sequences, request.seed, &mut watch);
        scores.push(score.await.map_err(failed)?);
    }
    let target: Vec<f32> =
        request.target_embedding.iter().map(|bits| f32::from_bits(*bits)).collect();
    Outcome::of(scores, &target).map(|outcome| response(&outcome)).map_err(failed)
}

fn response(outcome: &Outcome) -> ScoreResponse {
    let best = outcome.best();
    ScoreResponse {
        winner: outcome.winner as u64,
        loss_score: vec![best.loss.to_bits()],
        embedding: best.embedding.iter().map(|value| value.to_bits()).collect(),
        distance: vec![outcome.distance().to_bits()],
    }
}

type Model = WeightsFile<MaybeEncrypted<TemporaryFile>>;

async fn open(
    files: &HttpFiles,
    input: &ManifestInput,
    watch: &Wanted,
) -> Result<Model, ScoreError> {
    let manifest = manifest(&input.url, &input.checksum, input.size)?;
    let key = input.decryption_key.as_deref().map(DecryptionKey::parse).transpose();
    let key = key.map_err(failed)?;
    let file = TemporaryFile::new().map_err(failed)?;
    let file = fetch(files, manifest, watch, file).await?;
    let opened = WeightsFile::open_as_found(MaybeEncrypted::new(file, key)).await;
    opened.map_err(|error| ScoreError::Failed(format!("{}: {error}", input.url)))
}

/// Where a download goes.
trait Sink {
    fn put(&mut self, position: u64, bytes: &[u8]) -> Result<(), ScoreError>;
}

impl Sink for Vec<u8> {
    fn put(&mut self, position: u64, bytes: &[u8]) -> Result<(), ScoreError> {
        // Bytes of another source replace all that came before.
        if position == 0 {
            self.clear();
        }
        self.extend_from_slice(bytes);
        Ok(())
    }
}

impl Sink for TemporaryFile {
    fn put(&mut self, position: u64, bytes: &[u8]) -> Result<(), ScoreError> {
        self.write(position, bytes).map_err(failed)
    }
}

/// Fetches a file to its end, and only returns where it is the one that the manifest names.
async fn fetch<S: Sink>(
    files: &HttpFiles,
    manifest: Manifest,
    watch: &Wanted,
    mut into: S,
) -> Result<S, ScoreError> {
    // Without a node there is nobody else to ask for it, so that its name does not matter.
    let nobody = Resource::Model(ObjectId::ZERO);
    let mut download = Download::new(files.clone(), manifest, None, nobody);
    let mut buffer = Vec::new();
    while let Some(position) = download.next(&mut buffer).await.map_err(failed)? {
        watch.check()?;
        into.put(position, &buffer)?;
    }
    Ok(into)
}

fn manifest(url: &str, checksum: &str, size: u64) -> Result<Manifest, ScoreError> {
    let invalid = |error: &dyn Display| ScoreError::Invalid(format!("{url}: {error}"));
    let checksum = checksum.parse().map_err(|error| invalid(&error))?;
    Ok(Manifest::new(url.parse().map_err(|error| invalid(&error))?, checksum, size))
}

fn failed(error: impl Display) -> ScoreError {
    ScoreError::Failed(error.to_string())
}
