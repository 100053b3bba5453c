//! Packages of Debian and Ubuntu.

use std::path::Path;

use anyhow::{Context, Result};

use super::missing;
use crate::{exec, say};

/// Whether this machine installs its packages with apt.
pub(super) fn exists() -> bool {
    exec::on_path("apt-get").is_some()
}

/// Installs packages, as root or with `sudo`. `why` completes the sentence "needed …".
pub(super) fn install(packages: &[&str], why: &str) -> Result<()> {
    let names = packages.join(" ");
    let by_hand = format!("apt-get update && apt-get install -y --no-install-recommends {names}");
    if !exists() {
        return Err(missing(
            &names,
            &format!("It is needed {why}; there is no apt on this machine to install it."),
            &by_hand,
        ));
    }
    let root = exec::ask(exec::program("id").arg("-u")).as_deref() == Some("0");
    if !root && exec::on_path("sudo").is_none() {
        return Err(missing(
            &names,
            &format!("It is needed {why}; installing it takes root, and there is no sudo."),
            &format!("{by_hand}   (as root)"),
        ));
    }
    say::line("set-up", &format!("installing {names} with apt, needed {why}"));
    let apt_get = |arguments: &[&str]| {
        let mut command = if root { exec::program("apt-get") } else { exec::program("sudo") };
        if !root {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-q"]).args(arguments);
        exec::run_quietly(&mut command)
    };
    // Lists may be there already, and a machine may be offline with a full package cache.
    if !lists_exist() {
        apt_get(&["update"]).with_context(|| format!("By hand: {by_hand}"))?;
    }
    let install: Vec<_> =
        ["install", "-y", "--no-install-recommends"].iter().chain(packages).copied().collect();
    if apt_get(&install).is_ok() {
        return Ok(());
    }
    // The lists were old: once more with new ones.
    apt_get(&["update"]).and_then(|()| apt_get(&install)).with_context(|| {
        format!("apt cannot install {names}, needed {why}\nBy hand: {by_hand}\nBecause")
    })
}

fn lists_exist() -> bool {
    Path::new("/var/lib/apt/lists").read_dir().is_ok_and(|files| {
        files.flatten().any(|file| {
            file.file_name().to_string_lossy().ends_with("Packages")
                || file.file_name().to_string_lossy().ends_with("Packages.lz4")
        })
    })
}
