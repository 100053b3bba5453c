//! The whole engine against the CPU's: shapes that fill no four, schedules, and what goes wrong.

use crate::bench::{VARIANTS, gpu};
use futures::executor::block_on;
use gpu::{Choice, Gpu, GpuEngine};
use std::ops::ControlFlow;
use tests::scoring::safetensors::{Tensors, write};
use wasm_core::score::arrgen::standard_normal;
use wasm_core::score::cpu::{CpuEngine, OneThread};
use wasm_core::score::{
    Batching, Engine as _, EvaluateError, InMemory, ModelConfig, ModelScore, ModelTensor, Progress,
    ReadError, Sequences, Unwatched, Watch, WeightSource, WeightsFile,
};

const MEMORY: u64 = 256 << 20;

/// A model with weights of a moderate size.
pub(crate) struct Bench {
    pub(crate) config: ModelConfig,
    tensors: Tensors,
    pub(crate) sequences: Sequences,
}

impl Bench {
    pub(crate) fn new(sizes: [usize; 4], data: [usize; 3]) -> Self {
        let (config, sequences) = Self::data(sizes, data);
        let tensors = Self::tensors(&config, standard_normal);
        Self { config, tensors, sequences }
    }

    /// A model's sizes, and sequences for it.
    pub(crate) fn data(
        [width, heads, layers, hidden]: [usize; 4],
        [length, batch, bytes]: [usize; 3],
    ) -> (ModelConfig, Sequences) {
        let config = ModelConfig::new(width, heads, layers, hidden).unwrap();
        let data: Vec<_> = (0..bytes).map(|at| u8::try_from(at * at % 251).unwrap()).collect();
        let batching = Batching::new(length, batch).unwrap();
        (config, Sequences::of(&data, batching).unwrap())
    }

    /// Weights that are made fast, out of few values.
    pub(crate) fn of_repeated_values([width, heads, layers, hidden]: [usize; 4]) -> Tensors {
        let config = ModelConfig::new(width, heads, layers, hidden).unwrap();
        // A prime number of them, so that no two rows of a matrix are alike.
        let values = standard_normal(0, 65_537);
        Self::tensors(&config, |_, count| values.iter().copied().cycle().take(count).collect())
    }

    fn tensors(config: &ModelConfig, normal: impl Fn(u64, usize) -> Vec<f32>) -> Tensors {
        let tensor = |(seed, tensor): (u64, ModelTensor)| {
            let shape = tensor.shape(config);
            let count = usize::try_from(shape.iter().product::<u64>()).unwrap();
            let name = tensor.name();
            let middle = if name.ends_with("gamma") { 1.0 } else { 0.0 };
            let scale = if shape.len() > 1 { (shape[0] as f32).sqrt().recip() } else { 0.1 };
            let values = normal(seed, count).into_iter().map(|z| middle + scale * z);
            let bytes = values.flat_map(f32::to_le_bytes).collect();
            (name, ("F32".to_owned(), shape, bytes))
        };
        (0..).zip(ModelTensor::all(config)).map(tensor).collect()
    }

    pub(crate) fn model(&self) -> WeightsFile<InMemory<Vec<u8>>> {
        self.open(InMemory(write(&self.tensors)))
    }

    pub(crate) fn open<S: WeightSource>(&self, source: S) -> WeightsFile<S> {
        block_on(WeightsFile::open(source, &self.config)).unwrap()
    }

    /// Changes the values of a tensor.
    fn change(&mut self, name: &str, change: impl Fn(f32) -> f32) {
        let (_, _, bytes) = self.tensors.get_mut(name).unwrap();
        let (values, _) = bytes.as_chunks::<4>();
        *bytes = values
            .iter()
            .flat_map(|value| change(f32::from_le_bytes(*value)).to_le_bytes())
            .collect();
    }

    pub(crate) fn on_cpu(&self) -> ModelScore {
        let mut engine = CpuEngine::new(OneThread, MEMORY);
        block_on(engine.evaluate(&self.model(), &self.sequences, 5, &mut Unwatched)).unwrap()
    }

    pub(crate) fn on(&self, gpu: &Gpu, memory: u64) -> Result<ModelScore, EvaluateError> {
        let mut engine = GpuEngine::new(gpu, memory);
        block_on(engine.evaluate(&self.model(), &self.sequences, 5, &mut Unwatched))
    }
}

#[track_caller]
pub(crate) fn close(actual: &ModelScore, expected: &ModelScore, allowed: f64) {
    assert_eq!(actual.batches.len(), expected.batches.len());
    for (actual, expected) in actual.batches.iter().zip(&expected.batches) {
        let near = |a: f64, e: f64| (a - e).abs() <= allowed * e.abs().max(1.0);
        assert!(near(actual.cross_entropy, expected.cross_entropy), "{actual:?} {expected:?}");
        assert!(near(actual.sig_reg, expected.sig_reg), "{actual:?} {expected:?}");
    }
    for (actual, expected) in actual.embedding.iter().zip(&expected.embedding) {
        let difference = f64::from(actual - expected).abs();
        assert!(difference <= allowed * f64::from(expected.abs()).max(1.0), "{actual} {expected}");
    }
}

pub(crate) fn choose(gpu: &Gpu, number: usize) {
    let variant = VARIANTS[number % VARIANTS.len()];
    gpu.choose(Choice { variant, operations_per_second: 1e9 });
}

