//! `Trunk.toml`, as far as we read it. Trunk reads the rest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What `Trunk.toml` says.
#[derive(Debug, Deserialize)]
pub(crate) struct Config {
    /// The bundle.
    pub(crate) build: Build,
    /// How it is served.
    pub(crate) serve: Serve,
    /// Which tools make it.
    pub(crate) tools: Versions,
}

/// The bundle.
#[derive(Debug, Deserialize)]
pub(crate) struct Build {
    /// The page to start from.
    pub(crate) target: PathBuf,
    /// The folder to build into.
    pub(crate) dist: PathBuf,
    /// The path under which the wallet is served, with a slash at its end.
    pub(crate) public_url: String,
    filehash: bool,
    /// The element that starts the main app.
    pub(crate) pattern_script: String,
    /// The elements that let the browser fetch the main app early.
    pub(crate) pattern_preload: String,
}

/// How the bundle is served.
#[derive(Debug, Deserialize)]
pub(crate) struct Serve {
    /// The port on this machine.
    pub(crate) port: u16,
    /// What every response says.
    pub(crate) headers: BTreeMap<String, String>,
}

/// Which tools make the bundle.
#[derive(Debug, Deserialize)]
pub(crate) struct Versions {
    /// wasm-bindgen's command, the same as its library.
    pub(crate) wasm_bindgen: String,
    wasm_opt: String,
}

impl Config {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text)?;
        ensure!(
            !config.build.filehash,
            "`filehash` must be false: public/boot.js names the app's files"
        );
        ensure!(config.build.public_url.ends_with('/'), "`public_url` must end with a slash");
        Ok(config)
    }

    /// Binaryen's version number.
    pub(crate) fn wasm_opt_version(&self) -> Result<&str> {
        self.tools
            .wasm_opt
            .strip_prefix("version_")
            .context("`wasm_opt` in Trunk.toml is not of the form version_N")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_file_is_understood() {
        let config = crate::bundle::config().unwrap();
        assert_eq!(config.build.target, Path::new("index.html"));
        assert!(config.wasm_opt_version().unwrap().parse::<u32>().is_ok());
        assert!(config.serve.headers.contains_key("Cross-Origin-Opener-Policy"));
    }

    #[test]
    fn hashed_file_names_are_refused() {
        let text = fs::read_to_string(crate::place::root().join("Trunk.toml")).unwrap();
        assert!(Config::parse(&text).is_ok());
        let error =
            Config::parse(&text.replace("filehash = false", "filehash = true")).unwrap_err();
        assert!(error.to_string().contains("filehash"));
    }
}
