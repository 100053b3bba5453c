//! One scoring graph on this project's engines, and where the time goes; and what the processor could do.
//!
//! Other engines hold their weights ready; ours reads and repacks them at every evaluation, as it
//! must where a model does not fit into memory. So both shares are told apart.

pub mod limits;
#[cfg(target_arch = "wasm32")]
pub mod signing;
#[cfg(target_arch = "wasm32")]
pub mod web;
#[cfg(all(target_arch = "wasm32", feature = "gpu"))]
pub mod web_gpu;

use anyhow::{Context as _, Result};
use std::ops::ControlFlow;
use wasm_core::score::cpu::{CpuEngine, Executor};
use wasm_core::score::{
    Batching, Engine, InMemory, ModelConfig, Progress, Sequences, Watch, WeightsFile,
};

/// Memory that an evaluation may take: no graph here comes near it.
const MEMORY: u64 = 1 << 30;

/// The sizes of a graph.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Values of a position.
    pub width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Layers.
    pub layers: usize,
    /// Values of a position inside a feed-forward part.
    pub hidden: usize,
    /// Positions of a sequence.
    pub length: usize,
}

/// A model in memory and the sequences that it is to score.
#[derive(Debug)]
pub struct Graph {
    model: WeightsFile<InMemory<Vec<u8>>>,
    sequences: Sequences,
}

/// One evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Milliseconds of everything that happened with weights at hand.
    pub computing: f64,
    /// Milliseconds of reading and repacking weights.
    pub reading: f64,
    /// Nats per position: what other engines' logits must come to.
    pub cross_entropy: f64,
}

impl Graph {
    /// Opens a safetensors file. Every sequence begins at position 0, all are one batch.
    ///
    /// # Errors
    /// Where the file holds no model, or the tokens are no whole sequences.
    pub fn open(file: Vec<u8>, tokens: Vec<u32>, sizes: Sizes) -> Result<Self> {
        let Sizes { width, heads, layers, hidden, length } = sizes;
        let config = ModelConfig::new(width, heads, layers, hidden)?;
        let model = now(WeightsFile::open(InMemory(file), &config))?;
        let rows = tokens.len() / length.max(1);
        let batching = Batching::new(length, rows)?;
        let length = u32::try_from(length).context("sequences are shorter")?;
        let positions = (0..rows).flat_map(|_| 0..length).collect();
        Ok(Self { model, sequences: Sequences::from_ids(tokens, positions, batching)? })
    }

    /// Evaluates once; `clock` tells milliseconds.
    ///
    /// # Errors
    /// Where the engine fails.
    pub fn run(&self, executor: impl Executor, clock: impl Fn() -> f64) -> Result<Sample> {
        now(self.lead(CpuEngine::new(executor, MEMORY), clock))
    }

    /// The same with an engine that may lead others.
    ///
    /// # Errors
    /// Where the engine, or one of the others, fails.
    pub async fn lead(&self, mut engine: impl Engine, clock: impl Fn() -> f64) -> Result<Sample> {
        let start = clock();
        let mut shares = Shares { clock: &clock, last: start, bytes: 0, reading: 0.0 };
        let score = engine.evaluate(&self.model, &self.sequences, 0, &mut shares).await?;
        let reading = shares.reading;
        let computing = clock() - start - reading;
        let batch = score.batches.first().context("there is one batch")?;
        Ok(Sample { computing, reading, cross_entropy: batch.cross_entropy })
    }
}

/// Tells what went into reading from what went into computing: the engine says what it did last.
struct Shares<'c, C> {
    clock: &'c C,
    last: f64,
    bytes: u64,
    reading: f64,
}

impl<C: Fn() -> f64> Watch for Shares<'_, C> {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let now = (self.clock)();
        if progress.bytes_read > self.bytes {
            self.reading += now - self.last;
        }
        (self.last, self.bytes) = (now, progress.bytes_read);
        ControlFlow::Continue(())
    }
}

/// Runs what never has to wait: everything is in memory.
fn now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
