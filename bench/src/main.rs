//! The native side: reads `MODEL THREADS` line by line, evaluates once, and answers with JSON. Instead of a
//! model, `registers` or `product` runs one of the loops that nothing holds up in each thread.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on stdout")]

use anyhow::{Context as _, Result};
use bench::limits::Limit;
use bench::{Graph, Sizes};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufRead as _, Write as _};
use std::path::Path;
use std::time::Instant;
use wasm_core::score::cpu::Threads;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).context("usage: scoring-bench FOLDER-OF-GRAPHS")?;
    let mut graphs = HashMap::new();
    let start = Instant::now();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (name, threads) = line.split_once(' ').context("a line is `MODEL THREADS`")?;
        let threads = threads.parse()?;
        let clock = || start.elapsed().as_secs_f64() * 1e3;
        if let Some(limit) = limit(name) {
            let start = clock();
            let operations = run_limit(limit, threads);
            answer(&serde_json::json!({ "computing": clock() - start, "operations": operations }))?;
            continue;
        }
        let graph = match graphs.entry(name.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(open(Path::new(&folder), name)?),
        };
        let sample = graph.run(Threads(threads), clock)?;
        answer(&serde_json::json!({
            "computing": sample.computing,
            "reading": sample.reading,
            "crossEntropy": sample.cross_entropy,
        }))?;
    }
    Ok(())
}

fn answer(value: &serde_json::Value) -> Result<()> {
    println!("{value}");
    Ok(std::io::stdout().flush()?)
}

fn limit(name: &str) -> Option<Limit> {
    match name {
        "registers" => Some(Limit::Registers),
        "product" => Some(Limit::Product),
        _ => None,
    }
}

/// Runs a loop in so many threads at once. Returns the operations of all.
fn run_limit(limit: Limit, threads: usize) -> f64 {
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(move || limit.run())).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).sum()
    })
}

/// Opens `NAME.safetensors` with the tokens of `NAME.tokens`, little-endian u32, and the sizes of
/// `graphs.json`.
fn open(folder: &Path, name: &str) -> Result<Graph> {
    let read = |file: String| {
        std::fs::read(folder.join(&file)).with_context(|| format!("cannot read {file}"))
    };
    let graphs: serde_json::Value = serde_json::from_slice(&read("graphs.json".to_owned())?)?;
    let size = |size: &str| {
        let listed = graphs[name][size].as_u64().context("graphs.json does not list this one")?;
        Ok::<_, anyhow::Error>(usize::try_from(listed)?)
    };
    let (width, heads, layers) = (size("width")?, size("heads")?, size("layers")?);
    let sizes = Sizes { width, heads, layers, hidden: size("hidden")?, length: size("length")? };
    let tokens = read(format!("{name}.tokens"))?;
    let tokens = tokens.as_chunks::<4>().0.iter().map(|token| u32::from_le_bytes(*token)).collect();
    Graph::open(read(format!("{name}.safetensors"))?, tokens, sizes)
}
