//! Debian's Rust compiler with a browser standard library built from Debian's sources, once per machine.
//!
//! Debian ships the compiler and the library's sources but not the compiled library. It is built into a sysroot of
//! our own, which rustup then knows as a toolchain, so that plain cargo commands work with no unstable flags.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::wasm_target::has_std;
use super::{TARGET, WasmToolchain, apt, major_minor, rustc_version, version_field};
use crate::{exec, place, say};

/// The name under which rustup knows the sysroot.
const NAME: &str = "soma-wasm";

/// Debian's compiler, its cargo, and the sources of the standard library.
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// Debian's clippy, of the same version.
pub(super) const CLIPPY_PACKAGE: &str = "rust-web-clippy";
const CLIPPY: &str = "/usr/bin/cargo-clippy";

/// The oldest Rust that compiles the wallet.
const WANTED: &str = env!("CARGO_PKG_RUST_VERSION");

/// Raised when the recipe below changes, so that older sysroots are built anew.
const RECIPE: u32 = 1;

/// The manifest of the empty crate for which cargo builds the library.
const STD_BUILD_MANIFEST: &str = "\
[package]
name = \"std-build\"
version = \"0.0.0\"
edition = \"2021\"

[profile.release]
panic = \"abort\"

[workspace]
";

/// Where the sysroot lies.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(place::tools()?.join("wasm-sysroot"))
}

/// Whether Debian's clippy is installed.
pub(super) fn has_clippy() -> bool {
    exec::is_program(Path::new(CLIPPY))
}

/// The sysroot, if it was built by this recipe with the compiler that is installed now.
pub(super) fn find() -> Result<Option<WasmToolchain>> {
    let Some(version) = rustc_version(RUSTC) else { return Ok(None) };
    let folder = folder()?;
    let stamped = fs::read_to_string(folder.join("stamp")).ok();
    if stamped.as_deref() != Some(&stamp(&version)) || !has_std(&library(&folder)) {
        return Ok(None);
    }
    register(&folder, &version).map(Some)
}

/// Builds the sysroot, with Debian's packages installed where they are missing.
pub(super) fn build() -> Result<WasmToolchain> {
    let version = recent_compiler()?;
    let folder = folder()?;
    say::line(
        "set-up",
        &format!(
            "{TARGET}: building its standard library with Debian's Rust (about a minute, once)"
        ),
    );
    let start = Instant::now();

    let work = folder.with_extension("build");
    remove(&work)?;
    let libraries = compile_std(&work)?;
    let new = folder.with_extension("new");
    remove(&new)?;
    lay_out(&new, &folder, &libraries, &version)?;
    remove(&folder)?;
    fs::rename(&new, &folder)
        .with_context(|| format!("cannot move {} into place", new.display()))?;
    remove(&work)?;
    say::more(&format!("{} in {}", place::short(&folder), say::duration(start.elapsed())));
    register(&folder, &version)
}

fn stamp(version: &str) -> String {
    format!("recipe {RECIPE}\n{version}\n")
}

