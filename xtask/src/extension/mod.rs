//! The extension: the files of a bundle, what an extension adds to them, and its manifest.
//!
//! The page is the same build as the web's. It is started by a script of its own, as there is no server that
//! answers for its paths, and without the service worker that keeps files for use without a network.

mod manifest;
mod zip;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{exec, place};
pub(crate) use zip::pack;

/// What begins the names of folders in a bundle that hold extensions, and are no part of the bundle.
pub(crate) const PREFIX: &str = "extension";

/// For which browsers there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        }
    }

    /// The folder of its extension, in the bundle.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Chromium => PREFIX,
            Self::Firefox => "extension-firefox",
        }
    }

    /// What its manifest has beside what all have.
    const fn manifest(self) -> &'static str {
        match self {
            Self::Chromium => "manifest.chromium.json",
            Self::Firefox => "manifest.firefox.json",
        }
    }
}

/// Scripts that are put together into one file each, and how the browser starts them.
const SCRIPTS: [(&str, &str, &str); 4] = [
    ("src/background/main.js", "background.js", "esm"),
    ("src/relay.js", "relay.js", "iife"),
    ("src/provider.js", "provider.js", "iife"),
    ("src/boot.js", "boot.js", "esm"),
];
/// Files of a bundle that an extension has no use for: it is offline by itself, and installed already.
const LEFT_OUT: [&str; 3] = ["offline.js", "public/offline.js", "public/wallet.webmanifest"];
const WEB_START: &str = r#"<script type="module" src="/public/boot.js"></script>"#;
const OWN_START: &str = r#"<script type="module" src="/boot.js"></script>"#;
const WEB_MANIFEST: &str = r#"<link rel="manifest" href="public/wallet.webmanifest" />"#;
/// What the extension's own script starts in the end comes with it, not after it.
const EXPECTED: &str = r#"<link rel="modulepreload" href="/public/boot.js" />"#;

/// Makes an extension of a bundle.
pub(crate) fn assemble(dist: &Path, browser: Browser, release: bool, folder: &Path) -> Result<()> {
    let unwritten = || format!("cannot make {}", place::short(folder));
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(unwritten)?;
    }
    copy(dist, folder, "").with_context(unwritten)?;
    let page = folder.join("index.html");
    let html = fs::read_to_string(&page).with_context(unwritten)?;
    fs::write(&page, page_of(&html)?)?;
    fs::write(folder.join("manifest.json"), manifest::of(browser)?)?;
    let room = place::root().join("extension");
    for (source, name, format) in SCRIPTS {
        let mut esbuild = exec::program(room.join("node_modules/.bin/esbuild"));
        esbuild.current_dir(&room).args([
            source,
            "--bundle",
            "--target=es2022",
            "--log-level=warning",
        ]);
        // the page's own scripts stay files of their own
        esbuild.args([&format!("--format={format}"), "--external:./public/*"]);
        if release {
            esbuild.arg("--minify");
        }
        esbuild.arg(format!("--outfile={}", folder.join(name).display()));
        exec::run(&mut esbuild)?;
    }
    Ok(())
}

/// Copies a bundle without what lies in it for others.
fn copy(from: &Path, to: &Path, above: &str) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{above}{}", name.to_string_lossy());
        if LEFT_OUT.contains(&path.as_str()) || path.starts_with(PREFIX) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(&name), &format!("{path}/"))?;
        } else {
            fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}

/// The page as it starts in an extension.
fn page_of(html: &str) -> Result<String> {
    for part in [WEB_START, WEB_MANIFEST] {
        ensure!(html.matches(part).count() == 1, "the page has no {part}, or more than one");
    }
    Ok(html.replace(WEB_START, OWN_START).replace(WEB_MANIFEST, EXPECTED))
}

/// Where tests in a browser find its extension: apart from the bundle, which they change.
pub(crate) fn for_tests(browser: Browser) -> PathBuf {
    place::web_target().join("for-tests").join(browser.folder())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle;

    #[test]
    fn the_page_starts_by_the_extensions_own_script() {
        let html = bundle::page_for_tests().unwrap();
        let page = page_of(&html).unwrap();
        assert!(page.contains(OWN_START) && !page.contains("wallet.webmanifest"));
        assert!(page.contains(EXPECTED));
        assert!(page.contains("Content-Security-Policy"));
        assert!(page_of(&page).is_err(), "it is made of a page of the web once");
    }

    #[test]
    fn what_is_left_out_is_there() {
        for name in LEFT_OUT.iter().filter(|name| name.starts_with("public/")) {
            assert!(place::root().join(name).is_file(), "{name} is no file any more");
        }
    }

    #[test]
    fn every_script_that_is_put_together_exists() {
        for (source, ..) in SCRIPTS {
            assert!(place::root().join("extension").join(source).is_file(), "{source}");
        }
    }
}
