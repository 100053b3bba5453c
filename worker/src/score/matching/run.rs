//! Working the queue off: model by model, and within each file by file.

use super::super::engine::Engine;
use super::super::job::{self, Found, Opened};
use super::super::telling::{Computing, QueueTeller, Teller};
use super::super::{Desk, refusals, remote};
use crate::network::Node;
use crate::refusal::Refusal;
use bridge::matching::{MatchOptions, QueueState};
use bridge::score::{EngineChoice, ScoreModel, ScoreOptions, ScoreStep};
use browser::clock::sleep_ms;
use futures::future::{AbortHandle, AbortRegistration, Abortable};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_core::address::ModelId;
use wasm_core::digest::Checksum;
use wasm_core::matching::Scored;
use wasm_core::ports::Chain as _;
use wasm_core::score::{Batching, EvaluateError, Sequences};

/// The seed that the network scores with.
const SEED: u64 = 0;

/// Begins to work the queue off, once whoever did so before has ended.
pub(super) fn begin(desk: &Rc<Desk>) {
    let (abort, stopped) = AbortHandle::new_pair();
    *desk.matching.work.borrow_mut() = Some(abort.clone());
    let desk = Rc::clone(desk);
    wasm_bindgen_futures::spawn_local(async move {
        let _working = desk.matching.working.lock().await;
        work(&desk, &abort, stopped).await;
    });
}

async fn work(desk: &Rc<Desk>, abort: &AbortHandle, stopped: AbortRegistration) {
    let Ok(ended) = Abortable::new(Box::pin(work_off(desk)), stopped).await else {
        // Whoever stopped it said why.
        return;
    };
    if let Err(Refusal(failure)) = ended {
        let kept = desk.matching.kept().await;
        // Somebody may have begun anew meanwhile.
        if abort.is_aborted() {
            return;
        }
        desk.matching.work.borrow_mut().take();
        // Where not even that can be kept, it is told by what the page asks next.
        if let Ok(mut kept) = kept {
            let _ = kept.turn(QueueState::Failed(failure)).await;
        }
    }
    desk.matching.moved();
}

/// Scores until nothing is left to score.
async fn work_off(desk: &Desk) -> Result<(), Refusal> {
    let options = desk.matching.kept().await?.options().cloned().ok_or_else(super::no_models)?;
    let teller = QueueTeller { told: Rc::clone(&desk.matching.told), ..QueueTeller::default() };
    Teller::Queue(teller.clone()).tell(None, ScoreStep::Preparing);
    let asked = as_scoring(&options);
    let found = job::look_up(&asked).await?;
    let weights = found.iter().map(|(id, weights)| (*id, weights.manifest.checksum())).collect();
    desk.matching.kept().await?.look_up(weights).await?;
    let means = match &options.engine {
        EngineChoice::Remote { url } => Means::Remote(Remote::connect(url, &options).await?),
        _ => Means::Here(Bench::default()),
    };
    desk.matching.moved();
    Work { desk, asked, found, means, teller, was_lost: None }.run().await
}

/// The same wish for one scoring.
fn as_scoring(options: &MatchOptions) -> ScoreOptions {
    ScoreOptions {
        models: options.models.iter().copied().map(ScoreModel::Network).collect(),
        target: None,
        seed: SEED,
        engine: options.engine.clone(),
        gpu_memory: options.gpu_memory,
        workers: options.workers,
        network: Some(options.network.clone()),
    }
}

/// Who scores.
enum Means {
    Here(Bench),
    Remote(Remote),
}

/// What is open between two evaluations, for as long as nobody else wants to score.
#[derive(Default)]
struct Bench {
    engine: Option<Engine>,
    opened: Option<(ModelId, Opened)>,
}

/// A service elsewhere, and where data was put for it.
struct Remote {
    service: Node,
    width: usize,
    put: BTreeMap<Checksum, String>,
}

impl Remote {
    async fn connect(url: &str, options: &MatchOptions) -> Result<Self, Refusal> {
        let service = remote::connect(url).await?;
        let node = crate::network::connect(&options.network.rpc_url)?;
        let state = node.system_state().await?;
        let width = state.as_v1().parameters.target_embedding_dim;
        let width = usize::try_from(width).unwrap_or_default();
        Ok(Self { service, width, put: BTreeMap::new() })
    }
}

/// The queue being worked off.
struct Work<'d> {
    desk: &'d Desk,
    asked: ScoreOptions,
    found: Vec<Found>,
    means: Means,
    teller: QueueTeller,
    /// What the device was lost at: once more is tried, as after a sleep.
    was_lost: Option<(ModelId, Checksum)>,
}

