//! Ports between the worker that leads and those that follow it: rows of f32, each message a buffer.

use crate::dead_end::DeadEnd;
use crate::js;
use futures::StreamExt as _;
use futures::channel::mpsc;
use js_sys::{Array, ArrayBuffer, Float32Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_core::score::EvaluateError;
use wasm_core::score::cpu::{Followers, Leader};
use web_sys::{MessageEvent, MessagePort};

/// Values that are added at a time.
const PIECE: usize = 8192;

/// What was said, unless the browser could not read it.
type Heard = Result<JsValue, EvaluateError>;

/// One end.
#[derive(Debug)]
struct Port {
    port: MessagePort,
    heard: mpsc::UnboundedReceiver<Heard>,
    dead_end: DeadEnd,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_unreadable: Closure<dyn FnMut(JsValue)>,
}

impl Port {
    fn new(port: MessagePort) -> Self {
        let (said, heard) = mpsc::unbounded();
        let unreadable = said.clone();
        let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
            let _ = said.unbounded_send(Ok(event.data()));
        });
        let on_unreadable = Closure::<dyn FnMut(_)>::new(move |_: JsValue| {
            let what = "what another says cannot be read".into();
            let _ = unreadable.unbounded_send(Err(EvaluateError::WorkerEnded(what)));
        });
        port.set_onmessageerror(Some(on_unreadable.as_ref().unchecked_ref()));
        // This starts it, too.
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let dead_end = DeadEnd::new();
        Self { port, heard, dead_end, _on_message: on_message, _on_unreadable: on_unreadable }
    }

    fn send(&self, rows: &[f32]) -> Result<(), EvaluateError> {
        let buffer = Float32Array::from(rows).buffer();
        self.port
            .post_message_with_transferable(&buffer, &Array::of1(&buffer))
            .map_err(|thrown| EvaluateError::WorkerEnded(js::message(&thrown)))
    }

    async fn next(&mut self, length: usize) -> Result<Float32Array, EvaluateError> {
        let ended = || EvaluateError::WorkerEnded("it says something that was not asked".into());
        let message = self.heard.next().await.ok_or_else(ended)??;
        let rows = Float32Array::new(message.dyn_ref::<ArrayBuffer>().ok_or_else(ended)?);
        if rows.length() as usize == length { Ok(rows) } else { Err(ended()) }
    }
}

impl Port {
    async fn take(&mut self, rows: &mut [f32]) -> Result<(), EvaluateError> {
        let heard = self.next(rows.len()).await?;
        heard.copy_to(rows);
        self.dead_end.swallow(&heard.buffer());
        Ok(())
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        self.port.set_onmessageerror(None);
        self.port.close();
    }
}

/// Ports to all who follow, in their order.
#[derive(Debug)]
pub struct FollowerPorts(Vec<Port>);

impl FollowerPorts {
    /// Hears from now on.
    pub fn new(ports: impl IntoIterator<Item = MessagePort>) -> Self {
        Self(ports.into_iter().map(Port::new).collect())
    }
}

impl Followers for FollowerPorts {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn tell_one(&mut self, follower: usize, rows: &[f32]) -> Result<(), EvaluateError> {
        self.0[follower].send(rows)
    }

    async fn collect_one(
        &mut self,
        follower: usize,
        results: &mut [f32],
    ) -> Result<(), EvaluateError> {
        self.0[follower].take(results).await
    }

    async fn collect(&mut self, sums: &mut [f32]) -> Result<(), EvaluateError> {
        let mut part = [0.0; PIECE];
        for port in &mut self.0 {
            let rows = port.next(sums.len()).await?;
            let mut start = 0;
            for sums in sums.chunks_mut(PIECE) {
                let part = &mut part[..sums.len()];
                let end = start + length(part);
                rows.subarray(start, end).copy_to(part);
                start = end;
                for (sum, value) in sums.iter_mut().zip(part) {
                    *sum += *value;
                }
            }
            port.dead_end.swallow(&rows.buffer());
        }
        Ok(())
    }
}

/// The port to the one who leads.
#[derive(Debug)]
pub struct LeaderPort(Port);

impl LeaderPort {
    /// Hears from now on.
    #[must_use]
    pub fn new(port: MessagePort) -> Self {
        Self(Port::new(port))
    }
}

impl Leader for LeaderPort {
    async fn hear(&mut self, rows: &mut [f32]) -> Result<(), EvaluateError> {
        self.0.take(rows).await
    }

    fn answer(&mut self, results: &[f32]) -> Result<(), EvaluateError> {
        self.0.send(results)
    }
}

fn length(part: &[f32]) -> u32 {
    u32::try_from(part.len()).unwrap_or(u32::MAX)
}
