//! Node and the packages of the browser tests.

use std::fs;

use anyhow::{Context, Result};

use super::{major_minor, missing};
use crate::{exec, place, say};

const OLDEST: (u32, u32) = (20, 0);

/// Makes sure that there is a Node that is new enough. `why` completes the sentence "needed for …".
pub(super) fn require(why: &str) -> Result<()> {
    let version = exec::ask(exec::program("node").arg("--version"));
    if version.as_deref().and_then(major_minor).is_some_and(|version| version >= OLDEST) {
        return Ok(());
    }
    let found = version.map_or("There is none".to_owned(), |version| format!("There is {version}"));
    Err(missing(
        &format!("Node {} or later", OLDEST.0),
        &format!("{found}; it is needed for {why}. The wallet itself needs no Node."),
        "see https://nodejs.org/en/download",
    ))
}

/// Installs what `tests/e2e/package-lock.json` names, unless that is there already.
pub(super) fn install_packages() -> Result<()> {
    require("the browser tests")?;
    install_in(
        "tests/e2e",
        "playwright-core and puppeteer-core",
        "they drive the browsers in tests",
    )
}

/// Installs what `bench/package-lock.json` names, unless that is there already.
pub(super) fn install_bench_packages() -> Result<()> {
    require("the peers that are measured in a browser")?;
    install_in("bench", "the peers that run in a browser", "they are measured beside this project")
}

/// Installs what `extension/package-lock.json` names, unless that is there already.
pub(super) fn install_extension_packages() -> Result<()> {
    require("the extension")?;
    install_in("extension", "esbuild", "it puts the extension's scripts together")
}

/// Installs what the lock file in a folder of the repository names.
fn install_in(place: &str, what: &str, why: &str) -> Result<()> {
    let folder = place::root().join(place);
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("cannot read {place}/package-lock.json"))?;
    let installed = folder.join("node_modules/.installed-lock");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        say::line("set-up", &format!("{what}: {place}/node_modules"));
        return Ok(());
    }
    say::line("set-up", &format!("installing {what} from npm: {why}"));
    let mut npm = exec::program("npm");
    // no package may run scripts here, and no browser is downloaded: there are some
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&folder);
    exec::run_quietly(&mut npm).with_context(|| {
        format!(
            "packages of {place} could not be installed\nBy hand: cd {place} && npm ci\nBecause"
        )
    })?;
    fs::write(&installed, lock)?;
    Ok(())
}
