//! The scoring vectors.

use crate::bench::{VARIANTS, gpu, vectors};
use futures::executor::block_on;
use gpu::{Choice, Gpu, GpuEngine, Variant};
use std::time::Instant;
use tests::scoring::table::Table;
use tests::scoring::{cases, contract};
use wasm_core::score::{Engine as _, InMemory, Unwatched, WeightSource as _, WeightsFile};

const MEMORY: u64 = 1 << 30;

fn choose(gpu: &Gpu, variant: Variant) {
    gpu.choose(Choice { variant, operations_per_second: 1e9 });
}

#[test]
fn every_case_is_within_its_tolerance() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    let mut table = Table::new("gpu-native");
    let mut failures = Vec::new();
    for (case, variant) in
        vectors.manifest.cases.iter().filter(|case| !case.heavy).zip(VARIANTS.into_iter().cycle())
    {
        choose(&gpu, variant);
        let start = Instant::now();
        let checked = block_on(cases::check(&mut GpuEngine::new(&gpu, MEMORY), &vectors, case));
        match checked {
            Ok(deviation) => println!("{} {:.2?}", table.add(case, &deviation), start.elapsed()),
            Err(error) => failures.push(format!("{}: {error:#}", case.id)),
        }
    }
    table.leave().unwrap();
    println!("{}\n{}", gpu.name(), table.text());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_variant_is_within_the_tolerance_of_small_cases() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    let small = |config: &str| ["T", "S"].contains(&config);
    for variant in VARIANTS.into_iter().filter(|variant| gpu.runs(*variant)) {
        choose(&gpu, variant);
        let cases = vectors.manifest.cases.iter().filter(|case| small(&case.config));
        for case in cases.filter(|case| case.seq < 1024) {
            let checked = block_on(cases::check(&mut GpuEngine::new(&gpu, MEMORY), &vectors, case));
            checked.unwrap_or_else(|error| panic!("{variant:?}, {}: {error:#}", case.id));
        }
    }
}

#[test]
fn competitions_have_their_winners() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    choose(&gpu, VARIANTS[0]);
    for competition in &vectors.manifest.competitions {
        let mut engine = GpuEngine::new(&gpu, MEMORY);
        let outcome = block_on(cases::compete(&mut engine, &vectors, competition));
        outcome.unwrap_or_else(|error| panic!("{}: {error:#}", competition.id));
    }
}

#[test]
fn representations_at_any_position_are_those_expected() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    for variant in [VARIANTS[0], VARIANTS[1]] {
        choose(&gpu, variant);
        for encoding in &vectors.manifest.encode_at_positions {
            let sequences = cases::encoding(encoding).unwrap();
            let model = block_on(vectors.model(&encoding.weights)).unwrap();
            let engine = GpuEngine::new(&gpu, MEMORY);
            let actual = block_on(engine.representations(&model, &sequences)).unwrap();
            let deviation = cases::compare_encoding(encoding, &actual)
                .unwrap_or_else(|error| panic!("{}: {error:#}", encoding.id));
            println!("{:20} {deviation:9.1e}", encoding.id);
        }
    }
}

#[test]
fn two_layers_of_full_width_are_within_their_tolerance_in_every_schedule() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors().of_full_width().unwrap();
    let case = vectors.first_case().unwrap();
    choose(&gpu, VARIANTS[4]);
    let model = block_on(vectors.model(&case.weights)).unwrap();
    // Made once, since making them takes most of the time.
    let mut file = vec![0; usize::try_from(model.source().size()).unwrap()];
    block_on(model.source().read(0, &mut file)).unwrap();
    let model = block_on(WeightsFile::open(InMemory(file), model.config())).unwrap();
    let sequences = contract::sequences(&vectors, case).unwrap();
    let mut schedules = Vec::new();
    // Eighths of a mebibyte, from what two layers take down to slices.
    for memory in (8 * 80..8 * 480).rev().map(|eighths| eighths << 17) {
        let mut engine = GpuEngine::new(&gpu, memory).parking(8 << 20);
        let report = engine.plan(model.config(), &sequences).unwrap();
        let schedule = std::mem::discriminant(&report.plan.schedule);
        if schedules.contains(&schedule) {
            continue;
        }
        schedules.push(schedule);
        let start = Instant::now();
        let score = block_on(engine.evaluate(&model, &sequences, case.seed.0, &mut Unwatched));
        let deviation = cases::within(&score.unwrap(), case).unwrap();
        println!("{report:?}: {deviation} {:.1?}", start.elapsed());
    }
    assert_eq!(schedules.len(), 5);
}

#[test]
#[ignore = "makes and passes 1.2 billion parameters: minutes, hours on software"]
fn the_networks_model_is_within_its_tolerance_in_300_mib() {
    let Some(gpu) = gpu() else { return };
    let vectors = vectors();
    let mut table = Table::new("gpu-native-full");
    for case in vectors.manifest.cases.iter().filter(|case| case.heavy) {
        let mut engine = GpuEngine::new(&gpu, 300 << 20);
        let start = Instant::now();
        let deviation = block_on(cases::check(&mut engine, &vectors, case)).unwrap();
        println!("{} {:.1?}", table.add(case, &deviation), start.elapsed());
    }
    table.leave().unwrap();
}