impl Work<'_> {
    async fn run(mut self) -> Result<(), Refusal> {
        loop {
            let Some((place, data)) = self.next().await? else { return Ok(()) };
            let (abort, stopped) = AbortHandle::new_pair();
            *self.desk.matching.evaluating.borrow_mut() = Some((data, abort));
            let scored = Abortable::new(Box::pin(self.score(place, data)), stopped).await;
            self.desk.matching.evaluating.borrow_mut().take();
            match scored {
                Ok(Ok(Some((loss, embedding)))) => self.keep(place, data, loss, &embedding).await?,
                // The device went away, and is opened anew.
                Ok(Ok(None)) => {}
                Ok(Err(refusal)) => return Err(refusal),
                // The file was removed in the midst of it. The engine has gone with the evaluation; the
                // weights stay open.
                Err(_) => {}
            }
            // Whoever waits for a turn has it now.
            sleep_ms(0).await;
        }
    }

    /// What is to be scored now. Where nothing is, the queue ends in the same breath.
    async fn next(&mut self) -> Result<Option<(usize, Checksum)>, Refusal> {
        let mut kept = self.desk.matching.kept().await?;
        let files = kept.checksums();
        let mut lacking = kept.book.lacking(&files, kept.models());
        let Some(next) = lacking.next() else {
            drop(lacking);
            kept.turn(QueueState::Idle).await?;
            self.desk.matching.work.borrow_mut().take();
            return Ok(None);
        };
        self.teller.total = self.teller.done + 1 + lacking.count() as u64;
        Ok(Some(next))
    }

    async fn keep(
        &mut self,
        place: usize,
        data: Checksum,
        loss: f32,
        embedding: &[f32],
    ) -> Result<(), Refusal> {
        let (model, weights) = &self.found[place];
        let weights = weights.manifest.checksum();
        let mut kept = self.desk.matching.kept().await?;
        if kept.file(data).is_some() {
            kept.score(Scored { data, model: *model, weights, loss }, embedding).await?;
        }
        self.teller.done += 1;
        self.desk.matching.moved();
        Ok(())
    }

    /// Lets go of everything that others may want.
    fn rest(&mut self) {
        if let Means::Here(bench) = &mut self.means {
            *bench = Bench::default();
        }
    }

    /// Evaluates a model on some data; nothing where the device went away and shall be tried anew.
    async fn score(
        &mut self,
        place: usize,
        data: Checksum,
    ) -> Result<Option<(f32, Vec<f32>)>, Refusal> {
        self.teller.model = Some(self.found[place].0);
        self.teller.data = None;
        match self.means {
            Means::Remote(_) => self.ask(place, data).await.map(Some),
            Means::Here(_) => self.compute(place, data).await,
        }
    }

    async fn ask(&mut self, place: usize, data: Checksum) -> Result<(f32, Vec<f32>), Refusal> {
        let Means::Remote(remote) = &mut self.means else { unreachable!("asked for by that") };
        let (file, bytes) = self.desk.matching.kept().await?.bytes(data).await?;
        let url = match remote.put.get(&data) {
            Some(url) => url.clone(),
            None => remote::put(job::network(&self.asked)?, &data, &file).await?,
        };
        remote.put.insert(data, url.clone());
        self.teller.data = Some(data);
        Teller::Queue(self.teller.clone()).tell(None, ScoreStep::Asking);
        let about = (url, data, bytes.len() as u64);
        remote::of_one_model(&remote.service, about, &self.found[place], remote.width).await
    }

    async fn compute(
        &mut self,
        place: usize,
        data: Checksum,
    ) -> Result<Option<(f32, Vec<f32>)>, Refusal> {
        let desk = self.desk;
        let turn = if let Some(turn) = desk.turn.at_once() {
            turn
        } else {
            // Weights are open to one at a time, and workers take memory.
            self.rest();
            desk.turn.take(&Teller::Queue(self.teller.clone())).await
        };
        let scored = self.compute_in_turn(place, data).await;
        if desk.turn.is_awaited() {
            self.rest();
        }
        drop(turn);
        scored
    }

    async fn compute_in_turn(
        &mut self,
        place: usize,
        data: Checksum,
    ) -> Result<Option<(f32, Vec<f32>)>, Refusal> {
        let desk = self.desk;
        let Means::Here(bench) = &mut self.means else { unreachable!("asked for by that") };
        let model = self.found[place].0;
        if bench.opened.as_ref().is_none_or(|(open, _)| *open != model) {
            // The former weights are closed before the next are opened.
            bench.opened = None;
            let teller = Teller::Queue(self.teller.clone());
            let opened = job::fetched(model, &self.found, &self.asked, &teller, place).await?;
            bench.opened = Some((model, opened));
        }
        let mut engine = match bench.engine.take() {
            Some(engine) => engine,
            None => desk.device.engine(&self.asked).await?,
        };
        let (_, bytes) = desk.matching.kept().await?.bytes(data).await?;
        let sequences = Sequences::of(&bytes, Batching::V1)?;
        let positions = sequences.rows() * sequences.batching().sequence_length();
        self.teller.data = Some(data);
        let teller = Teller::Queue(self.teller.clone());
        let watch = || Computing::new(&teller, place, positions as u64);
        let (_, opened) = bench.opened.as_ref().expect("opened above");
        let data_cut = (&bytes[..], &sequences);
        let scored = job::evaluate(&desk.device, &mut engine, opened, data_cut, SEED, watch).await;
        match scored {
            Ok(score) => {
                bench.engine = Some(engine);
                Ok(Some((score.loss, score.embedding)))
            }
            Err(error) => {
                let is_lost = matches!(error, EvaluateError::DeviceLost(_));
                if is_lost && self.was_lost.replace((model, data)) != Some((model, data)) {
                    return Ok(None);
                }
                Err(refusals::evaluation(&error, &engine))
            }
        }
    }
}
