//! `wasm-opt` of Binaryen, which makes release builds smaller and shortens names in the package. The wallet in development
//! needs none.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{missing, node};
use crate::{bundle, exec, place, say};

const PROGRAM: &str = "wasm-opt";

/// Finds the folder of `wasm-opt` in the version of `Trunk.toml`, or installs it from npm.
pub(super) fn find_or_install() -> Result<PathBuf> {
    let version = bundle::config()?.wasm_opt_version()?.to_owned();
    if let Some(folder) = exec::on_path(PROGRAM).and_then(|path| path.parent().map(Path::to_owned))
        && has_version(&folder, &version)
    {
        say::line("set-up", &format!("{PROGRAM} {version}: on PATH"));
        return Ok(folder);
    }
    let root = place::tools()?.join(format!("binaryen-{version}"));
    let folder = root.join("node_modules/.bin");
    if has_version(&folder, &version) {
        say::line("set-up", &format!("{PROGRAM} {version}: {}", place::short(&folder)));
        return Ok(folder);
    }
    let by_hand = format!("npm install --global binaryen@{version}.0.0");
    let why = "It makes release builds smaller and shortens names in the package for JavaScript.";
    node::require("a release build or the package (wasm-opt comes as a Node package)").map_err(
        |_| {
            missing(
                &format!("{PROGRAM} {version}"),
                &format!("{why} It is installed with npm, which is missing too."),
                &by_hand,
            )
        },
    )?;
    say::line(
        "set-up",
        &format!("installing {PROGRAM} {version} from npm: it makes programs smaller"),
    );
    fs::create_dir_all(&root)?;
    let mut npm = exec::program("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
        .arg(&root)
        .arg(format!("binaryen@{version}.0.0"));
    exec::run_quietly(&mut npm).with_context(|| {
        format!("{PROGRAM} {version} could not be installed\nBy hand: {by_hand}\nBecause")
    })?;
    Ok(folder)
}

fn has_version(folder: &Path, version: &str) -> bool {
    let told = exec::ask(exec::program(folder.join(PROGRAM)).arg("--version"));
    told.is_some_and(|text| text.split_whitespace().any(|word| word == version))
}
