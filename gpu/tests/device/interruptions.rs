//! What may happen while a model is evaluated: the device goes away, or everything sleeps for a while.

use crate::bench::gpu;
use crate::engine::{Bench, choose};
use futures::FutureExt as _;
use futures::executor::block_on;
use gpu::{Gpu, GpuEngine};
use std::ops::ControlFlow;
use std::time::Duration;
use wasm_core::score::{Engine as _, EvaluateError, Progress, Watch};

/// Has something happen once, after some steps.
struct Interrupting<F> {
    steps: usize,
    happen: Option<F>,
}

impl<F: FnOnce()> Watch for Interrupting<F> {
    async fn step(&mut self, _: &Progress) -> ControlFlow<()> {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => {
                if let Some(happen) = self.happen.take() {
                    happen();
                }
            }
        }
        ControlFlow::Continue(())
    }
}

fn bench() -> Bench {
    Bench::new([32, 4, 3, 64], [64, 4, 500])
}

#[test]
fn a_device_that_goes_away_midway_gives_no_score() {
    if gpu().is_none() {
        return;
    }
    let bench = bench();
    let model = bench.model();
    for steps in [0, 1, 20, 60] {
        let own = block_on(Gpu::open()).unwrap();
        choose(&own, 0);
        assert!(own.works());
        let mut watch = Interrupting { steps, happen: Some(|| own.close()) };
        let mut engine = GpuEngine::new(&own, 256 << 20);
        let result = block_on(engine.evaluate(&model, &bench.sequences, 5, &mut watch));
        assert!(watch.happen.is_none(), "it ended before step {steps}");
        assert!(matches!(result, Err(EvaluateError::DeviceLost(_))), "{steps}: {result:?}");
        assert!(!own.works());
        // It stays lost.
        let result = bench.on(&own, 256 << 20);
        assert!(matches!(result, Err(EvaluateError::DeviceLost(_))), "{steps}: {result:?}");
    }
}

#[test]
fn a_long_sleep_changes_nothing() {
    let Some(gpu) = gpu() else { return };
    let bench = bench();
    choose(&gpu, 0);
    let expected = bench.on(&gpu, 256 << 20).unwrap();
    let model = bench.model();
    for steps in [5, 60] {
        let sleep = || std::thread::sleep(Duration::from_secs(3));
        let mut watch = Interrupting { steps, happen: Some(sleep) };
        let mut engine = GpuEngine::new(&gpu, 256 << 20);
        let score = block_on(engine.evaluate(&model, &bench.sequences, 5, &mut watch));
        assert!(watch.happen.is_none());
        assert_eq!(score.unwrap(), expected);
    }
}

/// Waits for ever after some steps.
struct Stopping {
    steps: usize,
}

impl Watch for Stopping {
    async fn step(&mut self, _: &Progress) -> ControlFlow<()> {
        match self.steps.checked_sub(1) {
            Some(left) => self.steps = left,
            None => std::future::pending().await,
        }
        ControlFlow::Continue(())
    }
}

#[test]
fn an_evaluation_that_is_given_up_leaves_the_device_as_it_was() {
    let Some(gpu) = gpu() else { return };
    let bench = bench();
    choose(&gpu, 0);
    let expected = bench.on(&gpu, 256 << 20).unwrap();
    let model = bench.model();
    for steps in [0, 1, 20, 60] {
        let mut engine = GpuEngine::new(&gpu, 256 << 20);
        let mut watch = Stopping { steps };
        let evaluation = engine.evaluate(&model, &bench.sequences, 5, &mut watch);
        // It is dropped where it waits.
        assert!(evaluation.now_or_never().is_none(), "it ended before step {steps}");
        assert_eq!(bench.on(&gpu, 256 << 20).unwrap(), expected, "{steps}");
    }
}
