//! Set-up: each tool is found, or installed with a line that says what and why.
//!
//! Where neither is possible the error says which tool, what for, and the command to install it by hand.

mod apt;
mod browsers;
mod cargo_install;
mod cxx;
mod node;
mod python;
mod sysroot;
mod trunk;
mod vulkan;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_split;
mod wasm_target;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, anyhow};

use crate::{exec, place};
use browsers::{CHROMIUM, FIREFOX};
pub(crate) use trunk::Trunk;
pub(crate) use wasm_bindgen::locked_version;
pub(crate) use wasm_target::{TARGET, WasmToolchain};

/// The tools of this run. Each is looked for when it is first needed, and once.
#[derive(Default)]
pub(crate) struct Tools {
    wasm: OnceCell<WasmToolchain>,
    wasm_bindgen: OnceCell<PathBuf>,
    wasm_opt: OnceCell<PathBuf>,
    wasm_split: OnceCell<PathBuf>,
    chromium: OnceCell<PathBuf>,
    firefox: OnceCell<PathBuf>,
    official_client: OnceCell<PathBuf>,
    bench_python: OnceCell<PathBuf>,
}

impl Tools {
    /// A toolchain that compiles for the browser.
    pub(crate) fn wasm(&self) -> Result<&WasmToolchain> {
        once(&self.wasm, wasm_target::find_or_install)
    }

    /// The folder with `wasm-bindgen` and its test runner.
    pub(crate) fn wasm_bindgen(&self) -> Result<&Path> {
        once(&self.wasm_bindgen, wasm_bindgen::find_or_install).map(PathBuf::as_path)
    }

    /// The folder with `wasm-opt`.
    pub(crate) fn wasm_opt(&self) -> Result<&Path> {
        once(&self.wasm_opt, wasm_opt::find_or_install).map(PathBuf::as_path)
    }

    /// The command that cuts the wallet into rooms.
    pub(crate) fn wasm_split(&self) -> Result<&Path> {
        once(&self.wasm_split, wasm_split::find_or_install).map(PathBuf::as_path)
    }

    /// The browser that tests drive.
    pub(crate) fn chromium(&self) -> Result<&Path> {
        once(&self.chromium, || CHROMIUM.find_or_install()).map(PathBuf::as_path)
    }

    /// The other one.
    pub(crate) fn firefox(&self) -> Result<&Path> {
        once(&self.firefox, || FIREFOX.find_or_install()).map(PathBuf::as_path)
    }

    /// A C++ compiler, for what the fuzzer is written in.
    pub(crate) fn cxx(&self) -> Result<()> {
        cxx::find_or_install()
    }

    /// A device that computes, for the scoring kernels.
    pub(crate) fn vulkan(&self) -> Result<()> {
        vulkan::find_or_install()
    }

    /// Node and the packages of `tests/e2e`.
    pub(crate) fn node_packages(&self) -> Result<()> {
        node::install_packages()
    }

    /// A Python that has the network's official client, for the tests in `tests/interop`.
    pub(crate) fn official_client(&self) -> Result<&Path> {
        once(&self.official_client, python::environment).map(PathBuf::as_path)
    }

    /// Node and what puts the extension's scripts together.
    pub(crate) fn extension_packages(&self) -> Result<()> {
        node::install_extension_packages()
    }

    /// Node and the packages of `bench`.
    pub(crate) fn bench_packages(&self) -> Result<()> {
        node::install_bench_packages()
    }

    /// A Python with the peers of `cargo xtask bench`.
    pub(crate) fn bench_python(&self) -> Result<&Path> {
        once(&self.bench_python, python::bench_environment).map(PathBuf::as_path)
    }

    /// Trunk, if the user has a version that knows what our `Trunk.toml` says. It is never installed.
    pub(crate) fn trunk(&self) -> Option<Trunk> {
        trunk::find()
    }

    /// Clippy for the browser's target.
    pub(crate) fn wasm_clippy(&self) -> Result<()> {
        self.wasm()?.ensure_clippy()
    }

    /// `cargo` for the browser's target, with its own build folder and the test runner at hand.
    pub(crate) fn wasm_cargo(&self, subcommand: &str) -> Result<Command> {
        self.wasm_cargo_in(subcommand, &place::web_target())
    }

    /// The same with another build folder, for builds with other flags.
    pub(crate) fn wasm_cargo_in(&self, subcommand: &str, folder: &Path) -> Result<Command> {
        let mut command = self.wasm()?.cargo(subcommand, &[])?;
        command.args(["--target", TARGET, "--target-dir"]).arg(folder);
        Ok(command)
    }

    /// `cargo test` for the browser's target; tests run in Node.
    pub(crate) fn wasm_cargo_test(&self) -> Result<Command> {
        node::require("the unit tests that run as WebAssembly")?;
        let mut command = self.wasm()?.cargo("test", &[self.wasm_bindgen()?])?;
        command.args(["--target", TARGET, "--target-dir"]).arg(place::web_target());
        Ok(command)
    }
}

/// What a cell has, found now if it has nothing yet.
pub(crate) fn once<T>(cell: &OnceCell<T>, find: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(found) = cell.get() {
        return Ok(found);
    }
    let found = find()?;
    Ok(cell.get_or_init(|| found))
}

/// The error for a tool that set-up cannot install here.
fn missing(tool: &str, why: &str, by_hand: &str) -> Error {
    anyhow!("{tool} is missing. {why}\nBy hand: {by_hand}")
}

/// The active Rust compiler's own description (`rustc -vV`).
fn rustc_version(rustc: &str) -> Option<String> {
    exec::ask(exec::program(rustc).arg("-vV"))
}

/// The target that the active Rust compiler builds for by itself: this machine.
pub(crate) fn host() -> Result<String> {
    let version = rustc_version("rustc").context("rustc does not run")?;
    let host = version_field(&version, "host").context("the compiler does not tell its host")?;
    Ok(host.to_owned())
}

/// One field of `rustc -vV`, such as `host` or `release`.
fn version_field<'a>(version: &'a str, field: &str) -> Option<&'a str> {
    version.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(": "))
}

/// The first two numbers of a version such as `1.95.0` or `v20.19.2`.
fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(major_minor("1.95.0"), Some((1, 95)));
        assert_eq!(major_minor("v20.19.2"), Some((20, 19)));
        assert!(major_minor("1.100.0-nightly") > major_minor("1.95.0"));
        assert_eq!(major_minor("unknown"), None);
    }

    #[test]
    fn a_compiler_tells_its_host() {
        let text = "rustc 1.95.0 (x 2026-04-14)\nbinary: rustc\nhost: aarch64-apple-darwin\nrelease: 1.95.0";
        assert_eq!(version_field(text, "host"), Some("aarch64-apple-darwin"));
        assert_eq!(version_field(text, "release"), Some("1.95.0"));
        assert_eq!(version_field(text, "LLVM version"), None);
    }
}
