//! The scoring workers, from the worker that wants a score.

use super::{Instructions, Order, Said, Task};
use crate::clock::sleep_ms;
use crate::js;
use crate::program::{self, Program};
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{Either, select};
use js_sys::{Array, Float64Array, Uint8Array};
use std::ops::ControlFlow;
use std::pin::pin;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_core::score::cpu::trial::Sample;
use wasm_core::score::cpu::{Allowance, Member};
use wasm_core::score::narrow::narrow;
use wasm_core::score::plan;
use wasm_core::score::{BatchScore, Batching, EvaluateError, ModelScore, Progress, Watch};
use wasm_core::weights::DecryptionKey;
use web_sys::{File, MessageChannel, MessagePort};
use zeroize::Zeroizing;

/// The processor's cores, as far as the browser tells.
#[must_use]
pub fn cores() -> u32 {
    u32::try_from(js::bytes(js::scope().navigator().hardware_concurrency())).unwrap_or(u32::MAX)
}

/// How long one may take to start: its program may come over a network.
const START_MS: u32 = 60_000;

/// Why there are no workers that score.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScorersError {
    /// The browser refuses the program, or has not got it.
    #[error("the browser did not start a worker that scores: {0}")]
    Refused(String),
    /// It may yet come.
    #[error("the browser did not start a worker that scores: it does not answer")]
    Silent,
}

/// What shall be evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Job<'j> {
    /// The weights, which have been opened before.
    pub file: &'j File,
    /// What opens them, where they are encrypted.
    pub key: Option<&'j DecryptionKey>,
    /// The model they hold, and how many sequences.
    pub task: plan::Task,
    /// The data.
    pub data: &'j [u8],
    /// How it is cut: the same as in the task.
    pub batching: Batching,
    /// Seed of the request.
    pub seed: u64,
    /// What the workers may take together.
    pub memory: Allowance,
}

/// Workers that score together. Dropping them ends them, whatever they do.
#[derive(Debug)]
pub struct Scorers {
    workers: Vec<Scorer>,
    instructions: Instructions,
    heard: mpsc::UnboundedReceiver<Heard>,
}

/// What was said, with what was beside it, or why nothing more will be.
type Heard = Result<(Said, JsValue), String>;

impl Scorers {
    /// Starts so many workers, compiled for these instructions, or for fewer where the browser does not
    /// start those: [`Scorers::instructions`] tells.
    ///
    /// # Errors
    /// Where the browser does not start any.
    pub async fn start(count: usize, instructions: Instructions) -> Result<Self, ScorersError> {
        let mut instructions = instructions;
        loop {
            let started = Self::start_as(count, instructions).await;
            match (&started, instructions.fewer()) {
                (Err(ScorersError::Refused(_)), Some(fewer)) => instructions = fewer,
                _ => return started,
            }
        }
    }

    /// Starts so many workers of one build.
    pub(super) async fn start_as(
        count: usize,
        instructions: Instructions,
    ) -> Result<Self, ScorersError> {
        let refused = |reason: &str| ScorersError::Refused(reason.to_owned());
        program::quiet().await;
        let (said, mut heard) = mpsc::unbounded();
        let scorer = |_| Scorer::open(instructions, &said);
        let workers = (0..count.max(1)).map(scorer).collect::<Result<Vec<_>, _>>();
        let workers = workers.map_err(|thrown| refused(&js::message(&thrown)))?;
        for _ in &workers {
            match select(heard.next(), pin!(sleep_ms(START_MS))).await {
                Either::Left((Some(Ok((Said::Ready, _))), _)) => {}
                Either::Left((Some(Err(reason)), _)) => return Err(refused(&reason)),
                Either::Left(_) => return Err(refused("it is of another version")),
                Either::Right(_) => return Err(ScorersError::Silent),
            }
        }
        Ok(Self { workers, instructions, heard })
    }

