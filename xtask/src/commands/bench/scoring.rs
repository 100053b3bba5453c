//! `cargo xtask bench scoring`: builds our side, installs the peers, makes the graphs, runs `bench/scoring.mjs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each engine is asked
    #[arg(long, default_value_t = 7)]
    rounds: u32,
    /// Seconds that an engine may take for one graph; slower ones are asked less often, or once
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u32,
    /// Which graphs, by name
    #[arg(long, value_name = "NAMES", default_value = "XS,S,M,V1L")]
    graphs: String,
    /// Only engines that run there
    #[arg(
        long,
        value_name = "wasm,native,webgpu",
        value_delimiter = ',',
        default_value = "wasm,native,webgpu"
    )]
    only: Vec<String>,
    /// WebGPU on this machine's own graphics device; otherwise a program plays one
    #[arg(long)]
    hardware: bool,
    /// Write all samples to a file as well, as JSON
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A build of our engines as WebAssembly.
struct Build {
    name: &'static str,
    /// Instructions beyond those that every browser has.
    instructions: &'static str,
    /// Parts of the package.
    features: &'static str,
}

/// What is built for each place. Engines on a graphics device leave the instructions to it.
const BUILDS: [(&str, Build); 4] = [
    ("wasm", Build { name: "plain", instructions: "", features: "" }),
    ("wasm", Build { name: "simd", instructions: "+simd128", features: "" }),
    ("wasm", Build { name: RELAXED.0, instructions: RELAXED.1, features: "" }),
    ("webgpu", Build { name: "gpu", instructions: RELAXED.1, features: "gpu" }),
];
pub(super) const RELAXED: (&str, &str) = ("relaxed", "+simd128,+relaxed-simd");

pub(super) fn run(tools: &Tools, arguments: &Arguments) -> Result<()> {
    let places = &arguments.only;
    if let Some(place) = places.iter().find(|place| !PLACES.contains(&place.as_str())) {
        bail!("nothing runs in {place}; there are {}", PLACES.join(", "));
    }
    let folder = place::root().join("bench");
    tools.bench_packages()?;
    let python = tools.bench_python()?;
    let chromium = tools.chromium()?;
    let wasm = wasm_folder();
    for (_, build) in BUILDS.iter().filter(|(place, _)| places.iter().any(|asked| asked == place)) {
        ours(tools, build, &wasm)?;
    }
    for (_, backend) in BURN.iter().filter(|(place, _)| places.iter().any(|asked| asked == place)) {
        burn(tools, backend, &wasm)?;
    }
    say::line("build", "the engine for this machine");
    exec::run(exec::cargo("build").args(["--release", "--package", "bench"]))?;
    let native = place::native_target()
        .join("release/scoring-bench")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let graphs = graphs(python, &folder)?;
    let mut node = exec::program("node");
    node.args(["scoring.mjs", "--only", &places.join(",")])
        .args(["--graphs", &arguments.graphs])
        .args(["--rounds", &arguments.rounds.to_string()])
        .args(["--patience", &arguments.patience.to_string()]);
    if arguments.hardware {
        node.arg("--hardware");
    }
    if let Some(out) = &arguments.out {
        node.arg("--out").arg(std::path::absolute(out)?);
    }
    node.current_dir(&folder)
        .env("SOMA_BENCH_GRAPHS", graphs)
        .env("SOMA_BENCH_WASM", wasm)
        .env("SOMA_BENCH_NATIVE", native)
        .env("SOMA_BENCH_PYTHON", python)
        .env("CHROME", chromium);
    exec::run(&mut node)
}

const PLACES: [&str; 3] = ["wasm", "native", "webgpu"];
/// A peer that is written in Rust: its back ends, by where they run.
const BURN: [(&str, &str); 2] = [("wasm", "flex"), ("webgpu", "webgpu")];

/// Where builds as WebAssembly lie, in a folder each.
pub(super) fn wasm_folder() -> PathBuf {
    place::web_target().join("bench")
}

/// Builds one of them, by name.
pub(super) fn build_for(tools: &Tools, name: &str) -> Result<()> {
    let mut builds = BUILDS.iter().map(|(_, build)| build);
    let build = builds.find(|build| build.name == name).context("there is no such build")?;
    ours(tools, build, &wasm_folder())
}

/// Builds our engines as WebAssembly, into a folder of the build's name.
fn ours(tools: &Tools, build: &Build, all: &Path) -> Result<()> {
    let Build { name, instructions, features } = build;
    say::line("build", &format!("our engines as WebAssembly, {name}"));
    // A build folder for each set of instructions: other flags would make the wallet's build look old.
    let same = if *instructions == RELAXED.1 { RELAXED.0 } else { name };
    let target = all.join(format!("target-{same}"));
    let mut cargo = tools.wasm_cargo_in("build", &target)?;
    cargo.args(["--release", "--package", "bench", "--lib", "--features", features]);
    exec::run(with_instructions(&mut cargo, instructions))?;
    bind(tools, &target.join(TARGET).join("release/bench.wasm"), &all.join(name))
}

/// Builds a peer that is written in Rust. It is a workspace of its own, with its own lock file.
fn burn(tools: &Tools, backend: &str, all: &Path) -> Result<()> {
    say::line("build", &format!("burn as WebAssembly, {backend}"));
    let target = all.join(format!("target-burn-{backend}"));
    let mut cargo = tools.wasm_cargo_in("build", &target)?;
    cargo
        .args(["--release", "--locked", "--lib", "--features", backend])
        .current_dir(place::root().join("bench/burn"));
    exec::run(with_instructions(&mut cargo, "+simd128"))?;
    let compiled = target.join(TARGET).join("release/burn_peer.wasm");
    bind(tools, &compiled, &all.join(format!("burn-{backend}")))
}

fn with_instructions<'c>(cargo: &'c mut Command, instructions: &str) -> &'c mut Command {
    if instructions.is_empty() {
        return cargo;
    }
    let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature={instructions}']");
    cargo.args(["--config", &flags])
}

fn bind(tools: &Tools, compiled: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(folder);
    exec::run(bindgen.arg(compiled))
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
