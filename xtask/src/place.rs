//! Where things lie: the repository, its build folders, and the cache for tools.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// Build folder of everything that runs on this machine.
pub(crate) fn native_target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Build folder of everything that runs in a browser, apart from the native one so that neither waits for the other.
pub(crate) fn web_target() -> PathBuf {
    native_target().join("web")
}

/// Folder for tools that set-up installs for this project, shared by all clones.
pub(crate) fn tools() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = match cache {
        Some(cache) => cache,
        None => home()?.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }),
    };
    Ok(cache.join("soma-wallet").join("tools"))
}

/// The user's home folder.
pub(crate) fn home() -> Result<PathBuf> {
    env::home_dir().context("this user has no home folder: set HOME")
}

/// A path as a person would write it, from the repository root or from `~`.
pub(crate) fn short(path: &Path) -> String {
    if let Ok(inside) = path.strip_prefix(root()) {
        return inside.display().to_string();
    }
    match home().ok().as_deref().map(|home| path.strip_prefix(home)) {
        Some(Ok(inside)) => format!("~/{}", inside.display()),
        _ => path.display().to_string(),
    }
}
