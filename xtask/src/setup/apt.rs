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
    let apt = Apt::for_packages(packages, why)?;
    // Lists may be there already, and a machine may be offline with a full package cache.
    if lists_exist() && apt.install().is_ok() {
        return Ok(());
    }
    apt.install_newest()
}

/// Installs the newest that there is of packages, whatever is installed of them. As [`install`] otherwise.
pub(super) fn renew(packages: &[&str], why: &str) -> Result<()> {
    Apt::for_packages(packages, why)?.install_newest()
}

/// Packages that are being installed.
struct Apt<'p> {
    packages: &'p [&'p str],
    why: &'p str,
    is_root: bool,
}

impl<'p> Apt<'p> {
    /// Says what it is about to do, where it can be done.
    fn for_packages(packages: &'p [&'p str], why: &'p str) -> Result<Self> {
        let names = packages.join(" ");
        let by_hand = by_hand(&names);
        if !exists() {
            return Err(missing(
                &names,
                &format!("It is needed {why}; there is no apt on this machine to install it."),
                &by_hand,
            ));
        }
        let is_root = exec::ask(exec::program("id").arg("-u")).as_deref() == Some("0");
        if !is_root && exec::on_path("sudo").is_none() {
            return Err(missing(
                &names,
                &format!("It is needed {why}; installing it takes root, and there is no sudo."),
                &format!("{by_hand}   (as root)"),
            ));
        }
        say::line("set-up", &format!("installing {names} with apt, needed {why}"));
        Ok(Self { packages, why, is_root })
    }

    fn install(&self) -> Result<()> {
        let install = ["install", "-y", "--no-install-recommends"];
        self.run(&[&install, self.packages].concat())
    }

    fn install_newest(&self) -> Result<()> {
        let names = self.packages.join(" ");
        self.run(&["update"]).and_then(|()| self.install()).with_context(|| {
            format!(
                "apt cannot install {names}, needed {}\nBy hand: {}\nBecause",
                self.why,
                by_hand(&names)
            )
        })
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let mut command =
            if self.is_root { exec::program("apt-get") } else { exec::program("sudo") };
        if !self.is_root {
            command.arg("apt-get");
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-q"]).args(arguments);
        exec::run_quietly(&mut command)
    }
}

fn by_hand(names: &str) -> String {
    format!("apt-get update && apt-get install -y --no-install-recommends {names}")
}

fn lists_exist() -> bool {
    Path::new("/var/lib/apt/lists").read_dir().is_ok_and(|files| {
        files.flatten().any(|file| {
            file.file_name().to_string_lossy().ends_with("Packages")
                || file.file_name().to_string_lossy().ends_with("Packages.lz4")
        })
    })
}
