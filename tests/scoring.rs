//! The scoring vectors on the CPU, natively and on wasm32, and what goes wrong with weights.
//!
//! `SOMA_SCORING_VECTORS` names another folder of them, by its whole path. How far cases deviate is shown and left
//! in `target/deviations`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what only tests call, and what a person asked to see"
)]

use anyhow::Result;
use std::ops::ControlFlow;
use tests::Count;
use tests::scoring::cases;
use tests::scoring::safetensors::{self, Tensors};
use tests::scoring::table::Table;
use tests::scoring::team::Team;
use tests::scoring::{Vectors, contract, kernels, primitives};
use wasm_core::safetensors::SafetensorsError;
use wasm_core::score::cpu::{CpuEngine, Level, OneThread, Threads};
use wasm_core::score::tensors::TensorsError;
use wasm_core::score::{
    Batching, Decrypting, Engine as _, EvaluateError, InMemory, ModelConfig, ModelScore, OpenError,
    Outcome, Progress, ReadError, Sequences, Unwatched, Watch, WeightSource, WeightsFile,
};
use wasm_core::weights::{DecryptionKey, WeightCipher};

/// A test on either side. Nothing here ever waits, so natively one poll does.
macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident() $body:block)*) => {$(
        $(#[$attribute])*
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() {
            now(async $body);
        }
    )*};
}

fn now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("weights in memory made their reader wait"),
    }
}

/// The vectors that were named, or the repository's.
#[cfg(not(target_arch = "wasm32"))]
fn vectors() -> Vectors {
    Vectors::named().unwrap()
}

/// The repository's vectors, of which some are known by name.
#[cfg(not(target_arch = "wasm32"))]
fn own_vectors() -> Vectors {
    Vectors::own().unwrap()
}

#[cfg(target_arch = "wasm32")]
use node::{own_vectors, vectors};

/// Files and variables, which WebAssembly has from Node.
#[cfg(target_arch = "wasm32")]
mod node {
    use js_sys::Reflect;
    use std::borrow::Cow;
    use tests::scoring::Vectors;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "node:fs")]
    extern "C" {
        #[wasm_bindgen(catch, js_name = readFileSync)]
        fn read(path: &str) -> Result<Vec<u8>, JsValue>;
        #[wasm_bindgen(catch, js_name = writeFileSync)]
        fn write(path: &str, text: &str) -> Result<(), JsValue>;
        #[wasm_bindgen(catch, js_name = mkdirSync)]
        fn make_folder(path: &str, options: &JsValue) -> Result<(), JsValue>;
    }

    const TESTS: &str = env!("CARGO_MANIFEST_DIR");

    fn in_folder(folder: String) -> Vectors {
        let read = move |path: &str| {
            let path = format!("{folder}/{path}");
            read(&path).map(Cow::Owned).map_err(|thrown| anyhow::anyhow!("{path}: {thrown:?}"))
        };
        Vectors::open(Box::new(read)).unwrap()
    }

    pub(super) fn vectors() -> Vectors {
        let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap();
        let variables = get(&get(&js_sys::global(), "process"), "env");
        match get(&variables, "SOMA_SCORING_VECTORS").as_string() {
            Some(folder) => in_folder(folder),
            None => own_vectors(),
        }
    }

    pub(super) fn own_vectors() -> Vectors {
        in_folder(format!("{TESTS}/vectors/scoring"))
    }

    /// Leaves rows beside those of other back ends.
    pub(super) fn leave(name: &str, rows: &str) {
        let folder = format!("{TESTS}/../target/deviations");
        let options = js_sys::Object::new();
        Reflect::set(&options, &"recursive".into(), &true.into()).unwrap();
        make_folder(&folder, &options).unwrap();
        write(&format!("{folder}/{name}.txt"), rows).unwrap();
    }
}

/// Shows rows, and leaves them where the table of all back ends is made of them.
fn leave(table: &Table) {
    #[cfg(not(target_arch = "wasm32"))]
    table.leave().unwrap();
    #[cfg(target_arch = "wasm32")]
    node::leave(BACK_END, table.text());
    show(table.text());
}

fn show(text: &str) {
    #[cfg(not(target_arch = "wasm32"))]
    println!("{text}");
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{text}");
}

