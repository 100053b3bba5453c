//! The step `interop` of `cargo xtask test`: the official client against the local network.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::commands::dev::build_localnet;
use crate::commands::npm;
use crate::setup::Tools;
use crate::{exec, place, rooms};

/// Builds both sides and runs `tests/interop`; `names` choose among its tests, none means all.
pub(crate) fn run(tools: &Tools, names: &[String]) -> Result<()> {
    let python = tools.official_client()?;
    let (localnet, ours) = build()?;
    let package = npm::build(tools, false)?;
    let mut tests = exec::program(python);
    tests
        .arg("run.py")
        .args(names)
        .current_dir(place::root().join("tests/interop"))
        .env_remove("PYTHONHOME")
        .env_remove("PYTHONPATH")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SOMA_LOCALNET_BIN", localnet)
        .env("SOMA_INTEROP_BIN", ours)
        .env("SOMA_NPM_PACKAGE", package.folder);
    // a proxy of the user's is for the world outside, and these tests stay on this machine
    tests.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost");
    exec::run(&mut tests).context("the official client and this project do not agree")
}

/// Builds the local network and our own side of these tests; returns both programs.
///
/// Without a package named and together with an example, which may use what only tests need: so cargo
/// finds what the native tests compiled, and does not compile everything again with fewer features.
pub(crate) fn build() -> Result<(PathBuf, PathBuf)> {
    let localnet = build_localnet(&["--example", rooms::INTEROP])?;
    let ours = place::native_target()
        .join("debug/examples")
        .join(rooms::INTEROP)
        .with_extension(std::env::consts::EXE_EXTENSION);
    Ok((localnet, ours))
}
