//! The browsers that the tests drive: Chrome or Chromium, whichever there is, and Firefox.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::{apt, missing};
use crate::{exec, place, say};

/// A browser, and how it is come by.
pub(super) struct Browser {
    name: &'static str,
    /// What names its program, where it is set.
    variable: &'static str,
    programs: &'static [&'static str],
    mac: &'static [&'static str],
    packages: &'static [&'static str],
    from: &'static str,
}

/// Chrome or Chromium.
pub(super) const CHROMIUM: Browser = Browser {
    name: "Chrome or Chromium",
    variable: "CHROME",
    programs: &["chromium", "google-chrome", "google-chrome-stable", "chromium-browser", "chrome"],
    mac: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    packages: &["chromium", "chromium-sandbox", "fonts-liberation"],
    from: "https://www.google.com/chrome/",
};

/// Firefox, of any of its channels.
pub(super) const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    mac: &["/Applications/Firefox.app/Contents/MacOS/firefox"],
    packages: &["firefox-esr", "fonts-liberation"],
    from: "https://www.firefox.com/",
};

impl Browser {
    /// Finds the browser (its variable first), or installs it with apt.
    pub(super) fn find_or_install(&self) -> Result<PathBuf> {
        if let Some(named) = env::var_os(self.variable).map(PathBuf::from) {
            if !exec::is_program(&named) {
                bail!("{} names {}, which is not a program", self.variable, named.display());
            }
            return Ok(found(named));
        }
        if let Some(path) = self.find() {
            return Ok(found(path));
        }
        if apt::exists() {
            apt::install(self.packages, "for the tests that run in a browser")?;
            if let Some(path) = self.find() {
                return Ok(found(path));
            }
        }
        Err(missing(
            self.name,
            "The browser tests drive it without a window.",
            &format!(
                "install it from {} and, if it lies elsewhere, set {} to its path",
                self.from, self.variable
            ),
        ))
    }

    fn find(&self) -> Option<PathBuf> {
        let named = self.programs.iter().find_map(|name| exec::on_path(name));
        named.or_else(|| self.mac.iter().map(PathBuf::from).find(|path| exec::is_program(path)))
    }
}

fn found(path: PathBuf) -> PathBuf {
    say::line("set-up", &format!("browser: {}", place::short(&path)));
    path
}
