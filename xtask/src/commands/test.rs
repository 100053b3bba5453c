//! `cargo xtask test`: every test there is.

mod connector;
mod package;

use std::path::Path;

use anyhow::{Context, Result};

use crate::bundle::{self, Options};
use crate::commands::{deviations, fuzz, interop, npm};
use crate::extension::{self, Browser};
use crate::setup::{self, Tools};
use crate::steps::Steps;
use crate::{exec, place, rooms};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only the step of this name; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Run the browser tests against a release build of the wallet
    #[arg(long)]
    release: bool,
    /// Flags for the browser tests, such as the names of scenarios; with `--only interop` the names of
    /// tests against the official client
    #[arg(last = true)]
    names: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = Tools::default();
    // asked now: the tests below build this program again, in this place
    let xtask = std::env::current_exe().context("this program does not know where it lies")?;
    let mut steps = Steps::new(&arguments.only);
    deviations::forget()?;
    // What is missing shows before minutes of compiling.
    let ready = steps.step("setup", "every tool is there", || set_up(&tools));
    steps.step("native", "tests that run on this machine", || {
        exec::run(exec::cargo("test").arg("--no-fail-fast"))
    });
    steps.step("wasm", "unit tests and vectors as WebAssembly, in Node", || wasm(&tools));
    steps.step("fuzz", "every decoder against bytes that nobody wrote, for a moment", || {
        fuzz::brief(&tools)
    });
    steps.step("connector", "what pages find wallets with, in Node", || connector::run(&tools));
    if ready {
        steps.step("webgpu", "the scoring vectors on WebGPU in a browser, in software", || {
            webgpu(&tools)
        });
        steps.step("npm", "the package for JavaScript: in Node, on a page, by its types", || {
            package::run(&tools)
        });
        // names that belong to the browser tests choose nothing here
        let chosen = arguments.only.iter().any(|only| only == "interop");
        let names = if chosen { &arguments.names[..] } else { &[] };
        steps.step("interop", "the official client against the local network", || {
            interop::run(&tools, names)
        });
        steps.step("e2e", "the wallet in a browser, against the local network", || {
            e2e(&tools, arguments, &xtask)
        });
    }
    let told = deviations::show();
    steps.finish().and(told)
}

fn set_up(tools: &Tools) -> Result<()> {
    tools.wasm()?;
    tools.wasm_bindgen()?;
    tools.chromium()?;
    tools.cxx()?;
    tools.vulkan()?;
    tools.node_packages()?;
    tools.extension_packages()?;
    tools.official_client().map(drop)
}

fn wasm(tools: &Tools) -> Result<()> {
    exec::run(tools.wasm_cargo_test()?.arg("--no-fail-fast").args(rooms::WEB_TESTS))
}

fn webgpu(tools: &Tools) -> Result<()> {
    tools.node_packages()?;
    let chromium = tools.chromium()?;
    exec::run(tools.wasm_cargo("build")?.args(["--package", "gpu", "--example", "cases"]))?;
    let web = place::web_target();
    let (program, out) =
        (web.join(setup::TARGET).join("debug/examples/cases.wasm"), web.join("webgpu"));
    let bindgen = tools.wasm_bindgen()?.join("wasm-bindgen");
    exec::run(
        exec::program(bindgen).args(["--target", "web", "--out-dir"]).arg(&out).arg(program),
    )?;
    let mut node = exec::program("node");
    node.arg("gpu/tests/browser/run.mjs").arg(&out);
    exec::run(node.current_dir(place::root()).env("CHROME", chromium))
}

fn e2e(tools: &Tools, arguments: &Arguments, xtask: &Path) -> Result<()> {
    tools.node_packages()?;
    let chromium = tools.chromium()?;
    let (localnet, _) = interop::build()?;
    // the same builder for everyone: what passes here does not depend on whether there is a trunk
    let dist = bundle::build(tools, Options { release: arguments.release, with_trunk: false })?;
    tools.extension_packages()?;
    let extension = extension::for_tests();
    extension::assemble(&dist, Browser::Chromium, arguments.release, &extension)?;
    let package = npm::build(tools, arguments.release)?;
    let folder = place::root().join("tests/e2e");
    let out = folder.join("out");
    let mut node = exec::program("node");
    node.arg("run.mjs")
        .args(&arguments.names)
        .current_dir(&folder)
        .env("CHROME", chromium)
        .env("SOMA_E2E_DIST", dist)
        .env("SOMA_E2E_EXTENSION", extension)
        .env("SOMA_E2E_OUT", &out)
        .env("SOMA_LOCALNET_BIN", localnet)
        .env("SOMA_NPM_PACKAGE", package.folder)
        .env("SOMA_XTASK_BIN", xtask);
    exec::run(&mut node)
        .with_context(|| format!("what the browser tests left is in {}", place::short(&out)))
}