#[cfg(not(target_arch = "wasm32"))]
const BACK_END: &str = "cpu-native";
#[cfg(target_arch = "wasm32")]
const BACK_END: &str = "cpu-wasm";

const MEMORY: u64 = 1 << 30;

fn engine() -> CpuEngine {
    CpuEngine::new(OneThread, MEMORY)
}

/// Numbers of weights that a debug build or a browser's test takes without being noticed.
const ORDINARY: u64 = 6_000_000;

both! {
    async fn every_case_is_within_its_tolerance() {
        let (vectors, mut table) = (vectors(), Table::new(BACK_END));
        let mut failures = Vec::new();
        let cases: Vec<_> = vectors.manifest.cases.iter().filter(|case| !case.heavy).collect();
        assert!(!cases.is_empty());
        for case in cases {
            let checked = if vectors.config(&case.config).unwrap().parameters() > ORDINARY {
                cases::check(&mut CpuEngine::new(Threads(2), MEMORY), &vectors, case).await
            } else {
                cases::check(&mut engine(), &vectors, case).await
            };
            match checked {
                Ok(deviation) => drop(table.add(case, &deviation)),
                Err(error) => failures.push(format!("{}: {error:#}", case.id)),
            }
        }
        leave(&table);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    async fn every_case_is_within_its_tolerance_by_several_engines_too() {
        let vectors = vectors();
        for case in &vectors.manifest.cases {
            if vectors.config(&case.config).unwrap().parameters() > ORDINARY {
                continue;
            }
            for members in [2, 3] {
                let mut team = Team { members, memory: MEMORY };
                if let Err(error) = cases::check(&mut team, &vectors, case).await {
                    panic!("{} by {members}: {error:#}", case.id);
                }
            }
        }
    }

    async fn every_competition_has_its_winner() {
        let vectors = vectors();
        assert!(!vectors.manifest.competitions.is_empty());
        for competition in &vectors.manifest.competitions {
            if let Err(error) = cases::compete(&mut engine(), &vectors, competition).await {
                panic!("{}: {error:#}", competition.id);
            }
        }
    }

    async fn positions_count_from_the_start_of_all_data() {
        let vectors = vectors();
        assert!(!vectors.manifest.encode_at_positions.is_empty());
        for encoding in &vectors.manifest.encode_at_positions {
            let model = vectors.model(&encoding.weights).await.unwrap();
            let sequences = cases::encoding(encoding).unwrap();
            let values = engine().representations(&model, &sequences).await.unwrap();
            if let Err(error) = cases::compare_encoding(encoding, &values) {
                panic!("{}: {error:#}", encoding.id);
            }
        }
    }

    async fn every_kernel_reproduces_the_trace() {
        let vectors = vectors();
        assert!(!vectors.manifest.traces.is_empty());
        for trace in &vectors.manifest.traces {
            for level in [Level::new(), Level::baseline()] {
                say(kernels::check(&vectors, trace, level).await);
            }
        }
    }

    async fn data_is_cut_as_the_network_cuts_it() {
        say(contract::check(&vectors()));
    }

    async fn noise_is_the_networks_bit_for_bit() {
        say(primitives::arrgen(&vectors()));
    }

    async fn weights_made_by_recipes_are_those_that_were_meant() {
        say(primitives::recipes(&vectors(), ORDINARY));
    }

    async fn rotary_tables_are_the_networks_bit_for_bit() {
        say(primitives::rotary(&vectors()));
    }

    async fn single_kernels_have_the_listed_values() {
        let vectors = vectors();
        for level in [Level::new(), Level::baseline()] {
            say(primitives::kernels(&vectors, level));
        }
    }

    async fn distances_and_winners_are_the_networks() {
        say(primitives::decisions(&vectors()));
    }

    async fn parts_of_an_encrypted_file_decrypt_alone() {
        say(primitives::decryption(&vectors()));
    }
}

fn say(checked: Result<Count>) {
    let count = checked.unwrap();
    assert!(count.vectors > 0, "there are no {}", count.kind);
    println!("{:>8}  {}", count.vectors, count.kind);
}

/// A case by what it is about, with another file or engine.
struct Bench {
    vectors: Vectors,
    file: Vec<u8>,
    config: ModelConfig,
    sequences: Sequences,
}

impl Bench {
    /// A model of two small layers and ten sequences in three batches.
    fn new() -> Self {
        let vectors = own_vectors();
        let file = match vectors.weights("t_a").unwrap() {
            tests::scoring::Source::File(InMemory(bytes)) => bytes.into_owned(),
            tests::scoring::Source::Recipe(_) => panic!("it has a file"),
        };
        let config = vectors.config("T").unwrap();
        let data = vectors.data("text_301").unwrap();
        let sequences = Sequences::of(&data, Batching::new(32, 4).unwrap()).unwrap();
        Self { vectors, file, config, sequences }
    }

    async fn open(&self, file: Vec<u8>) -> Result<WeightsFile<InMemory<Vec<u8>>>, OpenError> {
        WeightsFile::open(InMemory(file), &self.config).await
    }

    async fn score(&self, source: impl WeightSource) -> ModelScore {
        let model = WeightsFile::open(source, &self.config).await.unwrap();
        engine().evaluate(&model, &self.sequences, 5, &mut Unwatched).await.unwrap()
    }

    /// The file with its tensors changed.
    fn changed(&self, change: impl FnOnce(&mut Tensors)) -> Vec<u8> {
        let mut tensors = safetensors::read(&self.file).unwrap();
        change(&mut tensors);
        safetensors::write(&tensors)
    }
}

fn close(a: &ModelScore, b: &ModelScore, tolerance: f32) {
    assert!((a.loss - b.loss).abs() <= tolerance, "{} {}", a.loss, b.loss);
    for (a, b) in a.embedding.iter().zip(&b.embedding) {
        assert!((a - b).abs() <= tolerance, "{a} {b}");
    }
}

/// A file, read into memory at once.
async fn whole(source: impl WeightSource) -> InMemory<Vec<u8>> {
    let mut file = vec![0; usize::try_from(source.size()).unwrap()];
    source.read(0, &mut file).await.unwrap();
    InMemory(file)
}

/// Counts down, then cancels; remembers the last progress.
struct Patience {
    steps: usize,
    last: Progress,
}

impl Watch for Patience {
    async fn step(&mut self, progress: &Progress) -> ControlFlow<()> {
        assert!(progress.bytes_read >= self.last.bytes_read);
        assert!(progress.work_done >= self.last.work_done);
        self.last = *progress;
        if self.steps == 0 {
            return ControlFlow::Break(());
        }
        self.steps -= 1;
        ControlFlow::Continue(())
    }
}

/// A file that fails from some byte on.
struct Broken(Vec<u8>, u64);

impl WeightSource for Broken {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), ReadError> {
        if offset + buffer.len() as u64 > self.1 {
            return Err(ReadError::Failed("the disk is gone".to_owned()));
        }
        InMemory(&self.0).read(offset, buffer).await
    }
}

