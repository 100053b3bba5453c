//! `cargo xtask check`: everything that can be judged without running the wallet.

mod proofs;
mod twins;
mod walls;

use anyhow::{Result, ensure};

use crate::steps::Steps;
use crate::{bundle, exec, languages, place, rooms, setup};
use setup::Tools;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Repair what can be repaired: formatting, and what clippy offers
    #[arg(long)]
    fix: bool,
    /// Run only the step of this name; may be given more than once
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let tools = Tools::default();
    let fix = arguments.fix;
    let mut steps = Steps::new(&arguments.only);
    steps.step("fmt", "the code is formatted", || format(fix));
    steps.step("versions", "pinned versions agree with Cargo.lock", versions);
    steps.step("walls", "the core is pure, and no arrow points up", walls::check);
    steps.step("proofs", "docs/protocol.md names tests that there are", proofs::check);
    steps.step("languages", "every text is in every language", languages::check);
    steps.step("clippy", "lints, for this machine", || clippy(fix));
    steps.step("clippy-wasm", "lints, for the browser", || clippy_wasm(&tools, fix));
    steps.step("docs", "every link in the docs leads somewhere", || docs(&tools));
    steps.step("twins", "every unit test of the core runs natively and as WebAssembly", || {
        twins::check(&tools)
    });
    steps.finish()
}

fn format(fix: bool) -> Result<()> {
    let mut cargo = exec::cargo("fmt");
    cargo.arg("--all");
    if !fix {
        cargo.arg("--check");
    }
    exec::run(&mut cargo)
}

fn versions() -> Result<()> {
    exec::read(exec::cargo("metadata").args(["--locked", "--format-version=1", "--no-deps"]))?;
    let pinned = bundle::config()?.tools.wasm_bindgen;
    let locked = setup::locked_version()?;
    ensure!(pinned == locked, "Trunk.toml pins wasm-bindgen {pinned}, and Cargo.lock has {locked}");
    Ok(())
}

/// The crates that run natively are the workspace's default members.
fn clippy(fix: bool) -> Result<()> {
    let mut cargo = exec::cargo("clippy");
    cargo.arg("--all-targets");
    lint(&mut cargo, fix)
}

fn clippy_wasm(tools: &Tools, fix: bool) -> Result<()> {
    tools.wasm_clippy()?;
    let mut cargo = tools.wasm_cargo("clippy")?;
    for room in rooms::WEB {
        cargo.args(["--package", room]);
    }
    lint(&mut cargo, fix)
}

fn lint(cargo: &mut std::process::Command, fix: bool) -> Result<()> {
    if fix {
        cargo.args(["--fix", "--allow-dirty", "--allow-staged"]);
    }
    exec::run(cargo.args(["--", "--deny", "warnings"]))
}

fn docs(tools: &Tools) -> Result<()> {
    let mut native = exec::cargo("doc");
    exec::run(
        native.args(["--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    let manifest = std::fs::read_to_string(place::root().join("Cargo.toml"))?;
    let manifest: toml::Table = toml::from_str(&manifest)?;
    let native = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("default-members"))
        .and_then(toml::Value::as_array)
        .map(|members| members.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>())
        .unwrap_or_default();
    let mut web = tools.wasm_cargo("doc")?;
    for room in rooms::WEB.iter().filter(|room| !native.contains(room)) {
        web.args(["--package", room]);
    }
    exec::run(
        web.args(["--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "-D warnings"),
    )
}
