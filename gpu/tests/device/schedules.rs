//! What is in memory at a time: whatever it is, the score is the same, and it is what was planned.

use crate::bench::gpu;
use crate::engine::{Bench, choose, close};
use futures::executor::block_on;
use gpu::{Gpu, GpuEngine, PlanReport};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use wasm_core::score::plan::Schedule;
use wasm_core::score::{Engine as _, EvaluateError, ModelScore, Progress, Watch};

/// What an allocator adds to what it is asked for, and kernels beside their buffers.
const ROUNDING: u64 = 64 << 10;

/// Looks at how much memory is taken.
struct Looking<'g> {
    gpu: &'g Gpu,
    most: Option<u64>,
    last: Progress,
}

impl Watch for Looking<'_> {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.last = *progress;
        self.most = self.most.max(self.gpu.memory_taken());
        ControlFlow::Continue(())
    }
}

const fn name(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::LayerAhead => "a layer ahead",
        Schedule::Layer => "a layer",
        Schedule::HalfLayer => "half a layer",
        Schedule::HalfLayerParked { resident: 0 } => "half a layer, streams parked",
        Schedule::HalfLayerParked { .. } => "half a layer, some streams parked",
        Schedule::Slices(_) => "slices",
    }
}

/// Evaluates, and holds the memory that was taken against what was planned.
fn check(gpu: &Gpu, bench: &Bench, engine: &mut GpuEngine<'_>, report: &PlanReport) -> ModelScore {
    let before = gpu.memory_taken();
    let mut watch = Looking { gpu, most: None, last: Progress::default() };
    let model = bench.model();
    let score = engine.evaluate(&model, &bench.sequences, 5, &mut watch);
    let score = block_on(score).expect("a device that is open evaluates");
    let last = watch.last;
    assert_eq!(last.work_done, last.work, "{report:?}");
    assert_eq!(last.layers_passed, last.layers, "{report:?}");
    assert_eq!(last.bytes_read, last.bytes, "{report:?}");
    if let (Some(before), Some(most)) = (before, watch.most) {
        let taken = most - before;
        assert!(taken <= report.bytes + ROUNDING, "{taken} of {report:?}");
        assert!(taken + ROUNDING >= report.buffers, "{taken} of {report:?}");
    }
    score
}

#[test]
fn every_schedule_gives_the_same_score_and_takes_the_memory_that_it_planned() {
    let Some(gpu) = gpu() else { return };
    let mut schedules = BTreeSet::new();
    for sizes in [[96, 4, 3, 2000], [90, 5, 2, 1501]] {
        let bench = Bench::new(sizes, [150, 3, 1000]);
        let expected = bench.on_cpu();
        let smallest = match bench.on(&gpu, 0) {
            Err(EvaluateError::Plan(error)) => error.needed,
            other => panic!("{other:?}"),
        };
        let mut plans = Vec::new();
        for (memory, parked) in (smallest..smallest + 8_000_000)
            .step_by(50_000)
            .flat_map(|memory| [(memory, 0), (memory, 150_000), (memory, 1 << 20)])
        {
            let mut engine = GpuEngine::new(&gpu, memory).parking(parked);
            let Ok(report) = engine.plan(&bench.config, &bench.sequences) else { continue };
            assert!(report.bytes <= memory && report.plan.host_bytes <= parked);
            if plans.contains(&report.plan) {
                continue;
            }
            plans.push(report.plan);
            schedules.insert(name(report.plan.schedule));
            choose(&gpu, plans.len());
            close(&check(&gpu, &bench, &mut engine, &report), &expected, 4e-6);
        }
        let is_between = |schedule| {
            let mut plans = plans.iter().filter(|plan| name(plan.schedule) == name(schedule));
            plans.any(|plan| (2..7).contains(&plan.group))
        };
        assert!(is_between(Schedule::HalfLayer), "{plans:?}");
        assert!(is_between(Schedule::HalfLayerParked { resident: 0 }), "{plans:?}");
        assert!(is_between(Schedule::HalfLayerParked { resident: 1 }), "{plans:?}");
    }
    assert_eq!(schedules.len(), 6, "{schedules:?}");
    assert!(gpu.memory_taken().is_some() || cfg!(target_os = "macos"), "nobody counted");
}

#[test]
fn a_device_keeps_nothing_of_an_evaluation() {
    let Some(gpu) = gpu() else { return };
    let bench = Bench::new([32, 4, 2, 64], [64, 4, 500]);
    choose(&gpu, 0);
    bench.on(&gpu, 256 << 20).unwrap();
    let before = gpu.memory_taken();
    for _ in 0..3 {
        bench.on(&gpu, 256 << 20).unwrap();
    }
    assert_eq!(gpu.memory_taken(), before);
}