fn library(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

/// The version of Debian's compiler, installed where it is missing and renewed where it is too old.
fn recent_compiler() -> Result<String> {
    let why = format!("to compile for {TARGET}, as rustup has not added that target");
    let there = exec::is_program(Path::new(RUSTC)) && exec::is_program(Path::new(CARGO));
    if !there || !Path::new(SOURCES).join("std").is_dir() {
        require_place()?;
        apt::install(PACKAGES, &why)?;
    }
    let version = installed_version()?;
    if is_recent(&version) {
        return Ok(version);
    }
    // A machine whose lists of packages are old installs what was newest then.
    require_place()?;
    apt::renew(PACKAGES, &why)?;
    let version = installed_version()?;
    if is_recent(&version) {
        return Ok(version);
    }
    bail!(
        "Debian's Rust is {}, and the wallet needs {WANTED} or later.\nBy hand: rustup target add {TARGET}",
        release(&version)
    )
}

/// Debian's older `rustc` package would be replaced: that is for its owner to decide.
fn require_place() -> Result<()> {
    let other = exec::ask(exec::program("dpkg").args(["--search", RUSTC]));
    if other.is_some_and(|owner| !owner.starts_with("rustc-web")) {
        bail!(
            "the wallet needs the Rust target {TARGET}, which rustup could not add. Debian's newer compiler \
             could stand in, but would replace the `rustc` package that is installed.\nBy hand: \
             rustup target add {TARGET}\n     or: apt-get install {}",
            PACKAGES.join(" ")
        );
    }
    Ok(())
}

fn installed_version() -> Result<String> {
    rustc_version(RUSTC).with_context(|| format!("{RUSTC} does not run"))
}

fn release(version: &str) -> &str {
    version_field(version, "release").unwrap_or("unknown")
}

fn is_recent(version: &str) -> bool {
    major_minor(release(version)) >= major_minor(WANTED)
}

/// Compiles the standard library for the browser; returns the folder of its libraries.
fn compile_std(work: &Path) -> Result<PathBuf> {
    fs::create_dir_all(work.join("src"))?;
    fs::write(work.join("src/lib.rs"), "")?;
    fs::write(work.join("Cargo.toml"), STD_BUILD_MANIFEST)?;

    let mut cargo = exec::program(CARGO);
    for variable in [
        "RUSTUP_TOOLCHAIN",
        "RUSTC",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "CARGO_BUILD_TARGET",
        "CARGO_ENCODED_RUSTFLAGS",
    ] {
        cargo.env_remove(variable);
    }
    cargo
        .current_dir(work)
        .env("PATH", "/usr/bin:/bin")
        // this build alone uses unstable flags: the library can be built in no other way
        .env("RUSTC_BOOTSTRAP", "1")
        // without bitcode no crate could use link-time optimisation on top of it
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .args(["build", "--quiet", "--offline", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort,proc_macro,test")
        // the library's own dependencies lie beside it
        .args(["--config", "source.crates-io.replace-with=\"vendored\""])
        .args(["--config", &format!("source.vendored.directory=\"{SOURCES}/vendor\"")]);
    exec::run(&mut cargo).context("the standard library for the browser could not be built")?;
    Ok(work.join("target").join(TARGET).join("release/deps"))
}

/// Lays out a sysroot in `new` that will be used from `folder`.
fn lay_out(new: &Path, folder: &Path, libraries: &Path, version: &str) -> Result<()> {
    let host = host(version)?;
    let host_folder = new.join("lib/rustlib").join(host);
    fs::create_dir_all(new.join("bin"))?;
    fs::create_dir_all(host_folder.join("bin"))?;
    fs::create_dir_all(library(new))?;

    // Scripts, not links: Debian's compiler looks for its sysroot beside its own libraries, not beside its name.
    for name in ["rustc", "rustdoc"] {
        let text =
            format!("#!/bin/sh\nexec /usr/bin/{name} --sysroot \"{}\" \"$@\"\n", folder.display());
        write_script(&new.join("bin").join(name), &text)?;
    }
    let text = format!("#!/bin/sh\nSYSROOT=\"{}\" exec {CLIPPY} \"$@\"\n", folder.display());
    write_script(&new.join("bin/cargo-clippy"), &text)?;

    link(Path::new(CARGO), &new.join("bin/cargo"))?;
    link(&Path::new("/usr/lib/rustlib").join(host).join("lib"), &host_folder.join("lib"))?;
    link(Path::new("/usr/lib/rustlib/src"), &new.join("lib/rustlib/src"))?;
    for file in libraries.read_dir()? {
        let file = file?;
        let name = file.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libstd_build-") {
            fs::copy(file.path(), library(new).join(&name))?;
        }
    }
    fs::write(new.join("stamp"), stamp(version))?;
    Ok(())
}

/// Gives the sysroot its linker, and its name in rustup where there is one.
fn register(folder: &Path, version: &str) -> Result<WasmToolchain> {
    let host = host(version)?;
    let linker = match find_linker(host)? {
        Some(linker) => linker,
        None => {
            apt::install(&["lld-19"], "as linker for WebAssembly")?;
            find_linker(host)?
                .context("lld-19 is installed, yet there is no /usr/bin/wasm-ld-19")?
        }
    };
    let place = folder.join("lib/rustlib").join(host).join("bin/rust-lld");
    if fs::read_link(&place).ok().as_ref() != Some(&linker) {
        remove_file(&place)?;
        link(&linker, &place)?;
    }
    if exec::on_path("rustup").is_none() {
        return Ok(WasmToolchain::Folder(folder.join("bin")));
    }
    let known = exec::ask(exec::program("rustup").args(["which", "rustc", "--toolchain", NAME]));
    if known.as_deref().map(Path::new) != Some(&folder.join("bin/rustc")) {
        exec::run(exec::program("rustup").args(["toolchain", "link", NAME]).arg(folder))?;
    }
    Ok(WasmToolchain::Linked(NAME))
}

fn host(version: &str) -> Result<&str> {
    version_field(version, "host").context("the compiler does not tell its host")
}

/// The active toolchain's rust-lld, one of another toolchain, or Debian's newest wasm-ld.
fn find_linker(host: &str) -> Result<Option<PathBuf>> {
    let inside = Path::new("lib/rustlib").join(host).join("bin/rust-lld");
    let mut candidates = Vec::new();
    if let Some(active) = exec::ask(exec::program("rustc").args(["--print", "sysroot"])) {
        candidates.push(Path::new(&active).join(&inside));
    }
    let rustup = match std::env::var_os("RUSTUP_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => place::home()?.join(".rustup"),
    };
    for toolchain in rustup.join("toolchains").read_dir().into_iter().flatten().flatten() {
        candidates.push(toolchain.path().join(&inside));
    }
    let mut debian: Vec<_> = Path::new("/usr/bin")
        .read_dir()?
        .flatten()
        .map(|file| file.path())
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("wasm-ld"))
        })
        .collect();
    debian.sort_by_key(|path| path.as_os_str().len());
    debian.reverse();
    candidates.extend(debian);

    let own = folder()?;
    Ok(candidates
        .into_iter()
        .filter_map(|path| path.canonicalize().ok())
        .find(|path| exec::is_program(path) && !path.starts_with(&own)))
}

fn write_script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn link(target: &Path, place: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(target, place)
            .with_context(|| format!("cannot link {}", place.display()))
    }
    #[cfg(not(unix))]
    bail!(
        "{} cannot be linked to {}: this fallback is for Debian",
        place.display(),
        target.display()
    )
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
