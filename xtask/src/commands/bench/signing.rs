//! `cargo xtask bench signing`: signing a transaction in a browser, beside what others would sign with.

use anyhow::{Context, Result};

use super::scoring::{build_for, wasm_folder};
use crate::commands::npm;
use crate::setup::Tools;
use crate::{exec, place};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Samples of each row
    #[arg(long, default_value_t = 9)]
    rounds: u32,
}

pub(super) fn run(tools: &Tools, arguments: &Arguments) -> Result<()> {
    tools.bench_packages()?;
    let chromium = tools.chromium()?;
    for name in ["plain", "simd"] {
        build_for(tools, name)?;
    }
    let package = npm::build(tools, true)?;
    let mut node = exec::program("node");
    node.arg("signing.mjs")
        .args(["--rounds", &arguments.rounds.to_string()])
        .current_dir(place::root().join("bench"))
        .env("CHROME", chromium)
        .env("SOMA_NPM_PACKAGE", package.folder)
        .env("SOMA_BENCH_WASM", wasm_folder());
    exec::run(&mut node).context("signing could not be measured")
}