    /// Has the first of them multiply for a moment.
    pub(super) async fn sample(&mut self) -> Result<Sample, ScorersError> {
        let refused = |reason: &str| ScorersError::Refused(reason.to_owned());
        let leader = self.workers.first().ok_or_else(|| refused("there is none"))?;
        let order = serde_json::to_string(&Order::Sample).expect("an order is plain data");
        let posted = leader.0.post(&Array::of1(&order.into()), &Array::new());
        posted.map_err(|thrown| refused(&js::message(&thrown)))?;
        match select(self.heard.next(), pin!(sleep_ms(START_MS))).await {
            Either::Left((Some(Ok((Said::Sample, numbers))), _)) => {
                match numbers.unchecked_into::<Float64Array>().to_vec()[..] {
                    [operations, milliseconds] => Ok(Sample { operations, milliseconds }),
                    _ => Err(refused("it says something that was not asked")),
                }
            }
            Either::Left((Some(Err(reason)), _)) => Err(refused(&reason)),
            Either::Left(_) => Err(refused("it says something that was not asked")),
            Either::Right(_) => Err(ScorersError::Silent),
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.workers.len()
    }

    /// What they are compiled for.
    #[must_use]
    pub const fn instructions(&self) -> Instructions {
        self.instructions
    }

    /// What a model makes of data. Workers for which there is no memory end. Dropping this unfinished
    /// leaves the workers at it: drop them, too.
    ///
    /// # Errors
    /// Where weights, memory or a worker fail, or the watcher ends it.
    pub async fn evaluate<W: Watch>(
        &mut self,
        job: Job<'_>,
        watch: &mut W,
    ) -> Result<ModelScore, EvaluateError> {
        let useful = Member::useful(&job.task.config, job.task.sequence_length);
        let most = self.workers.len().min(useful);
        let members = job.memory.members(&job.task, most)?;
        if members < most {
            self.workers.truncate(members);
        }
        self.begin(job, members)
            .map_err(|thrown| EvaluateError::WorkerEnded(js::message(&thrown)))?;
        let (mut followed, mut score) = (1, None);
        loop {
            if followed == members
                && let Some(score) = score.take()
            {
                return Ok(score);
            }
            let heard = self.heard.next().await;
            let heard = heard.unwrap_or_else(|| Err("it says no more".into()));
            match heard.map_err(EvaluateError::WorkerEnded)? {
                (Said::Progress(progress), _) => self.report(&progress, watch).await?,
                (Said::Score, numbers) => score = Some(read(&numbers.unchecked_into())?),
                (Said::Followed, _) => followed += 1,
                (Said::Failed(error), _) => return Err(error),
                (Said::Ready | Said::Sample, _) => return Err(unreadable()),
            }
        }
    }

    /// Hands a task to each that has a part of it.
    fn begin(&self, job: Job<'_>, members: usize) -> Result<(), JsValue> {
        let mut leaders = Vec::new();
        for (index, scorer) in self.workers.iter().enumerate().take(members).skip(1) {
            let channel = MessageChannel::new()?;
            leaders.push(channel.port1());
            scorer.send(job, Task::of(job, index, members), &[channel.port2()])?;
        }
        match self.workers.first() {
            Some(leader) => leader.send(job, Task::of(job, 0, members), &leaders),
            None => Ok(()),
        }
    }

    async fn report<W: Watch>(
        &self,
        progress: &Progress,
        watch: &mut W,
    ) -> Result<(), EvaluateError> {
        match watch.step(progress).await {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(EvaluateError::Cancelled),
        }
    }
}

impl Task {
    fn of(job: Job<'_>, index: usize, members: usize) -> Self {
        let memory = job.memory.of(members);
        let sequence_length = job.batching.sequence_length();
        let batch_rows = job.batching.batch_rows();
        let (key, seed) = (job.key.cloned(), job.seed);
        Self { index, members, sequence_length, batch_rows, key, seed, memory }
    }
}

/// The numbers of a score.
fn read(numbers: &Float64Array) -> Result<ModelScore, EvaluateError> {
    let numbers = numbers.to_vec();
    let (loss, rest) = numbers.split_first().ok_or_else(unreadable)?;
    let (count, rest) = rest.split_first().ok_or_else(unreadable)?;
    let count = usize::try_from(js::bytes(*count)).unwrap_or(usize::MAX).saturating_mul(3);
    let (batches, embedding) = rest.split_at_checked(count).ok_or_else(unreadable)?;
    let batches = batches.as_chunks::<3>().0.iter();
    Ok(ModelScore {
        loss: narrow(*loss),
        embedding: embedding.iter().copied().map(narrow).collect(),
        batches: batches
            .map(|[cross_entropy, sig_reg, loss]| BatchScore {
                cross_entropy: *cross_entropy,
                sig_reg: *sig_reg,
                loss: *loss,
            })
            .collect(),
    })
}

fn unreadable() -> EvaluateError {
    EvaluateError::WorkerEnded("it says something that was not asked".into())
}

/// One of them.
#[derive(Debug)]
struct Scorer(Program);

impl Scorer {
    fn open(
        instructions: Instructions,
        said: &mpsc::UnboundedSender<Heard>,
    ) -> Result<Self, JsValue> {
        let said = said.clone();
        let program = Program::start(instructions.script(), move |heard| {
            let heard = heard.and_then(|parts| {
                let parts: Array = parts.unchecked_into();
                let text = parts.get(0).as_string().unwrap_or_default();
                let heard = serde_json::from_str(&text).map_err(|error| error.to_string());
                heard.map(|heard| (heard, parts.get(1)))
            });
            let _ = said.unbounded_send(heard);
        });
        program.map(Self)
    }

    fn send(&self, job: Job<'_>, task: Task, ports: &[MessagePort]) -> Result<(), JsValue> {
        let text = serde_json::to_string(&Order::Evaluate(task)).expect("an order is plain data");
        // The key of the weights is in it.
        let text = Zeroizing::new(text);
        let message = Array::of3(&text.as_str().into(), job.file, &Uint8Array::from(job.data));
        let transferred = Array::new();
        for port in ports {
            message.push(port);
            transferred.push(port);
        }
        self.0.post(&message, &transferred)
    }
}
