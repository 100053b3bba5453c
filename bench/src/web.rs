//! The same in a browser's worker.

use crate::limits::Limit;
use crate::{Graph, MEMORY, Sizes};
use browser::scorers::{FollowerPorts, LeaderPort};
use js_sys::{Float64Array, Function};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};
use wasm_core::score::cpu::trial::{self, Sample};
use wasm_core::score::cpu::{CpuEngine, Member, OneThread};
use web_sys::MessagePort;

/// A graph in a worker.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scoring(Graph);

#[wasm_bindgen]
impl Scoring {
    /// Opens a safetensors file. `sizes`: width, heads, layers, feed-forward width, positions.
    #[wasm_bindgen(constructor)]
    pub fn new(file: Vec<u8>, tokens: Vec<u32>, sizes: &[usize]) -> Result<Self, JsError> {
        Ok(Self(graph(file, tokens, sizes)?))
    }

    /// How many of so many workers gain from one another with it, as the wallet decides.
    #[must_use]
    pub fn members(&self, workers: usize) -> usize {
        let Graph { model, sequences } = &self.0;
        let length = sequences.batching().sequence_length();
        workers.min(Member::useful(model.config(), length))
    }

    /// Evaluates once, at the head of those at the other ends of the ports: milliseconds of computing
    /// and of reading, and the cross-entropy.
    pub async fn lead(
        &self,
        clock: Function,
        ports: Vec<MessagePort>,
    ) -> Result<Float64Array, JsError> {
        let engine = CpuEngine::new(OneThread, MEMORY).with_team(FollowerPorts::new(ports));
        let sample = self.0.lead(engine, || told(&clock)).await;
        let sample = sample.map_err(|error| failed(&error))?;
        Ok(Float64Array::from(&[sample.computing, sample.reading, sample.cross_entropy][..]))
    }

    /// Does its share of one evaluation, as one of so many.
    pub async fn follow(
        &self,
        port: MessagePort,
        index: usize,
        members: usize,
    ) -> Result<(), JsError> {
        let Graph { model, sequences } = &self.0;
        let (member, mut leader) = (Member { index, members }, LeaderPort::new(port));
        let engine = CpuEngine::new(OneThread, MEMORY);
        Ok(engine.follow(model, sequences, 0, member, &mut leader).await?)
    }
}

/// Runs the loop that nothing holds up: in registers, or a product in the nearest cache. Returns its
/// operations.
#[wasm_bindgen]
#[must_use]
pub fn limit(in_registers: bool) -> f64 {
    if in_registers { Limit::Registers.run() } else { Limit::Product.run() }
}

/// A short trial of this build, as the wallet makes it to choose one.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Trial(trial::Trial);

#[wasm_bindgen]
impl Trial {
    /// Prepares it.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Operations, and the milliseconds they took.
    pub fn sample(&mut self, clock: Function) -> Float64Array {
        let Sample { operations, milliseconds } = self.0.sample(|| told(&clock));
        Float64Array::from(&[operations, milliseconds][..])
    }
}

/// Trials of builds, the one with the fewest instructions first.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Contest(trial::Contest);

#[wasm_bindgen]
impl Contest {
    /// Of so many builds.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(builds: usize) -> Self {
        Self(trial::Contest::of(builds))
    }

    /// Takes a sample of a build.
    pub fn take(&mut self, build: usize, operations: f64, milliseconds: f64) {
        self.0.take(build, Sample { operations, milliseconds });
    }

    /// Whether that was enough.
    #[wasm_bindgen(js_name = isOver)]
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.is_over()
    }

    /// The most operations in a millisecond that a build came to.
    #[must_use]
    pub fn best(&self, build: usize) -> Option<f64> {
        self.0.best(build)
    }

    /// The build that the wallet takes.
    #[must_use]
    pub fn winner(&self) -> usize {
        self.0.winner()
    }
}

pub(crate) fn graph(file: Vec<u8>, tokens: Vec<u32>, sizes: &[usize]) -> Result<Graph, JsError> {
    let [width, heads, layers, hidden, length] = *sizes else {
        return Err(JsError::new("there are five sizes"));
    };
    let sizes = Sizes { width, heads, layers, hidden, length };
    Graph::open(file, tokens, sizes).map_err(|error| failed(&error))
}

pub(crate) fn failed(error: &anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}

/// The time in milliseconds.
pub(crate) fn told(clock: &Function) -> f64 {
    let told = clock.call0(&JsValue::NULL).ok();
    told.and_then(|told| told.as_f64()).unwrap_or(f64::NAN)
}
