//! `cargo xtask test`: every test there is.

mod connector;
mod package;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

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
    /// Flags for the browser tests, such as the names of scenarios, in Firefox with `--only firefox`; with
    /// `--only interop` the names of tests against the official client
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
        // names that belong to the scenarios in Chromium choose nothing elsewhere
        let names_for = |step: &str| {
            let is_chosen = arguments.only.iter().any(|only| only == step);
            if is_chosen { &arguments.names[..] } else { &[] }
        };
        steps.step("interop", "the official client against the local network", || {
            interop::run(&tools, names_for("interop"))
        });
        let built = OnceCell::new();
        let play = |browser, names: &[String]| {
            let built = setup::once(&built, || build(&tools, arguments.release))?;
            scenarios(&tools, built, browser, names, &xtask)
        };
        steps.step("e2e", "the wallet in a browser, against the local network", || {
            play(Browser::Chromium, &arguments.names)
        });
        steps.step("firefox", "what a person does, in Firefox", || {
            play(Browser::Firefox, names_for("firefox"))
        });
    }
    let told = deviations::show();
    steps.finish().and(told)
}

fn set_up(tools: &Tools) -> Result<()> {
    tools.wasm()?;
    tools.wasm_bindgen()?;
    tools.chromium()?;
    tools.firefox()?;
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

/// What the tests in browsers are given.
struct Built {
    localnet: PathBuf,
    dist: PathBuf,
    package: PathBuf,
}

fn build(tools: &Tools, release: bool) -> Result<Built> {
    let (localnet, _) = interop::build()?;
    // the same builder for everyone: what passes here does not depend on whether there is a trunk
    let dist = bundle::build(tools, Options { release, with_trunk: false })?;
    tools.extension_packages()?;
    for browser in [Browser::Chromium, Browser::Firefox] {
        extension::assemble(&dist, browser, release, &extension::for_tests(browser))?;
    }
    let package = npm::build(tools, release)?.folder;
    Ok(Built { localnet, dist, package })
}

/// The scenarios of a browser; `names` choose among them, none means all.
fn scenarios(
    tools: &Tools,
    built: &Built,
    browser: Browser,
    names: &[String],
    xtask: &Path,
) -> Result<()> {
    tools.node_packages()?;
    let (program, variable, path, out) = match browser {
        Browser::Chromium => ("run.mjs", "CHROME", tools.chromium()?, "out"),
        Browser::Firefox => ("firefox/run.mjs", "FIREFOX", tools.firefox()?, "out/firefox"),
    };
    let folder = place::root().join("tests/e2e");
    let out = folder.join(out);
    let mut node = exec::program("node");
    node.arg(program)
        .args(names)
        .current_dir(&folder)
        .env(variable, path)
        .env("SOMA_E2E_DIST", &built.dist)
        .env("SOMA_E2E_EXTENSION", extension::for_tests(browser))
        .env("SOMA_E2E_OUT", &out)
        .env("SOMA_LOCALNET_BIN", &built.localnet)
        .env("SOMA_NPM_PACKAGE", &built.package)
        .env("SOMA_XTASK_BIN", xtask);
    exec::run(&mut node)
        .with_context(|| format!("what the browser tests left is in {}", place::short(&out)))
}
