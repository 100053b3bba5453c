//! The native side: reads `MODEL THREADS` line by line, evaluates once, and answers with JSON.
#![expect(clippy::print_stdout, reason = "a command-line tool answers on stdout")]

use anyhow::{Context as _, Result};
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
        let graph = match graphs.entry(name.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(open(Path::new(&folder), name)?),
        };
        let clock = || start.elapsed().as_secs_f64() * 1e3;
        let sample = graph.run(Threads(threads.parse()?), clock)?;
        println!(
            "{}",
            serde_json::json!({
                "computing": sample.computing,
                "reading": sample.reading,
                "crossEntropy": sample.cross_entropy,
            })
        );
        std::io::stdout().flush()?;
    }
    Ok(())
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
