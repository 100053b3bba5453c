//! Commands that cargo compiles and installs into a folder of ours.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{exec, place, say};

/// What is installed.
pub(super) struct Package<'p> {
    pub(super) name: &'p str,
    pub(super) version: &'p str,
    /// Those beside the default ones.
    pub(super) features: &'p str,
    /// What it does for the wallet.
    pub(super) purpose: &'p str,
}

/// Compiles it; its commands are in `root/bin` afterwards.
pub(super) fn install(package: &Package<'_>, root: &Path) -> Result<()> {
    let Package { name, version, features, purpose } = package;
    say::line("set-up", &format!("installing {name} {version}: {purpose} (a few minutes, once)"));
    let start = Instant::now();
    let mut cargo = exec::cargo("install");
    cargo.args(["--locked", "--quiet", "--force", name, "--version", version]);
    if !features.is_empty() {
        cargo.args(["--features", features]);
    }
    cargo
        .arg("--root")
        .arg(root)
        .arg("--target-dir")
        .arg(root.join("build"))
        // it runs for seconds: compiling it must not take minutes more for that
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    exec::run(&mut cargo).with_context(|| {
        format!("{name} {version} is missing and could not be installed\nBy hand: cargo install --locked {name} --version {version} --features '{features}'\nBecause")
    })?;
    if let Err(error) = fs::remove_dir_all(root.join("build")) {
        say::more(&format!("its build folder stays: {error}"));
    }
    say::more(&format!("{} in {}", place::short(root), say::duration(start.elapsed())));
    Ok(())
}
