//! Scoring on the processor: models read range by range, data scored by one after another.

use crate::codes::{Coded, codes};
use crate::error::{argument, thrown};
use crate::object::object;
use browser::file_weights::FileWeights;
use js_sys::{Float32Array, Function, Promise};
use std::ops::ControlFlow;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use wasm_core::score::cpu::{CpuEngine, OneThread};
use wasm_core::score::{
    Batching, CompetitionError, ConfigError, DataError, Engine as _, EvaluateError, MaybeEncrypted,
    ModelScore, OpenError, Outcome, Progress, Sequences, Watch, WeightsFile,
};
use wasm_core::weights::DecryptionKey;
use web_sys::File;
use zeroize::Zeroizing;

codes! {
    EvaluateError {
        Self::Cancelled => "aborted",
        _ => "scoring/failed",
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

/// Data, and what models made of it so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawScoring {
    sequences: Sequences,
    seed: u64,
    memory: u64,
    scores: Vec<ModelScore>,
}

#[wasm_bindgen]
impl RawScoring {
    /// Cuts data into sequences and batches. `memory`: bytes that an evaluation may take.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: &[u8],
        sequence_length: usize,
        batch_rows: usize,
        seed: u64,
        memory: u64,
    ) -> Result<Self, JsValue> {
        let batching = Batching::new(sequence_length, batch_rows).map_err(thrown)?;
        let sequences = Sequences::of(data, batching).map_err(thrown)?;
        Ok(Self { sequences, seed, memory, scores: Vec::new() })
    }

    /// Lets one model score the data; returns its loss. Encrypted weights come with their key in Base58.
    pub async fn add(
        &mut self,
        weights: File,
        key: Option<String>,
        watch: Function,
    ) -> Result<f32, JsValue> {
        let key = key.map(|key| DecryptionKey::parse(&Zeroizing::new(key))).transpose();
        let source = MaybeEncrypted::new(FileWeights::new(weights), key.map_err(thrown)?);
        let model = WeightsFile::open_as_found(source).await.map_err(thrown)?;
        let mut engine = CpuEngine::new(OneThread, self.memory);
        let mut watch = Told(&watch);
        let score = engine.evaluate(&model, &self.sequences, self.seed, &mut watch).await;
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
