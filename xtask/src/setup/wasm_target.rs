//! A Rust toolchain that compiles for the browser.
//!
//! In this order: the active toolchain has the target; rustup adds it; Debian's compiler with a standard library
//! built on this machine (see `sysroot`), for places that the Rust download server does not reach.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{apt, missing, sysroot};
use crate::{exec, place, say};

/// The browser's target.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// How to call the toolchain that has the target.
pub(crate) enum WasmToolchain {
    /// The active one.
    Active,
    /// A private sysroot, known to rustup by this name.
    Linked(&'static str),
    /// A private sysroot, on a machine without rustup: the folder of its programs.
    Folder(PathBuf),
}

impl WasmToolchain {
    /// `cargo` of this toolchain, with `tools` on its `PATH`.
    pub(super) fn cargo(&self, subcommand: &str, tools: &[&Path]) -> Result<Command> {
        let mut command = exec::cargo(subcommand);
        self.lend(&mut command, tools)?;
        Ok(command)
    }

    /// Sets what another program needs to call this toolchain's `cargo` with `tools` at hand.
    pub(crate) fn lend(&self, command: &mut Command, tools: &[&Path]) -> Result<()> {
        let mut first: Vec<_> = tools.iter().map(|tool| tool.to_path_buf()).collect();
        match self {
            Self::Active => {}
            Self::Linked(name) => {
                command.env("RUSTUP_TOOLCHAIN", name);
            }
            Self::Folder(folder) => first.push(folder.clone()),
        }
        command.env("PATH", exec::path_with(&first)?);
        // These would replace the flags of .cargo/config.toml, and are meant for this machine's own linker.
        command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        Ok(())
    }

    /// Makes sure that this toolchain has clippy.
    pub(super) fn ensure_clippy(&self) -> Result<()> {
        if matches!(self, Self::Active) || sysroot::has_clippy() {
            return Ok(());
        }
        apt::install(&[sysroot::CLIPPY_PACKAGE], "to lint the code that runs in the browser")
    }
}

/// Finds the target, or installs it.
pub(super) fn find_or_install() -> Result<WasmToolchain> {
    if active_has_target() {
        say::line("set-up", &format!("{TARGET}: the active Rust toolchain has it"));
        return Ok(WasmToolchain::Active);
    }
    // A sysroot that was built earlier is at hand at once; the download server may not be.
    if let Some(toolchain) = sysroot::find()? {
        say::line(
            "set-up",
            &format!("{TARGET}: Debian's Rust, {}", place::short(&sysroot::folder()?)),
        );
        return Ok(toolchain);
    }
    if rustup_adds_target()? {
        return Ok(WasmToolchain::Active);
    }
    if !apt::exists() {
        return Err(missing(
            &format!("the Rust target {TARGET}"),
            "The wallet is compiled to WebAssembly; rustup could not add the target.",
            &format!("rustup target add {TARGET}"),
        ));
    }
    sysroot::build()
}

fn active_has_target() -> bool {
    let mut rustc = exec::program("rustc");
    let folder = exec::ask(rustc.args(["--print", "target-libdir", "--target", TARGET]));
    folder.is_some_and(|folder| has_std(Path::new(&folder)))
}

/// Whether a library folder holds a compiled standard library.
pub(super) fn has_std(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|files| {
        files.flatten().any(|file| {
            let name = file.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

fn rustup_adds_target() -> Result<bool> {
    if env::var_os("WASM_NO_RUSTUP_ADD").is_some_and(|value| !value.is_empty()) {
        say::line("set-up", &format!("{TARGET}: not asking rustup, as WASM_NO_RUSTUP_ADD is set"));
        return Ok(false);
    }
    if exec::on_path("rustup").is_none() {
        return Ok(false);
    }
    say::line(
        "set-up",
        &format!("{TARGET}: asking rustup for it, the wallet is compiled to WebAssembly"),
    );
    let mut rustup = exec::program("rustup");
    rustup.args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1");
    let added = exec::succeeds_within(&mut rustup, RUSTUP_LIMIT)? && active_has_target();
    if !added {
        say::more("rustup could not add it");
    }
    Ok(added)
}