#[test]
fn any_shape_scores_as_on_the_cpu() {
    let Some(gpu) = gpu() else { return };
    // Width, heads, layers, hidden; positions, sequences of a batch, bytes.
    for (number, (sizes, data)) in [
        ([16, 4, 2, 32], [1, 4, 3]),
        ([16, 4, 2, 32], [8, 4, 1]),
        ([16, 4, 1, 32], [8, 2, 40]),
        ([6, 3, 2, 7], [13, 2, 40]),
        ([30, 5, 2, 31], [7, 3, 29]),
        ([2, 1, 1, 1], [5, 2, 16]),
        ([36, 2, 2, 70], [131, 2, 300]),
        ([128, 2, 1, 100], [129, 1, 200]),
        ([512, 2, 1, 40], [17, 2, 50]),
        ([260, 65, 1, 260], [9, 16, 99]),
        ([64, 1, 1, 64], [257, 1, 258]),
        // Heads of 8, 16, 32 and 128 values; those of 4, 64 and 256 are above.
        ([16, 2, 1, 24], [9, 2, 30]),
        ([32, 2, 1, 40], [10, 3, 25]),
        ([96, 3, 1, 50], [33, 2, 80]),
        ([256, 2, 1, 36], [19, 2, 45]),
    ]
    .into_iter()
    .enumerate()
    {
        let bench = Bench::new(sizes, data);
        let expected = bench.on_cpu();
        for variant in [number, number + 1] {
            choose(&gpu, variant);
            let score = bench.on(&gpu, MEMORY).unwrap_or_else(|error| panic!("{sizes:?}: {error}"));
            close(&score, &expected, 4e-6);
        }
    }
}

#[test]
fn what_is_no_number_anywhere_in_the_weights_shows_in_the_loss() {
    let Some(gpu) = gpu() else { return };
    let bench = Bench::new([16, 4, 1, 32], [8, 2, 20]);
    for number in [0, 1] {
        choose(&gpu, number);
        for name in bench.tensors.keys() {
            let mut broken =
                Bench { tensors: bench.tensors.clone(), ..Bench::new([16, 4, 1, 32], [8, 2, 20]) };
            broken.change(name, |_| f32::NAN);
            assert!(broken.on(&gpu, MEMORY).unwrap().loss.is_nan(), "{name}");
        }
    }
}

#[test]
fn projections_too_large_for_the_device_are_measured_on_the_host() {
    let Some(gpu) = gpu() else { return };
    // Two batches, whose directions differ.
    let mut bench = Bench::new([16, 4, 1, 32], [8, 2, 29]);
    bench.change("final_norm.gamma", |gamma| 1e6 * gamma);
    choose(&gpu, 0);
    let (score, expected) = (bench.on(&gpu, MEMORY).unwrap(), bench.on_cpu());
    for (actual, expected) in score.batches.iter().zip(&expected.batches) {
        assert!(actual.sig_reg >= 0.0 && expected.sig_reg > 1.0);
        // The last bits of numbers of a million decide angles, so only the size is sure.
        assert!((actual.sig_reg / expected.sig_reg - 1.0).abs() < 0.5, "{actual:?} {expected:?}");
    }
}

/// Cancels after some steps.
struct Patience {
    steps: usize,
    last: Progress,
}

impl Watch for Patience {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.last = *progress;
        match self.steps.checked_sub(1) {
            Some(left) => {
                self.steps = left;
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }
}

#[test]
fn whoever_watches_may_end_it_and_the_device_serves_the_next() {
    let Some(gpu) = gpu() else { return };
    let bench = Bench::new([32, 4, 3, 64], [64, 4, 500]);
    choose(&gpu, 0);
    let expected = bench.on(&gpu, MEMORY).unwrap();
    let (model, mut steps) = (bench.model(), 0);
    loop {
        let mut watch = Patience { steps, last: Progress::default() };
        let mut engine = GpuEngine::new(&gpu, MEMORY);
        let result = block_on(engine.evaluate(&model, &bench.sequences, 5, &mut watch));
        match result {
            Ok(score) => {
                assert_eq!(score, expected);
                break;
            }
            Err(error) => assert_eq!(error, EvaluateError::Cancelled),
        }
        steps += 3;
    }
    // Every tensor is a chance, and every portion.
    assert!(steps > 3 * 16);
}

/// Fails beyond some byte.
struct Broken(Vec<u8>, u64);

impl WeightSource for Broken {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        if offset + buffer.len() as u64 > self.1 {
            return Err(ReadError::Failed("the disk is gone".to_owned()));
        }
        InMemory(&self.0[..]).read(offset, buffer).await
    }
}

#[test]
fn a_file_that_fails_midway_gives_no_score() {
    let Some(gpu) = gpu() else { return };
    let bench = Bench::new([16, 4, 2, 32], [8, 2, 20]);
    choose(&gpu, 0);
    let file = write(&bench.tensors);
    let size = file.len() as u64;
    for good in [size / 2, size - 1] {
        let model = bench.open(Broken(file.clone(), good));
        let mut engine = GpuEngine::new(&gpu, MEMORY);
        let result = block_on(engine.evaluate(&model, &bench.sequences, 5, &mut Unwatched));
        let error = ReadError::Failed("the disk is gone".to_owned());
        assert_eq!(result, Err(EvaluateError::Read(error)));
    }
}

#[test]
fn a_lost_device_gives_no_score() {
    if gpu().is_none() {
        return;
    }
    let own = block_on(Gpu::open()).unwrap();
    let bench = Bench::new([16, 4, 2, 32], [8, 2, 20]);
    choose(&own, 0);
    own.close();
    let result = bench.on(&own, MEMORY);
    assert!(matches!(result, Err(EvaluateError::DeviceLost(_))), "{result:?}");
}
