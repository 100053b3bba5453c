//! `cargo xtask bench scoring`: builds our side, installs the peers, makes the graphs, runs `bench/scoring.mjs`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each engine is asked
    #[arg(long, default_value_t = 7)]
    rounds: u32,
    /// Which graphs, by name
    #[arg(long, value_name = "XS,S,M,M2,V1L,V1L2")]
    graphs: Option<String>,
    /// Only engines that run there; WebGPU is asked for by name alone
    #[arg(long, value_name = "wasm,native,webgpu")]
    only: Option<String>,
}

/// The instructions that our engine is compiled for, and the name of the build.
const VARIANTS: [(&str, &str); 2] = [("simd", "+simd128"), RELAXED];
pub(super) const RELAXED: (&str, &str) = ("relaxed", "+simd128,+relaxed-simd");

pub(super) fn run(tools: &Tools, arguments: &Arguments) -> Result<()> {
    let folder = place::root().join("bench");
    tools.bench_packages()?;
    let python = tools.bench_python()?;
    let chromium = tools.chromium()?;
    let wasm = wasm(tools)?;
    say::line("build", "the engine for this machine");
    exec::run(exec::cargo("build").args(["--release", "--package", "bench"]))?;
    let native = place::native_target()
        .join("release/scoring-bench")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let graphs = graphs(python, &folder)?;
    let mut node = exec::program("node");
    node.args(["scoring.mjs", "--rounds", &arguments.rounds.to_string()]);
    for (flag, value) in [("--graphs", &arguments.graphs), ("--only", &arguments.only)] {
        if let Some(value) = value {
            node.args([flag, value]);
        }
    }
    node.current_dir(&folder)
        .env("SOMA_BENCH_GRAPHS", graphs)
        .env("SOMA_BENCH_WASM", wasm)
        .env("SOMA_BENCH_NATIVE", native)
        .env("SOMA_BENCH_PYTHON", python)
        .env("CHROME", chromium);
    exec::run(&mut node)
}

/// Builds our engine as WebAssembly, in every variant; returns their folder.
fn wasm(tools: &Tools) -> Result<PathBuf> {
    let all = place::web_target().join("bench");
    for (name, features) in VARIANTS {
        say::line("build", &format!("the engine as WebAssembly with {features}"));
        let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature={features}']");
        // A build folder of its own: other flags would make the wallet's build look old.
        let target = all.join(format!("target-{name}"));
        let mut cargo = tools.wasm_cargo_in("build", &target)?;
        exec::run(cargo.args(["--release", "--package", "bench", "--lib", "--config", &flags]))?;
        let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
        bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(all.join(name));
        exec::run(bindgen.arg(target.join(TARGET).join("release/bench.wasm")))?;
    }
    Ok(all)
}

/// Makes the graphs, unless this recipe's are there.
fn graphs(python: &Path, folder: &Path) -> Result<PathBuf> {
    let recipe = folder.join("peers.py");
    let wanted = fs::read(&recipe).context("cannot read bench/peers.py")?;
    let graphs = place::native_target().join("bench/graphs");
    let stamp = graphs.join("made-by");
    if fs::read(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(graphs);
    }
    say::line("bench", "making the graphs");
    exec::run(exec::program(python).arg(&recipe).arg("make").arg(&graphs))?;
    fs::write(&stamp, wanted)?;
    Ok(graphs)
}
