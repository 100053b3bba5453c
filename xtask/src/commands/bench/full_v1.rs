//! `cargo xtask bench full-v1`: the network's full model in one tab, and the memory that it takes there.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::scoring::RELAXED;
use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

const PACKAGE: &str = "full-v1-bench";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What computes: `gpu` is WebGPU, which software plays here and takes a quarter of an hour or more for
    #[arg(long, value_parser = ["cpu", "gpu"], default_value = "gpu")]
    engine: String,
    /// How many workers share the model on the processor, or fewer where a tab has no memory for them
    #[arg(long, default_value_t = 1)]
    workers: u32,
    /// Only so many of the 24 layers. Their result is held against the CPU engine's
    #[arg(long, default_value_t = 24)]
    layers: u32,
    /// Mebibytes that the engine may take, all workers together; 300 of a graphics device unless said, or
    /// what a tab allows
    #[arg(long, value_name = "MIB")]
    memory: Option<u32>,
    /// Read the weights as if they were encrypted
    #[arg(long)]
    sealed: bool,
}

pub(super) fn run(tools: &Tools, arguments: &Arguments) -> Result<()> {
    tools.bench_packages()?;
    let chromium = tools.chromium()?;
    let site = site(tools)?;
    let mut node = exec::program("node");
    node.arg("full_v1.mjs")
        .args(["--engine", &arguments.engine])
        .args(["--layers", &arguments.layers.to_string()])
        .args(["--workers", &arguments.workers.to_string()])
        .current_dir(place::root().join("bench/full_v1"))
        .env("CHROME", chromium)
        .env("SOMA_BENCH_SITE", site);
    if let Some(memory) = arguments.memory {
        node.args(["--memory", &memory.to_string()]);
    }
    if arguments.sealed {
        node.arg("--sealed");
    }
    exec::run(&mut node).context("the full model was not scored as it should be")
}

/// The engines for the browser and the page that asks them, in one folder.
fn site(tools: &Tools) -> Result<PathBuf> {
    say::line("bench", "compiling the engines for the browser");
    let (name, features) = RELAXED;
    let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature={features}']");
    let target = place::web_target().join(format!("bench/target-{name}"));
    let mut cargo = tools.wasm_cargo_in("build", &target)?;
    exec::run(cargo.args(["--release", "--package", PACKAGE, "--lib", "--config", &flags]))?;
    let site = place::web_target().join("bench/full_v1");
    fs::create_dir_all(&site)?;
    let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&site);
    exec::run(bindgen.arg(target.join(TARGET).join("release/full_v1_bench.wasm")))?;
    for page in place::root().join("bench/full_v1/web").read_dir()? {
        let page = page?;
        fs::copy(page.path(), site.join(page.file_name()))?;
    }
    fs::copy(place::root().join("gpu/tests/browser/buffers.js"), site.join("buffers.js"))?;
    Ok(site)
}