both! {
    async fn an_encrypted_model_scores_as_the_plain_one_to_the_bit() {
        let bench = Bench::new();
        let key = DecryptionKey([77; 32]);
        let mut sealed = bench.file.clone();
        WeightCipher::new(&key).apply(0, &mut sealed);
        let plain = bench.score(InMemory(bench.file.clone())).await;
        assert_eq!(bench.score(Decrypting::new(InMemory(sealed.clone()), key)).await, plain);

        let wrong = Decrypting::new(InMemory(sealed), DecryptionKey([78; 32]));
        let refused = WeightsFile::open(wrong, &bench.config).await.unwrap_err();
        assert!(matches!(refused, OpenError::Header(SafetensorsError::HeaderLength(_))), "{refused}");
    }

    async fn f64_elements_are_rounded_and_integers_taken_as_numbers() {
        let bench = Bench::new();
        let plain = bench.score(InMemory(bench.file.clone())).await;
        let wide = bench.changed(|tensors| {
            for (dtype, _, bytes) in tensors.values_mut() {
                "F64".clone_into(dtype);
                let (values, _) = bytes.as_chunks::<4>();
                let widen = |value: &[u8; 4]| f64::from(f32::from_le_bytes(*value)).to_le_bytes();
                *bytes = values.iter().flat_map(widen).collect();
            }
        });
        assert_eq!(bench.score(InMemory(wide)).await, plain);

        let gamma = "final_norm.gamma";
        let ones = |dtype: &'static str, bytes: Vec<u8>| {
            bench.changed(|tensors| {
                tensors.insert(gamma.to_owned(), (dtype.to_owned(), vec![16], bytes));
            })
        };
        let floats = ones("F32", 1.0_f32.to_le_bytes().repeat(16));
        let integers = ones("I64", 1_i64.to_le_bytes().repeat(16));
        let expected = bench.score(InMemory(floats)).await;
        assert_eq!(bench.score(InMemory(integers)).await, expected);
        assert_ne!(expected, plain);
    }

    async fn tensors_that_are_no_part_of_the_model_do_not_matter() {
        let bench = Bench::new();
        let more = bench.changed(|tensors| {
            let extra = ("BOOL".to_owned(), vec![3], vec![1, 0, 1]);
            tensors.insert("a.first".to_owned(), extra.clone());
            tensors.insert("encoder.layers.2.norm_1.gamma".to_owned(), extra);
        });
        let plain = bench.score(InMemory(bench.file.clone())).await;
        assert_eq!(bench.score(InMemory(more)).await, plain);
    }

    async fn files_that_hold_no_such_model_are_refused() {
        let bench = Bench::new();
        let name = "encoder.layers.1.attention.key.weight";
        let missing = bench.changed(|tensors| drop(tensors.remove(name)));
        let refused = bench.open(missing).await.unwrap_err();
        assert_eq!(refused, OpenError::Tensors(TensorsError::Missing(name.to_owned())));

        let flat = bench.changed(|tensors| tensors.get_mut(name).unwrap().1 = vec![256]);
        let refused = bench.open(flat).await.unwrap_err();
        assert!(matches!(refused, OpenError::Tensors(TensorsError::Shape { .. })), "{refused}");

        let cut = bench.file[..bench.file.len() - 1].to_vec();
        let refused = bench.open(cut).await.unwrap_err();
        assert!(matches!(refused, OpenError::Header(SafetensorsError::CutShort { .. })), "{refused}");
        let long = [&bench.file[..], &[0]].concat();
        let refused = bench.open(long).await.unwrap_err();
        assert!(matches!(refused, OpenError::Header(SafetensorsError::TooLong { .. })), "{refused}");
        let refused = bench.open(b"{}".to_vec()).await.unwrap_err();
        assert_eq!(refused, OpenError::Header(SafetensorsError::TooSmall(2)));
    }

    async fn a_file_that_fails_midway_gives_no_score() {
        let bench = Bench::new();
        let (all, size) = (bench.file.clone(), bench.file.len() as u64);
        for good in [6_000, 20_000, size - 1] {
            let source = Broken(all.clone(), good);
            let model = WeightsFile::open(source, &bench.config).await.unwrap();
            let result = engine().evaluate(&model, &bench.sequences, 5, &mut Unwatched).await;
            let error = ReadError::Failed("the disk is gone".to_owned());
            assert_eq!(result, Err(EvaluateError::Read(error)));
        }
    }

    async fn whatever_the_memory_the_score_is_the_same() {
        let vectors = own_vectors();
        let config = vectors.config("P").unwrap();
        let model = WeightsFile::open(whole(vectors.weights("p").unwrap()).await, &config);
        let model = model.await.unwrap();
        let data = vectors.data("text_301").unwrap();
        let sequences = Sequences::of(&data, Batching::new(64, 2).unwrap()).unwrap();
        let evaluate = async |members, memory| {
            let mut watch = Patience { steps: usize::MAX, last: Progress::default() };
            let mut engine = Team { members, memory };
            let score = engine.evaluate(&model, &sequences, 5, &mut watch).await.unwrap();
            assert_eq!(watch.last.work_done, watch.last.work);
            assert_eq!(watch.last.layers_passed, watch.last.layers);
            assert_eq!(watch.last.bytes_read, watch.last.bytes);
            score
        };
        let plain = evaluate(1, MEMORY).await;
        for members in [1, 2, 3] {
            let plan = |memory| Team { members, memory }.plan(&config, &sequences);
            let smallest = match plan(0) {
                Err(EvaluateError::Plan(error)) => error.needed,
                other => panic!("{other:?}"),
            };
            let mut plans = Vec::new();
            for memory in (smallest..4 * smallest).step_by(20_000) {
                let plan = plan(memory).unwrap();
                if !plans.contains(&(plan.group, plan.slices)) {
                    plans.push((plan.group, plan.slices));
                    close(&evaluate(members, memory).await, &plain, 2e-6);
                }
            }
            // Shares of this model are small already.
            let most = if members == 1 { 2 } else { 1 };
            assert!(plans.iter().any(|(_, slices)| *slices > most), "{plans:?}");
            assert!(plans.iter().any(|(group, _)| *group == 3), "{plans:?}");
        }
    }

    async fn threads_change_no_bit() {
        let vectors = own_vectors();
        let mut cases = vectors.manifest.cases.iter();
        let case = cases.find(|case| case.id == "trained-full-text").unwrap();
        let one = cases::evaluate(&mut engine(), &vectors, case).await.unwrap();
        for threads in [2, 3] {
            let mut engine = CpuEngine::new(Threads(threads), MEMORY);
            assert_eq!(cases::evaluate(&mut engine, &vectors, case).await.unwrap(), one);
        }
    }

    async fn whoever_watches_may_end_it_within_a_layer() {
        let bench = Bench::new();
        let model = bench.open(bench.file.clone()).await.unwrap();
        let mut steps = 0;
        loop {
            let mut watch = Patience { steps, last: Progress::default() };
            let result = engine().evaluate(&model, &bench.sequences, 5, &mut watch).await;
            if result.is_ok() {
                break;
            }
            assert_eq!(result, Err(EvaluateError::Cancelled));
            steps += 7;
        }
        // Every tensor is a chance, and every sequence in every half of a layer.
        assert!(steps > 30 + 2 * 2 * 10);
    }

    async fn batches_take_the_seeds_that_follow() {
        let bench = Bench::new();
        let model = bench.open(bench.file.clone()).await.unwrap();
        let score = |seed| {
            let (model, sequences) = (&model, &bench.sequences);
            now(async move { engine().evaluate(model, sequences, seed, &mut Unwatched).await.unwrap() })
        };
        let (last, first) = (score(u64::MAX), score(0));
        let sig_reg = |score: &ModelScore, batch: usize| score.batches[batch].sig_reg;
        // The seed after the last is the first. Only SIGReg depends on it.
        assert_ne!(sig_reg(&last, 0), sig_reg(&first, 0));
        assert_ne!(sig_reg(&last, 1), sig_reg(&first, 1));
        assert_eq!(last.embedding, first.embedding);
        assert_eq!(last.batches[1].cross_entropy, first.batches[1].cross_entropy);
    }

    async fn a_model_whose_loss_is_no_number_wins_only_where_it_stands_first() {
        let bench = Bench::new();
        let broken = bench.changed(|tensors| {
            let (_, _, bytes) = tensors.get_mut("predictor.bias").unwrap();
            bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        });
        let good = bench.score(InMemory(bench.file.clone())).await;
        let broken = bench.score(InMemory(broken)).await;
        assert!(broken.loss.is_nan() && good.loss.is_finite());
        assert_eq!(broken.embedding, good.embedding);
        let target = vec![1.0; 16];
        let winner = |scores: [&ModelScore; 2]| {
            Outcome::of(scores.map(Clone::clone).to_vec(), &target).unwrap().winner
        };
        assert_eq!(winner([&broken, &good]), 0);
        assert_eq!(winner([&good, &broken]), 0);
    }

    async fn what_is_no_number_anywhere_in_the_weights_shows_in_the_loss() {
        let bench = Bench::new();
        for name in safetensors::read(&bench.file).unwrap().keys() {
            let broken = bench.changed(|tensors| {
                let (_, shape, bytes) = tensors.get_mut(name).unwrap();
                // Of the embedding a row that the data has: the letter e.
                let row = usize::from(name == "embedding.weight") * usize::from(b'e');
                let at = 4 * row * usize::try_from(*shape.last().unwrap()).unwrap();
                bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
            });
            assert!(bench.score(InMemory(broken)).await.loss.is_nan(), "{name}");
        }
    }

    async fn a_sequence_of_one_position_foretells_nothing() {
        let bench = Bench::new();
        let model = bench.open(bench.file.clone()).await.unwrap();
        for bytes in [&b"a"[..], b"abcde"] {
            let sequences = Sequences::of(bytes, Batching::new(1, 4).unwrap()).unwrap();
            let score = engine().evaluate(&model, &sequences, 5, &mut Unwatched).await.unwrap();
            assert_eq!(score.batches.len(), bytes.len().div_ceil(4));
            for batch in &score.batches {
                assert_eq!(batch.cross_entropy, 0.0);
                assert!(batch.sig_reg > 0.0 && (batch.loss - 0.02 * batch.sig_reg).abs() < 1e-6);
            }
            assert!(score.embedding.iter().all(|value| value.is_finite()));
        }
    }

    async fn positions_without_a_target_divide_the_loss_too() {
        let vectors = &Bench::new().vectors;
        let mut short = 0;
        for case in vectors.manifest.cases.iter().filter(|case| case.config == "T") {
            let score = cases::evaluate(&mut engine(), vectors, case).await.unwrap();
            for (actual, expected) in score.batches.iter().zip(&case.expected.batches) {
                let Some(other) = expected.cross_entropy_unmasked_mean else { continue };
                if (other - expected.cross_entropy).abs() > 0.1 {
                    assert!((actual.cross_entropy - other).abs() > 0.1, "{}", case.id);
                    short += 1;
                }
            }
        }
        assert!(short > 5);
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Threads, cases, now, own_vectors, vectors};
    use tests::scoring::table::Table;
    use wasm_core::score::cpu::CpuEngine;
    use wasm_core::score::{Engine as _, Unwatched, WeightsFile};

    #[test]
    fn two_layers_of_full_width_are_within_their_tolerance() {
        let vectors = vectors().of_full_width().unwrap();
        let case = vectors.first_case().unwrap();
        // Whole halves of a layer, and slices.
        for memory in [super::MEMORY, 80 << 20] {
            let mut engine = CpuEngine::new(Threads(2), memory);
            println!("{:?}", now(cases::check(&mut engine, &vectors, case)).unwrap());
        }
    }

    #[test]
    #[ignore = "makes and passes 1.2 billion parameters: half a minute of a release build"]
    fn the_networks_model_is_within_its_tolerance_in_256_mib() {
        let (vectors, mut table) = (vectors(), Table::new("cpu-native-full"));
        for case in vectors.manifest.cases.iter().filter(|case| case.heavy) {
            let mut engine = CpuEngine::new(Threads(2), 256 << 20);
            let deviation = now(cases::check(&mut engine, &vectors, case)).unwrap();
            table.add(case, &deviation);
        }
        super::leave(&table);
    }

    #[test]
    #[ignore = "measures speed: for release builds"]
    fn speed_of_a_model_of_width_256() {
        let vectors = own_vectors();
        let mut cases = vectors.manifest.cases.iter();
        let case = cases.find(|case| case.id == "speed-mid").unwrap();
        let model = now(vectors.model(&case.weights)).unwrap();
        let sequences = tests::scoring::contract::sequences(&vectors, case).unwrap();
        let model = WeightsFile::open(now(super::whole(model.source())), model.config());
        let model = now(model).unwrap();
        let positions = (sequences.rows() * case.seq) as f64;
        let operations = model.config().operations_per_position(case.seq) as f64 * positions;
        for threads in [1, 2] {
            let mut engine = CpuEngine::new(Threads(threads), 1 << 30);
            let mut best = f64::MAX;
            for _ in 0..5 {
                let start = std::time::Instant::now();
                now(engine.evaluate(&model, &sequences, 0, &mut Unwatched)).unwrap();
                best = best.min(start.elapsed().as_secs_f64());
            }
            println!(
                "{threads} threads: {best:.3} s, {:.0} tokens/s, {:.1} GFLOP/s",
                positions / best,
                operations / best / 1e9
            );
        }
    }
}
