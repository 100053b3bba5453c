//! `cargo xtask bench weights`: the weights pass beside other people's, in one browser and natively.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::setup::{TARGET, Tools};
use crate::{exec, place, say};

const PACKAGE: &str = "weights-bench";
const NATIVE: &str = "weights-native";
/// The pass, a library, and the worker beside it, by the names that wasm-bindgen gives them.
const PARTS: [&str; 2] = ["weights_bench", "weights-copyist"];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Samples of each row
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Mebibytes that are sealed from memory
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    memory: u32,
    /// Mebibytes of the file; 5120 for a large model
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    file: u32,
    /// Only from `memory` or from a `file`
    #[arg(long, value_name = "WHERE", value_parser = ["memory", "file"])]
    only: Option<String>,
}

pub(super) fn run(tools: &Tools, arguments: &Arguments) -> Result<()> {
    let chromium = tools.chromium()?;
    tools.bench_packages()?;
    let native = native()?;
    let site = site(tools)?;
    let mut node = exec::program("node");
    node.arg("weights.mjs")
        .args(["--rounds", &arguments.rounds.to_string()])
        .args(["--memory", &arguments.memory.to_string()])
        .args(["--file", &arguments.file.to_string()])
        .current_dir(place::root().join("bench/weights"))
        .env("CHROME", chromium)
        .env("SOMA_BENCH_SITE", site)
        .env("SOMA_BENCH_NATIVE", native);
    if let Some(only) = &arguments.only {
        node.args(["--only", only]);
    }
    exec::run(&mut node).context("the weights pass could not be measured")
}

/// Our pass natively.
fn native() -> Result<PathBuf> {
    say::line("bench", "compiling the weights pass for this machine");
    exec::run(exec::cargo("build").args(["--release", "--package", PACKAGE, "--bin", NATIVE]))?;
    let program = place::native_target().join("release").join(NATIVE);
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Our pass for the browser and the pages that measure, in one folder.
fn site(tools: &Tools) -> Result<PathBuf> {
    say::line("bench", "compiling the weights pass for the browser");
    let mut cargo = tools.wasm_cargo("build")?;
    cargo.args(["--release", "--package", PACKAGE, "--lib", "--bin", "weights-copyist"]);
    exec::run(&mut cargo)?;
    let site = place::web_target().join("bench/weights");
    fs::create_dir_all(&site)?;
    for part in PARTS {
        let compiled = place::web_target().join(TARGET).join("release").join(part);
        bind(tools, &compiled.with_extension("wasm"), part, &site)?;
    }
    // The wallet's own starts in the same way, under this name.
    let starts = format!("import init from './{}.js';await init();", PARTS[1]);
    fs::write(site.join("copyist_loader.js"), starts)?;
    for page in place::root().join("bench/weights/web").read_dir()? {
        let page = page?;
        fs::copy(page.path(), site.join(page.file_name()))?;
    }
    Ok(site)
}

fn bind(tools: &Tools, compiled: &Path, name: &str, site: &Path) -> Result<()> {
    let mut bindgen = exec::program(tools.wasm_bindgen()?.join("wasm-bindgen"));
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]);
    exec::run(bindgen.arg(site).arg(compiled))
}
