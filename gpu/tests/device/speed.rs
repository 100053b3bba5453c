//! How fast a device is: for comparison, not for judgement.

use crate::bench::{VARIANTS, gpu};
use crate::engine::Bench;
use futures::executor::block_on;
use gpu::GpuEngine;
use std::time::Instant;
use tests::scoring::safetensors::write;
use wasm_core::score::{Engine as _, InMemory, Unwatched, WeightsFile};

#[test]
#[ignore = "measures speed"]
fn products_of_matrices_by_variant() {
    let Some(gpu) = gpu() else { return };
    for variant in VARIANTS.into_iter().filter(|variant| gpu.runs(*variant)) {
        let rate = block_on(gpu.operations_per_second(variant)).unwrap();
        println!("{:20} {:8.2} GFLOP/s", variant.kernel().name, rate / 1e9);
    }
    println!("chosen: {}", block_on(gpu.choice()).unwrap());
}

/// Operations of a sequence of 1024 positions in the network's model, masked-out pairs left out.
const OPERATIONS: f64 = 2.59e12;

#[test]
#[ignore = "measures speed, with 10 GB of memory: seconds on a card, hours on software"]
fn the_networks_model_by_memory_and_sequences() {
    let Some(gpu) = gpu() else { return };
    let [width, heads, layers, hidden] = [2048, 8, 24, 8192];
    // The values do not matter to the speed, as long as they are not all alike.
    let tensors = Bench::of_repeated_values([width, heads, layers, hidden]);
    let file = InMemory(write(&tensors));
    drop(tensors);
    println!("chosen: {}", block_on(gpu.choice()).unwrap());
    for (mebibytes, sequences) in
        [(300, 1), (300, 16), (1024, 1), (1024, 16), (1024, 64), (8192, 64), (8192, 256)]
    {
        let sequences_bytes = [1024, sequences, 1024 * sequences - 1];
        let (config, data) = Bench::data([width, heads, layers, hidden], sequences_bytes);
        let model = block_on(WeightsFile::open(&file, &config)).unwrap();
        let mut engine = GpuEngine::new(&gpu, mebibytes << 20);
        let plan = engine.plan(&config, &data).unwrap().plan;
        let start = Instant::now();
        let score = block_on(engine.evaluate(&model, &data, 0, &mut Unwatched)).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let rate = OPERATIONS * f64::from(u32::try_from(sequences).unwrap()) / seconds;
        println!(
            "{mebibytes:5} MiB, {sequences:3} sequences, {:?} in groups of {}: {seconds:6.2} s, {:5.1} TFLOP/s, \
             {:6.0} tokens/s, loss {:.3}",
            plan.schedule,
            plan.group,
            rate / 1e12,
            rate / OPERATIONS * 1024.0,
            score.loss
        );
    }
}
