//! A scoring worker's own side.

use super::ports::{FollowerPorts, LeaderPort};
use super::{Order, Said, Task};
use crate::clock::now_ms;
use crate::file_weights::FileWeights;
use crate::js;
use crate::unsealed::Unsealed;
use futures::StreamExt as _;
use futures::channel::mpsc;
use js_sys::{Array, Float64Array, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_core::score::cpu::trial::Trial;
use wasm_core::score::cpu::{CpuEngine, OneThread};
use wasm_core::score::{
    Engine as _, EvaluateError, ModelScore, OpenError, Progress, Sequences, Watch, WeightsFile,
};
use web_sys::{MessageEvent, MessagePort};

/// Milliseconds between two reports.
const INTERVAL_MS: u64 = 50;

/// Does one task after the other. Whoever started this ends it.
pub async fn serve() {
    let (heard, mut messages) = mpsc::unbounded();
    let unreadable = heard.clone();
    let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
        let _ = heard.unbounded_send(event.data());
    });
    // A task that cannot be read is one that says nothing.
    let on_unreadable = Closure::<dyn FnMut(_)>::new(move |_: JsValue| {
        let _ = unreadable.unbounded_send(JsValue::UNDEFINED);
    });
    js::scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    js::scope().set_onmessageerror(Some(on_unreadable.as_ref().unchecked_ref()));
    say(&Said::Ready, &JsValue::UNDEFINED);
    let mut trial = None;
    while let Some(message) = messages.next().await {
        match perform(message, &mut trial).await {
            Ok((said, beside)) => say(&said, &beside),
            Err(error) => say(&Said::Failed(error), &JsValue::UNDEFINED),
        }
    }
}

fn unknown() -> EvaluateError {
    EvaluateError::WorkerEnded("it does not know what it is asked".into())
}

/// Does as told: what there is to say, and what beside it. A trial is kept for the next sample.
async fn perform(
    message: JsValue,
    trial: &mut Option<Trial>,
) -> Result<(Said, JsValue), EvaluateError> {
    let mut parts = message.dyn_into::<Array>().map_err(|_| unknown())?.into_iter();
    let order = parts.next().and_then(|text| text.as_string()).ok_or_else(unknown)?;
    match serde_json::from_str(&order).map_err(|_| unknown())? {
        Order::Evaluate(task) => Ok(match evaluate(task, parts).await? {
            Some(score) => (Said::Score, numbers(&score)),
            None => (Said::Followed, JsValue::UNDEFINED),
        }),
        Order::Sample => {
            let clock = js::scope().performance().ok_or_else(unknown)?;
            let sample = trial.get_or_insert_default().sample(|| clock.now());
            let numbers = [sample.operations, sample.milliseconds];
            Ok((Said::Sample, Float64Array::from(&numbers[..]).into()))
        }
    }
}

/// Leads to a score, or follows. What came beside the task: weights, data, and ports.
async fn evaluate(
    task: Task,
    mut parts: impl Iterator<Item = JsValue>,
) -> Result<Option<ModelScore>, EvaluateError> {
    let file = parts.next().ok_or_else(unknown)?.unchecked_into();
    let data = parts.next().ok_or_else(unknown)?.unchecked_into::<Uint8Array>().to_vec();
    let mut ports = parts.map(wasm_bindgen::JsCast::unchecked_into::<MessagePort>);

    let batching = task.batching().map_err(|_| unknown())?;
    let sequences = Sequences::of(&data, batching)
        .map_err(|error| EvaluateError::WorkerEnded(error.to_string()))?;
    let source = Unsealed::new(FileWeights::new(file), task.key.clone()).await;
    let model = WeightsFile::open_as_found(source).await.map_err(|error| match error {
        OpenError::Read(error) => EvaluateError::Read(error),
        error => EvaluateError::WorkerEnded(error.to_string()),
    })?;
    let engine = CpuEngine::new(OneThread, task.memory);
    if task.index > 0 {
        let mut leader = LeaderPort::new(ports.next().ok_or_else(unknown)?);
        engine.follow(&model, &sequences, task.seed, task.member(), &mut leader).await?;
        return Ok(None);
    }
    let mut engine = engine.with_team(FollowerPorts::new(ports));
    let mut watch = Reporting { said: now_ms() };
    engine.evaluate(&model, &sequences, task.seed, &mut watch).await.map(Some)
}

/// Tells how far it is, now and then.
struct Reporting {
    said: u64,
}

impl Watch for Reporting {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        let now = now_ms();
        if now >= self.said + INTERVAL_MS {
            self.said = now;
            say(&Said::Progress(*progress), &JsValue::UNDEFINED);
        }
        // Whoever wants no more ends this worker.
        ControlFlow::Continue(())
    }
}

/// A score as numbers, which may be none: the loss, how many batches, their losses in parts, and the
/// embedding.
fn numbers(score: &ModelScore) -> JsValue {
    let mut numbers = vec![f64::from(score.loss), js::number(score.batches.len() as u64)];
    for batch in &score.batches {
        numbers.extend([batch.cross_entropy, batch.sig_reg, batch.loss]);
    }
    numbers.extend(score.embedding.iter().map(|value| f64::from(*value)));
    Float64Array::from(&numbers[..]).into()
}

fn say(said: &Said, beside: &JsValue) {
    let text = serde_json::to_string(said).expect("what is said is plain data");
    // Whoever does not hear any more is gone, and this worker with it.
    let _ = js::scope().post_message(&Array::of2(&text.into(), beside));
}
