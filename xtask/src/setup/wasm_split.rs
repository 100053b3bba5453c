//! The `wasm-split-cli` command: cuts a compiled program into files that are fetched when they are needed.

use std::path::PathBuf;

use anyhow::Result;

use super::cargo_install::{self, Package};
use crate::{exec, place, say};

const PROGRAM: &str = "wasm-split-cli";
/// It understands what `wasm_split_helpers` of the same minor version leaves in a program.
const VERSION: &str = "0.2.4";

/// Finds the command, or compiles and installs it. It does not tell its version, so none on PATH is taken.
pub(super) fn find_or_install() -> Result<PathBuf> {
    let root = place::tools()?.join(format!("wasm-split-{VERSION}"));
    let program = root.join("bin").join(PROGRAM);
    if exec::is_program(&program) {
        say::line("set-up", &format!("{PROGRAM} {VERSION}: {}", place::short(&program)));
        return Ok(program);
    }
    let package = Package {
        name: "wasm_split_cli_support",
        version: VERSION,
        features: "build-binary",
        purpose: "it cuts the wallet into what is needed at once and what is needed later",
    };
    cargo_install::install(&package, &root)?;
    Ok(program)
}
