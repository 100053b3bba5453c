//! The browser that the tests drive: Chrome or Chromium, whichever there is.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::{apt, missing};
use crate::{exec, place, say};

const NAMES: &[&str] =
    &["chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome"];

const MAC: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// Finds a browser (the variable `CHROME` first), or installs Chromium with apt.
pub(super) fn find_or_install() -> Result<PathBuf> {
    if let Some(named) = env::var_os("CHROME").map(PathBuf::from) {
        if !exec::is_program(&named) {
            bail!("CHROME names {}, which is not a program", named.display());
        }
        return Ok(found(named));
    }
    if let Some(path) = find() {
        return Ok(found(path));
    }
    if apt::exists() {
        apt::install(
            &["chromium", "chromium-sandbox", "fonts-liberation"],
            "for the tests that run in a browser",
        )?;
        if let Some(path) = find() {
            return Ok(found(path));
        }
    }
    Err(missing(
        "Chrome or Chromium",
        "The browser tests drive it without a window.",
        "install it from https://www.google.com/chrome/ and, if it lies elsewhere, set CHROME to its path",
    ))
}

fn find() -> Option<PathBuf> {
    let named = NAMES.iter().find_map(|name| exec::on_path(name));
    named.or_else(|| MAC.iter().map(PathBuf::from).find(|path| exec::is_program(path)))
}

fn found(path: PathBuf) -> PathBuf {
    say::line("set-up", &format!("browser: {}", place::short(&path)));
    path
}
