//! The `wasm-bindgen` command: makes JavaScript modules of compiled WebAssembly, and runs its tests.
//!
//! Its version must be the one of the library in `Cargo.lock`, to the last number.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{exec, place, say};

const PROGRAM: &str = "wasm-bindgen";
const RUNNER: &str = "wasm-bindgen-test-runner";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
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
    install(&version, &root)?;
    Ok(folder)
}

fn is_complete(folder: &Path, version: &str) -> bool {
    let told = exec::ask(exec::program(folder.join(PROGRAM)).arg("--version"));
    told.as_deref() == Some(&format!("{PROGRAM} {version}"))
        && exec::is_program(&folder.join(RUNNER))
}

fn install(version: &str, root: &Path) -> Result<()> {
    say::line(
        "set-up",
        &format!(
            "installing {PROGRAM} {version}: it joins the compiled wallet to the browser (a few minutes, once)"
        ),
    );
    let start = Instant::now();
    let mut cargo = exec::cargo("install");
    cargo
        .args([
            "--locked",
            "--quiet",
            "--force",
            "wasm-bindgen-cli",
            "--version",
            version,
            "--root",
        ])
        .arg(root)
        .arg("--target-dir")
        .arg(root.join("build"))
        // it runs for seconds: compiling it must not take minutes more for that
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    exec::run(&mut cargo).with_context(|| {
        format!("{PROGRAM} {version} is missing and could not be installed\nBy hand: cargo install --locked wasm-bindgen-cli --version {version}\nBecause")
    })?;
    if let Err(error) = fs::remove_dir_all(root.join("build")) {
        say::more(&format!("its build folder stays: {error}"));
    }
    say::more(&format!("{} in {}", place::short(root), say::duration(start.elapsed())));
    Ok(())
}
