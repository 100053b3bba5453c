//! Python and the official client, for the tests that judge this project by it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use super::{apt, major_minor, missing};
use crate::{exec, place, say};

const OLDEST: (u32, u32) = (3, 10);

const NAMES: &[&str] = &[
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "/usr/bin/python3",
    "python",
];

/// Prints the version, and fails where no virtual environment can be made.
const ASK: &str = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])";

const WHY: &str = "The tests against the official client run in a virtual environment.";

/// The interpreter of a virtual environment that holds what `tests/interop/requirements.txt` names.
pub(super) fn environment() -> Result<PathBuf> {
    let requirements = place::root().join("tests/interop/requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", place::short(&requirements)))?;
    let (python, version) = find_or_install()?;
    let folder = place::native_target().join("interop").join("venv");
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let interpreter = folder.join(inside);
    // Another Python, or other packages, make another environment.
    let wanted = format!("{}\n{version}\n{wanted}", python.display());
    let stamp = folder.join("soma-wallet-installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted)
        && exec::is_program(&interpreter)
    {
        say::line("set-up", &format!("official client: {}", place::short(&folder)));
        return Ok(interpreter);
    }
    say::line(
        "set-up",
        &format!(
            "installing the official client soma-sdk with pip, for Python {version}: it judges this project in tests"
        ),
    );
    install(&python, &version, &folder, &interpreter, &requirements)?;
    fs::write(&stamp, wanted)?;
    Ok(interpreter)
}

/// The interpreter of a virtual environment with the peers of `cargo xtask bench`, in the tools' folder.
pub(super) fn bench_environment() -> Result<PathBuf> {
    let requirements = place::root().join("bench/requirements.txt");
    let packages = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", place::short(&requirements)))?;
    let (python, version) = find_or_install()?;
    let folder = place::tools()?.join("bench-python");
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let interpreter = folder.join(inside);
    let wanted = format!("{}\n{version}\n{packages}", python.display());
    let stamp = folder.join("soma-wallet-installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted)
        && exec::is_program(&interpreter)
    {
        say::line("set-up", &format!("peers in Python: {}", place::short(&folder)));
        return Ok(interpreter);
    }
    say::line(
        "set-up",
        "installing PyTorch and onnxruntime with pip, to be measured beside; on Linux they take 5.5 GB",
    );
    let mut make = clean(&python);
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    exec::run_quietly(&mut make).context("no virtual environment could be made")?;
    let mut pip = clean(&interpreter);
    pip.args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"])
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(&requirements);
    let by_hand = exec::shown(&pip);
    exec::run_quietly(&mut pip).with_context(|| {
        format!("the peers could not be installed\nBy hand: {by_hand}\nBecause")
    })?;
    fs::write(&stamp, wanted)?;
    Ok(interpreter)
}

fn install(
    python: &Path,
    version: &str,
    folder: &Path,
    interpreter: &Path,
    requirements: &Path,
) -> Result<()> {
    let mut make = clean(python);
    make.args(["-m", "venv", "--clear"]).arg(folder);
    exec::run_quietly(&mut make).context("no virtual environment could be made")?;
    let mut pip = clean(interpreter);
    pip.args(["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"])
        // what is installed is exactly what was looked at, and nothing is built
        .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(requirements);
    let by_hand = exec::shown(&pip);
    exec::run_quietly(&mut pip).with_context(|| {
        format!(
            "the official client could not be installed for Python {version} on {} {}. It comes \
             ready-made for Python 3.10 to 3.14 on Linux with glibc 2.28 or later and with musl \
             (x86_64 and aarch64), on Windows (x86_64), and from Python 3.12 on macOS; \
             elsewhere these tests cannot run\nBy hand: {by_hand}\nBecause",
            env::consts::OS,
            env::consts::ARCH,
        )
    })
}

/// A Python that does not look at what the user has installed for others.
fn clean(python: &Path) -> std::process::Command {
    let mut command = exec::program(python);
    command.env_remove("PYTHONHOME").env_remove("PYTHONPATH");
    command
}

fn find_or_install() -> Result<(PathBuf, String)> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if apt::exists() {
        apt::install(
            &["python3", "python3-venv"],
            "for the tests against the official client, which run in a virtual environment",
        )?;
        if let Some(found) = find() {
            return Ok(found);
        }
        bail!(
            "the Python that apt installs is older than {}.{}. {WHY} Install a newer one",
            OLDEST.0,
            OLDEST.1
        );
    }
    Err(missing(
        &format!("Python {}.{} or later with venv and pip", OLDEST.0, OLDEST.1),
        WHY,
        "see https://www.python.org/downloads/",
    ))
}

/// The first Python that is new enough and can make a virtual environment, with its version.
fn find() -> Option<(PathBuf, String)> {
    NAMES.iter().find_map(|name| {
        let path =
            if Path::new(name).is_absolute() { PathBuf::from(name) } else { exec::on_path(name)? };
        let version = exec::ask(clean(&path).args(["-c", ASK]))?;
        major_minor(&version).is_some_and(|version| version >= OLDEST).then_some((path, version))
    })
}
