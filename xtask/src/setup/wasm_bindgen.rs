//! The `wasm-bindgen` command: makes JavaScript modules of compiled WebAssembly, and runs its tests.
//!
//! Its version must be the one of the library in `Cargo.lock`, to the last number.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::cargo_install::{self, Package};
use crate::{exec, place, say};

const PROGRAM: &str = "wasm-bindgen";
const RUNNER: &str = "wasm-bindgen-test-runner";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
}

/// The version of the wasm-bindgen library in `Cargo.lock`.
pub(crate) fn locked_version() -> Result<String> {
    let text =
        fs::read_to_string(place::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let lock: Lock = toml::from_str(&text).context("Cargo.lock cannot be understood")?;
    lock.package
        .into_iter()
        .find(|package| package.name == PROGRAM)
        .map(|package| package.version)
        .context("Cargo.lock has no wasm-bindgen: the crates for the browser do not use it yet")
}

/// Finds the folder of the commands in the locked version, or compiles and installs them.
pub(super) fn find_or_install() -> Result<PathBuf> {
    let version = locked_version()?;
    if let Some(folder) = exec::on_path(PROGRAM).and_then(|path| path.parent().map(Path::to_owned))
        && is_complete(&folder, &version)
    {
        say::line("set-up", &format!("{PROGRAM} {version}: on PATH"));
        return Ok(folder);
    }
    let root = place::tools()?.join(format!("{PROGRAM}-{version}"));
    let folder = root.join("bin");
    if is_complete(&folder, &version) {
        say::line("set-up", &format!("{PROGRAM} {version}: {}", place::short(&folder)));
        return Ok(folder);
    }
    let package = Package {
        name: "wasm-bindgen-cli",
        version: &version,
        features: "",
        purpose: "it joins the compiled wallet to the browser",
    };
    cargo_install::install(&package, &root)?;
    Ok(folder)
}

fn is_complete(folder: &Path, version: &str) -> bool {
    let told = exec::ask(exec::program(folder.join(PROGRAM)).arg("--version"));
    told.as_deref() == Some(&format!("{PROGRAM} {version}"))
        && exec::is_program(&folder.join(RUNNER))
}
